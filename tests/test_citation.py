"""A resolution is cited by an address that never changes, in words and in the formats of reference managers."""

import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from conferences.models import ConferencePage, Land, ResolutionPage, ResolutionStatement
from conferences.rules.citation import Citation
from intmk.templatetags.site_tags import breaks_in_address
from tests.editing import text_of

HOSTILE = 'Über 50 % & „Öffnung“ {von} $A_1$ #ß ~^ \\input{x}\r\nER  - \nTY  - BOOK "Ende'
ADDRESS = "/konferenzen/12/top-2-1/"


def hostile() -> Citation:
    return Citation("12/2.1", "https://x.example/id", HOSTILE, "Beschluss", "2017", "Köln & Bonn", "TOP 2.1", 2017)


def read_ris(text: str) -> list[tuple[str, str]]:
    """Tag and value of each line; fails for what is no line of RIS."""
    return [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line).groups() for line in text.split("\r\n") if line]


def read_bibtex(text: str) -> tuple[str, dict[str, str]]:
    """Name of the only entry and its fields; fails for what does not close its braces."""
    name, body = re.fullmatch(r"@misc\{([a-z0-9-]+),\n(.*)\}\n", text, re.DOTALL).groups()
    fields, depth, start, key = {}, 0, 0, ""
    for at, letter in enumerate(body):
        escaped = at > 0 and body[at - 1] == "\\"
        if letter == "{" and not escaped:
            if depth == 0:
                key, start = body[:at].rsplit("\n", 1)[-1].strip(" ="), at + 1
            depth += 1
        elif letter == "}" and not escaped:
            depth -= 1
            if depth == 0:
                fields[key] = body[start:at]
    assert depth == 0
    return name, fields


# --- text, pure -----------------------------------------------------------------------------------------------------


def test_ris_keeps_one_line_for_each_field_whatever_the_title_holds():
    lines = read_ris(hostile().ris())
    assert (lines[0], lines[-1]) == (("TY", "GOVDOC"), ("ER", ""))
    assert [tag for tag, _ in lines].count("ER") == [tag for tag, _ in lines].count("TY") == 1
    assert dict(lines)["TI"] == " ".join(HOSTILE.split())


def test_bibtex_escapes_what_tex_takes_for_commands_and_keeps_umlauts():
    name, fields = read_bibtex(hostile().bibtex())
    assert name == "intmk-12-2-1"
    assert fields["title"].startswith(r"{Über 50 \% \& „Öffnung“ \textbraceleft{}von\textbraceright{} \$A\_1\$ \#ß")
    assert r"\textbackslash{}input\textbraceleft{}x\textbraceright{}" in fields["title"]
    assert fields["howpublished"] == r"Beschluss, 2017, Köln \& Bonn, TOP 2.1"


@given(st.text())
def test_braces_of_a_title_are_balanced_as_bibtex_counts_them(title):
    entry = Citation("1/1", "", title, "Beschluss", "", "", "", None).bibtex()
    depth = 0
    for letter in entry:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0


def test_a_title_that_ends_a_sentence_gets_no_second_stop():
    citation = Citation("1/1", "", "Wer zahlt?", "Beschluss", "", "", "", None)
    assert citation.text == "Integrationsministerkonferenz: Wer zahlt? Beschluss."


def test_a_year_that_is_not_known_is_left_out():
    citation = Citation("1/1", "https://x.example/id", "Titel", "Beschluss", "", "", "", None)
    assert "year" not in read_bibtex(citation.bibtex())[1]
    assert "PY" not in dict(read_ris(citation.ris()))


# --- on the page ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_shows_how_to_cite_it_and_names_the_permanent_address(reader):
    response = reader.get(ADDRESS)
    html = BeautifulSoup(response.content, "html.parser")
    permanent = html.select_one('link[rel="cite-as"]')["href"]
    assert permanent.endswith("/id/beschluss/12/2.1")
    assert response["Link"] == f'<{permanent}>; rel="cite-as"'
    assert html.select_one('link[rel="canonical"]')["href"].endswith(ADDRESS)
    assert (
        "Integrationsministerkonferenz: Integration schafft Zusammenhalt – Von der Soforthilfe zur Alltagsintegration. "
        "Beschluss der 12. Konferenz, 16. und 17. März 2017, Friedrichshafen, TOP 2.1. "
    ) in text_of(response)
    assert html.find("a", href=permanent).text == permanent
    assert reader.get("/id/beschluss/12/2.1")["Location"] == ADDRESS


