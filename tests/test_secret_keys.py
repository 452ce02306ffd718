"""The key of the site: a poor one is refused, and it can be changed without anybody losing anything."""

import os
import secrets
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import signing
from django.core.management import call_command
from django.utils import timezone

from intmk.server import secret_keys
from intmk.users.models import User
from tests.serving import KEY, OTHER_KEY, ROOT
from tests.signing_in import code_of

GOOD = "Qm3x9vT7kLp2sW8nB5cR1zY6hJ4dF0gAeUiOoPqXwVtNbMkSyZ"


def fault(key: str, *folders: Path, **environment: str) -> str:
    return secret_keys.fault_of({"INTMK_SECRET_KEY": key, **environment}, *folders)


# --- which is refused -----------------------------------------------------------------------------------------------


def test_a_random_key_is_taken():
    for key in (GOOD, KEY, OTHER_KEY, secrets.token_urlsafe(60), secrets.token_urlsafe(38)):
        assert fault(key, INTMK_SECRET_KEY_FALLBACKS="ein früherer, noch einer") == ""


@pytest.mark.parametrize("key", ["", "kurz", GOOD[:49], "x" * 60, "abc" * 20, "django-insecure-" + GOOD])
def test_a_short_or_simple_key_is_refused_with_the_way_to_a_better_one(key):
    assert fault(key).startswith("INTMK_SECRET_KEY ist zu kurz oder zu einfach")
    assert "token_urlsafe" in fault(key)


@pytest.mark.parametrize(
    "environment",
    [
        {"INTMK_SECRET_KEY_FALLBACKS": f"alt, {GOOD}"},
        {"DATABASE_URL": f"postgres://ich:{GOOD}@db.example.org/daten"},
        {"INTMK_METRICS_TOKEN": GOOD},
        {"INTMK_MAIL_PASSWORD": GOOD},
    ],
)
def test_a_key_that_is_used_for_something_else_is_refused(environment):
    assert fault(GOOD, **environment)
    assert GOOD not in fault(GOOD, **environment)


def test_the_key_of_a_site_for_trying_out_is_refused(tmp_path):
    (tmp_path / "secret-key").write_text(GOOD)
    assert "den die Entwicklung hier angelegt hat" in fault(GOOD, tmp_path / "anderswo", tmp_path)


@pytest.mark.parametrize("command", [["manage.py", "chair"], ["-m", "intmk.server.serve"]])
def test_neither_command_nor_service_begins_with_a_poor_key_and_says_so_in_one_line(command, var_dir):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("INTMK_", "DJANGO_"))}
    environment |= {
        "INTMK_VAR": str(var_dir),
        "INTMK_SECRET_KEY": "x" * 50,
        "INTMK_BASE_URL": "https://www.example.org",
        "DJANGO_SETTINGS_MODULE": "intmk.settings.production",
    }
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("INTMK_SECRET_KEY ist zu kurz oder zu einfach")
    assert not (var_dir / "postgres").exists()


# --- changing it ----------------------------------------------------------------------------------------------------


def rotate() -> str:
    out = StringIO()
    call_command("rotate_key", stdout=out)
    return out.getvalue()


def test_the_first_step_names_the_lines_that_keep_the_former_key(settings, monkeypatch):
    settings.SECRET_KEY_FALLBACKS = []
    monkeypatch.setenv("INTMK_SECRET_KEY", GOOD)
    monkeypatch.setenv("INTMK_SECRET_KEY_FALLBACKS", "")
    lines = dict(line.split("=", 1) for line in rotate().splitlines() if line.startswith("INTMK_SECRET"))
    assert lines["INTMK_SECRET_KEY_FALLBACKS"] == GOOD
    assert secret_keys.fault_of(lines) == ""
    assert lines["INTMK_SECRET_KEY"] not in rotate()  # each time another one


@pytest.mark.django_db
def test_after_the_second_step_the_former_key_is_needed_by_nobody(settings):
    former, account = settings.SECRET_KEY, User.objects.create_user("land", "land@example.org", "ein langes Passwort 1")
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(account).get_unused_codes()
    signed = signing.dumps("verschickt")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = GOOD, [former]
    assert signing.loads(signed) == "verschickt"
    said = rotate()
    assert said.startswith("2 zweite Faktoren sind mit dem neuen Schlüssel verschlüsselt.")
    assert f"{timezone.localdate() + timedelta(days=7):%d.%m.%Y}" in said
    settings.SECRET_KEY_FALLBACKS = []
    factors = {factor.type: factor.wrap() for factor in Authenticator.objects.filter(user=account)}
    assert factors["totp"].validate_code(code_of("JBSWY3DPEHPK3PXP"))
    assert factors["recovery_codes"].get_unused_codes() == codes
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)


@pytest.mark.django_db
def test_a_second_factor_under_a_key_that_nobody_has_is_told_and_left_as_it_is(settings):
    account = User.objects.create_user("land", "land@example.org", "ein langes Passwort 1")
    settings.SECRET_KEY = "verloren" * 9
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    stored = Authenticator.objects.get().data
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = GOOD, ["auch nicht der" * 5]
    assert "1 waren mit keinem der Schlüssel zu lesen" in rotate()
    assert Authenticator.objects.get().data == stored
