"""Several people publish the same page at the same moment: its state is true, and nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.models import Page, Revision

from conferences.models import ConferencePage
from intmk.base.one_writer import pages_written, writing_alone
from intmk.users.models import User
from tests.editing import page_form, text_of

pytestmark = pytest.mark.usefixtures("own_database")
PEOPLE = 4


def browsers(number: int) -> list[Client]:
    clients = []
    for account in range(number):
        client = Client(HTTP_HOST="localhost", raise_request_exception=False)
        client.force_login(User.objects.create_superuser(f"gleichzeitig-{account}"))
        clients.append(client)
    return clients


def at_once(acts: list) -> list:
    """Call all at the same moment, each in a thread; return what they return."""
    ready = Barrier(len(acts), timeout=20)

    def act(what):
        try:
            ready.wait()
            return what()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def kept_venues(page: ConferencePage) -> set[str]:
    """The venues of all versions in the history of the page."""
    return {revision.content["venue"] for revision in Revision.page_revisions.filter(object_id=str(page.pk))}


def assert_state_is_true(page: ConferencePage) -> None:
    """What is said of the page is what holds for it."""
    page.refresh_from_db()
    if page.live:
        published = page.live_revision.as_object()
        assert (page.venue, page.title) == (published.venue, published.title)
    # Not of a withdrawn page: Wagtail lets its next draft name the version that was live.
    versions = Revision.page_revisions.filter(object_id=str(page.pk)).order_by("created_at", "pk")
    assert page.latest_revision == versions.last()
    if page.live:
        assert page.has_unpublished_changes == (page.latest_revision != page.live_revision)


@pytest.mark.audit
@pytest.mark.parametrize("round", range(6))
def test_whatever_is_done_at_once_the_state_is_true(own_database, round):
    page = ConferencePage.objects.get(number=12)
    page.save_revision().publish()
    edit, withdraw = (reverse(f"wagtailadmin_pages:{name}", args=[page.pk]) for name in ("edit", "unpublish"))
    clients = browsers(PEOPLE)
    sent = [page_form(client, page) | {"venue": f"Saal {n}"} for n, client in enumerate(clients)]
    for form in sent[:2]:
        form["action-publish"] = "1"
    acts = [lambda c=c, f=f: c.post(edit, f) for c, f in zip(clients[:3], sent[:3], strict=True)]
    if round % 2:
        acts.append(lambda: clients[3].post(withdraw))
    answers = at_once(acts)
    assert {answer.status_code for answer in answers} == {302}
    assert_state_is_true(page)
    assert {f"Saal {number}" for number in range(3)} <= kept_venues(page)


def test_whoever_publishes_at_once_all_is_kept_and_the_state_is_that_of_one(own_database):
    page = ConferencePage.objects.get(number=12)
    page.save_revision().publish()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    clients = browsers(2)
    forms = [page_form(client, page) | {"venue": f"Saal {number}"} for number, client in enumerate(clients)]
    for form in forms:
        form["action-publish"] = "1"
    answers = at_once([lambda c=c, f=f: c.post(address, f) for c, f in zip(clients, forms, strict=True)])
    kept = kept_venues(page)
    for number, answer in enumerate(answers):
        assert answer.status_code in (200, 302)
        assert f"Saal {number}" in kept or f"Saal {number}" in answer.content.decode(), text_of(answer)
    assert_state_is_true(page)
    assert Page.objects.get(pk=page.pk).live


def test_publishing_and_withdrawing_at_once_leave_one_of_both(own_database):
    page = ConferencePage.objects.get(number=12)
    page.save_revision().publish()
    edit, withdraw = (reverse(f"wagtailadmin_pages:{name}", args=[page.pk]) for name in ("edit", "unpublish"))
    first, second = browsers(2)
    form = page_form(first, page) | {"venue": "Saal X", "action-publish": "1"}
    answers = at_once([lambda: first.post(edit, form), lambda: second.post(withdraw)])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert_state_is_true(page)
    assert "Saal X" in kept_venues(page)


def test_who_saves_a_page_waits_for_whoever_writes_it_and_for_nobody_else(own_database):
    page, other = ConferencePage.objects.get(number=12), ConferencePage.objects.get(number=11)
    [client] = browsers(1)
    sent = {each: page_form(client, each) | {"venue": "Neuer Saal"} for each in (page, other)}

    def save(each: ConferencePage) -> int:
        try:
            return client.post(reverse("wagtailadmin_pages:edit", args=[each.pk]), sent[each]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with writing_alone([page.pk]):
            assert pool.submit(save, other).result(20) == 302
            waiting = pool.submit(save, page)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
            assert "Neuer Saal" not in kept_venues(page)
        assert waiting.result(20) == 302
    assert "Neuer Saal" in kept_venues(page)


@pytest.mark.parametrize(
    ("method", "address", "pages"),
    [
        ("post", "/admin/pages/12/edit/", [12]),
        ("post", "/admin/zwei-fassungen/7/", [7]),
        ("post", "/admin/bulk/wagtailcore/page/publish/?id=9&id=3&id=9&id=x", [3, 9]),
        ("post", "/admin/pages/99999999999/edit/", []),
        ("post", "/admin/images/12/", []),
        ("get", "/admin/pages/12/edit/", []),
    ],
)
def test_which_pages_a_request_writes_says_its_address(method, address, pages):
    assert pages_written(getattr(RequestFactory(), method)(address)) == pages
