"""An import that is killed, and two at once: really committed, in processes and connections of their own."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from wagtail.models import PageLogEntry

from conferences.archive_import import importer
from conferences.archive_import.importer import import_folder
from conferences.archive_import.plan import LOG_ACTION, LineState
from conferences.archive_import.record import stored_page
from conferences.models import ResolutionPage
from intmk.media.documents.models import SiteDocument
from intmk.search.index import SearchEntry
from tests.databases import database_url
from tests.importing import ROW, folder_of, pdf

pytestmark = pytest.mark.usefixtures("own_database")
KILLED = """
import os, signal
from django.conf import settings
from django.core.management import call_command
from conferences.archive_import import importer
settings.MEDIA_ROOT = {media!r}
original, calls = importer.connect_references, []
def killed_at_the_second(page, *further):
    calls.append(page)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    original(page, *further)
importer.connect_references = killed_at_the_second
call_command("import_archive", {folder!r}, "--uebernehmen")
"""


def stored() -> dict[str, int]:
    """How much there is of all that an import writes."""
    models = (ResolutionPage, SiteDocument, SearchEntry)
    return {model.__name__: model.objects.count() for model in models} | {
        "log": PageLogEntry.objects.filter(action=LOG_ACTION).count()
    }


def rows_of(number: int) -> list[dict[str, str]]:
    return [ROW | {"top": f"50.{turn}", "datei": "a.pdf" if turn == 1 else ""} for turn in range(1, number + 1)]


@pytest.mark.audit
def test_an_import_that_is_killed_leaves_nothing_and_can_be_done_again(tmp_path):
    folder, before = folder_of(tmp_path / "ordner", *rows_of(3), a=pdf("Einzigartig")), stored()
    code = KILLED.format(media=str(settings.MEDIA_ROOT), folder=str(folder))
    killed = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=settings.ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "intmk.settings.test", "DATABASE_URL": database_url(connection.settings_dict)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert stored() == before  # no row leads to the file that may be left in the folder of media
    assert import_folder(folder).counts[LineState.NEW] == 3
    assert Path(stored_page("12/50.1").source_file.file.path).read_bytes() == (folder / "a.pdf").read_bytes()


def test_the_second_of_two_imports_at_once_finds_what_the_first_has_stored(tmp_path, monkeypatch):
    folder, before = folder_of(tmp_path, *rows_of(3), a=pdf("Einzigartig")), stored()
    both_ready = Barrier(2, timeout=30)
    at_work: list[int] = []
    original = importer.carry_out_plan

    def alone(*args) -> None:
        at_work.append(1)
        assert sum(at_work) == 1  # the other waits before it plans
        original(*args)
        at_work.append(-1)

    def run(_: int) -> int:
        try:
            both_ready.wait()
            return import_folder(folder).counts[LineState.NEW]
        finally:
            connection.close()

    monkeypatch.setattr(importer, "carry_out_plan", alone)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [0, 3]
    assert {name: number - before[name] for name, number in stored().items()} == {
        "ResolutionPage": 3, "SiteDocument": 1, "SearchEntry": 3, "log": 3,
    }  # fmt: skip
