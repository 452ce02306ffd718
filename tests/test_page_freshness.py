"""What is written is seen at its commit, on every server, whoever writes it and however; on two served sites."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction, Site

from conferences.models import ChairPerson, Land
from intmk.base.glossary import GlossaryTerm
from intmk.base.site_notice import SiteNotice
from intmk.benchmark.freshness import LATEST, stale_reads
from intmk.benchmark.servers import served
from intmk.pages.models import StandardPage
from intmk.users.models import User
from tests.databases import connection_parameters, database_url

pytestmark = [pytest.mark.audit, pytest.mark.slow("two served sites")]
HOLDERS = ("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%%page_changes%%'"
           " AND pid <> pg_backend_pid()")  # fmt: skip


@pytest.fixture
def sites(own_database) -> Iterator[list[str]]:
    environment = {"DATABASE_URL": database_url(connection.settings_dict), "INTMK_VAR": str(settings.VAR)}
    environment |= {"DJANGO_SETTINGS_MODULE": "intmk.settings.test"}
    with ExitStack() as running:
        started = [running.enter_context(served(environment, workers=1))[0] for _ in range(2)]
        for site in started:
            wait_until(lambda site=site: asked(site, "/bereit/")[0] == 200)
        yield started


def asked(site: str, path: str, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
    server = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    server.request("GET", path, headers=headers)
    answer = server.getresponse()
    return answer.status, answer.read().decode(errors="replace"), answer.headers


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def page(slug: str) -> StandardPage:
    return StandardPage.objects.get(slug=slug, locale__language_code="de")


def rows(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def publish(**values: object) -> None:
    found = page("kontakt")
    for name, value in ({"go_live_at": None} | values).items():
        setattr(found, name, value)
    found.save_revision().publish()


def scheduled(slug: str, **moments: object) -> None:
    """Publish with moments that lie ahead, and let the clock go past them."""
    found = page(slug)
    found.title = "Planmäßig"
    for name, value in moments.items():
        setattr(found, name, value)
    account = User.objects.create_superuser(f"uhr-{slug}")
    found.save_revision(user=account).publish(user=account)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        call_command("publish_scheduled", verbosity=0)


def ahead():
    return timezone.now() + timedelta(hours=1)


# Who writes, where it is seen, and what is seen then: the status, and a word that was not there before. In this order.
WRITERS = [
    (lambda: publish(title="Neuer Titel"), "/kontakt/", 200, "Neuer Titel"),
    (lambda: rows("UPDATE wagtailcore_page SET title = 'Selbst' WHERE slug = 'kontakt'"), "/kontakt/", 200, "Selbst"),
    (lambda: publish(title="Quokka Känguru"), "/suche/?q=Quokka", 200, "Känguru"),
    (lambda: publish(title="Beuteltiere"), "/uebersicht/", 200, "Beuteltiere"),
    (lambda: scheduled("kontakt", go_live_at=ahead()), "/kontakt/", 200, "Planmäßig"),
    (lambda: SiteNotice.objects.update_or_create(pk=1, defaults={"text": "Umzug!"}), "/", 200, "Umzug!"),
    (lambda: rows("TRUNCATE intmk_sitenotice"), "/", 200, ""),
    (lambda: Land.objects.filter(slug="bayern").update(ministry="Anderes Amt"), "/laender/bayern/", 200, "Anderes Amt"),
    (lambda: GlossaryTerm.objects.all().delete(), "/glossar/", 200, ""),
    (lambda: rows("UPDATE conferences_chairterm SET note = 'Anders'"), "/api/v1/chairs", 200, "Anders"),
    (lambda: ChairPerson.objects.all().delete(), "/vorsitz/?am=2016-12-01", 200, ""),
    (lambda: Redirect.add_redirect("/dorthin", redirect_to="/impressum/"), "/dorthin/", 301, ""),
    (lambda: publish(slug="sprechen"), "/kontakt/", 301, ""),
    (lambda: page("sprechen").move(page("impressum"), "last-child"), "/impressum/sprechen/", 200, ""),
    (
        lambda: PageViewRestriction.objects.create(page=page("impressum"), restriction_type="login"),
        "/impressum/sprechen/", 404, "",
    ),
    (lambda: scheduled("impressum", expire_at=ahead()), "/impressum/", 410, ""),
    (lambda: page("datenschutz").unpublish(), "/datenschutz/", 410, ""),
    (lambda: page("barrierefreiheit").delete(), "/barrierefreiheit/", 410, ""),
    (lambda: Site.objects.update(hostname="neu.example", port=443), "/sitemap.xml", 200, "neu.example"),
    (
        lambda: (SiteNotice.objects.create(text="Bald"), call_command("load_content", verbosity=0)),
        "/", 200, "Bald",
    ),
]  # fmt: skip


def test_both_servers_show_what_was_written_a_tenth_of_a_second_ago(sites):
    for write, path, status, word in WRITERS:
        before = []
        for site in sites:
            asked(site, path)
            before.append(asked(site, path)[:2])
            assert (status, word) != before[-1]
        write()
        time.sleep(LATEST)
        for site, was in zip(sites, before, strict=True):
            found = asked(site, path)
            assert found[0] == status, path
            assert word in found[1], path
            assert found[:2] != was, path


def test_of_many_changes_none_is_missed(sites):
    found = stale_reads(sites, 500)
    assert found["stale"] == 0
    assert found["answers"] > 50


def test_a_listener_that_is_killed_hides_nothing(sites):
    for number in range(20):
        with psycopg.connect(**connection_parameters(connection.settings_dict), autocommit=True) as other:
            for (pid,) in other.execute(HOLDERS.replace("%%", "%")).fetchall():
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
        publish(title=f"Zum {number}. Mal")
        time.sleep(LATEST)
        for site in sites:
            assert f"Zum {number}. Mal" in asked(site, "/kontakt/")[1]
    for site in sites:
        wait_until(lambda site=site: asked(site, "/bereit/")[0] == 200)
