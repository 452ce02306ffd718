"""A telephone number leads to the telephone that its text names, or to none."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conferences.models import Land
from intmk.accessibility.forms import BarrierForm
from intmk.language.phone_numbers import NO_NUMBER, phone_in
from tests.editing import soup_of

TABLE = [
    ("+49 (0)6131 16-0", "+496131160", "+49 (0)6131 16-0"),
    ("06131 16-0 oder -100", "+496131160", "06131 16-0"),
    ("06131/16-0, Fax -99", "+496131160", "06131/16-0"),
    ("+49 6131 16-0", "+496131160", "+49 6131 16-0"),
    ("+496131160", "+496131160", "+496131160"),
    ("+49(0)6131/16-0", "+496131160", "+49(0)6131/16-0"),
    ("+49 (0) 61 31 / 16 - 0", "+496131160", "+49 (0) 61 31 / 16 - 0"),
    ("+49 06131 16-0", "+496131160", "+49 06131 16-0"),
    ("+49 (06131) 16-0", "+496131160", "+49 (06131) 16-0"),
    ("(+49) 6131 16-0", "+496131160", "(+49) 6131 16-0"),
    ("0049 6131 16-0", "+496131160", "0049 6131 16-0"),
    ("0049 (0)6131 16-0", "+496131160", "0049 (0)6131 16-0"),
    ("(06131) 16-0", "+496131160", "(06131) 16-0"),
    ("(0 61 31) 16-0", "+496131160", "(0 61 31) 16-0"),
    ("06131 16-0/-100", "+496131160", "06131 16-0"),
    ("06131 16-0/100", "+496131160", "06131 16-0"),
    ("06131 16-0 / 06131 16-100", "+496131160", "06131 16-0"),
    ("06131 16-0 06131 16-100", "+496131160", "06131 16-0"),
    ("06131 16-0; 06131 16-100", "+496131160", "06131 16-0"),
    ("06131 16-0 und 16-100", "+496131160", "06131 16-0"),
    ("06131  16-0", "+496131160", "06131  16-0"),
    ("06131 16-0-100", "+496131160", "06131 16-0"),
    ("06131 16 - 0–100", "+496131160", "06131 16 - 0"),
    ("(+49 6131) 16-0", "+496131160", "(+49 6131) 16-0"),
    ("+49 (0) (6131) 16-0", "+496131160", "+49 (0) (6131) 16-0"),
    ("F: 06131 16-99 T: 06131 16-0", "+496131160", "06131 16-0"),
    ("06131 16-0 – 100", "+496131160", "06131 16-0"),
    ("06131 16-0\n06131 16-100", "+496131160", "06131 16-0"),
    ("06131 16-0 (9-12 Uhr)", "+496131160", "06131 16-0"),
    ("Mo–Fr 9–12 Uhr: 06131 16-0", "+496131160", "06131 16-0"),
    ("Fax 06131 16-99, Tel. 06131 16-0", "+496131160", "06131 16-0"),
    ("Tel.: 06131 16-0 (Zentrale)", "+496131160", "06131 16-0"),
    ("06131\u00a016\u20110", "+496131160", "06131\u00a016\u20110"),
    ("+49\u202f6131\u200916\u20130", "+496131160", "+49\u202f6131\u200916\u20130"),
    ("＋４９ 6131 160", "+496131160", "＋４９ 6131 160"),
    ("0151 23456789", "+4915123456789", "0151 23456789"),
    ("0151/234 567 89", "+4915123456789", "0151/234 567 89"),
    ("030 18 681-0", "+4930186810", "030 18 681-0"),
    ("0800 1234567", "+498001234567", "0800 1234567"),
    ("0800-123 45 67", "+498001234567", "0800-123 45 67"),
    ("+43 1 53115-0", "+431531150", "+43 1 53115-0"),
    ("+39 06 6982", "+39066982", "+39 06 6982"),
    ("+1 (202) 456-1111", "+12024561111", "+1 (202) 456-1111"),
    ("0033 1 42 75 80 00", "+33142758000", "0033 1 42 75 80 00"),
    ("115", "115", "115"),
    ("116 117", "116117", "116 117"),
]


@pytest.mark.parametrize(("text", "dialled", "shown"), TABLE)
def test_a_number_is_dialled_as_its_text_says(text, dialled, shown):
    phone = phone_in(text)
    assert (phone.link, phone.shown) == (f"tel:{dialled}", shown)
    assert phone.before + phone.shown + phone.after == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "liegt nicht vor",
        "16-0",
        "6131 160",
        "Fax 06131 16-99",
        "0800 INTEGRATION",
        "06131 16-O",
        "06131 16x0",
        "0800 123 HILFE",
        "9-12 Uhr",
        "08.00-12.00 Uhr",
        "+",
        "+49",
        "0",
        "+49 6131 1234567890123456",
    ],
)
def test_what_is_no_complete_number_leads_nowhere(text):
    assert phone_in(text).link == ""


@given(st.text(alphabet="0123456789 +-/().,;\n\u00a0\u2011٣oderFax", max_size=40))
def test_no_text_is_lost_and_a_link_holds_nothing_but_a_number(text):
    phone = phone_in(text)
    assert phone.before + phone.shown + phone.after == text
    digits = phone.link.removeprefix("tel:").removeprefix("+")
    assert phone.link == "" or (digits.isascii() and digits.isdecimal() and len(digits) <= 15)


def save(chair: Client, land: Land, phone: str):
    """Type the number into the form of the Land, and send it as the browser would."""
    address = reverse(Land.snippet_viewset.get_url_name("edit"), args=[land.pk])
    form = soup_of(chair.get(address)).find("form", {"action": address})
    data = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    data |= {field["name"]: field.text for field in form.find_all("textarea")}
    return chair.post(address, data | {"secretariat_phone": phone})


@pytest.mark.django_db
def test_a_number_that_was_typed_is_a_link_on_the_page_of_contact_and_of_the_land(chair, account):
    land = Land.objects.get(code=account.land_code)
    assert save(chair, land, "06131 16-0 oder -100").status_code == 302
    reader = Client(HTTP_HOST="localhost")
    for address in ("/kontakt/", "/impressum/", land.get_absolute_url()):
        link = soup_of(reader.get(address)).main.find("a", href=lambda href: href.startswith("tel:"))
        assert (link["href"], link.text) == ("tel:+496131160", "06131 16-0")
        assert " ".join(link.parent.text.split()) == "06131 16-0 oder -100"


@pytest.mark.django_db
def test_a_number_that_nobody_can_call_is_refused_beside_its_field(chair, account):
    land = Land.objects.get(code=account.land_code)
    response = save(chair, land, "Durchwahl 16-0")
    assert response.status_code == 200
    assert NO_NUMBER in response.context["form"].errors["secretariat_phone"]


@pytest.mark.django_db
def test_an_older_text_without_a_number_stays_readable_and_is_no_link():
    Land.objects.update(secretariat_phone="Durchwahl 16-0")
    main = soup_of(Client(HTTP_HOST="localhost").get("/kontakt/")).main
    assert "Durchwahl 16-0" in main.text
    assert main.find("a", href=lambda href: href.startswith("tel:")) is None


def test_a_reader_may_paste_a_number_with_the_signs_of_a_word_processor():
    form = BarrierForm({"text": "Text", "phone": "+49\u00a06131\u202f16\u20110"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == "+49 6131 16-0"
