"""Which site this folder is: where its settings come from, and what `var` remembers of it.

Without this, a bare `manage.py` in the folder of a site in production would be that of a developer: with another
database, with accounts for trying things out, and with mails that go nowhere. `var/site.json` says whether the site is
in production, which database is its own, by address and by key, and which file holds its environment. Needs no Django,
for it is asked before the settings are chosen.
"""

import contextlib
import json
import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from intmk.server import direct_connection, embedded_postgres, environment_file

ROOT = Path(__file__).resolve().parents[2]
USUAL_VAR = ROOT / "var"
USUAL_FILE = "/etc/intmk.env"  # as deploy/intmk.service names it
PRODUCTION, DEVELOPMENT = "intmk.settings.production", "intmk.settings.development"
LOOSER = (DEVELOPMENT, "intmk.settings.test")


class WrongSiteError(Exception):
    """This folder, these settings and this database do not belong together; the message is one German line."""


def state_directory() -> Path:
    """Return the folder of all state."""
    return Path(os.environ.get("INTMK_VAR") or USUAL_VAR).resolve()


def enter(otherwise: str = DEVELOPMENT) -> None:
    """Complete the environment of this process: from the file of the site, and with the settings that hold here.

    What the environment says already wins. The file is the one in INTMK_ENV_FILE; without it, in a folder whose `var`
    is that of a site in production, the file that it was served with. Raises WrongSiteError when it cannot be had.
    """
    path = os.environ.get("INTMK_ENV_FILE")
    memory = remembered(state_directory())
    if not path and memory.get("production") and os.environ.get("DJANGO_SETTINGS_MODULE") not in LOOSER:
        path = memory.get("environment_file")
        if not path and not os.environ.get("INTMK_SECRET_KEY"):
            raise WrongSiteError(
                f"{state_directory()} gehört zu einer Website im Betrieb, und welche Datei ihre Einstellungen hält, "
                f"ist nicht bekannt: INTMK_ENV_FILE={USUAL_FILE} davorschreiben oder in den Dienst eintragen "
                "(deploy/intmk.service)."
            )
    if path:
        complete_environment(Path(path))
    if path or memory.get("production"):
        otherwise = memory.get("settings") or PRODUCTION
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        os.environ["DJANGO_SETTINGS_MODULE"] = otherwise


def complete_environment(path: Path) -> None:
    """Take over from the environment file what the environment lacks; raise WrongSiteError with the way out."""
    try:
        values = environment_file.read_variables(path)
    except (OSError, ValueError) as error:
        if os.environ.get("INTMK_SECRET_KEY"):
            return  # systemd has read it, as root
        if isinstance(error, FileNotFoundError):
            reason = "gibt es nicht; wo sie liegt, sagt INTMK_ENV_FILE=…"
        elif isinstance(error, PermissionError):
            reason = f"lässt sich mit diesem Konto nicht lesen; {way_to_read(path)}"
        else:
            reason = "lässt sich nicht lesen; gebraucht wird Text in UTF-8, je Zeile NAME=Wert"
        raise WrongSiteError(f"Die Datei {path} mit den Einstellungen der Website {reason}.") from error
    for name, value in values.items():
        os.environ.setdefault(name, value)
    os.environ["INTMK_ENV_FILE"] = str(path)


def way_to_read(path: Path) -> str:
    """Return what to do when the environment file is closed to this account: who owns the state should read it."""
    var = state_directory()
    owner = owner_of(var if var.exists() else ROOT)
    if owner == pwd.getpwuid(os.geteuid()).pw_name:
        return f"bitte als root öffnen: chgrp {owner} {path} && chmod 640 {path}"
    return f"bitte als Konto {owner} aufrufen: sudo -u {owner} …"


def owner_of(path: Path) -> str:
    """Return the name of the account that a file belongs to, or its number."""
    number = path.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def remembered(var: Path) -> dict[str, Any]:
    """Return what this folder remembers, nothing for a new one; raise WrongSiteError when it cannot be read."""
    path = var / "site.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        owner = owner_of(var)
        raise WrongSiteError(f"{path} lässt sich nicht lesen; bitte als Konto {owner} aufrufen.") from error
    except (OSError, ValueError) as error:
        raise WrongSiteError(f"{path} ist beschädigt; bitte löschen und die Website neu starten.") from error
    return found if isinstance(found, dict) else {}


def refuse_development(var: Path) -> None:
    """Raise WrongSiteError when this folder is that of a site in production; the settings of development ask."""
    if remembered(var).get("production"):
        raise WrongSiteError(
            f"{var} gehört zu einer Website im Betrieb; mit den Einstellungen der Entwicklung wird hier nichts getan "
            "(DJANGO_SETTINGS_MODULE weglassen; zum Entwickeln einen anderen Ordner: INTMK_VAR=…)."
        )
    # A site from before this was remembered: development leaves its key and its accounts in a folder that it prepares.
    traces = [(var / name).exists() for name in ("site.json", "secret-key", "demo-accounts.txt")]
    if (var / "static.stamp").exists() and not any(traces):
        raise WrongSiteError(
            f"{var} stammt von einer Website im Betrieb; mit den Einstellungen der Entwicklung wird hier nichts getan. "
            "Im Betrieb: den Dienst einmal neu starten; sonst einen anderen Ordner nehmen (INTMK_VAR=…)."
        )


