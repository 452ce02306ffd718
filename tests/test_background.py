"""What is done after the answer: nobody waits for it, and what a killed process has left is made up for."""

import logging
from threading import Event

import pytest
from django_tasks import task

from intmk.media.images import tasks
from intmk.media.images.models import PICTURE_SPECS, SiteImage, SiteRendition
from intmk.server.background import ThreadBackend, pool

begun, may_end = Event(), Event()


@task(backend="background")
def waits() -> None:
    begun.set()
    may_end.wait(20)


@task(backend="background")
def fails() -> None:
    raise OSError("kaputt")


def test_who_asks_for_a_task_does_not_wait_for_it():
    ThreadBackend("background", {}).enqueue(waits, (), {})
    assert begun.wait(20)  # it is at work, and we are here
    may_end.set()


def test_a_task_that_fails_is_a_line_in_the_log_and_the_next_is_done(caplog):
    backend = ThreadBackend("background", {})
    begun.clear()
    may_end.set()
    with caplog.at_level(logging.ERROR):
        backend.enqueue(fails, (), {})
        backend.enqueue(waits, (), {})
        assert begun.wait(20)
    pool().submit(bool).result(20)
    assert "Eine Aufgabe ist gescheitert" in caplog.text
    assert "kaputt" in caplog.text


@pytest.mark.django_db
def test_the_clock_makes_what_is_missing_once_and_leaves_alone_what_cannot_be_made(monkeypatch):
    whole, lacking, broken = (
        SiteImage(title=title, file=f"original_images/{title}.jpg", width=9, height=9) for title in ("w", "l", "b")
    )
    SiteImage.objects.bulk_create([whole, lacking, broken])
    SiteRendition.objects.bulk_create(
        SiteRendition(image=whole, filter_spec=spec, width=9, height=9, file=f"images/{n}")
        for n, spec in enumerate(PICTURE_SPECS)
    )
    tried = []
    monkeypatch.setattr(SiteImage, "make_renditions", lambda self: tried.append(self.title) or self.title == "l")
    monkeypatch.setattr(tasks, "_failed", set())
    tasks.make_missing()
    tasks.make_missing()
    assert tried == ["l", "b", "l"]  # what is said to be made is looked at again, until it is there
