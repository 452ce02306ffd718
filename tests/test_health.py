"""Operators learn whether the process lives and whether it can serve."""

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client


def test_a_living_process_says_so_without_a_database():
    assert Client(HTTP_HOST="localhost").get("/gesund/").status_code == 200  # without the mark, any query would fail


@pytest.mark.django_db
def test_it_is_ready_when_database_and_migrations_are_there():
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    assert (response.status_code, response.content.decode()) == (200, "bereit\n")


@pytest.mark.django_db
def test_a_missing_migration_makes_it_not_ready():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'history'")
    assert Client(HTTP_HOST="localhost").get("/bereit/").status_code == 503


@pytest.mark.django_db
def test_a_database_that_does_not_answer_makes_it_not_ready(monkeypatch):
    def fails(*args):
        raise OperationalError("weg")

    monkeypatch.setattr("intmk.server.health.MigrationExecutor", fails)
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    assert (response.status_code, response.content.decode()) == (503, "Die Datenbank antwortet nicht.\n")


@pytest.mark.django_db
def test_a_full_disk_makes_it_not_ready(monkeypatch, settings):
    monkeypatch.setattr("intmk.server.health.LEAST_FREE", 2**60)
    response = Client(HTTP_HOST="localhost").get("/bereit/")
    assert response.status_code == 503
    assert "ist voll. Gelesen werden kann, gespeichert nicht." in response.content.decode()
