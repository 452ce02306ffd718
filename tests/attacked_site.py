"""The site that `make attack` attacks: served in processes of its own, asked by HTTP, with or without an account."""

import contextlib
import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from tests.processes import wait_until
from tests.serving import ROOT, free_port

PLACES = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


@dataclass
class Target:
    """The site that is attacked, with the accounts of its first start."""

    port: int
    var_dir: Path
    accounts: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # sent with each request
    token: str = ""  # for its numbers

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send one request; names of headers are written with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            sent = {"Host": f"localhost:{self.port}"} | {name.replace("_", "-"): text for name, text in headers.items()}
            connection.request(method, path, body, self.headers | sent)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read(), answer.msg.get_all("Set-Cookie") or [])

    def addresses(self) -> list[str]:
        """Return what the sitemap names."""
        listed = ElementTree.fromstring(self.ask("/sitemap.xml").body)
        return [
            urlsplit(place.text or "").path for place in listed.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
        ]

    def counted(self) -> tuple[int, int]:
        """Return how many requests Django has answered so far, and how many answers were 5xx (/kennzahlen/).

        What is stored is sent without Django and not counted; unless so much was asked that it was refused.
        """
        text = self.ask("/kennzahlen/", Authorization=f"Bearer {self.token}").text
        answers = re.findall(r'^intmk_request_seconds_count\{.*status="(\d+)"\} (\S+)$', text, re.M)
        refused = re.findall(r'^intmk_stored_answers_total\{kind="überlastet"\} (\S+)$', text, re.M)
        numbers = [(status, int(float(number))) for status, number in answers]
        failed = sum(number for status, number in numbers if status >= "500")
        return sum(number for _, number in numbers), failed + sum(int(float(number)) for number in refused)


class Account:
    """Somebody who is signed in."""

    def __init__(self, site: Target, name: str) -> None:
        self.site, self.kept = site, {}
        form = self.ask("/admin/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        self.send("/admin/login/", {"login": name, "password": site.accounts[name], "csrfmiddlewaretoken": token})
        if "sessionid" not in self.kept:
            raise SystemExit(f"Das Konto {name} kann sich nicht anmelden.")

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.kept.items())

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send one request with the cookies of this account."""
        answer = self.site.ask(path, method, body, Cookie=self.cookie, Referer=f"{self.site.url}{path}", **headers)
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.kept[name] = value
        return answer

    def send(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form as it was typed."""
        return self.ask(path, "POST", urlencode(form).encode(), Content_Type="application/x-www-form-urlencoded")


@dataclass
class Upload:
    """A file as a form sends it."""

    data: bytes
    name: str = "papier.pdf"
    content_type: str = "application/pdf"

    def read(self) -> bytes:
        return self.data


@contextlib.contextmanager
def served(var_dir: Path, **environment: str) -> Iterator[Target]:
    """Serve this state directory while the block runs; what it says goes to files beside it."""
    site = Target(free_port(), var_dir, token=secrets.token_urlsafe(40))
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment = inherited | {"INTMK_VAR": str(var_dir), "PORT": str(site.port)} | environment
    environment["INTMK_METRICS_TOKEN"] = site.token
    with (var_dir / "said.txt").open("w") as said, (var_dir / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "intmk.server.serve"], cwd=ROOT, env=environment, stdout=said, stderr=log
        )
        try:
            wait_until(lambda: process.poll() is not None or ready(site), 300)
            if process.poll() is not None:
                raise SystemExit(f"Die Website ist nicht gestartet: {(var_dir / 'log.txt').read_text()[-2000:]}")
            yield site
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def ready(site: Target) -> bool:
    """Say whether it can be asked."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return site.ask("/bereit/").status == 200
    return False
