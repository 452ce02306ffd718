"""Our site side by side with WordPress and a default Wagtail: processor time of a page, and what a cache gives."""

from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import Request, urlopen

from django.db import connection
from django.utils.html import strip_tags
from PIL import Image
from wagtail.models import Page

from conferences.models import ChairPage
from history.models import AboutPage
from intmk.benchmark.default_wagtail import default_wagtail
from intmk.benchmark.servers import cpu_seconds, nginx, served
from intmk.benchmark.speed import ROUNDS, answer_of, rps, server_environment, warm
from intmk.benchmark.synthetic_archive import invented_text
from intmk.benchmark.wordpress import missing_packages, wordpress

ASKED, WARMED = 20, 10  # times that each page is asked for in each round, and before
PARAGRAPH = 60  # words
UNSTORED = {"Authorization": "Basic -"}


class Asked(NamedTuple):
    """A page, and the pids of the servers that answer: the database's alone."""

    site: str
    path: str
    servers: list[int]
    database: int


def comparison_figures(detail: str) -> dict[str, Any]:
    """Return the figures by their names; `detail` is the path of a resolution. Without WordPress where it lacks."""
    ours = {
        "ours_home": "/", "ours_conference": f"{detail.rstrip('/').rpartition('/')[0]}/", "ours_resolution": detail,
        "ours_chair": german(ChairPage), "ours_about": german(AboutPage),
    }  # fmt: skip
    pages, stores = Page.objects.live().count(), postmaster()
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory()))
        site, pid = running.enter_context(served(server_environment()))
        asked = {name: Asked(site, path, [pid], stores) for name, path in ours.items()}
        about = asked["ours_about"]
        cached = {"ours": about}
        if front := running.enter_context(nginx(site, folder)):
            cached["ours_nginx"] = about._replace(site=front)
        write_page(folder, strip_tags(seen(about)))
        plain, plain_pid = running.enter_context(default_wagtail(folder, pages))
        asked["default_wagtail_home"] = Asked(plain, "/", [plain_pid], stores)
        asked["default_wagtail"] = Asked(plain, "/seite-1/seite-16/", [plain_pid], stores)
        if not missing_packages():
            other = running.enter_context(wordpress(folder, pages))
            asked["wordpress_home"] = Asked(other.site, "/", other.servers, other.database)
            asked["wordpress"] = Asked(other.site, "/seite-1/", other.servers, other.database)
            cached["wordpress"] = asked["wordpress"]._replace(site=other.cached)
        return costs(asked) | cached_rates(cached)


def german(kind: type[Page]) -> str:
    """Return the path of the only German page of its kind."""
    return kind.objects.live().get(locale__language_code="de").get_url()


def postmaster() -> int:
    """Return the pid of PostgreSQL above the process that serves our connection; 0 if it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    return int(status.read_text().rpartition(")")[2].split()[1]) if status.exists() else 0


def write_page(folder: Path, text: str) -> None:
    """Write a picture, and a text of as many words as `text` has, a paragraph a line."""
    Image.radial_gradient("L").resize((1600, 1200)).convert("RGB").save(folder / "bild.jpg")
    dice = Random(1)  # noqa: S311 (nothing secret)
    paragraphs = [f"<p>{invented_text(dice, PARAGRAPH)}</p>" for _ in range(len(text.split()) // PARAGRAPH)]
    (folder / "text.html").write_text("\n".join(paragraphs))


def seen(page: Asked) -> str:
    """Return a page as the measurement asks for it; raise HTTPError for one that is an error."""
    request = Request(page.site + quote(page.path), headers=UNSTORED)  # noqa: S310 (our own servers)
    with urlopen(request) as answer:  # noqa: S310
        return answer.read().decode()


def costs(asked: dict[str, Asked]) -> dict[str, float]:
    """Return the ms of a processor of all servers behind each page that is not stored, and those of its database."""
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    for page in asked.values():
        for _ in range(WARMED):
            seen(page)
    for _ in range(ROUNDS):
        for name, page in asked.items():
            before = [cpu_seconds(page.database), *map(cpu_seconds, page.servers)]
            for _ in range(ASKED):
                answer_of(page.site, page.path, **UNSTORED)
            after = [cpu_seconds(page.database), *map(cpu_seconds, page.servers)]
            whole, stored = sum(after) - sum(before), after[0] - before[0]
            rounds[name].append((whole * 1000 / ASKED, stored * 1000 / ASKED))
    kinds = ("cpu_ms", "database_ms")
    return {
        f"{name}_{kind}": median(values)
        for name, pairs in rounds.items()
        for kind, values in zip(kinds, zip(*pairs, strict=True), strict=True)
    }


def cached_rates(cached: dict[str, Asked]) -> dict[str, float]:
    """Return the requests a second of each page when it is stored."""
    rounds: dict[str, list[float]] = {name: [] for name in cached}
    for page in cached.values():
        warm(page.site, page.path)
    for _ in range(ROUNDS):
        for name, page in cached.items():
            rounds[name].append(rps(page.site + quote(page.path)))
    return {f"{name}_cached_rps": median(values) for name, values in rounds.items()}
