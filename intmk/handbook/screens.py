"""Which chapter of the handbook is about which screen of the admin."""

import re

from django.urls import reverse
from wagtail.models import Page

from intmk.language.interface_language import ENGLISH, PLAIN

NEWS = "eine-meldung-schreiben-fuer-spaeter-vormerken-besprechen"
WAY_AROUND = "sich-zurechtfinden"
# Slug of the chapter, and a fragment in it, by the beginning of the address below /admin/; the longest counts.
PLACES = {
    "": WAY_AROUND,
    "account/": "anmelden",
    "aufgehoben/": "wer-darf-was",
    "berichte/": "seiten-verschieben-umbenennen-loeschen#berichte",
    "berichte/konferenzen-mit-luecken/": "eine-konferenz-ankuendigen",
    "berichte/uebersetzungen/": "englische-seiten",
    "berichte/verweise-ins-leere/": "texte#verweise-nach-außen",
    "berichte/vorsitz-und-rechte/": "vorsitz-und-amtszeiten#wer-hat-was-geändert",
    "beschluesse-importieren/": "beschluesse-importieren",
    "documents/": "dokumente",
    "einladung/": "anmelden",
    "fotos/": "viele-fotos-auf-einmal-zu-einer-konferenz-bringen",
    "geplant/": NEWS,
    "gestaltung/": "texte",
    "groups/": "konten-nur-administration",
    "images/": "ein-gruppenfoto-auf-die-seite-einer-konferenz-bringen",
    "listen/": "seiten-verschieben-umbenennen-loeschen#listen",
    "login/": "anmelden",
    "pages/": "seiten-verschieben-umbenennen-loeschen",
    "pages/search/": "seiten-verschieben-umbenennen-loeschen#suchen",
    "papierkorb/": "seiten-verschieben-umbenennen-loeschen#der-papierkorb",
    "password_reset/": "anmelden",
    "probe/": "uebergabe#die-website-an-einem-tag-der-noch-kommt",
    "pruefung/": f"{NEWS}#die-prüfung",
    "redirects/": "kennungen-von-beschluessen-und-alte-adressen",
    "reports/": "vorsitz-und-amtszeiten#wer-hat-was-geändert",
    "settings/intmk/accessibilitystatement/": "erklaerung-zur-barrierefreiheit",
    "settings/intmk/sitenotice/": "ein-hinweis-auf-allen-seiten",
    "sitzungen/": "anmelden",
    "snippets/conferences/": "vorsitz-und-amtszeiten",
    "snippets/conferences/source/": "texte#quellen",
    "snippets/intmk/barrierreport/": "gemeldete-barrieren",
    "snippets/intmk/glossaryterm/": "glossar",
    "snippets/intmk/oldaddress/": "kennungen-von-beschluessen-und-alte-adressen",
    "snippets/intmk/searchsynonym/": "suche",
    "snippets/intmk/sitevideo/": "videos",
    "uebergabe/": "uebergabe",
    "uebersetzen/": "englische-seiten",
    "users/": "konten-nur-administration",
    "vorschaulinks/": NEWS,
    "vorschlaege/": "eine-aenderung-vorschlagen-ueber-einen-vorschlag-entscheiden",
    "vorschlag/": "eine-aenderung-vorschlagen-ueber-einen-vorschlag-entscheiden",
    "vorsitz-vorbereiten/": "uebergabe#das-land-das-den-vorsitz-übernimmt-vorher",
    "zwei-fassungen/": "seiten-verschieben-umbenennen-loeschen",
    "zweiter-faktor/": "anmelden#der-zweite-faktor",
}
TEXTS = "texte"
LANGUAGES = {ENGLISH: "englische-seiten", PLAIN: "leichte-sprache"}
PAGE_TYPES = {
    "chairpage": "vorsitz-und-amtszeiten",
    "conferencepage": "eine-konferenz-ankuendigen",
    "newspage": NEWS,
    "resolutionpage": "einen-beschluss-eintragen",
}
# Screens of one page that are not its form.
PLACES_OF_PAGES = {
    "bausteine": "texte#bausteine-einer-anderen-seite",
    "fotos": PLACES["fotos/"],
    "neue-konferenz": "eine-konferenz-ankuendigen",
    "tagesordnung": "eine-konferenz-ankuendigen#die-tagesordnung-als-tabelle",
}
FORM_OF_PAGE = re.compile(
    r"pages/(?:add/\w+/(?P<kind>\w+)/\d+|(?P<page>\d{1,9})/(?P<screen>edit|bausteine|fotos|neue-konferenz|tagesordnung))/"
)


def place_for(address: str) -> tuple[str, str]:
    """Return slug and fragment ("#…" or "") of what the handbook says of the screen; both empty for no screen of it."""
    admin = reverse("wagtailadmin_home")
    if not address.startswith(admin):
        return "", ""
    below = address.removeprefix(admin)
    place = of_page(below) or PLACES[max((start for start in PLACES if below.startswith(start)), key=len)]
    slug, _, anchor = place.partition("#")
    return slug, anchor and f"#{anchor}"


def of_page(below: str) -> str:
    """Return the place about the form of this page, "" for what is no form of one; at most one query."""
    form = FORM_OF_PAGE.match(below)
    if not form:
        return ""
    if place := PLACES_OF_PAGES.get(form["screen"]):
        return place
    kind, language = form["kind"], ""
    if form["page"]:
        page = Page.objects.filter(pk=form["page"]).values_list("content_type__model", "locale__language_code")
        kind, language = page.first() or ("", "")
    return LANGUAGES.get(language) or PAGE_TYPES.get(kind) or TEXTS
