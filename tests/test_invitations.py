"""Invitations: an administrator invites by mail, the person chooses a password and signs in."""

import re
from datetime import timedelta
from smtplib import SMTPException

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from intmk.users import invitations
from intmk.users.models import User
from tests.editing import text_of
from tests.signing_in import PASSWORD, set_up_second_factor, sign_in

pytestmark = pytest.mark.django_db
INVITE = "/admin/users/invite/"
PERSON = {"first_name": "Petra", "last_name": "Müller", "email": "petra@example.org", "land_code": "DE-SL"}
CHOSEN = {"new_password1": "ein neues Passwort 7", "new_password2": "ein neues Passwort 7"}


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser("admin-test", password=PASSWORD, last_name="Verwaltung")


@pytest.fixture
def office(administrator) -> Client:
    """The browser of the administrator."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(administrator)
    return client


def link() -> str:
    """The link in the latest letter."""
    return re.search(r"http://localhost:8000(/admin/einladung/\S+)", mail.outbox[-1].body)[1]


def choose_password(client: Client, address: str, chosen: dict = CHOSEN):
    """Follow a link as its holder does; return the answer to the password, or to the link when that is refused."""
    page = client.get(address, follow=True)
    return client.post(page.request["PATH_INFO"], chosen) if page.status_code == 200 else page


def test_a_person_is_invited_chooses_a_password_and_edits(office):
    assert "Einladen" in text_of(office.get(reverse("wagtailusers_users:index")))
    answer = office.post(INVITE, PERSON, follow=True)
    assert "Die Einladung an petra@example.org ist unterwegs" in text_of(answer)
    petra = User.objects.get(email="petra@example.org")
    assert (petra.username, petra.land_code, petra.has_usable_password()) == ("petra.mueller", "DE-SL", False)
    assert petra.state.startswith("eingeladen am")
    letter = mail.outbox[0]
    assert letter.to == ["petra@example.org"]
    for words in ("Petra Müller", "Saarland", "petra.mueller", "Verwaltung"):
        assert words in letter.body

    person = Client(HTTP_HOST="localhost")
    assert "Willkommen, Petra Müller" in text_of(person.get(link(), follow=True))
    answer = choose_password(person, link())
    assert answer["Location"] == "/admin/login/"
    assert "Melden Sie sich jetzt damit an" in text_of(person.get("/admin/login/"))
    sign_in("petra@example.org", CHOSEN["new_password1"], person)
    assert person.get("/admin/pages/", follow=True).status_code == 200
    petra.refresh_from_db()
    assert petra.state == "angemeldet, ohne zweiten Faktor"


def test_in_production_the_person_goes_on_to_the_second_factor(office, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    administrator, _ = sign_in("admin-test")
    set_up_second_factor(administrator)
    administrator.post(INVITE, PERSON)
    assert "zweiten Faktor" in mail.outbox[0].body
    person = Client(HTTP_HOST="localhost")
    choose_password(person, link())
    sign_in("petra.mueller", CHOSEN["new_password1"], person)
    assert person.get("/admin/")["Location"] == "/admin/zweiter-faktor/einrichten/"
    set_up_second_factor(person)
    assert person.get("/admin/").status_code == 200
    assert User.objects.get(username="petra.mueller").state == "angemeldet, mit zweitem Faktor"


def test_only_administrators_invite_also_when_the_right_goes_in_mid_session(office, administrator, editor):
    account = User.objects.create(username="neu", email="neu@example.org", password="!")
    for address in (INVITE, reverse("wagtailusers_users:invite_again", args=[account.pk])):
        assert office.get(address).status_code == 200
        for client in (editor, Client(HTTP_HOST="localhost")):
            assert client.get(address).status_code == 302
            client.post(address, PERSON)
    User.objects.filter(pk=administrator.pk).update(is_superuser=False, land_code="DE-BW")
    office.post(INVITE, PERSON)
    office.post(reverse("wagtailusers_users:invite_again", args=[account.pk]))
    assert not User.objects.filter(email=PERSON["email"]).exists()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": ""}, "Dieses Feld muss ausgefüllt werden"),
        ({"email": "keine-adresse"}, "gültige E-Mail-Adresse"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "gültige E-Mail-Adresse"),
        ({"email": "a@example.org\r\n\r\nText"}, "gültige E-Mail-Adresse"),
        ({"email": f"{'x' * 300}@example.org"}, "254"),
        ({"land_code": ""}, "Dieses Feld muss ausgefüllt werden"),
        ({"land_code": "DE-XX"}, "gültige Auswahl"),
        ({"first_name": ""}, "Dieses Feld muss ausgefüllt werden"),
        ({"last_name": "x" * 151}, "150"),
        ({"last_name": "Müller\r\nLink: https://evil.example"}, "keine Steuerzeichen"),
    ],
)
def test_bad_input_gets_a_german_error_and_invites_nobody(office, changes, message):
    answer = office.post(INVITE, PERSON | changes)
    assert answer.status_code == 200
    assert message in text_of(answer)
    assert mail.outbox == []
    assert not User.objects.filter(land_code="DE-SL", email__startswith="petra").exists()


@pytest.mark.parametrize("email", ["petra@example.org", "PETRA@Example.org"])
def test_an_address_belongs_to_one_account_in_whatever_case(office, account, email):
    User.objects.create_user("alt", email="Petra@example.org")
    assert "gibt es schon ein Konto" in text_of(office.post(INVITE, PERSON | {"email": email}))
    form = {"username": account.username, "email": email, "first_name": "A", "last_name": "B", "is_active": "on"}
    edited = office.post(reverse("wagtailusers_users:edit", args=[account.pk]), form | {"land_code": "DE-BW"})
    assert "gibt es schon ein Konto" in text_of(edited)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=account.pk).update(email=email)
    assert mail.outbox == []


def test_people_of_one_name_get_different_names_to_sign_in_with(office):
    for number in range(3):
        office.post(INVITE, PERSON | {"email": f"petra{number}@example.org"})
    names = User.objects.filter(last_name="Müller").order_by("pk").values_list("username", flat=True)
    assert list(names) == ["petra.mueller", "petra.mueller2", "petra.mueller3"]


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Jörg", "Weiß", "joerg.weiss"),
        ("Zoë", "Nuñez-García", "zoe.nunez-garcia"),
        ("Łukasz", "Đorđević", "lukasz.dordevic"),
        ("Işık", "Sørensen", "isik.sorensen"),
        ("李", "明", "konto"),
        ("x" * 150, "y" * 150, "x" * 140),
    ],
)
def test_names_to_sign_in_with_are_plain_letters(first, last, name):
    assert invitations.free_username(first, last) == name


@pytest.mark.parametrize("error", [SMTPException("550"), ConnectionRefusedError(), TimeoutError()])
def test_when_the_letter_cannot_be_sent_no_account_is_left(office, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(invitations, "send_mail", fail)
    number = User.objects.count()
    answer = office.post(INVITE, PERSON)
    assert "Es wurde kein Konto angelegt" in text_of(answer)
    assert 'value="petra@example.org"' in answer.content.decode()
    assert User.objects.count() == number
    assert not ModelLogEntry.objects.filter(action="users.invite").exists()


def test_when_a_second_letter_cannot_be_sent_the_first_holds(office, monkeypatch):
    office.post(INVITE, PERSON)
    petra = User.objects.get(email="petra@example.org")

    def fail(*args, **kwargs):
        raise SMTPException

    with monkeypatch.context() as broken:
        broken.setattr(invitations, "send_mail", fail)
        again = reverse("wagtailusers_users:invite_again", args=[petra.pk])
        assert "Die bisherige gilt weiter" in text_of(office.post(again, follow=True))
    assert choose_password(Client(HTTP_HOST="localhost"), link()).status_code == 302


def test_a_link_gives_one_password(office):
    office.post(INVITE, PERSON)
    choose_password(Client(HTTP_HOST="localhost"), link())
    again = choose_password(Client(HTTP_HOST="localhost"), link(), {"new_password1": "x", "new_password2": "x"})
    assert again.status_code == 410
    assert "Dieser Link gilt nicht mehr" in text_of(again)
    assert sign_in("petra.mueller", CHOSEN["new_password1"])[1].status_code == 302


def test_a_link_holds_for_seven_days(office):
    office.post(INVITE, PERSON)
    for days, status in ((6.99, 200), (7.01, 410)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert Client(HTTP_HOST="localhost").get(link(), follow=True).status_code == status


def test_a_link_that_was_tampered_with_opens_nothing(office, administrator):
    office.post(INVITE, PERSON)
    _, _, _, uid, token, _ = link().split("/")
    other = invitations.urlsafe_base64_encode(str(administrator.pk).encode())
    for path in (
        f"{other}/{token}",
        f"{uid}/{token[:-1]}",
        f"{uid}/x{token}",
        f"{uid}/a-b",
        f"%00/{token}",
        f"{uid}/-",
    ):
        assert Client(HTTP_HOST="localhost").get(f"/admin/einladung/{path}/", follow=True).status_code == 410
    # Nor does it do what another kind of token does.
    reset = Client(HTTP_HOST="localhost").get(f"/admin/password_reset/confirm/{uid}/{token}/", follow=True)
    assert "Ungültiger" in text_of(reset)


def test_a_locked_account_cannot_use_its_invitation(office):
    office.post(INVITE, PERSON)
    User.objects.filter(email="petra@example.org").update(is_active=False)
    assert Client(HTTP_HOST="localhost").get(link(), follow=True).status_code == 410


def test_a_weak_password_is_refused_in_german(office):
    office.post(INVITE, PERSON)
    answer = choose_password(
        Client(HTTP_HOST="localhost"), link(), {"new_password1": "petra", "new_password2": "petra"}
    )
    assert "Dieses Passwort ist zu kurz" in text_of(answer)
    assert not User.objects.get(email="petra@example.org").has_usable_password()


def test_whoever_else_is_signed_in_in_the_browser_is_signed_out(office, editor):
    office.post(INVITE, PERSON)
    choose_password(editor, link())
    assert editor.get("/admin/").status_code == 302


def test_a_new_invitation_ends_the_former_and_is_on_offer_until_the_account_is_used(office, administrator):
    office.post(INVITE, PERSON)
    former, petra = link(), User.objects.get(email="petra@example.org")
    again = reverse("wagtailusers_users:invite_again", args=[petra.pk])
    pages = (reverse("wagtailusers_users:index"), reverse("wagtailusers_users:edit", args=[petra.pk]))
    assert all(again in office.get(page).content.decode() for page in pages)
    assert "petra@example.org" in text_of(office.get(again))
    assert len(mail.outbox) == 1
    office.post(again)
    assert Client(HTTP_HOST="localhost").get(former, follow=True).status_code == 410
    assert ModelLogEntry.objects.filter(action="users.invite", object_id=str(petra.pk), user=administrator).count() == 2

    choose_password(Client(HTTP_HOST="localhost"), link())
    assert not any(again in office.get(page).content.decode() for page in pages)
    assert "lässt sich nicht einladen" in text_of(office.post(again, follow=True))
    assert len(mail.outbox) == 2


def test_the_list_of_accounts_says_how_far_each_is_with_the_same_number_of_queries(office):
    def captured() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = office.get(reverse("wagtailusers_users:index"))
        return text_of(answer), len(queries)

    office.post(INVITE, PERSON)
    captured()
    text, few = captured()
    for words in ("Saarland", "Eingeladen", "Zweiter Faktor", "Letzte Anmeldung"):
        assert words in text
    for number in range(10):
        account = User.objects.create_user(f"konto-{number}", email=f"k{number}@example.org", land_code="DE-HH")
        account.authenticator_set.create(type="totp", data={})
    captured()  # settles the rights of the new ones
    assert captured()[1] == few


def test_groups_that_follow_from_the_land_are_not_offered_and_not_lost(office, account):
    other = Group.objects.create(name="Fotoarchiv")
    address = reverse("wagtailusers_users:edit", args=[account.pk])
    html = office.get(address).content.decode()
    laender = Group.objects.get(name="Länder")
    assert "Fotoarchiv" in html
    assert f'name="groups" value="{laender.pk}"' not in html
    form = {
        "username": account.username,
        "email": "bw@example.org",
        "first_name": "Bea",
        "last_name": "Weber",
        "is_active": "on",
        "land_code": "DE-BY",
    }
    office.post(address, form | {"groups": [other.pk]})
    account.refresh_from_db()
    assert account.land_code == "DE-BY"
    assert {"Länder", "Fotoarchiv"} <= set(account.groups.values_list("name", flat=True))
    office.post(address, form)
    assert not account.groups.filter(name="Fotoarchiv").exists()
    refused = office.post(address, form | {"groups": [Group.objects.get(name="Vorsitz").pk]})
    assert "Auswahl" in text_of(refused)


def test_accounts_of_a_land_come_with_their_state(account, django_assert_num_queries):
    User.objects.create_user("gesperrt", land_code="DE-BW", is_active=False)
    User.objects.filter(pk=account.pk).update(last_login=timezone.now())
    account.authenticator_set.create(type="totp", data={})
    with django_assert_num_queries(1):
        found = {each.username: each.state for each in User.objects.of_land("DE-BW").with_second_factor()}
    assert found["redaktion-test"] == "angemeldet, mit zweitem Faktor"
    assert "gesperrt" not in found