@pytest.mark.django_db
def test_the_address_breaks_at_its_slashes_on_a_small_screen(reader):
    assert "/<wbr>id/<wbr>beschluss/<wbr>12/<wbr>2.1</a>" in reader.get(ADDRESS).content.decode()
    assert breaks_in_address("https://a.example/<b>/&") == "https://a<wbr>.example/<wbr>&lt;b&gt;/<wbr>&amp;"


@pytest.mark.django_db
def test_the_files_hold_the_same_as_the_text(reader):
    response = reader.get(f"{ADDRESS}zitat.bib")
    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="intmk-12-2-1.bib"'
    name, bibtex = read_bibtex(response.content.decode())
    assert name == "intmk-12-2-1"
    assert bibtex["author"] == "{Integrationsministerkonferenz}"
    assert bibtex["year"] == "2017"
    assert bibtex["url"].endswith("/id/beschluss/12/2.1")
    response = reader.get(f"{ADDRESS}zitat.ris")
    assert response["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    ris = dict(read_ris(response.content.decode()))
    assert (ris["PY"], ris["CY"], ris["M1"], ris["UR"]) == ("2017", "Friedrichshafen", "TOP 2.1", bibtex["url"])
    assert f"{{{ris['TI']}}}" == bibtex["title"]


@pytest.mark.django_db
def test_a_title_of_the_editors_stands_in_brackets_and_a_rejected_motion_is_no_resolution(reader):
    page = ResolutionPage.objects.get(slug="einwanderungsgesetz")
    assert "[Einwanderungsgesetz]. Beschluss der 12. Konferenz" in text_of(reader.get(page.url))
    ResolutionPage.objects.filter(pk=page.pk).update(outcome="rejected")
    assert "Beratungsgegenstand (abgelehnt) der 12. Konferenz" in text_of(reader.get(page.url))


@pytest.mark.django_db
def test_a_circular_resolution_is_cited_by_its_number(reader):
    parent = ConferencePage.objects.get(number=18)
    page = ResolutionPage(title="Förderung", kind="circular", circular_number=3, circular_year=2022)
    page.conference, page.outcome = parent, "unanimous"
    parent.add_child(instance=page)
    words = text_of(reader.get(page.url))
    assert "[Förderung]. Umlaufbeschluss 3/2022, 2022." not in words
    assert "[Förderung]. Umlaufbeschluss 3/2022. " in words
    assert read_bibtex(reader.get(f"{page.url}zitat.bib").content.decode())[1]["year"] == "2022"


@pytest.mark.django_db
def test_a_statement_is_cited_by_its_anchor(reader):
    page = ResolutionPage.objects.get(url_path__endswith=ADDRESS)
    page.statements = [ResolutionStatement(land=Land.objects.get(code="DE-BY"), summary="Bayern gibt zu Protokoll.")]
    page.save_revision().publish()
    html = BeautifulSoup(reader.get(ADDRESS).content, "html.parser")
    code = html.select_one('section[aria-labelledby="zitieren"] code').text
    assert code == "#erklaerung-bayern"
    assert html.select_one(f'article[id="{code[1:]}"]')


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/konferenzen/12/zitat.bib", "/konferenzen/12/top-9-9/zitat.ris", "/zitat.bib", f"{ADDRESS}zitat.txt"]
)
def test_only_a_public_resolution_has_such_files(reader, address):
    assert reader.get(address).status_code == 404


@pytest.mark.django_db
def test_a_page_never_published_has_no_citation_in_its_preview():
    parent = ConferencePage.objects.get(number=12)
    page = ResolutionPage(title="Entwurf", item="8.8", conference=parent, source="official", live=False)
    for shown in (page, parent.add_child(instance=page)):
        response = shown.make_preview_request()
        assert response.status_code == 200
        assert "Zitieren" not in text_of(response.render() if not response.is_rendered else response)


@pytest.mark.django_db
def test_the_box_costs_one_query(reader):
    reader.get(ADDRESS)
    with CaptureQueriesContext(connection) as captured:
        reader.get(ADDRESS)
    assert sum("resolutionidentifier" in query["sql"] for query in captured) == 1
    assert len(captured) <= 30
