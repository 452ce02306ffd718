"""The editors' start page: what can be begun, what is due, waits or is missing, and each number with its list."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from wagtail.models import GroupPagePermission, Page, PageLogEntry, ReferenceIndex

from conferences.handover.checklist import CONTACT, DUTIES
from conferences.models import ChairPerson, ConferencePage, Land, ResolutionPage
from conferences.models.conference_agenda import agenda_of
from conferences.models.conference_parts import lists_of
from conferences.terms.rights import update_publishing_rights
from intmk.desk.first_steps import first_steps
from intmk.desk.new_things import conference_of_resolutions
from intmk.media.images.models import SiteImage
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import breakable, soup_of

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 1)
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # Rheinland-Pfalz chairs
NAMES = ["Konferenz", "Beschluss", "Pressemitteilung", "Fotos"]


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        update_publishing_rights()
        yield


def signed(account: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


@pytest.fixture
def chairing(db) -> User:
    return User.objects.create_user("r-rp", land_code="DE-RP")


@pytest.fixture
def other(db) -> User:
    return User.objects.create_user("r-by", land_code="DE-BY")


def page_of(account: User) -> BeautifulSoup:
    answer = signed(account).get("/admin/")
    assert answer.status_code == 200
    return soup_of(answer)


def told(account: User) -> str:
    return " ".join(breakable(page_of(account).main.get_text(" ")).split())


def picture(title: str) -> SiteImage:
    """A stored picture; its file is never read."""
    data = BytesIO()
    Image.new("RGB", (40, 30)).save(data, "PNG")
    words = {"description": "Ein graues Rechteck", "credit": "Test"}
    return SiteImage.objects.create(title=title, file=ImageFile(data, f"{title}.png"), **words)


def line(account: User, label: str) -> Tag | None:
    """The line of that label on the start page, None if there is none."""
    found = page_of(account).find(["a", "b"], string=re.compile(f"^{label}"))
    return found.find_parent("li") if found else None


def number_and_list(account: User, label: str) -> tuple[int, BeautifulSoup]:
    """What the line counts, and what it leads to."""
    item = line(account, label)
    return int(item.select_one(".desk-line__number").text), soup_of(signed(account).get(item.a["href"]))


def rows(page: BeautifulSoup) -> list[str]:
    return [title.get_text(" ", strip=True) for title in page.select(".listing tbody td.title")]


# --- what can be begun ----------------------------------------------------------------------------------------------


def test_each_button_leads_to_its_form_below_the_right_page(chairing):
    client, buttons = signed(chairing), page_of(chairing).select(".desk-new a")
    assert [button.find(string=True, recursive=False) for button in buttons] == NAMES
    assert buttons[1].get_text(" ", strip=True) == "Beschluss zur 21. Integrationsministerkonferenz"
    assert buttons[0]["href"] == f"/admin/pages/{ConferencePage.objects.get(number=21).get_parent().pk}/neue-konferenz/"
    parents = [re.search(r"/(\d+)/$", button["href"]) for button in buttons]
    expected = [
        ConferencePage.objects.get(number=21).pk,
        NewsIndexPage.objects.get().pk,
    ]
    assert [int(found[1]) for found in parents if found] == expected
    assert [client.get(button["href"]).status_code for button in buttons] == [200] * 4


def test_a_button_is_there_for_who_has_the_right_on_that_page_only(other):
    assert [button.find(string=True, recursive=False) for button in page_of(other).select(".desk-new a")] == NAMES
    rights = GroupPagePermission.objects.filter(group__name="Länder", permission__codename="add_page")
    rights.update(page=NewsIndexPage.objects.get())
    Group.objects.get(name="Länder").collection_permissions.all().delete()
    shown = [button.find(string=True, recursive=False) for button in page_of(other).select(".desk-new a")]
    assert shown == ["Pressemitteilung"]


def test_a_resolution_belongs_to_the_next_conference_once_that_is_near():
    coming = ConferencePage.objects.get(number=22)
    coming.first_day, coming.last_day, coming.date_certainty = date(2027, 5, 4), date(2027, 5, 5), "exact"
    held = [ConferencePage.objects.get(number=number) for number in (20, 21)]
    pages = [*held, coming]
    number_on = lambda day: conference_of_resolutions(pages, day).number  # noqa: E731
    assert [number_on(coming.first_day - timedelta(days=days)) for days in (91, 90, 0, -1)] == [21, 22, 22, 22]
    coming.date_certainty = "year"
    assert number_on(date(2027, 5, 4)) == 21
    assert conference_of_resolutions([], DAY) is None


# --- what is due and missing ----------------------------------------------------------------------------------------


def conference(**changes) -> None:
    ConferencePage.objects.filter(number=22).update(**changes)


def test_a_land_reads_what_is_missing_of_the_conferences_that_it_has_held_and_comes_to_its_proposal(other):
    held = ConferencePage.objects.get(host_land__code="DE-BY")
    gaps = ConferencePage.objects.for_gaps().get(pk=held.pk).known_gaps()
    item = line(other, f"Fehlt zur {held.title}")
    assert item.select_one(".desk-line__number").text == str(len(gaps)) != "0"
    form = signed(other).get(item.a["href"])
    assert "Was Sie hier schreiben, ist ein Vorschlag Ihres Landes." in soup_of(form).main.get_text()
    assert len(page_of(other).select("[aria-labelledby=eigene-konferenzen] .desk-line")) == 1
    ConferencePage.objects.filter(number__lt=6).update(host_land=held.host_land)
    assert len(page_of(other).select("[aria-labelledby=eigene-konferenzen] .desk-line")) == 3
    ConferencePage.objects.filter(pk=held.pk).update(live=False)
    assert not line(other, f"Fehlt zur {held.title}")


def test_the_next_conference_counts_its_days_and_says_what_it_lacks(chairing):
    assert line(chairing, "22. Integrations").get_text(" ", strip=True).startswith("offen")
    conference(first_day=date(2027, 3, 11), last_day=date(2027, 3, 12), date_certainty="exact", place="Mainz")
    words = told(chairing)
    assert "10 Tage bis zur 22. Integrationsministerkonferenz" in words
    assert "11. und 12. März 2027, Mainz. Es fehlen noch: Programm." in words
    conference(first_day=date(2027, 2, 11), last_day=date(2027, 2, 12))
    assert "vorbei 22. Integrationsministerkonferenz Vorbei (11. und 12. Februar 2027) und noch" in told(chairing)
    conference(status="held")
    assert "Fehlt zur 22. Integrationsministerkonferenz Beschlüsse, Gruppenfoto, Programm," in told(chairing)
    with time_machine.travel(NOW + timedelta(days=370), tick=False):
        assert "Fehlt zur 22." not in told(User.objects.create_superuser("chefin"))


def test_the_start_page_knows_the_gaps_and_the_calendar_as_the_pages_do():
    conference(first_day=date(2027, 3, 11), date_certainty="month")
    pages = list(ConferencePage.objects.live().for_gaps())
    assert len(pages) > 20
    for page in ConferencePage.objects.live():
        lists = lists_of(page)
        known = next(each for each in pages if each.pk == page.pk)
        assert known.known_gaps() == page.gaps(lists, agenda_of(page, lists["agenda_gaps"])), page.title
    for day in (date(2027, 3, 1), date(2027, 3, 31), date(2027, 4, 1)):
        upcoming = [page.pk for page in ConferencePage.objects.live().upcoming(day)]
        assert [page.pk for page in pages if page.is_coming(day)] == upcoming
        assert not any(page.is_coming(day) and page.is_overdue(day) for page in pages)


def test_what_the_chair_has_not_told_of_itself_is_missing_until_it_has(chairing, other):
    assert "Es fehlen: Ministerium, Anschrift der Geschäftsstelle," in told(chairing)
    assert "Rechtsgrundlage im Datenschutzrecht des Landes, Datenschutzbeauftragte Person" in told(chairing)
    assert line(other, "Impressum") is None
    Land.objects.filter(code="DE-RP").update(**dict.fromkeys(CONTACT + DUTIES, "Angabe"))
    assert line(chairing, "Kontakt der Geschäftsstelle") is None
    assert signed(chairing).get(line(chairing, "Kontaktdaten des Vorsitzes").a["href"]).status_code == 200
    Land.objects.filter(code="DE-RP").update(privacy_act="")
    assert line(chairing, "Kontaktdaten des Vorsitzes") is None
    assert "Es fehlt: Rechtsgrundlage im Datenschutzrecht des Landes." in told(chairing)
    form = line(chairing, "Impressum, Datenschutz").a["href"]
    assert signed(chairing).get(form).status_code == 200
    ChairPerson.objects.create(term_id=line_of_term(), name="Petra Beispiel")
    assert line(chairing, "Person im Vorsitz") is None
    assert line(chairing, "Porträt mit Bildnachweis")


def line_of_term() -> int:
    return ChairPerson.term.field.related_model.objects.get(start=date(2026, 7, 1)).pk


# --- each number is that of its list --------------------------------------------------------------------------------


def test_conferences_with_gaps_are_listed_with_what_they_lack(chairing):
    number, page = number_and_list(chairing, "Konferenzen mit Lücken")
    assert len(rows(page)) == number > 5
    assert rows(page)[0] == "21. Integrationsministerkonferenz"
    assert "Gruppenfoto" in page.main.text


def test_links_to_what_is_not_there_are_listed_with_where_they_stand(chairing):
    assert line(chairing, "Seiten mit Verweisen") is None
    gone, taken_back = (HomePage.objects.get().add_child(instance=StandardPage(title=name)) for name in ("Weg", "Zu"))
    source = StandardPage.objects.get(slug="kontakt")
    links = "".join(f'<p><a linktype="page" id="{page.pk}">{page.title}</a></p>' for page in (gone, taken_back))
    source.body = [("section", {"heading": "Mehr", "text": links})]
    source.save_revision().publish()
    ReferenceIndex.create_or_update_for_object(source)
    assert line(chairing, "Seiten mit Verweisen") is None
    taken_back.unpublish()
    gone.delete()
    ReferenceIndex.create_or_update_for_object(source)  # as when it is saved; Wagtail forgets what led to the deleted
    number, page = number_and_list(chairing, "Seiten mit Verweisen")
    assert (number, rows(page)) == (1, ["Kontakt"])
    what = " ".join(page.select_one(".listing tbody").get_text(" ").split())
    assert "Text: gelöschte Seite" in what
    assert "Text: „Zu“, nicht öffentlich" in what
    source.unpublish()
    number, page = number_and_list(chairing, "Seiten mit Verweisen")
    assert "Kontakt" not in rows(page)
    assert number == len(rows(page)) > 1  # which led to that page


def test_pictures_of_which_nobody_said_who_made_them_are_listed(chairing):
    lacking, whole = picture("Ohne Nachweis"), picture("Mit Nachweis")
    assert line(chairing, "Bilder ohne") is None
    SiteImage.objects.filter(pk=lacking.pk).update(credit="")
    number, page = number_and_list(chairing, "Bilder ohne Bildnachweis")
    assert number == 1
    assert lacking.title in page.main.text
    assert whole.title not in page.main.text


def test_texts_that_nobody_looked_at_for_a_year_are_listed(chairing):
    assert line(chairing, "Textseiten, seit") is None
    old = datetime(2026, 2, 27, tzinfo=UTC)
    Page.objects.filter(slug__in=["impressum", "kontakt"]).update(last_published_at=old)
    Page.objects.filter(pk=ConferencePage.objects.get(number=12).pk).update(last_published_at=old)  # is a record
    number, page = number_and_list(chairing, "Textseiten, seit einem Jahr")
    assert number == len(rows(page)) == 2


def test_own_drafts_are_counted_and_listed_apart_from_those_of_others(chairing, other):
    for account, title in ((chairing, "Von mir"), (other, "Von anderen")):
        page = NewsIndexPage.objects.get().add_child(instance=NewsPage(title=title, live=False, owner=account))
        page.save_revision(user=account)
    assert "„Von mir“" in told(chairing)
    number, page = number_and_list(chairing, "Entwurf von Ihnen")
    assert (number, rows(page)) == (1, ["Von mir"])
    assert number_and_list(other, "Entwurf von Ihnen")[0] == 1


def test_what_waits_for_the_chair_is_counted(chairing, other):
    assert line(chairing, "Vorschläge der Länder") is None
    page = StandardPage.objects.get(slug="kontakt")
    Proposal.objects.create(page=page, land_code="DE-BY", state="sent", content={}, base={}, author=other)
    found = line(chairing, "Vorschläge der Länder")
    assert found.select_one(".desk-line__number").text == "1"
    assert page_of(chairing).find(id=found.a["href"].removeprefix("#"))
    assert line(other, "Vorschläge der Länder") is None


def test_sections_without_anything_are_one_sentence(chairing):
    assert "Nichts offen: Vorschläge und Anfragen, Ihre Entwürfe, Texte, Verweise und Bilder." in told(chairing)


def test_nothing_on_the_page_is_english(chairing, other):
    for account in (chairing, other, User.objects.create_superuser("chefin")):
        html = signed(account).get("/admin/").content.decode()
        assert "Startseite der Redaktion" in html
        assert not re.search(r"\b(Dashboard|Search)\b", html.replace("Search all pages", "")), account


@pytest.mark.audit
@pytest.mark.parametrize("who", ["chairing", "other", "admin"])
def test_every_link_leads_somewhere(request, who):
    account = User.objects.create_superuser("chefin") if who == "admin" else request.getfixturevalue(who)
    client, page = signed(account), page_of(account)
    addresses = {link["href"] for link in page.main.select("a[href]")}
    assert len(addresses) > 8
    for address in addresses:
        if address.startswith("#"):
            assert page.find(id=address[1:]), address
        else:
            assert client.get(address, follow=True).status_code == 200, address


# --- another Land, a new account ------------------------------------------------------------------------------------


def test_another_land_reads_when_it_is_its_turn_and_what_its_contact_lacks(other):
    words = told(other)
    assert "2033 Ihr nächster Vorsitz 1. Juli 2033 bis 30. Juni 2034." in words
    assert "offen Kontakt Ihrer Geschäftsstelle Es fehlen: Ministerium," in words
    assert "Zuständig: die Redaktion Rheinland-Pfalz (Vorsitz) oder die Administration." in words
    Land.objects.filter(code="DE-BY").update(**dict.fromkeys(CONTACT, "Angabe"))
    assert "✓ Kontakt Ihrer Geschäftsstelle Alle Angaben sind eingetragen." in told(other)


def test_the_steps_of_a_new_account_are_done_as_soon_as_they_are_and_go_together(chairing):
    def open_steps() -> list[str]:
        return [step.label for step in first_steps(chairing, True, "/") if not step.is_done]

    assert len(open_steps()) == 6
    assert "Ihre ersten Schritte: 0 von 6" in told(chairing)
    Authenticator.objects.create(user=chairing, type=Authenticator.Type.TOTP, data={})
    User.objects.filter(pk=chairing.pk).update(first_name="Petra", last_name="Beispiel", email="p@example.org")
    assert open_steps() == ["Einen ersten Entwurf schreiben", "Ein Bild hochladen", "Eine Seite veröffentlichen"]
    page = StandardPage.objects.get(slug="kontakt")
    page.save_revision(user=chairing)
    assert open_steps() == ["Ein Bild hochladen", "Eine Seite veröffentlichen"]
    SiteImage.objects.filter(pk=picture("Erstes Bild").pk).update(uploaded_by_user=chairing)
    PageLogEntry.objects.log_action(page, "wagtail.publish", user=chairing)
    assert open_steps() == []
    assert "ersten Schritte" not in told(chairing)


def test_the_last_step_of_a_land_without_the_chair_is_to_propose(other):
    proposed = lambda: first_steps(other, False, "/")[-1]  # noqa: E731
    assert (proposed().label, proposed().is_done) == ("Dem Vorsitz etwas vorschlagen", False)
    page = StandardPage.objects.get(slug="kontakt")
    Proposal.objects.create(page=page, land_code="DE-BY", state="sent", content={}, base={}, author=other, sent_at=NOW)
    assert proposed().is_done


# --- cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.audit
def test_the_start_page_costs_the_same_however_much_there_is(chairing, other):
    def add(number: int) -> None:
        parent = ConferencePage.objects.get(number=21)
        for count in range(number):
            title = f"{number}-{count}"
            parent.add_child(instance=ResolutionPage(title=title))
            draft = NewsIndexPage.objects.get().add_child(instance=NewsPage(title=title, live=False, owner=other))
            draft.save_revision(user=chairing)
            page = HomePage.objects.get().add_child(instance=StandardPage(title=title))
            Proposal.objects.create(page=page, land_code="DE-BY", state="sent", content={}, base={}, author=other)
            SiteImage.objects.filter(pk=picture(title).pk).update(credit="")

    def counts() -> list[int]:
        found = []
        for client in clients:
            client.get("/admin/")
            with CaptureQueriesContext(connection) as captured:
                client.get("/admin/")
            found.append(len(captured))
        return found

    clients = [signed(account) for account in (chairing, other)]
    add(1)
    few = counts()
    add(3)
    assert counts() == few
