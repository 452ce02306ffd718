"""Two machines behind nginx, on one database and one place of uploaded files: it makes no difference who answers.

The place is a folder that both have, as a network file system gives it; here the second reaches it by a link. Or it is
a bucket, in a server of its own (tests/s3_server.py).
"""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from intmk.benchmark.freshness import LATEST
from intmk.benchmark.servers import database_url, nginx_of
from intmk.media.images.models import SiteImage
from intmk.server import embedded_postgres
from tests.attacked_site import Account, Target, Upload
from tests.pdf_files import text_pdf
from tests.processes import wait_until
from tests.s3_server import s3_server
from tests.serving import KEY, ROOT, Site, copy_state, free_port, served_once

pytestmark = [pytest.mark.audit, pytest.mark.slow("two served sites and nginx")]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OF_ONE_MACHINE = ("secret-key", "demo-accounts.txt", "static", "static.stamp", "font", "styles")


@dataclass
class Machines:
    """Both by themselves, what stands before them, and the database."""

    each: list[Target]
    front: Target
    database: str
    environment: dict[str, str]  # for commands on the first

    def everywhere(self, path: str) -> list[tuple[int, bytes]]:
        """Return what both machines answer, and what readers get who ask several times."""
        answers = [site.ask(path) for site in (*self.each, self.front, self.front, self.front)]
        return [(answer.status, answer.body) for answer in answers]


@pytest.fixture(scope="module", params=["folder", "bucket"])
def machines(request, module_var_dir) -> Iterator[Machines]:
    if NGINX is None:
        pytest.skip("Nicht gefunden: nginx. Bitte installieren (nginx-light).")
    first, second = module_var_dir / request.param / "a", module_var_dir / request.param / "b"
    for folder in (first, second):
        folder.mkdir(parents=True)
    copy_state(served_once(), first)
    with contextlib.ExitStack() as stack:
        if request.param == "folder":
            (second / "media").symlink_to(first / "media")
            (second / "quarantine").symlink_to(first / "quarantine")
            common = {}
        else:
            storage = stack.enter_context(s3_server())
            common = storage.new_bucket("medien")
            storage.fill("medien", first / "media")
            shutil.rmtree(first / "media")
        yield from served_machines(first, second, common)


def served_machines(first: Path, second: Path, common: dict[str, str]) -> Iterator[Machines]:
    """Serve the state of the first on both, with these common settings."""
    for name in OF_ONE_MACHINE:
        source = first / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, second / name)
    database = database_url(embedded_postgres.django_database(first) | {"PASSWORD": ""})
    ports = [free_port() for _ in range(3)]
    accounts = dict(line.split() for line in (first / "demo-accounts.txt").read_text().splitlines())
    upstream = f"""
        upstream machines {{ server 127.0.0.1:{ports[0]}; server 127.0.0.1:{ports[1]}; }}
        server {{
            listen 127.0.0.1:{ports[2]};
            client_max_body_size 0;
            location / {{ proxy_pass http://machines; proxy_set_header Host $http_host; }}
        }}"""
    common = common | {"INTMK_SECRET_KEY": KEY}
    with Site(first, ports[0], **common) as one:
        one.wait_for_welcome()
        with Site(second, ports[1], **common, DATABASE_URL=database) as other:
            other.wait_for_line("Beenden:     Strg+C")
            with nginx_of(NGINX, upstream, ports[2]):
                sites = [Target(port, first, accounts) for port in ports]
                yield Machines(sites[:2], sites[2], database, one.environment)


