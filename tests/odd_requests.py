"""Requests that no browser sends, the same in every run, and what may be wrong with an answer whatever was asked."""

import random
import re

from tests.attacked_site import Answer

PROBE = "<script>probe()</script>"
WORDS = [
    PROBE, f'">{PROBE}', "'; SELECT pg_sleep(5)--", "1' OR '1'='1", "../../../../etc/passwd",
    "..%2f..%2f..%2fetc/passwd", "%00", "%ff%fe", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "%0d%0aX-Probe:%201",
    "//www.example.org", "https:www.example.org", "javascript:alert(1)", "9" * 400, "-1", "1e999", "NaN",
    "2026-02-30", "0001-01-01", "9999-12-31", "a" * 8000, "[]", "{}", "null", "%F0%9F%92%A9", "%u0041", "()",
    "\\", "|", "`id`", "\u202e", "%C0%AE%C0%AE/", ";", "%", "%%", "*", "?", "&=&=",
]  # fmt: skip
NAMES = [
    "q", "seite", "am", "on", "land", "thema", "adresse", "limit", "offset", "conference", "year", "next", "format",
    "token", "q[]", "q[$ne]", "__proto__", "ordering", "bis", "von",
]  # fmt: skip
HEADERS = [
    "Range", "If-None-Match", "If-Modified-Since", "Accept", "Accept-Language", "Accept-Encoding", "Cookie",
    "Referer", "Origin", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Content-Type", "X-Request-ID",
    "Authorization", "X-HTTP-Method-Override", "X-Original-URL", "Forwarded", "User-Agent",
]  # fmt: skip
METHODS = ["GET"] * 12 + ["HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "FOO"]


def odd_request(chance: random.Random, addresses: list[str]) -> dict[str, object]:
    """Make one up."""
    path = chance.choice(addresses)
    if chance.random() < 0.3:
        path += chance.choice(WORDS)
    if chance.random() < 0.7:
        path += "?" + "&".join(f"{chance.choice(NAMES)}={chance.choice(WORDS)}" for _ in range(chance.randint(1, 4)))
    path = re.sub(r"[^!-~]", lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), path)
    names = chance.sample(HEADERS, chance.choice([0, 0, 1, 1, 2, 5]))
    headers = {name: chance.choice([*WORDS, "bytes=0-0,-1", "*", '"x"']).encode().decode("latin-1") for name in names}
    method = chance.choice(METHODS)
    body = None if method in ("GET", "HEAD") else chance.randbytes(chance.choice([0, 1, 50, 5000]))
    return {"path": path, "method": method, "body": body, **headers}


def faults(answer: Answer) -> list[str]:
    """Return what is wrong with an answer, whatever was asked."""
    found = []
    if answer.status >= 500 and answer.status != 501:  # a method that there is not
        found.append(f"Status {answer.status}")
    if PROBE in answer.text and "html" in answer.headers.get("content-type", ""):
        found.append("gibt Eingetipptes als Skript zurück")
    if "x-probe" in answer.headers:
        found.append("lässt sich Kopfzeilen unterschieben")
    if b"root:x:0" in answer.body:
        found.append("gibt eine Datei des Servers heraus")
    if re.match(r"(https?:)?/?[/\\]+(www\.)?example", answer.headers.get("location", "")):
        found.append(f"leitet nach {answer.headers['location']}")
    return found
