"""What Mozilla's HTTP Observatory would say of each template, in production (tests/header_score.py)."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from intmk.base.view_pages import VIEWS
from intmk.settings import production
from tests.header_score import WANTED, header_score

PAGE = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'self'",
    "strict-transport-security": "max-age=31536000",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
OWN = '<script type="module" src="/static/js/site.js"></script>'


@pytest.fixture
def over_tls(settings) -> Client:
    """A reader of the site as it is in production, behind nginx."""
    for name in ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        setattr(settings, name, getattr(production, name))
    return Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO="https")


def score(client: Client, address: str) -> int:
    answer = client.get(address)
    headers = {name.lower(): value for name, value in answer.items()}
    return header_score(headers, answer.getvalue().decode(), [each.OutputString() for each in answer.cookies.values()])


def scores(client: Client, addresses: list[str]) -> dict[str, int]:
    """Return those that have fewer points than wanted."""
    return {each: points for each in addresses if (points := score(client, each)) < WANTED}


@pytest.mark.slow("asks for a page of each of some thirty templates")
@pytest.mark.django_db
def test_a_page_of_each_template_has_all_points_that_it_can_have(over_tls):
    pages = {type(page): page.url for page in Page.objects.live().filter(depth__gt=1).specific()}
    views = [reverse(name) for name in VIEWS]
    others = ["/laender/bayern/", "/themen/sprache/", "/gibt-es-nicht/", "/beschluesse/?land=DE-XX"]
    assert len(pages) >= 10
    assert scores(over_tls, [*pages.values(), *views, *others]) == {}


@pytest.mark.django_db
def test_the_sign_in_loses_what_wagtail_needs_and_no_more(over_tls):
    assert score(over_tls, "/admin/login/") == 80  # inline scripts; what is more than needed does not count then


def test_who_comes_without_tls_is_led_to_it_under_the_same_name(over_tls):
    answer = Client(HTTP_HOST="localhost").get("/suche/?q=Sprache")
    assert (answer.status_code, answer["Location"]) == (301, "https://localhost/suche/?q=Sprache")


def test_a_page_without_fault_has_the_points_that_are_wanted():
    assert header_score(PAGE, OWN) == WANTED


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({"content-security-policy": ""}, 55),  # nor does it say then who may draw it
        ({"content-security-policy": "default-src 'none'; script-src 'self' 'unsafe-inline'; frame-ancestors *"}, 80),
        ({"content-security-policy": "default-src 'self'; frame-ancestors 'self'"}, 125),
        ({"content-security-policy": "default-src 'none'; style-src data:; frame-ancestors 'self'"}, 120),
        ({"content-security-policy": "default-src 'none'; script-src 'unsafe-eval'; frame-ancestors 'self'"}, 110),
        ({"content-security-policy": "default-src 'none'; font-src http://a.example; frame-ancestors 'self'"}, 80),
        ({"strict-transport-security": ""}, 80),
        ({"strict-transport-security": "max-age=3600"}, 120),
        ({"referrer-policy": "unsafe-url"}, 120),
        ({"referrer-policy": ""}, 125),
        ({"x-content-type-options": ""}, 125),
        ({"cross-origin-resource-policy": "cross-origin"}, 120),
        ({"access-control-allow-origin": "https://a.example", "access-control-allow-credentials": "true"}, 50),
    ],
)
def test_what_is_missing_costs_points(changed, points):
    assert header_score(PAGE | changed, OWN) == points


@pytest.mark.parametrize(
    ("html", "points"),
    [
        ("", 130),
        ('<script src="/a.js" integrity="sha384-x"></script>', 135),
        ('<script src="https://a.example/a.js"></script>', 125),
        ('<script src="//a.example/a.js"></script>', 50),
    ],
)
def test_foreign_scripts_cost_points(html, points):
    assert header_score(PAGE, html) == points


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        ("sessionid=1; Path=/; Secure; HttpOnly; SameSite=Lax", 135),
        ("sessionid=1; Path=/; Secure; HttpOnly", 130),
        ("sessionid=1; Path=/; Secure; SameSite=Lax", 70),
        ("csrftoken=1; Path=/; Secure", 80),
        ("colour=1; Path=/; SameSite=Lax", 125),
    ],
)
def test_a_cookie_that_is_not_kept_close_costs_points(cookie, points):
    assert header_score(PAGE, OWN, [cookie]) == points
