"""/glossar/: all terms with their explanations; and their list in the admin."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.snippets.views.snippets import SnippetViewSet

from conferences.models.resolution_queryset import title_sort_key
from intmk.base.glossary import GlossaryTerm, writings
from intmk.base.text_page import expanded_together
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.users.choosers import EntitledChooserViewSet


class GlossaryPage(ViewPage):
    """The page, which the footer marks as the one that is open."""

    is_glossary = True


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show all terms.

    Context: page; letters, a list of (letter, terms), each term with `html`, its longer explanation, and
    `abbreviations`, its forms in capitals.
    """
    terms = sorted(GlossaryTerm.objects.prefetch_related("see_also"), key=lambda term: title_sort_key(term.term))
    for term, html in zip(terms, expanded_together([term.explanation for term in terms]), strict=True):
        term.html = html
        term.abbreviations = [word for word in writings("", term.forms) if word.isupper()]
    page = GlossaryPage(
        title=VIEWS["glossary"].heading,
        full_url=full_url(request, reverse("glossary")),
        description="Was die Wörter bedeuten, die in Beschlüssen und Niederschriften der Integrationsministerkonferenz "
        "vorkommen.",
    )
    letters = [
        (letter, list(group))
        for letter, group in groupby(terms, key=lambda term: title_sort_key(term.term)[:1].upper())
    ]
    return render(request, "intmk/pages/glossary.html", {"page": page, "letters": letters})


class GlossaryTermViewSet(SnippetViewSet):
    """Terms of the glossary in the admin."""

    model = GlossaryTerm
    icon = "openquote"
    menu_label = "Glossar"
    menu_order = 690
    add_to_admin_menu = True
    list_display = ["term", "short"]
    list_per_page = 50
    chooser_viewset_class = EntitledChooserViewSet
