"""A form that is sent after the session has ended is kept for the account that opened it, and offered to it alone."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware.csrf import _mask_cipher_secret
from django.shortcuts import redirect
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from conferences.handover import unsent_forms
from conferences.models import ConferencePage, KeptForm, Land
from intmk.pages.models import StandardPage
from intmk.users.models import User
from tests.editing import conference_form, edit_url, give_chair, soup_of, text_of
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/redirects/add/"
TEXT = "Ein Satz, an dem jemand lange geschrieben hat."
OFFER = "/admin/login/?next=/admin/aufgehoben/letzte/"


def token_at(browser: Client, address: str) -> str:
    """The CSRF token of the form at this address."""
    return soup_of(browser.get(address)).find("input", {"name": "csrfmiddlewaretoken"})["value"]


def signed_in(account: User | str, browser: Client | None = None) -> Client:
    """A browser whose person has signed in as people do; CSRF tokens count in it."""
    browser = browser or Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    name = account if isinstance(account, str) else account.username
    sent = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token_at(browser, "/admin/login/")}
    assert browser.post("/admin/login/", sent)["Location"] == "/admin/"
    return browser


def token_of(browser: Client) -> str:
    """The token of any form that the admin would show to the browser."""
    return _mask_cipher_secret(browser.cookies["csrftoken"].value)


def opened(account: User, address: str = "/admin/account/") -> tuple[Client, dict]:
    """A browser with an open form, and what it sends with it in any case."""
    browser = signed_in(account)
    return browser, {"csrfmiddlewaretoken": token_of(browser)}


def offered(browser: Client):
    """The page with the text, after signing in."""
    return browser.get("/admin/aufgehoben/letzte/", follow=True)


def sent_again(page) -> tuple[str, dict]:
    """Address and fields of the form with which the text is sent once more."""
    form = next(form for form in soup_of(page).find_all("form") if form.find("input", {"name": "kept_form"}))
    fields: dict = {}
    for field in form.find_all(["input", "textarea"]):
        value = field["value"] if field.name == "input" else field.text.removeprefix("\n")
        fields.setdefault(field["name"], []).append(value)
    return form["action"], fields


# --- ways in which a session ends


def expired(browser: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))


def deleted(browser: Client) -> None:
    Session.objects.all().delete()


def without_cookie(browser: Client) -> None:
    del browser.cookies["sessionid"]


def other_cookie(browser: Client) -> None:
    browser.cookies["sessionid"] = "x" * 32


def long_open(browser: Client) -> None:
    session = browser.session
    session["opened"] |= {"at": (timezone.now() - timedelta(hours=12)).isoformat()}
    session.save()


def signed_out(browser: Client) -> None:
    browser.post("/admin/logout/", {"csrfmiddlewaretoken": token_of(browser)})


@pytest.mark.parametrize("end", [expired, deleted, without_cookie, other_cookie, signed_out, long_open])
@pytest.mark.kinds(2)
def test_however_the_session_ended_the_text_is_there_after_signing_in(account, end):
    browser, form = opened(account)
    end(browser)
    answer = browser.post(ADDRESS, form | {"old_path": "/alt/", "redirect_link": TEXT})
    assert answer["Location"] == OFFER
    assert "Was Sie gesendet haben, ist aufgehoben" in text_of(browser.get(OFFER))
    signed_in(account, browser)
    assert "Gesendet am" in text_of(browser.get("/admin/"))
    page = offered(browser)
    assert "Ihr Text ist noch da." in text_of(page)
    assert TEXT in text_of(page)


def test_the_form_of_a_former_session_of_the_same_account_leads_straight_to_the_text(account):
    browser, form = opened(account)
    signed_out(browser)
    signed_in(account, browser)  # in another tab; the token is a new one since
    answer = browser.post(ADDRESS, form | {"redirect_link": TEXT}, follow=True)
    assert TEXT in text_of(answer)
    assert "Ihr Text ist noch da." in text_of(answer)


def test_a_conference_is_saved_as_a_draft_with_one_click_and_the_kept_form_is_gone(account):
    give_chair(account)
    page = ConferencePage.objects.get(number=12)
    browser, form = opened(account, edit_url(page))
    deleted(browser)
    body = streamfield([("section", {"heading": "Neu", "text": '{"blocks": [], "entityMap": {}}'})])
    sent = conference_form(page, motto=TEXT, body=body) | form | {"action-publish": "1"}
    assert browser.post(edit_url(page), sent)["Location"] == OFFER
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().motto != TEXT  # nothing without a click
    signed_in(account, browser)
    address, fields = sent_again(offered(browser))
    assert address == edit_url(page)
    answer = browser.post(address, fields, follow=True)
    assert TEXT in answer.content.decode()  # the editor, filled
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().motto == TEXT
    assert page.motto != TEXT  # though "Veröffentlichen" was pressed: a draft first
    assert not KeptForm.objects.exists()


def test_a_new_page_is_made_once_from_what_was_kept(account):
    browser, form = opened(account)
    deleted(browser)
    data = {"title": "Neue Seite", "slug": "neue-seite", "introduction": TEXT, "place": "", "duty": ""}
    data |= {"body": streamfield([]), "service": streamfield([]), "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}}
    address = reverse("wagtailadmin_pages:add", args=["intmk", "standardpage", Site.objects.get().root_page.pk])
    browser.post(address, nested_form_data(data) | form)
    signed_in(account, browser)
    browser.post(*sent_again(offered(browser)))
    assert StandardPage.objects.get(slug="neue-seite").introduction == TEXT
    assert not KeptForm.objects.exists()


def test_what_is_sent_again_with_an_error_comes_back_as_a_form_and_stays_kept(account):
    give_chair(account)
    browser, form = opened(account)
    deleted(browser)
    browser.post(ADDRESS, form | {"old_path": "", "redirect_link": "/neu/"})
    signed_in(account, browser)
    answer = browser.post(*sent_again(offered(browser)))
    assert answer.status_code == 200
    assert 'value="/neu/"' in answer.content.decode()
    assert KeptForm.objects.count() == 1


def test_the_right_is_asked_anew(account):
    browser, form = opened(account)  # a Land that does not chair
    deleted(browser)
    land = Land.objects.get(code="DE-BW")
    address = reverse(land.snippet_viewset.get_url_name("edit"), args=[land.pk])
    browser.post(address, form | {"ministry": TEXT})
    signed_in(account, browser)
    browser.post(*sent_again(offered(browser)))
    land.refresh_from_db()
    assert land.ministry != TEXT
    assert KeptForm.objects.filter(sent__isnull=False).count() == 1


def test_a_page_that_a_hook_refuses_stays_kept(account):
    from wagtail import hooks

    page = ConferencePage.objects.get(number=12)
    browser, form = opened(account)
    deleted(browser)
    browser.post(edit_url(page), conference_form(page, motto=TEXT) | form)
    signed_in(account, browser)
    again = sent_again(offered(browser))
    with hooks.register_temporarily("before_edit_page", lambda request, page: redirect("wagtailadmin_explore", 3)):
        browser.post(*again)
    assert KeptForm.objects.count() == 1
    browser.post(*again)
    assert not KeptForm.objects.exists()


def test_a_page_that_was_changed_meanwhile_says_so(account):
    page = ConferencePage.objects.get(number=12)
    browser, form = opened(account)
    deleted(browser)
    browser.post(edit_url(page), conference_form(page, motto=TEXT) | form)
    signed_in(account, browser)
    assert "wurde seitdem geändert" not in text_of(offered(browser))
    page.save_revision()
    assert "wurde seitdem geändert" in text_of(offered(browser))


def test_who_would_overwrite_newer_contact_data_is_told_who_changed_them(account):
    give_chair(account)
    land = Land.objects.get(code="DE-BW")
    address = reverse("wagtailsnippets_conferences_land:edit", args=[land.pk])
    browser, form = opened(account, address)
    deleted(browser)
    browser.post(address, {"secretariat_phone": TEXT} | form)
    signed_in(account, browser)
    assert "gehen diese Änderungen verloren" not in text_of(offered(browser))
    log(land, "wagtail.edit", user=User.objects.create_superuser("andere", first_name="Ada", last_name="Anders"))
    shown = text_of(offered(browser))
    assert f"„{land}“ hat seitdem Ada Anders geändert" in shown
    assert "gehen diese Änderungen verloren" in shown


def walk(patterns, prefix: str = ""):
    """All addresses of the admin, with numbers and words in place of what they take."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route
        elif not prefix or route.startswith("admin/"):
            yield from walk(each.url_patterns, route)


