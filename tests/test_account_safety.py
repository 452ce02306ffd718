"""An account stays its holder's: address, password, sessions, and what must not lie in a cache."""

import re
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intmk.settings import production
from intmk.users import known_devices
from intmk.users.models import User
from tests.editing import text_of
from tests.signing_in import PASSWORD, SET_UP, code_of, sign_in

pytestmark = pytest.mark.django_db
FORMER, NEW = "bisher@example.org", "neu@example.org"


@pytest.fixture
def holder(account) -> User:
    account.email, account.first_name, account.last_name = FORMER, "Petra", "Beispiel"
    account.save()
    return account


@pytest.fixture
def office(holder) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("verwaltung", "verwaltung@example.org", PASSWORD))
    return client


def own_page(**changes) -> dict:
    """What the browser sends from the page of one's own account."""
    return {
        "name_email-first_name": "Petra",
        "name_email-last_name": "Beispiel",
        "name_email-email": FORMER,
        "name_email-current_password": "",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "theme-keyboard_shortcuts": "on",
    } | changes


def account_form(user: User, **changes) -> dict:
    """What the browser of an administrator sends from the page of an account."""
    return {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name or "Vorname",
        "last_name": user.last_name or "Nachname",
        "land_code": user.land_code,
        "is_active": "on",
    } | changes


# The address


@pytest.mark.parametrize("password", ["", "falsch", PASSWORD + " "])
def test_a_new_address_needs_the_present_password(holder, editor, password):
    sent = own_page(**{"name_email-email": NEW, "name_email-current_password": password})
    answer = editor.post("/admin/account/", sent)
    assert "Zum Ändern der E-Mail-Adresse gehört hierher Ihr jetziges Passwort." in text_of(answer)
    assert f'value="{NEW}"' in answer.content.decode()  # nothing of what was typed is lost
    holder.refresh_from_db()
    assert holder.email == FORMER


