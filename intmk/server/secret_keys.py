"""The key that signs sessions and links and encrypts second factors: which one is refused, and what it is followed by.

Needs no Django set up, for the settings ask.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

KEY, FORMER = "INTMK_SECRET_KEY", "INTMK_SECRET_KEY_FALLBACKS"
SHORTEST, FEWEST = 50, 10  # letters, and different ones among them; Django warns below 50 and 5
OTHER_SECRETS = ("INTMK_METRICS_TOKEN", "INTMK_MAIL_PASSWORD")
GENERATE = "python3 -c 'import secrets; print(secrets.token_urlsafe(60))'"
NEW_ONE = f"Einen neuen erzeugt: {GENERATE} (siehe docs/betrieb.md, „Den Schlüssel wechseln“)."


def former_keys(environment: Mapping[str, str]) -> list[str]:
    """Return the keys that are still believed and sign nothing any more, the latest first."""
    return [key for part in environment.get(FORMER, "").split(",") if (key := part.strip())]


def fault_of(environment: Mapping[str, str], *folders: Path) -> str:
    """Return in one German line what is wrong with the key of the environment, "" if nothing is.

    folders: those of state, in which development may have left a key that everybody on the machine knows.
    """
    key = environment.get(KEY, "")
    if len(key) < SHORTEST or len(set(key)) < FEWEST or key.startswith("django-insecure-"):
        return f"{KEY} ist zu kurz oder zu einfach: Gebraucht werden {SHORTEST} zufällige Zeichen. {NEW_ONE}"
    if key in former_keys(environment):
        return f"{KEY} steht auch in {FORMER}: Dort gehören nur frühere hin."
    if key in other_secrets(environment):
        return f"{KEY} ist auch ein anderes Kennwort dieser Website (Datenbank, Mail, Kennzahlen). {NEW_ONE}"
    if key in {left_key(folder / "secret-key") for folder in folders}:
        return f"{KEY} ist der Schlüssel, den die Entwicklung hier angelegt hat. {NEW_ONE}"
    return ""


def other_secrets(environment: Mapping[str, str]) -> set[str]:
    """Return what else is kept secret."""
    password = urlsplit(environment.get("DATABASE_URL", "")).password or ""
    return {unquote(password), *(environment.get(name, "") for name in OTHER_SECRETS)} - {""}


def left_key(path: Path) -> str | None:
    """Return the key in a file of development, None when there is none or it is not ours to read."""
    try:
        return path.read_text().strip()
    except OSError:
        return None


def lines_for_next(new: str) -> str:
    """Return the two lines of the environment file with which `new` follows the present key."""
    former = ",".join([os.environ.get(KEY, ""), *former_keys(os.environ)]).strip(",")
    return f"{KEY}={new}\n{FORMER}={former}"
