"""What tests of signing in share: the code that a telephone shows, and the way through the pages."""

import base64
import hashlib
import hmac
import re
import struct
import time
from unittest.mock import patch

from django.test import Client

from intmk.users.models import User
from tests.editing import text_of

PASSWORD = "ein langes Passwort 1"
SET_UP = "/admin/zweiter-faktor/einrichten/"


def code_of(secret: str, moment: float | None = None) -> str:
    """The code for this moment, as RFC 6238 has it."""
    counter = struct.pack(">Q", int(moment or time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def sign_in(account: User | str, password: str = PASSWORD, client: Client | None = None, **more):
    """Send name and password; return the browser and the answer."""
    client = client or Client(HTTP_HOST="localhost")
    name = account if isinstance(account, str) else account.username
    return client, client.post("/admin/login/", {"login": name, "password": password} | more)


def set_up_second_factor(client: Client) -> tuple[str, list[str]]:
    """Set one up in a browser that has just signed in; return its secret and the recovery codes."""
    secret = client.get(SET_UP).context["form"].secret
    # Each test is one transaction that never commits; the session is saved at the end of the request.
    with patch("django.db.transaction.on_commit", lambda act, **more: act()):
        shown = client.post(SET_UP, {"code": code_of(secret)})
    assert shown["Location"] == "/admin/zweiter-faktor/notfallcodes/"
    codes = re.findall(r"\b\d{8}\b", text_of(client.get(shown["Location"])))
    assert len(codes) == 10
    return secret, codes
