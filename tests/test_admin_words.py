"""No screen of the admin says an English word: all that links lead to, as each of the three kinds of account."""

import html
import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page

from conferences.terms.rights import update_publishing_rights
from intmk.users.models import User
from tests.admin_words import foreign_texts, shown_texts
from tests.browser_pages import create
from tests.editing import give_chair

pytestmark = [pytest.mark.django_db, pytest.mark.audit]

# No screens: what ends a session, files, answers to scripts, pages of the site itself, and parts of lists.
NO_SCREEN = re.compile(
    r"/logout|/jsi18n|export=|/gestaltung/|/editing-sessions/|/lock/|/unlock/|/set_position|/admin/probe/.|/preview/|"
    r"/block-preview|/view_draft|/revisions/|/vorschlag/|/admin/video/|/fotos/|/results/|/sprite|/admin/api/"
)
# What is English on purpose.
EXEMPT = re.compile(
    r"/searchsynonym/"  # what readers type, in English, too
    r"|/admin/groups/"  # the names of rights, which Django writes into the database; for administrators
    r"|/admin/sites/"  # columns that have no name but that of their field; for administrators
    r"|/admin/workflows/(?:add|edit)/"  # one label, of which Wagtail leaves no text to translate; for administrators
)
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]+)"|"(/admin/[^"\\ ]*)"')


@pytest.fixture
def english_titles() -> list[str]:
    """The titles of English pages, longest first, which the lists show as they are."""
    titles = Page.objects.filter(locale__language_code="en").values_list("title", flat=True)
    return sorted(titles, key=len, reverse=True)


@pytest.mark.parametrize("role", ["administrator", "chair", "land"])
def test_no_screen_says_an_english_word(role, english_titles):
    create()
    browser = signed_in_as(role)
    found, visited = {}, 0
    waiting, met = ["/admin/"], {("", "")}
    while waiting:
        address = waiting.pop(0)
        answer = browser.get(address)
        if answer.status_code in (301, 302):
            links = [answer["Location"]]
        elif answer.status_code == 200 and "html" in answer["Content-Type"]:
            content = answer.content.decode()
            visited += 1
            links = [html.unescape(page or quoted) for page, quoted in LINK.findall(content)]
            texts = [] if EXEMPT.search(address) else foreign_texts(shown_texts(content), english_titles)
            found |= {text: address for text in texts if text not in found}
        else:
            continue
        for link in links:
            target = address_of(urljoin(address, link))
            if target and (kind := kind_of(target, role)) not in met:
                met.add(kind)
                waiting.append(target)
    print(f"{role}: {visited} Seiten")
    assert visited > 40
    assert not found, "\n".join(f"{address}: {text}" for text, address in found.items())


def signed_in_as(role: str) -> Client:
    """Return a browser with a new account of this kind."""
    user = User.objects.create_user(role, password="x", land_code="DE-BW", is_superuser=role == "administrator")
    if role != "administrator":
        user.groups.add(Group.objects.get(name="Länder"))
    if role == "chair":
        give_chair(user)
    update_publishing_rights()
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(user)
    return browser


def address_of(link: str) -> str:
    """Return where a link leads, "" if that is no screen; what works on several of a kind gets one of them."""
    path = urlsplit(link).path
    if not path.startswith("/admin/") or NO_SCREEN.search(link):
        return ""
    if several := re.fullmatch(r"/admin/bulk/(\w+)/(\w+)/\w+/", path):
        one = apps.get_model(*several.groups()).objects.order_by("-pk").values_list("pk", flat=True).first()
        return f"{path}?id={one}" if one else ""
    return link.partition("#")[0]


def kind_of(address: str, role: str) -> tuple[str, str]:
    """Return what one address of a kind stands for; the administrator sees the form of each type of page."""
    path = urlsplit(address).path
    page = re.fullmatch(r"/admin/pages/(\d+)/edit/", path)
    if not page:
        return re.sub(r"\d+", "N", path), ""
    record = Page.objects.select_related("locale").get(pk=page[1])
    if record.locale.language_code == "en":
        return "", ""
    return "edit", record.specific_class.__name__ if role == "administrator" else ""