def admin_addresses() -> list[str]:
    found = set()
    for route in walk(get_resolver().url_patterns):
        if route.startswith("admin/") and not re.search(
            r"[(^]|choose|results|history|usage|report|revision|api/", route
        ):
            number = re.sub(r"<(str:)?pk>|<int:\w+>|<str:\w+>", "1", route)
            found.add("/" + re.sub(r"<[\w:]+>", "wort", number))
    return sorted(found)


@pytest.mark.audit
def test_every_form_of_the_admin_is_kept(account):
    browser, form = opened(account)
    deleted(browser)
    addresses, lost = admin_addresses(), []
    assert len(addresses) > 100
    for address in addresses:
        if address.startswith(unsent_forms.NEVER_KEPT):
            continue
        answer = browser.post(address, form | {"feld": f"Text für {address}"})
        if answer.status_code not in (404, 405) and answer.get("Location") != OFFER:
            lost.append((address, answer.status_code))
    # What needs no account, and takes no text.
    assert [address for address, _ in lost if "sprite" not in address and "jsi18n" not in address] == []
    assert KeptForm.objects.count() == 50


# --- whose it is


def test_only_the_account_that_opened_the_form_gets_it(account):
    other = User.objects.create_user("redaktion-andere", password=PASSWORD, land_code="DE-SL")
    give_chair(other)  # who chairs reads what came too late, but not this
    browser, form = opened(account)
    signed_out(browser)
    signed_in(other, browser)
    answer = browser.post(ADDRESS, form | {"redirect_link": TEXT})
    assert answer.status_code == 403
    assert "gehört zu einem anderen Konto" in text_of(answer)
    assert TEXT not in text_of(answer)
    kept = KeptForm.objects.get()
    assert kept.account == account
    assert browser.get(reverse("kept_form", args=[kept.pk])).status_code == 404
    assert TEXT not in text_of(browser.get("/admin/aufgehoben/"))
    assert browser.get("/admin/aufgehoben/letzte/")["Location"] == "/admin/"
    signed_out(browser)
    signed_in(account, browser)
    assert TEXT in text_of(offered(browser))


