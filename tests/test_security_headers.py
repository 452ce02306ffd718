"""What every answer tells the browser about itself, whoever gives it."""

import pytest

from intmk.server.security_headers import DENIED, OWN_ONLY
from intmk.settings import production

ANSWERS = ["/", "/admin/login/", "/gibt-es-nicht/", "/gesund/", "/static/css/sign-in.css", "/robots.txt",
           "/sitemap.xml", "/feeds/beschluesse.atom", "/barriere-melden/"]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("address", ANSWERS)
def test_an_answer_asks_nothing_of_the_browser_and_is_for_this_site_only(reader, address):
    answer = reader.get(address)
    given = answer.get("Permissions-Policy")  # of pages: it means nothing on files
    policy = dict(part.split("=") for part in given.split(", ")) if given else None
    is_page = answer["Content-Type"].startswith("text/html")
    assert policy == (dict.fromkeys(DENIED, "()") | dict.fromkeys(OWN_ONLY, "(self)") if is_page else None)
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Server"] == ""


@pytest.mark.django_db
def test_what_is_meant_for_other_sites_may_be_drawn_there(reader):
    assert reader.get("/api/v1/chairs")["Cross-Origin-Resource-Policy"] == "cross-origin"
    page = reader.get("/aufgaben-und-ziele/").content.decode()
    picture = page.split('property="og:image" content="')[1].split('"')[0]
    assert reader.get(picture[picture.index("/bilder/") :])["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.django_db
def test_a_fault_says_it_too(reader, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("intmk.pages.routing.site_of", fail)
    reader.raise_request_exception = False
    answer = reader.get("/")
    assert answer.status_code == 500
    assert "camera=()" in answer["Permissions-Policy"]


def test_the_policy_stands_before_whoever_answers_by_themselves():
    first = [name.rpartition(".")[2] for name in production.MIDDLEWARE[:2]]
    assert first == ["RequestIdMiddleware", "BrowserPolicyMiddleware"]
