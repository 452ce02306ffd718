"""Invented resolutions for measuring come labelled, like real ones, and go without a trace."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Page

from conferences.models import ConferencePage, ResolutionPage
from intmk.models import SearchEntry

pytestmark = pytest.mark.django_db


def test_they_are_made_shown_found_and_removed(capsys):
    before = (Page.objects.count(), SearchEntry.objects.count())
    call_command("make_archive", "60")
    made = ResolutionPage.objects.filter(conference__number__gte=1001)
    assert made.count() == 60
    assert all(page.title.startswith("Prüfdaten") for page in made)
    assert ConferencePage.objects.filter(number__gte=1001).count() == 2
    client = Client(HTTP_HOST="localhost")
    page = made.first()
    assert client.get(page.url).status_code == 200
    assert client.get(f"/id/beschluss/1001/{page.item}").status_code == 303
    assert "85 Beschlüsse" in client.get("/beschluesse/").content.decode()
    assert "Prüfdaten" in client.get("/suche/?q=Prüfdaten").content.decode()
    assert Page.find_problems() == ([], [], [], [], [])
    call_command("make_archive", "0")
    assert (Page.objects.count(), SearchEntry.objects.count()) == before
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_public_site_is_not_filled_by_mistake(settings):
    settings.DEMO_ACCOUNTS = False
    with pytest.raises(CommandError, match="auch-in-produktion"):
        call_command("make_archive", "3")
