"""What the tests stand on: a real PostgreSQL and, where it serves, the site with its initial content."""

import contextlib
import os

import pytest
from django.conf import settings
from django.core.management import call_command

from intmk import embedded_postgres


@pytest.fixture(scope="session")
def postgres():
    """The embedded database for the whole run, unless DATABASE_URL names another."""
    with contextlib.nullcontext() if os.environ.get("DATABASE_URL") else embedded_postgres.running(settings.VAR):
        yield


@pytest.fixture(scope="session")
def django_db_setup(postgres, django_db_setup, django_db_blocker):
    """Load the initial content once; each test sees it and its changes are rolled back."""
    with django_db_blocker.unblock():
        call_command("load_content", verbosity=0)
