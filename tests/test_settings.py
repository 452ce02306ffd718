"""The settings are safe when nobody thought of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import KEY

ROOT = Path(__file__).resolve().parents[1]
PRINT = "import sys, importlib; settings = importlib.import_module(sys.argv[1]); print(settings.SECRET_KEY)"


def start(module: str, path: Path, code: str = PRINT, **environment: str) -> subprocess.Popen:
    """Import a settings module in a process of its own, without what this environment says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTMK_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-c", code, module],
        cwd=ROOT,
        env=kept
        | {"PYTHONPATH": f"{ROOT}:{path}", "INTMK_VAR": str(path / "var"), "DJANGO_SETTINGS_MODULE": module}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("module", ["intmk.settings.production", "server"])
def test_whatever_builds_on_production_needs_its_key_and_address(module, tmp_path):
    (tmp_path / "server.py").write_text("from intmk.settings.production import *\n")
    given = {"INTMK_SECRET_KEY": KEY, "INTMK_BASE_URL": "https://www.example.org/"}
    assert start(module, tmp_path, **given).communicate()[0].strip() == KEY
    for name in given:
        errors = start(module, tmp_path, **{other: given[other] for other in given if other != name}).communicate()[1]
        assert f"Die Umgebungsvariable {name} fehlt" in errors


def test_what_builds_on_development_needs_nothing_and_all_processes_get_one_key(tmp_path):
    (tmp_path / "own.py").write_text("from intmk.settings.development import *\n")
    processes = [start(module, tmp_path) for module in ("intmk.settings.development", "own") * 2]
    keys = {process.communicate()[0].strip() for process in processes}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-key"]
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600


GIVEN = {"INTMK_SECRET_KEY": KEY, "INTMK_BASE_URL": "https://www.example.org/"}
PRINT_MAIL = (
    "from intmk.settings import production as s; "
    "print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, s.EMAIL_HOST_USER, s.DEFAULT_FROM_EMAIL)"
)


@pytest.mark.parametrize(
    ("environment", "settings"),
    [
        ({}, "localhost 25 False False  noreply@www.example.org"),
        ({"INTMK_MAIL_HOST": "mail.example.org"}, "mail.example.org 587 True False  noreply@www.example.org"),
        (
            {"INTMK_MAIL_HOST": "m", "INTMK_MAIL_SECURITY": "tls", "INTMK_MAIL_USER": "u", "INTMK_MAIL_FROM": "a@b.de"},
            "m 465 False True u a@b.de",
        ),
    ],
)
def test_mail_goes_encrypted_unless_it_stays_on_the_machine(environment, settings, tmp_path):
    module = "intmk.settings.production"
    process = start(module, tmp_path, code=PRINT_MAIL, **GIVEN, **environment)
    assert process.communicate()[0].strip() == settings
    refused = start(module, tmp_path, **GIVEN, INTMK_MAIL_SECURITY="ssl3")
    assert "INTMK_MAIL_SECURITY kennt nur" in refused.communicate()[1]


def test_production_requires_a_second_factor_and_believes_one_proxy(tmp_path):
    code = "from intmk.settings import production as s; print(s.SECOND_FACTOR_REQUIRED, s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    process = start("intmk.settings.production", tmp_path, code=code, **GIVEN)
    assert process.communicate()[0].strip() == "True 1"


@pytest.mark.parametrize("module", ["production", "development"])
def test_a_host_with_umlauts_is_allowed_as_browsers_code_it(tmp_path, module):
    given = {
        "INTMK_SECRET_KEY": KEY,
        "INTMK_BASE_URL": "https://www.länder.example/",
        "INTMK_HOSTS": "intmk.example, .müller.example,",
    }
    code = PRINT.replace("SECRET_KEY", "ALLOWED_HOSTS")
    hosts = start(f"intmk.settings.{module}", tmp_path, code, **given).communicate()[0].strip()
    hosts = hosts.replace("'localhost', '127.0.0.1', '[::1]', ", "")
    assert hosts == "['www.xn--lnder-gra.example', 'intmk.example', '.xn--mller-kva.example']"


@pytest.mark.parametrize(
    ("chosen", "bound"),
    [({}, "False False"), ({"INTMK_HSTS": "subdomains"}, "True False"), ({"INTMK_HSTS": "preload"}, "True True")],
)
def test_only_who_chooses_it_binds_other_names_to_tls(chosen, bound, tmp_path):
    module = "intmk.settings.production"
    code = f"from {module} import *; print(SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD)"
    assert start(module, tmp_path, code=code, **GIVEN, **chosen).communicate()[0].strip() == bound


def test_another_word_for_it_is_refused(tmp_path):
    refused = start("intmk.settings.production", tmp_path, **GIVEN, INTMK_HSTS="ja")
    assert "INTMK_HSTS kennt nur" in refused.communicate()[1]