def test_after_another_account_was_signed_in_too_each_gets_its_own(account):
    other = User.objects.create_user("redaktion-andere", password=PASSWORD, land_code="DE-SL")
    browser, first = opened(account)
    signed_out(browser)
    signed_in(other, browser)
    second = {"csrfmiddlewaretoken": token_at(browser, "/admin/account/")}
    deleted(browser)
    browser.post(ADDRESS, second | {"redirect_link": "Von der anderen"})
    browser.post(ADDRESS, first | {"redirect_link": TEXT})
    found = {form.account: dict(form.fields)["redirect_link"] for form in KeptForm.objects.all()}
    assert found == {account: TEXT, other: "Von der anderen"}


def test_a_stranger_can_neither_plant_a_text_nor_fill_the_database(account):
    browser, form = opened(account)
    deleted(browser)
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Mode": "navigate"}
    # Without the token of a page that was opened, though the cookie is sent.
    for token in ("", "x" * 64, "x" * 32, "ä" * 64, "'; --"):
        browser.post(ADDRESS, {"csrfmiddlewaretoken": token, "redirect_link": "Untergeschoben"})
    answer = browser.post(ADDRESS, form | {"redirect_link": "Untergeschoben"}, headers=elsewhere)
    assert "Untergeschoben" not in answer.content.decode()
    stranger = Client(HTTP_HOST="localhost")
    for cookie in ("", "x", browser.cookies["redaktion"].value[:-1]):
        stranger.cookies["redaktion"] = cookie
        stranger.post(ADDRESS, form | {"redirect_link": "Untergeschoben"})
    assert not KeptForm.objects.exists()


