"""What somebody typed is never a formula in a file that somebody else opens with a spreadsheet."""

import csv
import io

import pytest
from django.http import StreamingHttpResponse
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Workflow

from conferences.models import ConferencePage, Land
from intmk.base.tables import NUMBER, harmless
from intmk.pages.models import StandardPage
from intmk.users.models import User

FORMULA = '=HYPERLINK("http://x.example";"y")'


@pytest.mark.parametrize(
    "cell",
    [
        FORMULA,
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\rwort",
        " =1",
        "\u00a0=1",
        '"=1"',
        "'=1",
        "\ufeff=1",
        "\u200b=1",
        "\u202e=1",
        "＝1+1",
        "＋1",
        "－a",
        "＠a",
    ],
)
def test_a_cell_that_would_be_calculated_gets_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+3,5", "-1.000,00", "12 %", "16.03.2017", "06131 16-0", "", "a=b", "„Titel“"])
def test_numbers_days_and_words_stay_as_they_are(cell):
    assert harmless(cell) == cell


@pytest.mark.parametrize("border", [";", ",", "\n", "\t", ";;"])
def test_what_another_spreadsheet_would_take_for_the_next_cell_is_guarded_too(border):
    assert harmless(f"Titel{border}=1+1") == f"Titel{border}'=1+1"


@given(st.text())
def test_no_cell_begins_with_a_sign_of_calculation(text):
    made = harmless(text)
    assert NUMBER.fullmatch(made) or not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert harmless(made) == made or "'" in made


def exports() -> list[str]:
    """The addresses of all views of the admin that can export, which need nothing but their address."""
    found = []

    def walk(patterns, namespaces: tuple[str, ...]) -> None:
        for each in patterns:
            if isinstance(each, URLResolver):
                walk(each.url_patterns, (*namespaces, each.namespace) if each.namespace else namespaces)
            elif issubclass(getattr(each.callback, "view_class", object), SpreadsheetExportMixin) and each.name:
                try:
                    found.append(reverse(":".join([*namespaces, each.name])))
                except NoReverseMatch:
                    continue

    walk(get_resolver().url_patterns, ())
    return sorted({address for address in found if address.startswith("/admin/")})


def cells_of(response: StreamingHttpResponse, kind: str) -> list:
    content = b"".join(response.streaming_content)
    if kind == "csv":
        return [cell for row in csv.reader(io.StringIO(content.decode(), newline="")) for cell in row]
    sheet = load_workbook(io.BytesIO(content)).active
    return [cell for row in sheet.iter_rows() for cell in row]


@pytest.mark.slow("fetches every export of the admin")
@pytest.mark.django_db
def test_no_export_of_the_admin_holds_a_formula(client):
    """A draft, its approval, its lock, a redirect, an account and a Land are all called like a formula."""
    chief = User.objects.create_superuser("chefin", "chefin@example.org", "ein langes Passwort 1", first_name=FORMULA)
    client.force_login(chief)
    page = StandardPage.objects.get(slug="kontakt")
    page.title = page.seo_title = FORMULA
    page.save_revision(user=chief, log_action=True).publish()
    page.locked, page.locked_by = True, chief
    page.save()
    draft = ConferencePage.objects.get(number=12)
    draft.title = FORMULA
    draft.save_revision(user=chief, log_action=True)
    Workflow.objects.first().start(draft, chief)
    Redirect.objects.create(old_path="/=1", redirect_link=FORMULA)
    Land.objects.filter(code="DE-BY").update(name=FORMULA)
    addresses = exports()
    assert len(addresses) > 15
    titled = set()
    for address in addresses:
        if not (cells := cells_of_export(client, address, "csv")):
            continue  # a page without an export
        for cell in cells:
            assert not cell.startswith(("=", "+", "-", "@")) or NUMBER.fullmatch(cell), (address, cell)
            titled |= {address} if FORMULA in cell else set()
        for cell in cells_of_export(client, address, "xlsx"):
            assert cell.data_type != "f", (address, cell.value)
    assert len(titled) >= 5, titled


def cells_of_export(client, address: str, kind: str) -> list:
    response = client.get(address, {"export": kind})
    is_file = "attachment" in response.get("Content-Disposition", "")
    return cells_of(response, kind) if is_file else []
