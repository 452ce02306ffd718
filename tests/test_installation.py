"""A folder knows whose it is: commands act on its site and on no other, with the settings that the service has."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from intmk.management.commands.create_demo_accounts import lock_demo_accounts
from intmk.server import installation
from intmk.server.site_identity import SiteIdentity
from intmk.users.models import LAND_NAMES, User
from tests.databases import database_url
from tests.serving import KEY, OTHER_KEY, Site, free_port

ROOT = Path(__file__).resolve().parents[1]
BARE = {name: value for name, value in os.environ.items() if not name.startswith(("INTMK_", "DJANGO_", "DATABASE_URL"))}
NOWHERE = "postgres://intmk:geheim@127.0.0.1:1/intmk"
SETTINGS = (
    "shell",
    "-v",
    "0",
    "--no-imports",
    "-c",
    "from django.conf import settings as s; print(s.SETTINGS_MODULE, s.SECRET_KEY)",
)


@pytest.fixture(autouse=True)
def environment_as_it_was() -> Iterator[None]:
    """What is entered here is left again."""
    with mock.patch.dict(os.environ):
        yield


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this project with nothing in the environment but what is given."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=BARE | environment, capture_output=True, text=True, check=False)


def manage(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("manage.py", *arguments, INTMK_VAR=str(var), **environment)


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line with which a command was refused."""
    assert result.returncode == 1, result
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stdout == ""
    return result.stderr.strip()


@pytest.fixture
def production(tmp_path) -> Path:
    """The state of a site in production, whose database does not answer, and its environment file beside it."""
    file = tmp_path / "intmk.env"
    file.write_text(
        f"# im Betrieb\nDATABASE_URL={NOWHERE}\nINTMK_SECRET_KEY='{KEY}'\nINTMK_BASE_URL=https://www.example.org\n"
        "INTMK_MAIL_HOST=127.0.0.1\nINTMK_MAIL_PORT=1\n"
    )
    var = tmp_path / "var"
    var.mkdir()
    (var / "site.json").write_text(
        json.dumps(
            {
                "production": True,
                "settings": installation.PRODUCTION,
                "environment_file": str(file),
                "database": "127.0.0.1:1/intmk",
                "key": "b4f7c8a2-0f1e-4a52-8a0c-6f0e6f0f9a11",
            }
        )
    )
    return var


def there(var: Path) -> set[str]:
    return {path.name for path in var.iterdir()}


# --- commands in the folder of a site in production -----------------------------------------------------------------


@pytest.mark.slow("starts the program anew, as an administrator does")
def test_a_bare_command_acts_on_production_with_the_environment_of_the_service(production):
    result = manage(production, *SETTINGS)
    assert result.stdout.split() == ["intmk.settings.production", KEY], result.stderr
    assert there(production) == {"site.json"}  # no database, no key, no accounts of a developer


def test_what_the_environment_says_wins_over_the_file(production):
    assert manage(production, *SETTINGS, INTMK_SECRET_KEY=OTHER_KEY).stdout.split()[1] == OTHER_KEY


@pytest.mark.audit
def test_a_mail_that_cannot_be_sent_from_production_is_no_success(production):
    result = manage(production, "sendtestemail", "stelle@example.org")
    assert result.returncode != 0
    assert "Connection refused" in result.stderr
    assert "Subject:" not in result.stdout


@pytest.mark.parametrize("module", ["intmk.settings.development", "intmk.settings.test", "own"])
@pytest.mark.parametrize("command", ["prepare", "sendtestemail a@example.org"])
@pytest.mark.kinds(2)
def test_settings_of_development_are_refused_there_in_one_line(production, tmp_path, module, command):
    (tmp_path / "own.py").write_text("from intmk.settings.development import *\n")
    result = manage(production, *command.split(), DJANGO_SETTINGS_MODULE=module, PYTHONPATH=str(tmp_path))
    assert "gehört zu einer Website im Betrieb; mit den Einstellungen der Entwicklung wird hier nichts" in refusal(
        result
    )
    assert there(production) == {"site.json"}


def test_settings_that_are_named_as_an_option_are_refused_as_well(production):
    line = refusal(manage(production, "prepare", "--settings", "intmk.settings.development"))
    assert "gehört zu einer Website im Betrieb" in line


