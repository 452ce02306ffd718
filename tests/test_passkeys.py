"""Passkeys by requests: what no browser sends, and who is kept out. By clicks: test_browser_passkeys.py."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from intmk.users import second_factor
from intmk.users.models import User
from tests.editing import text_of
from tests.signing_in import PASSWORD, SET_UP, set_up_second_factor, sign_in

pytestmark = pytest.mark.django_db
ADD = "/admin/zweiter-faktor/passkeys/neu/"
SIGN_IN = "/admin/login/passkey/"
UNREADABLE = [
    "", "{", "[]", "1", "null", "{}", '{"id": "a"}', '{"response": {}}', '{"id": 1, "rawId": null, "response": []}',
    json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {
        "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"}}),
]  # fmt: skip


@pytest.fixture
def required(settings):
    """As in production: without a second factor nobody gets further."""
    settings.SECOND_FACTOR_REQUIRED = True


def passkey_of(account: User, name: str = "Telefon") -> Authenticator:
    return account.authenticator_set.create(type="webauthn", data={"name": name, "credential": {}})


@pytest.mark.parametrize("answer", UNREADABLE)
def test_an_answer_that_no_browser_sends_opens_nothing_and_breaks_nothing(account, answer):
    client = Client(HTTP_HOST="localhost")
    assert client.get(SIGN_IN, headers={"Accept": "application/json"}).json()["request_options"]
    assert client.post(SIGN_IN, {"credential": answer}).status_code == 302
    assert client.get("/admin/").status_code == 302
    signed_in, _ = sign_in(account)
    signed_in.get(ADD)
    refused = signed_in.post(ADD, {"credential": answer, "passwordless": "True", "name": "x"})
    assert refused.status_code == 200
    assert not account.authenticator_set.exists()


def test_the_question_for_a_passkey_names_no_account_and_asks_for_finger_face_or_pin(account):
    options = Client(HTTP_HOST="localhost").get(SIGN_IN, headers={"Accept": "application/json"}).json()
    asked = options["request_options"]["publicKey"]
    assert (asked["allowCredentials"], asked["userVerification"], asked["rpId"]) == ([], "required", "localhost")


def test_a_passkey_is_a_second_factor(account, required):
    client, answer = sign_in(account)
    assert client.get(answer["Location"])["Location"] == SET_UP
    assert f'href="{ADD}"' in client.get(SET_UP).content.decode()
    assert client.get(ADD).status_code == 200
    passkey_of(account)
    assert User.objects.get(pk=account.pk).has_second_factor
    assert User.objects.with_second_factor().get(pk=account.pk).has_second_factor


@pytest.mark.parametrize("address", [ADD, SET_UP])
def test_who_knows_the_password_only_adds_no_second_factor_beside_the_one_there_is(account, required, address):
    before, _ = sign_in(account)
    passkey = account.authenticator_set.create(type="totp", data={"secret": "x"})
    answer = before.get(address, follow=True)
    assert answer.redirect_chain[-1] == ("/admin/login/", 302)
    assert before.post(address, {"credential": "{}"}).status_code == 302
    assert list(account.authenticator_set.all()) == [passkey]


def test_a_new_passkey_needs_the_password_again_after_a_while(account):
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    for address in (ADD, f"/admin/zweiter-faktor/passkeys/{passkey_of(account).pk}/entfernen/"):
        assert client.get(address)["Location"].startswith("/admin/login/bestaetigen/")
        assert client.post(address).status_code == 302
    assert account.authenticator_set.count() == 1


def test_a_passkey_of_somebody_else_is_removed_by_nobody(account):
    other = User.objects.create_superuser("andere", password=PASSWORD)
    client, _ = sign_in(other)
    client.post("/admin/login/bestaetigen/", {"password": PASSWORD})
    address = reverse("mfa_remove_webauthn", args=[passkey_of(account).pk])
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    assert account.authenticator_set.count() == 1


def test_whoever_removes_one_of_two_second_factors_stays_signed_in_here_and_nowhere_else(account, required):
    here, _ = sign_in(account)
    set_up_second_factor(here)
    elsewhere = Client(HTTP_HOST="localhost")
    elsewhere.force_login(account)
    passkey = passkey_of(account)
    here.post("/admin/login/bestaetigen/", {"password": PASSWORD})
    here.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert account.authenticator_set.count() == 2  # the code and the recovery codes
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/")["Location"].startswith("/admin/login/")
    here.post("/admin/zweiter-faktor/entfernen/")
    assert here.get("/admin/")["Location"] == SET_UP


def test_an_administrator_removes_passkeys_with_the_rest(account):
    passkey_of(account)
    assert second_factor.remove_factor(account)
    assert not account.authenticator_set.exists()


def test_the_page_that_asks_for_the_second_factor_names_what_there_is(account):
    passkey_of(account).delete()
    client, _ = sign_in(account)
    set_up_second_factor(client)
    asked, _ = sign_in(account)
    said = asked.get("/admin/login/code/")
    assert "Authenticator-App" in text_of(said)
    assert "Passkey benutzen" not in text_of(said)
