"""Random steps of a site's life, after which every address that ever was public still answers."""

import random
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from wagtail.models import Page, Revision

from conferences.models import ConferenceIndexPage, ConferencePage, ResolutionPage, Theme
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from tests.test_documents import document

pytestmark = pytest.mark.django_db


class Life:
    """A site whose pages are created, renamed, moved, taken back, deleted and restored at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.public: set[str] = set()
        self.refused = 0
        for number in (201, 202, 203):
            self.create_conference(number)

    def create_conference(self, number: int) -> None:
        index = ConferenceIndexPage.objects.get()
        index.add_child(instance=ConferencePage(title=f"{number}. Konferenz", number=number, first_day="2001-01-01"))

    def pages(self) -> list[Page]:
        pages = Page.objects.type(ConferencePage, ResolutionPage, NewsPage, StandardPage)
        return list(pages.exclude(url_path__regex=r"/konferenzen/\d{1,2}/").filter(depth__gt=2))

    def create(self) -> None:
        parents = [page for page in self.pages() if page.specific_class is ConferencePage]
        kind = self.random.choice([ResolutionPage, ResolutionPage, ConferencePage, NewsPage, StandardPage])
        live = self.random.random() < 0.7
        word = f"wort-{self.random.randint(1, 12)}"
        if kind is ConferencePage or not parents:
            self.create_conference(self.random.randint(200, 215))
        elif kind is ResolutionPage:
            parent = self.random.choice(parents).specific
            item = f"1.{self.random.randint(1, 9)}" if live and self.random.random() < 0.5 else ""
            page = ResolutionPage(title=f"Beschluss {word}", item=item, conference=parent, source="official", live=live)
            parent.add_child(instance=page)
        else:
            parent = NewsIndexPage.objects.get() if kind is NewsPage else HomePage.objects.get()
            parent.add_child(instance=kind(title=word, slug=word, live=live))

    def rename(self, page: Page) -> None:
        if isinstance(page, ConferencePage):
            page.number = self.random.randint(200, 215)
        elif isinstance(page, ResolutionPage):
            page.item = f"1.{self.random.randint(1, 9)}"
        else:
            page.slug = f"wort-{self.random.randint(1, 12)}"
        page.full_clean()
        revision = page.save_revision()
        if page.live:
            revision.publish()
        else:  # as Wagtail's editor does with a draft of a page that is not public
            page.save()

    def move(self, page: Page) -> None:
        targets = {ResolutionPage: ConferencePage.objects.filter(number__gt=199), StandardPage: StandardPage.objects}
        possible = [each for each in targets.get(type(page), Page.objects.none()).all() if page.can_move_to(each)]
        possible = [each for each in possible if not each.path.startswith(page.path)]
        target = self.random.choice([*possible, page.get_parent()])
        if not target.get_children().filter(slug=page.slug).exclude(pk=page.pk).exists():
            page.move(target, "last-child")

    def publish(self, page: Page) -> None:
        page.save_revision().publish()

    def unpublish(self, page: Page) -> None:
        page.unpublish()

    def delete(self, page: Page) -> None:
        page.delete()

    def restore(self, page: Page) -> None:
        revisions = list(Revision.objects.for_instance(page))
        if revisions:
            self.random.choice(revisions).as_object().save_revision().publish()

    def step(self) -> None:
        """Do one thing at random; what the site refuses is a step without effect."""
        acts = [self.rename, self.rename, self.move, self.publish, self.unpublish, self.restore, self.delete]
        act = self.random.choice([self.create, self.create, *acts])
        try:
            with transaction.atomic():
                act() if act == self.create else act(self.random.choice(self.pages()).specific)
        except ValidationError:
            self.refused += 1

    def remember(self) -> None:
        """Note what is public now, by asking the tree, not the table that is tested."""
        for url_path in Page.objects.live().filter(depth__gt=2).values_list("url_path", flat=True):
            self.public.add("/" + url_path.split("/", 2)[2])
        for url_path, item, slug in ResolutionPage.objects.live().values_list("url_path", "item", "slug"):
            self.public.add(f"/id/beschluss/{url_path.split('/')[-3]}/{item or slug}")


def lived(life: Life, steps: int, callbacks) -> dict[str, HttpResponse]:
    """Let it live; return what every address answers that was public since, or before and is not as it was."""
    before = public_pages()
    for _ in range(steps):
        with callbacks(execute=True):
            life.step()
        life.remember()
    untouched = {address for address, page in public_pages().items() if before.get(address) == page}
    reader = Client(HTTP_HOST="localhost")
    answers = {address: reader.get(address) for address in sorted(life.public - untouched)}
    for address, first in answers.items():
        assert first.status_code in (200, 301, 303, 410), (address, first.status_code)
        if first.status_code in (301, 303) and first["Location"] not in untouched:
            assert answers[first["Location"]].status_code == 200, (address, first["Location"])
    return answers


def public_pages() -> dict[str, tuple]:
    """Return the pages that are public now by their addresses, as they are."""
    pages = Page.objects.live().filter(depth__gt=2).values_list("url_path", "pk", "latest_revision", "title")
    return {"/" + url_path.split("/", 2)[2]: page for url_path, *page in pages}


@pytest.mark.audit
def test_every_address_ever_public_answers_after_some_steps_of_each_day(django_capture_on_commit_callbacks):
    seed = date.today().toordinal()
    print(f"Life(seed={seed})")  # pytest shows it when the test fails
    assert lived(Life(seed), 25, django_capture_on_commit_callbacks)


@pytest.mark.audit
def test_every_address_ever_public_answers_after_two_hundred_steps(django_capture_on_commit_callbacks):
    life = Life(seed=4)
    answers = lived(life, 200, django_capture_on_commit_callbacks)
    assert len(life.public) > 100
    assert life.refused < 100
    assert {first.status_code for first in answers.values()} == {200, 301, 303, 410}


def test_a_renamed_theme_leads_to_its_new_address_and_the_archive_still_knows_the_old_one(client):
    theme = Theme.objects.create(name="Prüffeld", slug="pruef-alt")
    theme.slug = "pruef-neu"
    theme.save()
    answer = client.get("/themen/pruef-alt/?seite=2")
    assert (answer.status_code, answer["Location"]) == (301, "/themen/pruef-neu/?seite=2")
    assert "gibt es nicht" not in client.get("/beschluesse/?thema=pruef-alt").content.decode()
    assert "gibt es nicht" in client.get("/beschluesse/?thema=pruef-nie").content.decode()


def test_an_address_given_back_belongs_to_its_new_theme(client):
    first = Theme.objects.create(name="Erstes Feld", slug="pruef-alt")
    first.slug = "pruef-neu"
    first.save()
    Theme.objects.create(name="Zweites Feld", slug="pruef-alt").delete()
    answer = client.get("/themen/pruef-alt/")
    assert answer.status_code == 410
    assert "Zweites Feld" in answer.content.decode()
    assert client.get("/themen/pruef-neu/").status_code == 200


def test_all_addresses_of_a_deleted_theme_say_what_stood_there(client):
    theme = Theme.objects.create(name="Prüffeld", slug="pruef-alt")
    theme.slug = "pruef-neu"
    theme.save()
    theme.delete()
    for slug in ("pruef-alt", "pruef-neu"):
        answer = client.get(f"/themen/{slug}/")
        assert answer.status_code == 410
        assert "Prüffeld" in answer.content.decode()
        assert "Dieses Handlungsfeld gibt es nicht mehr" in answer.content.decode()


@pytest.mark.parametrize(("released", "status"), [(True, 410), (False, 404)])
def test_a_deleted_document_is_remembered_only_if_readers_could_reach_it(client, settings, tmp_path, released, status):
    settings.MEDIA_ROOT = tmp_path
    found = document(title="Geprüftes Papier", released=released)
    address = f"/dokumente/{found.pk}/{found.filename}"
    found.delete()
    answer = client.get(address)
    assert answer.status_code == status
    assert ("Geprüftes Papier" in answer.content.decode()) is released
    assert ("Dieses Dokument gibt es nicht mehr" in answer.content.decode()) is released
