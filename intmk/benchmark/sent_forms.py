"""What a browser sends of the form of a page, without one: for the benchmark, and for tests."""

from bs4 import BeautifulSoup, Tag
from wagtail.fields import StreamField
from wagtail.models import Page, PageSubscription
from wagtail.test.utils.form_data import nested_form_data, streamfield

from intmk.users.models import User


def fields_of(form: BeautifulSoup | Tag) -> dict[str, object]:
    """Return what a browser without script would send of HTML that holds the fields, with the values it shows."""
    data: dict[str, object] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name") or ""), field.get("type", "")
        if not name or kind in ("submit", "file") or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = [option["value"] for option in field.find_all("option") if option.has_attr("selected")]
            data[name] = chosen if field.has_attr("multiple") else (chosen or [""])[0]
        else:
            data[name] = field.text.removeprefix("\n") if field.name == "textarea" else field.get("value", "")
    return data


def drawn_form(page: Page, parent: Page, account: User) -> dict[str, object]:
    """Draw each field of the form that the account gets for the page, and return what they send.

    Its streams, which script makes, are sent empty.
    """
    made = page.get_edit_handler().get_form_class()
    subscription = PageSubscription(page=page, user=account)
    form = made(instance=page, subscription=subscription, parent_page=parent, for_user=account)
    formsets = [rows for name, rows in form.formsets.items() if name != "comments"]  # script makes them
    forms = [form, *(part for rows in formsets for part in (rows.management_form, *rows.forms))]
    streams = {field.name: streamfield([]) for field in page._meta.get_fields() if isinstance(field, StreamField)}
    drawn = (str(field) for part in forms for field in part if field.name not in streams)
    return {"next": ""} | fields_of(BeautifulSoup("".join(drawn), "html.parser")) | nested_form_data(streams)
