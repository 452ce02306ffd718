"""The glossary: its page, who keeps it, and its words on other pages as links to their explanation."""

import tomllib
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.safestring import mark_safe
from wagtail.models import Page

from conferences.models import ConferencePage
from history.models import AboutPage
from intmk.base.glossary import MOST, GlossaryTerm, marked
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from tests.editing import give_chair, take_chair
from tests.invented_resolutions import resolution
from tests.test_query_counts import queries

pytestmark = pytest.mark.django_db
WORDS = [
    {"slug": "top", "term": "Tagesordnungspunkt", "forms": "TOP\nTOPs"},
    {"slug": "umlaufbeschluss", "term": "Umlaufbeschluss", "forms": "Umlaufbeschlüsse\nUmlaufverfahren"},
    {"slug": "nip", "term": "Nationaler Integrationsplan", "forms": "Nationalen  Integrationsplan\nNIP"},
    {"slug": "plan", "term": "Integrationsplan", "forms": ""},
]


def links(html: str) -> list[tuple[str, str]]:
    found = BeautifulSoup(html, "html.parser").find_all("a", {"class": "term"})
    return [(link["href"].removeprefix("/glossar/#"), link.text) for link in found]


def of(*texts: str, words: list[dict[str, str]] = WORDS) -> list[tuple[str, str]]:
    return [link for html in marked([mark_safe(text) for text in texts], words) for link in links(html)]


def shown(reader: Client, address: str) -> BeautifulSoup:
    answer = reader.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def publish(page, *sections: tuple[str, str]):
    page.body = [("section", {"heading": heading, "text": text}) for heading, text in sections]
    page.save_revision().publish()
    return page


def test_the_first_occurrence_on_a_page_is_a_link_and_no_other():
    assert of("<p>Die Umlaufbeschlüsse, ein Umlaufbeschluss.</p>", "<p>Umlaufverfahren, TOP 2.1</p>") == [
        ("umlaufbeschluss", "Umlaufbeschlüsse"),
        ("top", "TOP"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ein Top und der top", "TOP-Liste", "Stopp, TOPF, ATOP", "MEIN-TOP", "eine Umlaufbeschlussfassung",
        '<a href="/x/">TOP</a>', '<a href="/x/">ein <b>TOP</b></a>', "<h3>TOP 1</h3>", "<code>TOP</code>",
        "<button>TOP</button>", "<blockquote><p>Der TOP</p></blockquote>", "<q>Der TOP</q>", "der Titel „Der TOP 1“",
        '<img alt="TOP">', "<!-- TOP -->", "{{TOP}}",
    ],
)  # fmt: skip
def test_parts_of_words_links_headings_code_and_quotations_are_left_alone(text):
    html = mark_safe(f"<p>{text}</p>")
    assert marked([html], WORDS) == [html]


def test_of_two_terms_the_longer_one_counts_also_across_a_line_break():
    assert of("<p>Der Nationalen\n Integrationsplan, ein Integrationsplan</p>") == [
        ("nip", "Nationalen\n Integrationsplan"),
        ("plan", "Integrationsplan"),
    ]


def test_all_else_stays_as_it_is():
    html = mark_safe('<p class="a">A &amp; B &lt;TOP&gt; &#8211; <br/>TOP&nbsp;1 <IMG src="x"><b>NIP</b></p>')
    (result,) = marked([html], WORDS)
    assert links(result) == [("top", "TOP"), ("nip", "NIP")]
    without = result.replace('<a class="term" href="/glossar/#top">TOP</a>', "TOP")
    assert without.replace('<a class="term" href="/glossar/#nip">NIP</a>', "NIP") == html


def test_nothing_that_is_typed_as_a_term_gets_into_the_page_as_html():
    bad = [{"slug": '"><script>', "term": "<script>alert(1)</script>", "forms": "a.*b\n(\n&amp;"}]
    html = mark_safe("<p>&lt;script&gt;alert(1)&lt;/script&gt; axxb ( &amp;</p>")
    (result,) = marked([html], bad)
    assert "<script" not in result
    assert "axxb" in result
    assert '<a class="term" href="/glossar/#&quot;&gt;&lt;script&gt;">(</a>' in result


def test_there_are_only_so_many_on_a_page():
    words = [{"slug": f"wort-{number}", "term": f"Wort{number}", "forms": ""} for number in range(20)]
    assert len(of(*(f"<p>Wort{number}</p>" for number in range(20)), words=words)) == MOST


def test_the_text_of_each_kind_of_page_is_marked_after_an_editors_change_at_once(reader):
    GlossaryTerm.objects.create(term="Prüfwort", slug="pruefwort", short="Ein Wort.")
    text = ("Prüfwort", "<p>Das Prüfwort und das Prüfwort.</p>")
    news = NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Meldung", slug="meldung-glossar"))
    pages = [
        AboutPage.objects.get(),
        StandardPage.objects.get(slug="kontakt"),
        ConferencePage.objects.get(number=12),
        news,
    ]
    decided = resolution(item="9.1", release="text", points=[("point", "<p>Das Prüfwort.</p>")])
    for page in [*(publish(page, text) for page in pages), decided]:
        assert links(reader.get(page.url).content.decode()) == [("pruefwort", "Prüfwort")], page
    word = GlossaryTerm.objects.get(slug="pruefwort")
    word.is_marked = False
    word.save()
    for page in [*pages, decided]:
        assert links(reader.get(page.url).content.decode()) == []


@pytest.mark.parametrize("address", ["/leichte-sprache/", "/en/"])
def test_leichte_sprache_and_english_are_not_marked(reader, address):
    publish(StandardPage.objects.get(slug=address.strip("/")), ("", "<p>BAMF, Leitantrag</p>"))
    page = shown(reader, address)
    assert "Leitantrag" in page.main.text
    assert page.find("a", {"class": "term"}) is None


