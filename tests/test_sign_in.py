"""Signing in with name, password and second factor, and who is kept out."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from intmk.users.models import User
from intmk.users.sign_in_cache import SignInCache
from tests.editing import text_of
from tests.signing_in import PASSWORD, SET_UP, code_of, set_up_second_factor, sign_in

pytestmark = pytest.mark.django_db
OVERVIEW = "/admin/zweiter-faktor/"
REMOVE = "/admin/zweiter-faktor/entfernen/"


@pytest.fixture
def required(settings):
    """As in production: without a second factor nobody gets further."""
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def clock():
    """A clock that stands at the beginning of a code's half minute and is moved by the test."""
    with time_machine.travel(time.time() // 30 * 30 + 1, tick=False) as traveller:
        yield traveller


@pytest.fixture
def protected(account, clock):
    """The account with a second factor; its secret and recovery codes."""
    client, _ = sign_in(account)
    secret, codes = set_up_second_factor(client)
    clock.shift(60)
    return secret, codes


@pytest.mark.parametrize("name", ["redaktion-test", "Redaktion-Test", "LAND@example.org"])
def test_name_or_address_and_password_open_the_admin(account, name):
    User.objects.filter(pk=account.pk).update(email="land@example.org")
    _, answer = sign_in(name)
    assert answer["Location"] == "/admin/"


@pytest.mark.parametrize(
    "typed",
    [
        "Petra.Mueller@Beispiel.de",
        "petra.mueller@beispiel.de",
        "PETRA.MUELLER@BEISPIEL.DE",
        " Petra.Mueller@beispiel.de ",
    ],
)
def test_an_address_opens_the_admin_however_it_is_stored_and_typed(account, typed):
    User.objects.filter(pk=account.pk).update(email="Petra.Mueller@Beispiel.de")
    assert sign_in(typed)[1]["Location"] == "/admin/"
    User.objects.filter(pk=account.pk).update(is_active=False)
    assert "Dieses Konto ist gesperrt" in text_of(sign_in(typed)[1])


def test_a_name_that_is_the_address_of_another_account_opens_the_one_whose_password_it_is(account):
    User.objects.filter(pk=account.pk).update(email="land@example.org")
    other = User.objects.create_superuser("land@example.org", password="ein anderes Wort 2")
    for password, owner in ((PASSWORD, account), ("ein anderes Wort 2", other)):
        client, answer = sign_in("land@example.org", password)
        assert answer["Location"] == "/admin/"
        assert client.session["_auth_user_id"] == str(owner.pk)


@pytest.mark.parametrize(
    "next_page", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_to_own_addresses_only(account, next_page):
    assert sign_in(account, next=next_page)[1]["Location"] == "/admin/"
    assert sign_in(account, next="/admin/pages/")[1]["Location"] == "/admin/pages/"


def test_nobody_learns_which_names_exist(account):
    User.objects.create_user("gesperrt", password=PASSWORD, is_active=False)
    answers = {text_of(sign_in(name, "falsch")[1]) for name in (account.username, "gesperrt", "gibt-es-nicht")}
    assert len(answers) == 1
    assert "Benutzername oder Passwort stimmen nicht" in answers.pop()


def test_a_locked_account_is_told_so_once_its_password_is_right(account):
    User.objects.filter(pk=account.pk).update(is_active=False)
    client, answer = sign_in(account)
    assert "Dieses Konto ist gesperrt" in text_of(answer)
    assert client.get("/admin/").status_code == 302


def test_an_account_without_access_is_told_so_and_sent_round_in_no_loop(account):
    stranger = User.objects.create_user("fremd", password=PASSWORD)
    client, answer = sign_in(stranger)
    assert "keinen Zugang zur Redaktion" in text_of(answer)
    client.force_login(stranger)  # its rights were taken in mid-session
    assert "keinen Zugang zur Redaktion" in text_of(client.get("/admin/", follow=True))
    assert "_auth_user_id" not in client.session
    assert sign_in(account, client=client)[1]["Location"] == "/admin/"


@pytest.mark.parametrize("name", ["x" * 100_000, "name\x00", "name\r\nX: y", "' OR 1=1 --", ""])
def test_hostile_names_get_the_form_back(name):
    _, answer = sign_in(name)
    assert answer.status_code == 200
    assert "Anmelden" in text_of(answer)


def test_too_many_attempts_are_refused_even_with_the_right_password(account, clock):
    for _ in range(5):
        assert sign_in(account, "falsch")[1].status_code == 200
    _, answer = sign_in(account)
    assert answer.status_code == 429
    assert "Zu viele Versuche" in text_of(answer)
    assert answer["Retry-After"] == "300"
    clock.shift(301)
    assert sign_in(account)[1].status_code == 302


def test_attempts_by_name_and_by_address_are_counted_together(account, clock):
    User.objects.filter(pk=account.pk).update(email="Petra.Mueller@Beispiel.de")
    other = User.objects.create_superuser("admin-test", password=PASSWORD)
    names = [account.username, "petra.mueller@beispiel.de", account.username.upper(), "Petra.Mueller@Beispiel.de"]
    for name in [*names, account.username]:
        assert sign_in(name, "falsch")[1].status_code == 200
    assert [sign_in(name)[1].status_code for name in names] == [429] * 4
    assert sign_in(other)[1].status_code == 302
    clock.shift(301)
    assert sign_in("petra.mueller@beispiel.de")[1].status_code == 302


def test_no_invented_name_uses_up_the_attempts_of_an_account(account):
    for _ in range(5):
        sign_in(f"account:{account.pk}", "falsch")
    assert sign_in(f"Account:{account.pk}", "falsch")[1].status_code == 429
    assert sign_in(account)[1].status_code == 302


def test_what_exists_takes_as_many_queries_and_passwords_to_refuse_as_what_does_not(account, monkeypatch):
    User.objects.filter(pk=account.pk).update(email="Petra.Mueller@Beispiel.de")
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    sign_in("wer-auch-immer", "falsch")  # fills caches
    costs = set()
    for name in (account.username, "gibt-es-nicht", "petra.mueller@beispiel.de", "gibt-es-nicht@beispiel.de"):
        hashed.clear()
        with CaptureQueriesContext(connection) as captured:
            sign_in(name, "falsch")
        costs.add((len(captured), len(hashed)))
    assert len(costs) == 1
    assert costs.pop()[1] == 1


def test_many_names_from_one_address_are_refused_and_other_addresses_are_not(account, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guesser = Client(HTTP_HOST="localhost")
    for number in range(20):
        # What a guesser writes into the header himself stands before what nginx adds.
        guesser.defaults["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}, 198.51.100.7"
        sign_in(f"name-{number}", "falsch", guesser)
    assert sign_in(account, client=guesser)[1].status_code == 429
    other = Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_FOR="203.0.113.5")
    assert sign_in(account, client=other)[1].status_code == 302


def test_a_flood_gets_the_page_that_asks_for_patience(account):
    client = Client(HTTP_HOST="localhost")
    answers = [client.post("/admin/login/", {}).status_code for _ in range(31)]
    assert (answers[0], answers[30]) == (200, 429)
    assert "Bitte warten Sie fünf Minuten" in text_of(client.post("/admin/login/", {}))


def test_letters_about_a_lost_password_come_a_few_at_a_time(account):
    User.objects.filter(pk=account.pk).update(email="land@example.org")
    client = Client(HTTP_HOST="localhost")
    answers = [client.post("/admin/password_reset/", {"email": "land@example.org"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5
    link = mail.outbox[0].body.split("http://localhost:8000")[1].split()[0]
    page = client.get(link, follow=True)
    assert "Setzen Sie Ihr neues Passwort" in text_of(page)
    client.post(page.request["PATH_INFO"], {"new_password1": "ganz neues Wort 7", "new_password2": "ganz neues Wort 7"})
    assert sign_in(account, "ganz neues Wort 7")[1].status_code == 302


def test_the_right_code_opens_and_a_wrong_or_used_one_does_not(account, protected, clock):
    secret, _ = protected
    client, answer = sign_in(account, next="/admin/pages/")
    assert answer["Location"] == "/admin/login/code/"
    assert client.get("/admin/").status_code == 302
    wrong = client.post("/admin/login/code/", {"code": "000000"})
    assert "Der Code stimmt nicht" in text_of(wrong)
    right = client.post("/admin/login/code/", {"code": code_of(secret)})
    assert right["Location"] == "/admin/pages/"

    onlooker, _ = sign_in(account)
    assert "schon benutzt" in text_of(onlooker.post("/admin/login/code/", {"code": code_of(secret)}))
    clock.shift(30)
    assert onlooker.post("/admin/login/code/", {"code": code_of(secret)}).status_code == 302


def test_codes_cannot_be_guessed(account, protected):
    client, _ = sign_in(account)
    for number in range(5):
        client.post("/admin/login/code/", {"code": f"{number:06d}"})
    refused = client.post("/admin/login/code/", {"code": code_of(protected[0])})
    assert "Zu viele Versuche" in text_of(refused)
    assert client.get("/admin/").status_code == 302


def test_a_recovery_code_opens_once(account, protected):
    codes = protected[1]
    first, _ = sign_in(account)
    assert first.post("/admin/login/code/", {"code": codes[0]})["Location"] == "/admin/"
    second, _ = sign_in(account)
    assert second.post("/admin/login/code/", {"code": codes[0]}).status_code == 200
    assert second.post("/admin/login/code/", {"code": codes[1]}).status_code == 302
    assert "Übrige Notfallcodes: 8" in text_of(second.get(OVERVIEW))


def test_whoever_gives_up_at_the_code_can_sign_in_as_somebody_else(account, protected):
    other = User.objects.create_superuser("admin-test", password=PASSWORD)
    client, _ = sign_in(account)
    assert client.get("/admin/login/")["Location"] == "/admin/login/code/"
    assert client.post("/admin/login/abbrechen/")["Location"] == "/admin/login/"
    assert sign_in(other, client=client)[1]["Location"] == "/admin/"


def test_recovery_codes_are_shown_once_and_can_be_made_anew(account, clock):
    client, _ = sign_in(account)
    _, codes = set_up_second_factor(client)
    again = text_of(client.get("/admin/zweiter-faktor/notfallcodes/"))
    assert "wurden schon gezeigt" in again
    assert codes[0] not in again
    anew = "/admin/zweiter-faktor/notfallcodes/neu/"
    assert client.get(anew)["Location"].startswith("/admin/login/bestaetigen/")
    client.post("/admin/login/bestaetigen/", {"password": PASSWORD})
    shown = text_of(client.post(anew, follow=True))
    assert "nur dieses eine Mal" in shown
    assert codes[0] not in shown
    clock.shift(60)
    stale, _ = sign_in(account)
    assert stale.post("/admin/login/code/", {"code": codes[0]}).status_code == 200


def test_the_second_factor_goes_only_with_the_password_and_signs_out_elsewhere(account, protected, required):
    _, codes = protected
    here, _ = sign_in(account)
    here.post("/admin/login/code/", {"code": codes[0]})
    elsewhere, _ = sign_in(account)
    elsewhere.post("/admin/login/code/", {"code": codes[1]})
    refused = here.post(REMOVE)
    assert refused["Location"].startswith("/admin/login/bestaetigen/")
    assert account.authenticator_set.count() == 2
    assert here.post("/admin/login/bestaetigen/", {"password": "falsch"}).status_code == 200
    assert here.post("/admin/login/bestaetigen/", {"password": PASSWORD}).status_code == 302
    assert elsewhere.get("/admin/").status_code == 200
    here.post(REMOVE)
    assert account.authenticator_set.count() == 0
    assert here.get("/admin/")["Location"] == SET_UP
    assert elsewhere.get("/admin/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "address",
    ["/admin/", "/admin/pages/", "/admin/account/", "/admin/api/main/pages/", OVERVIEW, "/admin/gibt-es-nicht/"],
)
def test_without_second_factor_nothing_else_is_reached(account, required, address):
    client, answer = sign_in(account)
    assert client.get(answer["Location"])["Location"] == SET_UP
    assert client.get(address)["Location"] == SET_UP
    assert client.post(address).status_code == 403
    assert client.get(address, HTTP_X_REQUESTED_WITH="XMLHttpRequest").status_code == 403


def test_nothing_is_changed_without_second_factor(required):
    admin = User.objects.create_superuser("admin-test", password=PASSWORD)
    client, _ = sign_in(admin)
    client.post(reverse("wagtailusers_users:delete", args=[admin.pk]))
    client.post(reverse("wagtailadmin_account"), {"name_email-email": "evil@example.org"})
    admin.refresh_from_db()
    assert admin.email == ""


def test_the_way_to_a_second_factor_and_the_way_out_are_open(account, required, clock):
    client, _ = sign_in(account)
    page = client.get(SET_UP)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "data:" in page["Content-Security-Policy"].split("img-src")[1].split(";")[0]
    clock.shift(600)  # whoever looks for an app that long is asked for the password again
    assert client.get(SET_UP)["Location"].startswith("/admin/login/bestaetigen/")
    client.post("/admin/login/bestaetigen/", {"password": PASSWORD})
    set_up_second_factor(client)
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("address", ["/admin/", SET_UP, REMOVE])
def test_a_session_from_before_the_second_factor_ends_and_is_told_why(account, required, clock, address):
    before, _ = sign_in(account)
    elsewhere, _ = sign_in(account)
    secret, _ = set_up_second_factor(elsewhere)
    assert before.post(SET_UP, {"code": "000000"})["Location"] == SET_UP
    answer = before.get(address, follow=True)  # raises when it is sent round in circles
    assert answer.redirect_chain[-1] == ("/admin/login/", 302)
    assert "ist inzwischen ein zweiter Faktor eingerichtet" in text_of(answer)
    assert "_auth_user_id" not in before.session
    assert elsewhere.get("/admin/").status_code == 200
    clock.shift(60)
    sign_in(account, client=before)
    before.post("/admin/login/code/", {"code": code_of(secret)})
    assert before.get("/admin/").status_code == 200
    assert before.get(SET_UP)["Location"] == REMOVE


def test_the_second_factor_costs_no_query(account, protected, settings):
    client, _ = sign_in(account)
    client.post("/admin/login/code/", {"code": protected[1][0]})
    numbers = []
    for required in (False, False, True):  # the first request settles rights and fills caches
        settings.SECOND_FACTOR_REQUIRED = required
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/admin/account/").status_code == 200
        numbers.append(len(captured))
    assert numbers[1] == numbers[2]


def test_the_note_in_the_session_is_that_of_its_account_only(account, protected, required):
    client, _ = sign_in(account)
    client.post("/admin/login/code/", {"code": protected[1][0]})
    note = client.session["second_factor_of"]
    other = User.objects.create_superuser("admin-test", password=PASSWORD)
    client.force_login(other)
    kept = client.session
    kept["second_factor_of"] = note
    kept.save()
    assert client.get("/admin/")["Location"] == SET_UP


def admin_report(browser: Client, action: str) -> list:
    """The lines of the report of rights that say what was done."""
    return browser.get("/admin/berichte/vorsitz-und-rechte/", {"action": action}).context["object_list"]


def test_an_administrator_removes_the_second_factor_of_a_lost_telephone(account, protected):
    client, _ = sign_in(account)
    client.post("/admin/login/code/", {"code": protected[1][0]})
    admin = User.objects.create_superuser("admin-test", password=PASSWORD)
    office, _ = sign_in(admin)
    address = reverse("wagtailusers_users:remove_second_factor", args=[account.pk])
    assert address in office.get(reverse("wagtailusers_users:edit", args=[account.pk])).content.decode()
    assert "Rückruf" in text_of(office.get(address))
    assert account.authenticator_set.count() == 2

    User.objects.filter(pk=admin.pk).update(is_superuser=False, land_code="DE-BY")
    office.post(address)
    assert account.authenticator_set.count() == 2
    User.objects.filter(pk=admin.pk).update(is_superuser=True, land_code="")
    office.post(address)
    assert account.authenticator_set.count() == 0
    logged = ModelLogEntry.objects.filter(action="users.remove_second_factor", object_id=str(account.pk))
    assert logged.get().user == admin
    lines = admin_report(office, logged.get().action)
    assert [(line.before, line.after) for line in lines] == [("mit zweitem Faktor", "ohne zweiten Faktor")]
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert sign_in(account)[1]["Location"] == "/admin/"


def test_administrators_keep_their_own_second_factor_until_they_give_the_password(clock):
    admin = User.objects.create_superuser("admin-test", password=PASSWORD)
    client, _ = sign_in(admin)
    set_up_second_factor(client)
    client.post(reverse("wagtailusers_users:remove_second_factor", args=[admin.pk]))
    assert admin.authenticator_set.count() == 2


def test_the_command_helps_the_one_administrator_whom_no_other_can_help(account, protected):
    call_command("remove_second_factor", account.username, verbosity=0)
    assert sign_in(account)[1]["Location"] == "/admin/"
    assert ModelLogEntry.objects.filter(action="users.remove_second_factor", object_id=str(account.pk)).exists()
    for name in (account.username, "gibt-es-nicht"):
        with pytest.raises(CommandError, match="gibt es nicht"):
            call_command("remove_second_factor", name)


def test_secrets_are_unreadable_in_the_database_and_fall_with_the_key(account, protected, settings):
    secret, codes = protected
    stored = Authenticator.objects.get(user=account, type="totp").data["secret"]
    assert secret not in stored
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "x" * 50
    client, _ = sign_in(account)
    for code in (code_of(secret), codes[0]):
        assert client.post("/admin/login/code/", {"code": code}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [former]
    assert client.post("/admin/login/code/", {"code": code_of(secret)}).status_code == 302


def test_only_the_addresses_that_are_needed_are_there():
    client = Client(HTTP_HOST="localhost")
    for path in ("signup/", "accounts/login/", "login/signup/", "zweiter-faktor/webauthn/", "confirm-email/"):
        assert client.get(f"/admin/{path}").status_code in (302, 404)
        assert "Registrier" not in text_of(client.get(f"/admin/{path}", follow=True))


def test_messages_lie_in_no_cookie_for_the_whole_site(account):
    client, _ = sign_in(account)
    answer = client.post("/admin/logout/")
    assert {cookie["path"] for cookie in answer.cookies.values()} == {"/admin/"}
    assert "abgemeldet" in text_of(client.get("/admin/login/"))


def test_the_account_page_leads_to_the_second_factor(editor):
    assert f'href="{OVERVIEW}"' in editor.get("/admin/account/").content.decode()


def test_attempts_are_counted_for_all_processes_together_under_names_that_tell_nothing(account):
    sign_in(account, "falsch")
    other_process = SignInCache("another", {})
    cache.set("allauth:test:192.0.2.1", "seen")
    cache.set("own", "seen")
    assert (other_process.get("allauth:test:192.0.2.1"), other_process.get("own")) == ("seen", None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM sign_in_cache")
        keys = " ".join(key for (key,) in cursor.fetchall())
    assert keys
    assert not any(word in keys for word in ("192.0.2.1", "127.0.0.1", account.username, "allauth"))