def test_serving_is_refused_there_with_settings_of_development(production):
    result = run(
        "-m", "intmk.server.serve", INTMK_VAR=str(production), DJANGO_SETTINGS_MODULE="intmk.settings.development"
    )
    assert "gehört zu einer Website im Betrieb" in refusal(result)
    assert there(production) == {"site.json"}


def test_bare_serving_there_is_serving_production(production):
    with Site(production, free_port()) as site:  # on the database that the file of production names
        assert site.process.stdout.readline().startswith(
            "Die Datenbank (intmk an 127.0.0.1, Datenbank intmk) antwortet"
        )
        site.end()
    assert there(production) == {"site.json", "serve.lock"}


@pytest.mark.audit
def test_a_web_server_that_is_started_by_itself_serves_production_too(production):
    code = "import intmk.wsgi; from django.conf import settings; print(settings.SECRET_KEY)"
    assert run("-c", code, INTMK_VAR=str(production)).stdout.strip() == KEY


def test_a_site_of_before_this_was_remembered_is_not_taken_for_a_clone(tmp_path):
    (tmp_path / "media" / "documents").mkdir(parents=True)
    (tmp_path / "static.stamp").touch()
    assert "stammt von einer Website im Betrieb" in refusal(manage(tmp_path, "prepare"))
    assert there(tmp_path) == {"media", "static.stamp"}


# --- the environment file -------------------------------------------------------------------------------------------


def test_an_environment_file_that_is_gone_is_named(production):
    (production.parent / "intmk.env").unlink()
    line = refusal(manage(production, "chair"))
    assert line.startswith(
        f"Die Datei {production.parent / 'intmk.env'} mit den Einstellungen der Website gibt es nicht"
    )


def test_one_that_was_never_named_is_asked_for(production):
    memory = json.loads((production / "site.json").read_text())
    (production / "site.json").write_text(json.dumps(memory | {"environment_file": None}))
    assert "INTMK_ENV_FILE=/etc/intmk.env" in refusal(manage(production, "chair"))


def test_one_that_is_closed_to_this_account_says_which_account_may_read_it(production, monkeypatch):
    def closed(path: Path) -> dict[str, str]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(installation.environment_file, "read_variables", closed)
    monkeypatch.setenv("INTMK_VAR", str(production))
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    monkeypatch.setattr(installation, "owner_of", lambda path: "intmk")
    with pytest.raises(installation.WrongSiteError, match="bitte als Konto intmk aufrufen: sudo -u intmk"):
        installation.enter()
    monkeypatch.setenv("INTMK_SECRET_KEY", KEY)  # systemd has read it for us
    installation.enter()
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "intmk.settings.production"


def test_a_clone_of_a_developer_never_reads_the_file_of_a_site_on_the_same_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(installation, "USUAL_FILE", str(tmp_path / "etc.env"))
    (tmp_path / "etc.env").write_text("INTMK_SECRET_KEY=fremd\nDATABASE_URL=fremd\n")
    for name in ("DJANGO_SETTINGS_MODULE", "INTMK_SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTMK_VAR", str(tmp_path / "var"))
    for memory in (None, {"production": False}):
        if memory:
            installation.remember(tmp_path / "var", memory)
        installation.enter()
        assert os.environ.pop("DJANGO_SETTINGS_MODULE") == "intmk.settings.development"
        assert not {"INTMK_SECRET_KEY", "DATABASE_URL"} & os.environ.keys()


def test_an_older_service_does_not_name_its_file_but_the_usual_one_is_known_by_its_key(tmp_path, monkeypatch):
    monkeypatch.delenv("INTMK_ENV_FILE", raising=False)
    monkeypatch.setattr(installation, "USUAL_FILE", str(tmp_path / "etc.env"))
    monkeypatch.setenv("INTMK_SECRET_KEY", KEY)
    for text, found in ((f"INTMK_SECRET_KEY={KEY}", str(tmp_path / "etc.env")), ("INTMK_SECRET_KEY=fremd", None)):
        (tmp_path / "etc.env").write_text(text)
        assert installation.environment_file_of_process() == found