def test_the_page_explains_every_term_under_an_anchor_and_marks_nothing(reader):
    page = shown(reader, "/glossar/")
    assert page.h1.text == "Glossar"
    assert page.find("a", {"class": "term"}) is None
    terms = GlossaryTerm.objects.all()
    assert terms.count() >= 25
    for term in terms:
        title = page.find("dt", id=term.slug)
        assert title.text.replace("\u00ad", "").startswith(term.term)
        assert term.short in title.find_next_sibling("dd").text
    names = [title.text.replace("\u00ad", "").casefold() for title in page.find_all("dt")]
    assert names == sorted(names)
    links = [link["href"] for link in page.main.find_all("a", href=True)]
    assert [link for link in links if link.startswith("#") and not page.find(id=link[1:])] == []
    # The search and the archive answer whatever they are asked: one question for each will do.
    for link in {link.partition("?")[0]: link for link in links if not link.startswith("#")}.values():
        assert reader.get(link).status_code == 200, link
    searches = {link for link in links if link.startswith("/suche/")}
    assert searches == {f"/suche/?q={quote(term.term, safe='')}" for term in terms}


def test_umlauts_stand_where_germans_look_for_them(reader):
    GlossaryTerm.objects.create(term="Ältestenrat", slug="aeltestenrat", short="Ein Wort.")
    names = [title.text for title in shown(reader, "/glossar/").find(id="buchstabe-a").find_next("dl").find_all("dt")]
    assert names == ["Ältestenrat", "Antrag"]


def test_an_empty_glossary_says_so(reader):
    GlossaryTerm.objects.all().delete()
    assert "Begriffe liegen nicht vor." in shown(reader, "/glossar/").main.text
    assert links(reader.get("/aufgaben-und-ziele/").content.decode()) == []


def test_it_is_found_from_everywhere(reader):
    assert shown(reader, "/").footer.find("a", href="/glossar/")["href"] == "/glossar/"
    assert shown(reader, "/glossar/").footer.find("a", href="/glossar/")["aria-current"] == "page"
    assert "/glossar/</loc>" in reader.get("/sitemap.xml").content.decode()
    with pytest.raises(ValidationError, match="gehört einem anderen Teil"):
        Page.objects.get(depth=2).add_child(instance=StandardPage(title="Glossar", slug="glossar"))


@pytest.mark.audit
def test_more_terms_cost_no_more_queries():
    publish(ConferencePage.objects.get(number=12), ("", "<p>Wort1</p>"))
    addresses = ["/glossar/", "/aufgaben-und-ziele/", "/konferenzen/12/", "/konferenzen/13/"]
    before = {address: queries(address) for address in addresses}
    words = [GlossaryTerm(term=f"Wort{number}", slug=f"wort-{number}", short="Kurz.") for number in range(3)]
    for word in words:
        word.save()
        word.see_also.set(words[:1])
    assert {address: queries(address, before[address]) for address in addresses} == before
    GlossaryTerm.objects.all().delete()
    assert queries("/konferenzen/12/") == before["/konferenzen/12/"]


def test_mistakes_are_told_beside_the_field():
    term = GlossaryTerm.objects.get(slug="umlaufbeschluss")
    term.slug = "anders"
    with pytest.raises(ValidationError, match="Der Anker bleibt"):
        term.full_clean()
    with pytest.raises(ValidationError, match="Gehört schon zu einem anderen Begriff: TOP, Umlaufbeschlüsse"):
        GlossaryTerm(term="Neu", slug="neu", short="Kurz.", forms="TOP\n Umlaufbeschlüsse").full_clean()
    with pytest.raises(ValidationError) as caught:
        GlossaryTerm(term="Neu", slug="neu", short="x" * 301, archive_filter='"><b>').full_clean()
    assert set(caught.value.message_dict) == {"short", "archive_filter"}


def test_who_gets_the_chair_may_keep_it_and_who_loses_it_may_not(editor, account):
    add = reverse(GlossaryTerm.snippet_viewset.get_url_name("add"))
    form = {"term": "Prüfwort", "slug": "pruefwort", "forms": "", "is_marked": "on", "short": "Ein Wort.",
            "explanation": "null", "archive_filter": ""}  # fmt: skip
    editor.post(add, form)
    assert not GlossaryTerm.objects.filter(slug="pruefwort").exists()
    give_chair(account)
    assert editor.post(add, form).status_code == 302
    term = GlossaryTerm.objects.get(slug="pruefwort")
    edit = reverse(GlossaryTerm.snippet_viewset.get_url_name("edit"), args=[term.pk])
    assert editor.post(edit, form | {"short": "Geändert."}).status_code == 302
    take_chair(account)
    editor.post(edit, form | {"short": "Noch einmal."})
    editor.post(reverse(GlossaryTerm.snippet_viewset.get_url_name("delete"), args=[term.pk]))
    assert GlossaryTerm.objects.get(slug="pruefwort").short == "Geändert."


def test_what_people_changed_or_deleted_is_not_loaded_again():
    GlossaryTerm.objects.filter(slug="top").update(short="Anders.")
    GlossaryTerm.objects.get(slug="nip").delete()
    call_command("load_content", verbosity=0)
    assert GlossaryTerm.objects.get(slug="top").short == "Anders."
    assert not GlossaryTerm.objects.filter(slug="nip").exists()


def test_all_that_the_content_refers_to_is_there():
    rows = tomllib.loads(Path("intmk/content/glossary.toml").read_text(encoding="utf-8"))["term"]
    slugs = {row["slug"] for row in rows}
    assert {other for row in rows for other in row.get("see_also", [])} <= slugs
    assert GlossaryTerm.objects.get(slug="nip").see_also.count() == 3
