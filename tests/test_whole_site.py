"""The whole site as it is in production: nginx as it is shipped, TLS, and the site behind it with its own settings."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from conferences.models.chair import stored_rotation
from intmk.pages.models import NewsIndexPage
from intmk.users.models import User
from tests.databases import database_url
from tests.processes import wait_until
from tests.serving import KEY, Site, free_port, served_once
from tests.signing_in import PASSWORD, SET_UP, code_of
from tests.test_deploy import CURL, FOREVER, NAME, need_nginx, shipped_nginx

pytestmark = [pytest.mark.audit, pytest.mark.slow("a served site, nginx and a browser")]
ORIGIN = f"https://{NAME}"
HSTS = "max-age=31536000"


@dataclass
class Answer:
    version: str
    status: int
    headers: str
    body: str


@dataclass
class WholeSite:
    """Asked under its own name: its ports lead here, so that neither nginx nor the site learns of others."""

    ports: tuple[int, int]  # with TLS and without
    environment: dict[str, str]

    def ask(self, address: str, *options: str) -> Answer:
        there = [f"{NAME}:{known}:127.0.0.1:{port}" for known, port in zip((443, 80), self.ports, strict=True)]
        led = [part for place in there for part in ("--connect-to", place)]
        command = [CURL, "--silent", "--insecure", "--include", *led, *options, address]
        head, _, body = subprocess.run(command, capture_output=True, text=True, errors="replace").stdout.partition(
            "\n\n"
        )
        version, status = head.split()[:2]
        return Answer(version, int(status), f"{head}\n", body)


@pytest.fixture
def whole_site(own_database, var_dir, tmp_path) -> Iterator[WholeSite]:
    need_nginx()
    code = stored_rotation().chair_on(timezone.localdate())
    account = User(username="vorsitz", email="vorsitz@example.org", land_code=code)
    account.password = make_password(PASSWORD, hasher=Argon2PasswordHasher())  # that of tests is none for production
    account.save()
    for name in ("static", "static.stamp"):  # that a first start collects them asks test_serve
        subprocess.run(["cp", "-a", served_once() / name, var_dir], check=True)
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "intmk.settings.production",
        "DATABASE_URL": database_url(connection.settings_dict),
        "INTMK_SECRET_KEY": KEY,
        "INTMK_BASE_URL": ORIGIN,
    }
    with Site(var_dir, port, **environment) as site, shipped_nginx(tmp_path, var_dir, port) as ports:
        wait_until(lambda: site.reaches("/bereit/") and site.status("/bereit/") == 200, 300)
        yield WholeSite(ports, site.environment)


def test_over_tls_everything_works_that_people_do(whole_site, playwright, browser_type_launch_args):
    readers_get_pages_over_tls_alone(whole_site)
    foreign_forms_are_refused(whole_site)
    led = f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{whole_site.ports[0]}"
    arguments = [*browser_type_launch_args["args"], led, "--ignore-certificate-errors"]
    browser = playwright.chromium.launch(**browser_type_launch_args | {"args": arguments})
    page = browser.new_context(base_url=ORIGIN, locale="de-DE").new_page()
    page.set_default_timeout(30_000)
    sign_in(page)
    assert all(cookie["secure"] for cookie in page.context.cookies())
    assert {cookie["name"]: cookie["httpOnly"] for cookie in page.context.cookies()}["sessionid"]
    picture = uploaded_picture(page)
    shown = whole_site.ask(ORIGIN + picture)
    assert f"cache-control: {FOREVER}" in shown.headers
    publish_press_release(page)
    assert "Länder beraten über Sprachkurse" in whole_site.ask(f"{ORIGIN}/aktuelles/").body
    page.goto("/admin/")
    page.get_by_role("button", name="vorsitz", exact=True).or_(page.locator(".sidebar-footer__account")).first.click()
    page.get_by_role("button", name="Abmelden").click()
    page.goto("/admin/pages/")
    expect(page.get_by_label("Benutzername")).to_be_visible()
    browser.close()


def readers_get_pages_over_tls_alone(site: WholeSite) -> None:
    for path in ("/", "/konferenzen/", "/beschluesse/", "/suche/?q=Sprache", "/en/", "/admin/login/"):
        answer = site.ask(ORIGIN + path, "--http2")
        assert (answer.version, answer.status) == ("HTTP/2", 200), path
        assert answer.headers.count(f"strict-transport-security: {HSTS}") == 1, path
        assert site.ask(f"http://{NAME}{path}").headers.count(f"Location: {ORIGIN}{path}\n") == 1
    assert site.ask(f"{ORIGIN}/bereit/").body.startswith("bereit")
    cookies = re.findall(r"^set-cookie: (.*)", site.ask(f"{ORIGIN}/admin/login/").headers, re.M)
    assert cookies
    assert all("; Secure" in cookie for cookie in cookies)
    sheet = re.search(r'"(/static/css/site\.[0-9a-f]{12}\.css)"', site.ask(f"{ORIGIN}/").body)[1]
    answer = site.ask(ORIGIN + sheet)
    assert f"cache-control: {FOREVER}" in answer.headers
    assert "content-type: text/css" in answer.headers


def foreign_forms_are_refused(site: WholeSite) -> None:
    form = site.ask(f"{ORIGIN}/admin/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.body)[1]
    cookie = re.search(r"^set-cookie: (csrftoken=\w+)", form.headers, re.M)[1]
    typed = ["--data", f"csrfmiddlewaretoken={token}&login=vorsitz&password=falsch"]
    for origin, status in (("https://www.example.com", 403), (f"http://{NAME}", 403), (ORIGIN, 200)):
        sent = ["--header", f"Cookie: {cookie}", "--header", f"Origin: {origin}", *typed]
        assert site.ask(f"{ORIGIN}/admin/login/", *sent).status == status, origin


def sign_in(page: Page) -> None:
    """Sign in for the first time, which sets up the second factor."""
    page.goto("/admin/")
    page.get_by_label("Benutzername").fill("vorsitz")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).not_to_have_url(re.compile("/login/"))
    page.goto(SET_UP)
    page.get_by_label("code").fill(code_of(page.locator(".secret").inner_text()))
    page.get_by_role("button", name="Einrichten").click()
    page.get_by_role("link", name="Weiter zur Redaktion").click()
    expect(page).to_have_url(f"{ORIGIN}/admin/")


def uploaded_picture(page: Page) -> str:
    """Upload one by its form; return the address of its small version as the list shows it."""
    file = BytesIO()
    Image.effect_mandelbrot((1000, 750), (-2.0, -1.5, 1.0, 1.5), 60).convert("RGB").save(file, "JPEG")
    page.goto("/admin/images/add/")
    page.locator("#id_file").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    page.get_by_label("Titel").fill("Bild über TLS")
    page.get_by_label("Alternativtext").fill("Ein Muster, von einem Programm gezeichnet.")
    page.get_by_label("Bildnachweis").fill("Petra Beispiel")
    page.get_by_role("button", name=re.compile("Hochladen|Speichern|hinzufügen")).last.click()
    picture = page.locator("img[src*='/media/images/a.']").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    return picture.get_attribute("src").removeprefix(ORIGIN)


def publish_press_release(page: Page) -> None:
    page.goto(f"/admin/pages/add/intmk/newspage/{NewsIndexPage.objects.get().pk}/")
    page.get_by_role("textbox", name="Titel").first.fill("Länder beraten über Sprachkurse")
    page.get_by_role("textbox", name="Einleitung").fill("Sie haben sich in Musterstadt getroffen.")
    page.get_by_role("button", name="Mehr Aktionen").last.click()
    page.get_by_role("button", name="Veröffentlichen").first.click()
    expect(page.locator(".messages .success")).to_contain_text("veröffentlicht")