def is_for_trying_out(settings: Any) -> bool:
    """Say whether these settings, a module or Django's, are those of development or tests."""
    return settings.DEMO_ACCOUNTS


def check(settings: Any, may_be_empty: bool = False) -> None:
    """Raise WrongSiteError unless folder, settings and database belong together; ask the database only in doubt.

    may_be_empty: a new database, into which a backup is to be restored, is none of another site.
    """
    var, database = settings.VAR, settings.DATABASES["default"]
    memory = remembered(var)
    if is_for_trying_out(settings):
        found = None
        with contextlib.suppress(psycopg.Error):  # one that does not answer says so by itself
            found = identity_in(database) if os.environ.get("DATABASE_URL") else None
        if found and found["production"]:
            raise WrongSiteError(
                f"Die Datenbank {database_address(database, var)} gehört zu einer Website im Betrieb; mit den "
                "Einstellungen der Entwicklung wird hier nichts getan (eine Kopie: docs/betrieb.md, „Auf einen anderen "
                "Rechner“)."
            )
        return
    if memory.get("production") is False:
        raise WrongSiteError(
            f"{var} gehört zu einer Website zum Ausprobieren, mit deren Zugängen; der Betrieb braucht einen eigenen, "
            f"leeren Ordner (mv {var} {var}-probe, oder INTMK_VAR=…)."
        )
    address = database_address(database, var)
    if memory.get("production") and memory.get("database") != address:
        try:
            key = (identity_in(database) or {}).get("key")
        except psycopg.Error:
            raise WrongSiteError(
                f"Die Datenbank {address} antwortet nicht; bisher gehörte {var} zu {memory.get('database')}. "
                "Bitte warten, bis sie läuft, oder DATABASE_URL prüfen."
            ) from None
        if key is None and may_be_empty:
            return
        if key != memory.get("key"):
            raise WrongSiteError(
                f"{var} gehört zur Datenbank {memory.get('database')}, eingestellt ist {address}, und das ist nicht "
                "dieselbe (DATABASE_URL prüfen; nach einem Umzug erst die Sicherung einspielen, siehe docs/betrieb.md)."
            )
        with contextlib.suppress(OSError):  # an account that only reads there need not
            remember(var, memory | {"database": address})


def identity_in(database: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return key and kind of the site that a database holds, None when it holds none; raise psycopg.Error."""
    with direct_connection.connect(database) as connection:
        if connection.execute("SELECT to_regclass('intmk_siteidentity')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT key::text, production FROM intmk_siteidentity").fetchone()
    return {"key": row[0], "production": row[1]} if row else None


def database_address(database: Mapping[str, Any], var: Path) -> str:
    """Return where a database is, without account and password; the embedded one moves with its folder."""
    if database.get("HOST") == str(embedded_postgres.socket_directory(var)):
        return "eingebettet"
    return f"{database.get('HOST') or 'localhost'}:{database.get('PORT') or 5432}/{database.get('NAME')}"


def remember_site(settings: Any, key: str) -> None:
    """Let the folder remember whose it is; raise OSError when that cannot be written.

    When the environment file names another folder, the usual one remembers too: so a bare `manage.py` finds the file.
    """
    var, production = settings.VAR, not is_for_trying_out(settings)
    path = environment_file_of_process() if production else None
    memory = {
        "production": production,
        "settings": os.environ.get("DJANGO_SETTINGS_MODULE"),
        "environment_file": path,
        "database": database_address(settings.DATABASES["default"], var),
        "key": key,
    }
    remember(var, memory)
    if path and var != USUAL_VAR and not remembered(USUAL_VAR) and "INTMK_VAR" in readable_variables(path):
        remember(USUAL_VAR, memory)


def environment_file_of_process() -> str | None:
    """Return the file that the environment came from: as it was named, or the usual one if it holds our very key."""
    usual_key = readable_variables(USUAL_FILE).get("INTMK_SECRET_KEY")
    usual = USUAL_FILE if usual_key and usual_key == os.environ.get("INTMK_SECRET_KEY") else None
    return os.environ.get("INTMK_ENV_FILE") or usual


def readable_variables(path: str) -> dict[str, str]:
    """Return what an environment file says, nothing when it cannot be read."""
    try:
        return environment_file.read_variables(Path(path))
    except (OSError, ValueError):
        return {}


def remember(var: Path, memory: dict[str, Any]) -> None:
    """Write what the folder remembers, whole or not at all; nothing when it is what is there."""
    path = var / "site.json"
    if path.exists() and remembered(var) == memory:
        return
    var.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(memory, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
