"""Two people bring the same thing back at once: really committed, in connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.trash.models import TrashedItem
from intmk.users.models import User
from tests.editing import text_of

pytestmark = pytest.mark.usefixtures("own_database")


def test_of_two_who_press_at_once_one_brings_it_back_and_the_other_is_told():
    browsers = []
    for name in ("zwei-eins", "zwei-zwei"):
        browsers.append(Client(HTTP_HOST="localhost"))
        browsers[-1].force_login(User.objects.create_superuser(name))
    page = NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Zweimal zurück"))
    browsers[0].post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    item = TrashedItem.objects.get()
    both_ready = Barrier(2, timeout=20)

    def press_together(client: Client) -> str:
        try:
            both_ready.wait()
            return text_of(client.post(reverse("restore_from_trash"), {"item": item.pk}, follow=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press_together, browsers))
    assert sorted("„Zweimal zurück“ ist wieder da." in answer for answer in answers) == [False, True]
    assert sorted("Das liegt nicht mehr im Papierkorb" in answer for answer in answers) == [False, True]
    assert NewsPage.objects.filter(pk=page.pk).count() == 1
    assert Page.find_problems() == ([], [], [], [], [])