def test_state_in_another_folder_is_found_from_the_usual_one(tmp_path, monkeypatch):
    file = tmp_path / "intmk.env"
    file.write_text(f"INTMK_VAR={tmp_path / 'zustand'}\nINTMK_SECRET_KEY={KEY}\n")
    monkeypatch.setattr(installation, "USUAL_VAR", tmp_path / "var")
    for name, value in {"INTMK_ENV_FILE": str(file), "DJANGO_SETTINGS_MODULE": installation.PRODUCTION}.items():
        monkeypatch.setenv(name, value)
    installation.remember_site(Production(tmp_path / "zustand"), "kennung")
    for name in ("INTMK_ENV_FILE", "DJANGO_SETTINGS_MODULE", "INTMK_VAR", "INTMK_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    installation.enter()
    assert installation.state_directory() == tmp_path / "zustand"
    assert os.environ["DJANGO_SETTINGS_MODULE"] == installation.PRODUCTION


# --- folder and database --------------------------------------------------------------------------------------------


class Production:
    """As much of the settings of production as is asked for."""

    DEMO_ACCOUNTS = False

    def __init__(self, var: Path, **database: str) -> None:
        self.VAR = var
        self.DATABASES = {"default": {"NAME": "intmk", "USER": "intmk", "HOST": "127.0.0.1", "PORT": "1"} | database}


class Development(Production):
    DEMO_ACCOUNTS = True


def test_another_database_is_refused_but_not_the_same_one_at_another_place(own_database, tmp_path):
    SiteIdentity.objects.all().delete()
    moved = Production(
        tmp_path,
        **{
            name: str(value)
            for name, value in connection.settings_dict.items()
            if name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
        },
    )
    identity = SiteIdentity.objects.create(pk=1, production=True)
    installation.remember_site(Production(tmp_path), str(identity.key))
    installation.check(Production(tmp_path))
    installation.check(moved)
    installation.check(moved)  # the folder has learned where it is now
    with pytest.raises(installation.WrongSiteError, match=r"127\.0\.0\.1:1/intmk antwortet nicht"):
        installation.check(Production(tmp_path))
    SiteIdentity.objects.all().delete()
    installation.remember_site(Production(tmp_path), str(identity.key))
    with pytest.raises(installation.WrongSiteError, match="nicht dieselbe"):
        installation.check(moved)  # empty


def test_no_password_is_remembered(tmp_path):
    installation.remember_site(Production(tmp_path, PASSWORD="geheim"), "kennung")
    assert "geheim" not in (tmp_path / "site.json").read_text()


def test_a_folder_for_trying_out_does_not_become_production(tmp_path):
    installation.remember_site(Development(tmp_path), "kennung")
    with pytest.raises(installation.WrongSiteError, match="gehört zu einer Website zum Ausprobieren"):
        installation.check(Production(tmp_path))


def test_settings_of_development_are_refused_on_the_database_of_production(own_database, tmp_path):
    SiteIdentity.objects.update_or_create(pk=1, defaults={"production": True})
    line = refusal(manage(tmp_path, "prepare", DATABASE_URL=database_url(connection.settings_dict)))
    assert line.startswith("Die Datenbank ")
    assert "gehört zu einer Website im Betrieb" in line
    assert not User.objects.filter(username="redaktion-bw").exists()


@pytest.mark.audit
@pytest.mark.django_db
def test_accounts_for_trying_out_that_come_with_a_database_are_locked_in_production(settings, tmp_path, capsys):
    settings.VAR = tmp_path
    call_command("create_demo_accounts")
    real = User.objects.create_user("redaktion-real", "r@example.org", "ein langes Passwort 1", land_code="DE-BW")
    User.objects.filter(username="redaktion-by").update(email="stelle@example.org")  # somebody's by now
    settings.DEMO_ACCOUNTS = False
    call_command("prepare", "database")
    told = capsys.readouterr().out
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    assert {"redaktion-by", real.username} <= active
    assert not active & ({f"redaktion-{code[3:].lower()}" for code in LAND_NAMES} - {"redaktion-by"} | {"admin"})
    assert "Gesperrt, da sie nur zum Ausprobieren da sind: admin, redaktion-bb" in told
    assert not Group.objects.get(name="Vorsitz").user_set.filter(is_active=False).exists()
    assert json.loads((tmp_path / "site.json").read_text())["production"] is True
    assert lock_demo_accounts() == []


def test_a_copy_of_production_in_the_embedded_database_of_a_clone_may_be_tried_out(settings, tmp_path, db):
    settings.VAR = tmp_path
    SiteIdentity.objects.update_or_create(pk=1, defaults={"production": True})
    call_command("prepare", "database")
    assert SiteIdentity.objects.get().production is False