def upload(account: Account, address: str, file: Upload, **fields: str) -> None:
    """Send a file by the form of the admin, to be public at once."""
    form = account.ask(address).text
    fields["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    body = encode_multipart(BOUNDARY, fields | {"file": file, "released": "on"})
    answer = account.ask(address, "POST", body, Content_Type=MULTIPART_CONTENT)
    assert answer.status == 302, answer.text


def send(account: Account, address: str) -> None:
    """Press the button of a page of the admin that asks once more."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', account.ask(address).text)[1]
    assert account.send(address, {"csrfmiddlewaretoken": token}).status == 302


def row(machines: Machines, sql: str) -> tuple:
    with psycopg.connect(machines.database) as server:
        return server.execute(sql).fetchone()


def test_who_is_signed_in_by_one_machine_is_so_on_the_other(machines):
    account = Account(machines.front, "admin")
    statuses = {account.ask("/admin/").status for _ in range(4)}
    statuses |= {site.ask("/admin/", Cookie=account.cookie).status for site in machines.each}
    assert statuses == {200}


def test_what_is_published_on_one_machine_is_fresh_on_the_other(machines):
    one, other = (Account(site, "admin") for site in machines.each)
    (number,) = row(machines, "SELECT id FROM wagtailcore_page WHERE url_path LIKE '%/kontakt/'")
    for _ in range(3):
        assert {status for status, _ in machines.everywhere("/kontakt/")} == {200}
        send(one, f"/admin/pages/{number}/unpublish/")
        time.sleep(LATEST)
        assert {status for status, _ in machines.everywhere("/kontakt/")} == {410}
        send(other, f"/admin/bulk/wagtailcore/page/publish/?id={number}")
        time.sleep(LATEST)


def test_maintenance_begins_and_ends_on_both_from_one(machines):
    def says(*words: str) -> None:
        command = [sys.executable, "manage.py", "maintenance", *words]
        subprocess.run(command, cwd=ROOT, env=machines.environment, check=True, stdout=subprocess.DEVNULL)

    says("an", "--text", "Um 14 Uhr geht es weiter.")
    wait_until(lambda: {status for status, _ in machines.everywhere("/kontakt/")} == {503})
    assert all(b"Um 14 Uhr geht es weiter." in body for _, body in machines.everywhere("/kontakt/"))
    says("aus")
    wait_until(lambda: {status for status, _ in machines.everywhere("/kontakt/")} == {200})


def seen_by_readers(machines: Machines) -> str:
    return str(row(machines, "SELECT id FROM wagtailcore_collection WHERE depth = 1")[0])


def upload_photo(machines: Machines, account: Account) -> None:
    picture = BytesIO()
    Image.new("RGB", (800, 600), "navy").save(picture, "JPEG")
    about = {"title": "Bild", "description": "Ein blaues Rechteck.", "credit": "Test"}
    photo = Upload(picture.getvalue(), "foto.jpg", "image/jpeg")
    upload(account, "/admin/images/add/", photo, collection=seen_by_readers(machines), **about)


def test_what_is_uploaded_to_one_machine_is_served_by_the_other(machines):
    account = Account(machines.each[1], "admin")
    about = {"title": "Papier", "language": "de", "accessible": "unknown", "collection": seen_by_readers(machines)}
    upload(account, "/admin/documents/add/", Upload(text_pdf("A")), **about)
    upload_photo(machines, account)
    (number,) = row(machines, "SELECT max(id) FROM intmk_sitedocument")
    addresses = [f"/dokumente/{number}/papier.pdf"]
    number, name = row(machines, "SELECT id, file FROM intmk_siteimage ORDER BY id DESC LIMIT 1")
    stored = SimpleNamespace(title="Bild", credit="Test", file=SimpleNamespace(name=name))
    addresses.append(f"/bilder/{number}/{SiteImage.address_name.fget(stored)}")
    for address in addresses:
        answers = machines.everywhere(address)
        assert {status for status, _ in answers} == {200}, address
        assert len({body for _, body in answers}) == 1


# What the form of a conference does, once the photo is in the library.
SHOW_PHOTO = """
from conferences.models.conference import ConferencePage
from conferences.models.conference_parts import ConferencePhoto
from intmk.media.images.models import SiteImage
page = ConferencePage.objects.get(slug="12")
page.photos.add(ConferencePhoto(image=SiteImage.objects.order_by("pk").last()))
page.save_revision().publish()
"""


def test_a_photo_that_one_machine_publishes_is_on_the_page_of_the_other_and_so_are_its_renditions(machines):
    before = machines.everywhere("/konferenzen/12/")[0][1]
    assert b"blaues Rechteck" not in before
    upload_photo(machines, Account(machines.each[1], "admin"))
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SHOW_PHOTO]
    subprocess.run(command, cwd=ROOT, env=machines.environment, check=True)
    time.sleep(LATEST)
    pages = {body.decode() for _, body in machines.everywhere("/konferenzen/12/")}
    assert all("blaues Rechteck" in page for page in pages)
    shown = sorted(set(re.findall(r"/media/images/foto\.[^ \",]+", pages.pop())))
    assert {address.rpartition(".")[2] for address in shown} == {"avif", "webp", "jpg"}
    for address in shown:
        answers = machines.everywhere(address)
        assert {status for status, _ in answers} == {200}, address
        assert len({body for _, body in answers}) == 1
