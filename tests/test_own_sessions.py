"""Whoever is signed in sees where else, and ends it there."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from intmk.users.models import User
from intmk.users.sessions import device_of
from tests.editing import text_of
from tests.signing_in import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/sitzungen/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("said", "device"),
    [
        (FIREFOX, "Firefox unter Windows"),
        (SAFARI, "Safari unter iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36", "Chrome unter Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge unter Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_7) Version/26.1 Safari/605.1.15", "Safari unter macOS"),
        ("curl/8", "Unbekanntes Gerät"),
        ("", "Unbekanntes Gerät"),
    ],
)
def test_a_browser_is_named_by_what_it_says_of_itself(said, device):
    assert device_of(said) == device


@pytest.fixture
def here(account) -> Client:
    return sign_in(account, client=Client(HTTP_HOST="localhost", HTTP_USER_AGENT=FIREFOX))[0]


@pytest.fixture
def there(account) -> Client:
    return sign_in(account, client=Client(HTTP_HOST="localhost", HTTP_USER_AGENT=SAFARI))[0]


def names(browser: Client) -> list[str]:
    """What the buttons of the list send."""
    return [each.name for each in browser.get(PAGE).context["sessions"] if not each.is_this]


def test_the_account_page_leads_to_the_list_of_own_sessions(here):
    assert f'href="{PAGE}"' in here.get("/admin/account/").content.decode()


def test_own_sessions_are_listed_with_device_and_time_and_nobody_elses(here, there):
    sign_in(User.objects.create_superuser("andere", password=PASSWORD))
    said = text_of(here.get(PAGE))
    assert said.index("Firefox unter Windows (diese Sitzung)") < said.index("Safari unter iPhone angemeldet am")
    assert len(here.get(PAGE).context["sessions"]) == 2
    assert not any(key in here.get(PAGE).content.decode() for key in Session.objects.values_list("pk", flat=True))


def test_one_session_is_ended_and_the_others_are_not(here, there, account):
    third, _ = sign_in(account)
    [name] = [each.name for each in here.get(PAGE).context["sessions"] if "iPhone" in each.device]
    assert "Die Sitzung ist beendet." in text_of(here.post(PAGE, {"session": name}, follow=True))
    assert there.get("/admin/").status_code == 302
    assert (here.get("/admin/").status_code, third.get("/admin/").status_code) == (200, 200)
    [own] = [each.name for each in here.get(PAGE).context["sessions"] if each.is_this]
    for gone in (name, own):
        assert "gibt es nicht mehr" in text_of(here.post(PAGE, {"session": gone}, follow=True))


def test_all_others_end_at_once(here, there, account):
    third, _ = sign_in(account)
    here.post(PAGE, {"others": "all"})
    assert [browser.get("/admin/").status_code for browser in (here, there, third)] == [200, 302, 302]
    assert names(here) == []


def test_who_signed_in_a_while_ago_gives_the_password_again_before_a_session_ends(here, there):
    others = {"others": "all"}
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        asked = here.post(PAGE, others)
        assert asked["Location"].startswith("/admin/login/bestaetigen/")
        assert there.get("/admin/").status_code == 200
        confirmed = here.post(asked["Location"], {"password": PASSWORD}, follow=True)
        assert "Alle anderen Sitzungen sind beendet." in text_of(confirmed)
        assert there.get("/admin/").status_code == 302


def test_nobody_ends_the_session_of_somebody_else(here, there):
    other, _ = sign_in(User.objects.create_superuser("andere", password=PASSWORD))
    for name in [*names(here), "", "unsinn"]:
        other.post(PAGE, {"session": name})
    other.post(PAGE, {"others": "all"})
    assert (here.get("/admin/").status_code, there.get("/admin/").status_code) == (200, 200)


def test_the_list_is_for_whoever_is_signed_in_and_lies_in_no_cache(here):
    assert Client(HTTP_HOST="localhost").get(PAGE).status_code == 302
    assert "no-store" in here.get(PAGE)["Cache-Control"]


def test_a_session_from_before_there_was_a_list_is_listed_too(here, there):
    session = there.session
    del session["opened"]
    session.save()
    assert "Unbekanntes Gerät" in text_of(here.get(PAGE))


@pytest.mark.parametrize(("minutes", "status"), [(12 * 60 - 1, 200), (12 * 60, 302), (-60, 200), (-12 * 60 - 1, 302)])
def test_a_session_ends_twelve_hours_after_signing_in_however_much_was_done_in_it(here, minutes, status):
    session = here.session
    # Minutes below 0: signed in at a wrong time, which has been set back since.
    session["opened"] |= {"at": (timezone.now() - timedelta(minutes=minutes)).isoformat()}
    session.save()  # from which Django counts anew
    assert here.get("/admin/").status_code == status
    assert Session.objects.filter(pk=session.session_key).exists() is (status == 200)