def test_the_cookie_is_seen_by_no_script_and_no_reader(account):
    browser = signed_in(account)
    cookie = browser.cookies["redaktion"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Strict")
    assert account.username not in cookie.value


def test_a_locked_account_gets_nothing_kept(account):
    browser, form = opened(account)
    User.objects.filter(pk=account.pk).update(is_active=False)
    answer = browser.post(ADDRESS, form | {"redirect_link": TEXT})
    assert answer.status_code == 403
    assert TEXT in text_of(answer)  # but it can be copied
    assert not KeptForm.objects.exists()


# --- where the cookie is gone as well


@pytest.mark.parametrize("csrf_cookie", [True, False])
def test_without_any_cookie_the_answer_shows_the_text_to_copy(account, csrf_cookie):
    browser, form = opened(account)
    for name in ("sessionid", "redaktion", *(() if csrf_cookie else ("csrftoken",))):
        del browser.cookies[name]
    hostile = f"{TEXT} </textarea><script>alert(1)</script>"
    sent = form | {"redirect_link": hostile, "password1": "geheim", "datei": SimpleUploadedFile("a<b>.pdf", b"x")}
    answer = browser.post(ADDRESS, sent)
    assert answer.status_code == 403
    assert hostile in [field.text.removeprefix("\n") for field in soup_of(answer).find_all("textarea")]
    assert "<script>alert" not in answer.content.decode()
    assert "geheim" not in answer.content.decode()
    assert "bitte wählen Sie sie neu aus" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert not KeptForm.objects.exists()


def test_a_database_that_takes_nothing_loses_no_text(account, monkeypatch):
    from django.db import OperationalError

    browser, form = opened(account)
    deleted(browser)

    def full(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(KeptForm.objects, "create", full)
    assert TEXT in text_of(browser.post(ADDRESS, form | {"redirect_link": TEXT}))


# --- what is not kept


@pytest.mark.parametrize("end", [deleted, signed_out])
def test_the_editor_that_saves_by_itself_is_told_that_the_session_has_ended(account, end):
    browser, form = opened(account)
    end(browser)
    answer = browser.post(ADDRESS, form | {"redirect_link": TEXT}, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "Ihre Anmeldung ist beendet." in answer.json()["error_message"]
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}, {"Sec-Fetch-Mode": "cors"}],
)
def test_what_the_editor_sends_by_itself_is_refused_and_not_kept(account, headers):
    browser, form = opened(account)
    deleted(browser)
    answer = browser.post(ADDRESS, form | {"redirect_link": TEXT}, headers=headers)
    assert answer.status_code == 403 or answer["Location"].startswith("/admin/login/")
    assert not KeptForm.objects.exists()


def test_secrets_are_never_kept_and_what_only_sounds_like_one_is(account):
    browser, form = opened(account)
    deleted(browser)
    secret = {"password1": "g1", "name_email-current_password": "g2", "mfa_code": "g3", "otp": "g4", "api-token": "g5"}
    plain = {"secretariat_email": "buero@example.org", "land_code": "DE-BW", "encoded": "Wort"}
    browser.post(ADDRESS, form | secret | plain)
    kept = KeptForm.objects.get()
    assert dict(kept.fields) == plain
    assert {name for name, _ in kept.sent} == set(plain)


def test_a_form_without_text_leads_to_sign_in_as_ever(account):
    browser, form = opened(account)
    deleted(browser)
    answer = browser.post("/admin/pages/3/delete/", form | {"action-publish": "1"})
    assert answer["Location"] == "/admin/login/?next=/admin/pages/3/delete/"
    assert not KeptForm.objects.exists()


def test_hostile_and_large_forms_do_no_harm(account):
    browser, form = opened(account)
    deleted(browser)
    many = {f"feld-{number}": "x" * 20 for number in range(5000)}
    assert browser.post(ADDRESS, form | many | {"na\x00me": "wert\x00"})["Location"] == OFFER
    assert browser.post(ADDRESS + "?q=" + "x" * 400, form | {"lang": "y" * 2_200_000})["Location"] == OFFER
    assert KeptForm.objects.first().sent == []
    signed_in(account, browser)
    assert "Bitte kopieren Sie die Texte" in text_of(offered(browser))
    for _ in range(3):
        deleted(browser)
        browser.post(ADDRESS, form | {"redirect_link": "dreimal"})
    assert KeptForm.objects.filter(fields__contains=[["redirect_link", "dreimal"]]).count() <= 1


def test_what_nobody_comes_back_for_goes_after_a_week_and_what_came_too_late_stays(account):
    browser, form = opened(account)
    deleted(browser)
    browser.post(ADDRESS, form | {"redirect_link": TEXT})
    KeptForm.objects.create(account=account, address=ADDRESS, fields=[["a", "b"]])
    KeptForm.objects.update(sent_at=timezone.now() - timedelta(days=8))
    unsent_forms.remove_old_forms()
    assert [form.sent for form in KeptForm.objects.all()] == [None]


# --- second factor


def test_a_form_of_a_session_without_second_factor_is_kept_and_leads_to_setting_one_up(account, settings):
    browser, form = opened(account)
    settings.SECOND_FACTOR_REQUIRED = True
    answer = browser.post(ADDRESS, form | {"redirect_link": TEXT}, follow=True)
    assert answer.request["PATH_INFO"] == "/admin/zweiter-faktor/einrichten/"
    settings.SECOND_FACTOR_REQUIRED = False
    assert TEXT in text_of(offered(browser))


def test_a_right_that_is_refused_is_not_taken_for_an_ended_session(account):
    browser, form = opened(account)
    answer = browser.post(ADDRESS, form | {"old_path": "/alt/", "redirect_link": "/neu/"})
    assert answer["Location"] == "/admin/"
    assert not KeptForm.objects.exists()
    assert not Redirect.objects.exists()