def test_with_the_password_it_changes_and_the_former_address_is_told(
    holder, editor, django_capture_on_commit_callbacks
):
    sent = own_page(**{"name_email-email": NEW, "name_email-current_password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        assert editor.post("/admin/account/", sent).status_code == 302
    holder.refresh_from_db()
    assert holder.email == NEW
    [letter] = mail.outbox
    assert letter.to == [FORMER]
    assert "andere E-Mail-Adresse eingetragen" in " ".join(letter.body.split())
    assert NEW not in letter.body


def test_a_name_changes_without_password_and_without_letter(holder, editor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert editor.post("/admin/account/", own_page(**{"name_email-first_name": "Paula"})).status_code == 302
    holder.refresh_from_db()
    assert holder.first_name == "Paula"
    assert not mail.outbox


def test_a_letter_that_cannot_be_sent_undoes_nothing(
    holder, editor, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def fail(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("intmk.users.account_mail.send_mail", fail)
    sent = own_page(**{"name_email-email": NEW, "name_email-current_password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        assert editor.post("/admin/account/", sent).status_code == 302
    assert "nicht verschickt" in caplog.text


@pytest.mark.parametrize("field", ["name_email-current_password", "password-old_password"])
def test_the_present_password_cannot_be_guessed_on_the_page_of_the_account(holder, editor, field):
    sent = own_page(**{"name_email-email": NEW, field: "geraten", "password-new_password1": "x"})
    assert [editor.post("/admin/account/", sent).status_code for _ in range(11)] == [200] * 10 + [429]
    right = own_page(**{"name_email-email": NEW, "name_email-current_password": PASSWORD})
    assert editor.post("/admin/account/", right).status_code == 429
    holder.refresh_from_db()
    assert holder.email == FORMER


def test_a_new_password_needs_the_present_one(holder, editor):
    fresh = {"password-new_password1": "ganz neues Wort 7", "password-new_password2": "ganz neues Wort 7"}
    assert editor.post("/admin/account/", own_page(**fresh)).status_code == 200
    holder.refresh_from_db()
    assert holder.check_password(PASSWORD)
    assert editor.post("/admin/account/", own_page(**fresh, **{"password-old_password": PASSWORD})).status_code == 302
    holder.refresh_from_db()
    assert holder.check_password("ganz neues Wort 7")


# The password


def new_password(password: str, **more) -> dict:
    return {"password-new_password1": password, "password-new_password2": password, **more}


def test_a_new_password_is_told_to_the_holder_whoever_chose_it(holder, office, django_capture_on_commit_callbacks):
    browser, _ = sign_in(holder)
    with django_capture_on_commit_callbacks(execute=True):
        sent = new_password("ein Wort 12345", **{"password-old_password": PASSWORD})
        assert browser.post("/admin/account/", own_page(**sent)).status_code == 302
    page, fresh = reverse("wagtailusers_users:edit", args=[holder.pk]), "ganz neues Wort 7"
    holder.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        office.post(page, account_form(holder, password1=fresh, password2=fresh))
    letters = [(letter.to, letter.subject) for letter in mail.outbox]
    assert letters == [([FORMER], "Ihr Passwort bei der Website der Integrationsministerkonferenz ist geändert")] * 2
    assert not any(word in letter.body for letter in mail.outbox for word in (fresh, "ein Wort 12345"))


def test_the_first_password_of_an_account_is_told_to_nobody(holder, django_capture_on_commit_callbacks):
    assert holder.last_login is None
    with django_capture_on_commit_callbacks(execute=True):
        holder.set_password("ein erstes Wort 3")
        holder.save()
    assert not mail.outbox


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("Integrationsministerkonferenz2027!", True),
        ("Redaktion-Baden-Württemberg-1", True),
        ("Vorsitz!!!!!!!!!!", True),
        ("Der Vorsitz trinkt Tee", False),
        ("7308-1526-9941-04", False),
    ],
)
def test_a_password_of_hardly_more_than_words_of_the_site_is_refused(password, is_refused):
    refused = pytest.raises(ValidationError, match="fast nur aus Wörtern") if is_refused else nullcontext()
    with refused:
        validate_password(password)


def test_a_password_of_hundreds_of_letters_opens(account):
    long = "Der Ausschuss tagt im Mai. " * 20
    validate_password(long)
    account.set_password(long)
    account.save()
    assert sign_in(account, long[:-1])[1].status_code == 200
    assert sign_in(account, long)[1].status_code == 302


def test_an_old_hash_becomes_argon2_when_its_holder_signs_in(holder, settings):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    User.objects.filter(pk=holder.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salz", 1000))
    assert sign_in(holder, "falsch")[1].status_code == 200
    holder.refresh_from_db()
    assert identify_hasher(holder.password).algorithm == "pbkdf2_sha256"
    assert sign_in(holder)[1].status_code == 302
    holder.refresh_from_db()
    assert holder.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in(holder)[1].status_code == 302
    assert not mail.outbox  # it is still the same password


def test_administrators_change_their_own_address_and_password_only_there_too(office):
    own = User.objects.get(username="verwaltung")
    page = reverse("wagtailusers_users:edit", args=[own.pk])
    assert "mit Ihrem jetzigen Passwort" in text_of(office.get(page))
    sent = account_form(own, email=NEW, password1="ganz neues Wort 7", password2="ganz neues Wort 7", last_name="Neu")
    assert office.post(page, sent).status_code == 302
    own.refresh_from_db()
    assert (own.email, own.last_name) == ("verwaltung@example.org", "Neu")
    assert own.check_password(PASSWORD)


def test_what_an_administrator_changes_is_told_to_the_former_address(
    holder, office, django_capture_on_commit_callbacks
):
    page = reverse("wagtailusers_users:edit", args=[holder.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert office.post(page, account_form(holder, email=NEW)).status_code == 302
    assert [letter.to for letter in mail.outbox] == [[FORMER]]
    holder.refresh_from_db()
    assert holder.email == NEW
    assert holder.check_password(PASSWORD)


# Sessions


def lock_by_form(office: Client, holder: User, active: bool) -> None:
    form = account_form(holder)
    if not active:
        del form["is_active"]
    assert office.post(reverse("wagtailusers_users:edit", args=[holder.pk]), form).status_code == 302


def lock_from_the_list(office: Client, holder: User, active: bool) -> None:
    address = reverse("wagtail_bulk_action", args=["users", "user", "set_active_state"]) + f"?id={holder.pk}"
    assert office.post(address, {"mark_as_active": str(active)}).status_code == 302


@pytest.mark.parametrize("lock", [lock_by_form, lock_from_the_list])
def test_a_locked_account_is_signed_out_for_good(holder, office, lock):
    browser, _ = sign_in(holder)
    assert browser.get("/admin/").status_code == 200
    lock(office, holder, False)
    lock(office, holder, True)  # the browser asked for nothing meanwhile
    holder.refresh_from_db()
    assert holder.is_active
    assert browser.get("/admin/").status_code == 302
    assert office.get("/admin/").status_code == 200  # nobody else
    assert sign_in(holder)[0].get("/admin/").status_code == 200


def test_a_new_password_from_an_administrator_or_a_letter_ends_all_sessions(holder, office):
    browser, _ = sign_in(holder)
    fresh = {"password1": "ganz neues Wort 7", "password2": "ganz neues Wort 7"}
    page = reverse("wagtailusers_users:edit", args=[holder.pk])
    assert office.post(page, account_form(holder, **fresh)).status_code == 302
    assert browser.get("/admin/").status_code == 302
    browser, _ = sign_in(holder, "ganz neues Wort 7")
    assert browser.get("/admin/").status_code == 200
    stranger = Client(HTTP_HOST="localhost")
    stranger.post("/admin/password_reset/", {"email": FORMER})
    link = re.search(r"/admin/password_reset/\S+", mail.outbox[-1].body)[0]
    chosen = stranger.get(link, follow=True).request["PATH_INFO"]
    stranger.post(chosen, {"new_password1": "noch ein Wort 12", "new_password2": "noch ein Wort 12"})
    assert browser.get("/admin/").status_code == 302


def test_saving_an_account_that_is_not_locked_ends_nothing(holder):
    browser, _ = sign_in(holder)
    holder.save()
    User.objects.filter(pk=holder.pk).update(first_name="Paula")
    User.objects.filter(pk=holder.pk).update(is_active=True)
    assert Session.objects.exists()
    assert browser.get("/admin/").status_code == 200


# What must not lie in a cache


def no_store(answer) -> bool:
    return "no-store" in answer.headers.get("Cache-Control", "")


def test_secrets_lie_in_no_cache(holder):
    browser, _ = sign_in(holder)
    page = browser.get(SET_UP)
    assert no_store(page)
    shown = browser.post(SET_UP, {"code": code_of(page.context["form"].secret)}, follow=True)
    assert "Notfallcodes" in text_of(shown)
    assert no_store(shown)
    for address in ("/admin/account/", "/admin/zweiter-faktor/", "/admin/login/bestaetigen/"):
        assert no_store(browser.get(address)), address


@pytest.mark.parametrize(
    "address",
    ["/admin/login/", "/admin/password_reset/", "/admin/password_reset/confirm/x/y/", "/admin/einladung/x/y/"],
)
def test_no_page_before_signing_in_lies_in_a_cache(address):
    assert no_store(Client(HTTP_HOST="localhost").get(address))


# Letters about a forgotten password


def ask_for_letter(address: str, client: Client | None = None):
    return (client or Client(HTTP_HOST="localhost")).post("/admin/password_reset/", {"email": address})


def test_the_letter_is_sent_after_the_answer_and_its_way_is_the_same_for_everybody(holder, monkeypatch):
    tasks = []
    monkeypatch.setattr("intmk.users.sign_in.send_reset_letter", SimpleNamespace(enqueue=tasks.append))
    ask_for_letter("fuellt@example.org")  # fills caches
    answers = []
    for address in (FORMER, "niemand@example.org"):
        with CaptureQueriesContext(connection) as captured:
            answer = ask_for_letter(address)
        answers.append((answer.status_code, answer["Location"], len(captured)))
    assert answers[0] == answers[1]
    assert tasks[1:] == [FORMER, "niemand@example.org"]
    assert not mail.outbox


def test_a_few_letters_an_hour_are_all(holder):
    with time_machine.travel("2026-11-30T08:00:00Z", tick=False) as clock:
        for _ in range(5):
            assert ask_for_letter(FORMER).status_code == 302
            clock.shift(600)
        refused = ask_for_letter(FORMER)
        assert refused.status_code == 429
        assert refused["Retry-After"] == "3600"
        assert "Bitte warten Sie eine Stunde" in text_of(refused)
        clock.shift(3600)
        assert ask_for_letter(FORMER).status_code == 302
    assert len(mail.outbox) == 6


@pytest.mark.parametrize("exists", [True, False])
def test_other_ways_to_write_an_address_are_no_new_one(holder, exists):
    name, host = ("bisher" if exists else "niemand"), "example.org"
    ways = [
        f"{name}@{host}",
        f" {name}@{host}",
        f"{name}@{host}\t",
        f"{name.upper()}@{host}",
        f"{name}@{host.title()} ",
    ]
    client = Client(HTTP_HOST="localhost")
    assert [client.post("/admin/password_reset/", {"email": way}).status_code for way in ways] == [302] * 5
    assert client.post("/admin/password_reset/", {"email": f"  {name}@EXAMPLE.org"}).status_code == 429
    assert len(mail.outbox) == 5 * exists
    assert client.post("/admin/password_reset/", {"email": "andere@example.org"}).status_code == 302


def test_an_address_in_other_forms_of_letters_is_counted_with_its_account(holder):
    User.objects.filter(pk=holder.pk).update(email="straße@example.org")
    client, ways = Client(HTTP_HOST="localhost"), ["straße@example.org", "STRAßE@example.org", "straße@ｅxample.org"]
    answers = [client.post("/admin/password_reset/", {"email": way}).status_code for way in ways * 3]
    assert len(mail.outbox) <= 5
    assert answers.count(302) <= 6


# A lock-out that others cause


def test_whoever_guesses_at_an_account_locks_it_for_others_but_not_for_its_own_device(holder):
    own, _ = sign_in(holder)
    assert own.cookies["intmk_device"]["path"] == "/admin/"
    assert own.cookies["intmk_device"]["httponly"]
    own.post("/admin/logout/")
    for _ in range(5):
        sign_in(holder, "geraten")
    assert sign_in(holder)[1].status_code == 429
    assert sign_in(holder, client=own)[1].status_code == 302


def test_a_whole_house_behind_one_address_locks_no_known_device_either(holder, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "3/5m/ip,5/5m/key"}
    own, _ = sign_in(holder)
    own.post("/admin/logout/")
    for number in range(3):
        sign_in(f"name-{number}", "falsch")
    assert sign_in(holder)[1].status_code == 429
    assert sign_in(holder, client=own)[1].status_code == 302


def test_a_known_device_guesses_no_more_than_another(holder):
    own, _ = sign_in(holder)
    own.post("/admin/logout/")
    answers = [sign_in(holder, "geraten", own)[1].status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert sign_in(holder, client=own)[1].status_code == 429


def test_a_device_is_known_to_its_own_accounts_only_and_says_so_signed(holder, settings):
    own, _ = sign_in(holder)
    other = User.objects.create_superuser("andere", password=PASSWORD)
    for _ in range(5):
        sign_in(other, "geraten")
    own.post("/admin/logout/")
    assert sign_in(other, client=own)[1].status_code == 429
    forged = Client(HTTP_HOST="localhost")
    forged.cookies["intmk_device"] = own.cookies["intmk_device"].value[:-2] + "xx"
    for _ in range(5):
        sign_in(holder, "geraten")
    assert sign_in(holder, client=forged)[1].status_code == 429


def test_a_browser_knows_the_last_few_accounts_that_signed_in(holder):
    browser = Client(HTTP_HOST="localhost")
    others = [User.objects.create_superuser(f"konto-{number}", password=PASSWORD) for number in range(5)]
    for one in (holder, *others):
        sign_in(one, client=browser)
        browser.post("/admin/logout/")
    request = browser.get("/admin/login/").wsgi_request
    assert known_devices.key_for(request, holder) is None
    assert all(known_devices.key_for(request, one) for one in others)
