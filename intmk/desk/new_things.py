"""What can be begun from the start page: each button leads straight to its form, below the right page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from wagtail.images.permissions import permission_policy as image_permission_policy
from wagtail.models import Page

from conferences.models import ConferenceIndexPage, ConferencePage, ResolutionPage
from conferences.photos.views import may_add_photos
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User

# So long before a conference its resolutions are prepared; until then new ones belong to the one before.
RESOLUTIONS_BEGIN = timedelta(days=90)


PRESS_RELEASE = "Pressemitteilung"  # what is begun first


@dataclass(frozen=True)
class NewThing:
    """A button: what it begins, where, and the address of the form; `below` says what it will belong to."""

    name: str
    icon: str
    url: str
    below: str = ""


def new_things(user: User, conference: ConferencePage | None) -> list[NewThing]:
    """Return what the account may begin; one query and those of its rights.

    conference: that which a new resolution and new photos belong to, of `conference_of_resolutions`.
    """
    return [*new_pages(user, conference), *new_photos(user, conference)]


def new_pages(user: User, conference: ConferencePage | None) -> Iterator[NewThing]:
    """Yield what the account may begin below an existing page."""
    lists = ContentType.objects.get_for_models(ConferenceIndexPage, NewsIndexPage)
    found = Page.objects.filter(Q(content_type__in=lists.values()) | Q(pk=conference and conference.pk))
    parents = {page.content_type_id if page.pk != (conference and conference.pk) else None: page for page in found}
    kinds: list[tuple[str, str, type[Page], int | None]] = [
        ("Konferenz", "group", ConferencePage, lists[ConferenceIndexPage].pk),
        ("Beschluss", "doc-full", ResolutionPage, None),
        (PRESS_RELEASE, "doc-empty", NewsPage, lists[NewsIndexPage].pk),
    ]
    for name, icon, kind, key in kinds:
        parent = parents.get(key)
        if parent and parent.permissions_for_user(user).can_add_subpage():
            below = parent.title if kind is ResolutionPage else ""
            yield NewThing(name, icon, where_begun(kind, parent), below)


def where_begun(kind: type[Page], parent: Page) -> str:
    """Return the address of the form that begins a page of this kind."""
    if kind is ConferencePage:
        return reverse("new_conference", args=[parent.pk])
    return reverse("wagtailadmin_pages:add", args=[kind._meta.app_label, kind._meta.model_name, parent.pk])


def new_photos(user: User, conference: ConferencePage | None) -> Iterator[NewThing]:
    """Yield the way to the screen that takes many photos at once: for the conference, else for the library alone."""
    if conference and may_add_photos(user, conference):
        yield NewThing("Fotos", "image", reverse("conference_photos", args=[conference.pk]), conference.title)
    elif image_permission_policy.user_has_permission(user, "add"):
        yield NewThing("Fotos", "image", reverse("wagtailimages:add_multiple"))


def conference_of_resolutions(conferences: Sequence[ConferencePage], day: date) -> ConferencePage | None:
    """Return the one of these, which are in the order of their days, that a resolution of `day` belongs to.

    That is the next one once it is near, else the latest that was held.
    """
    held = [page for page in conferences if page.status == page.Status.HELD]
    near = [page for page in conferences if page.is_coming(day) and is_near(page, day)]
    return next(iter([*near, *reversed(held)]), None)


def is_near(page: ConferencePage, day: date) -> bool:
    """Say whether its resolutions are being prepared on `day`."""
    begins = page.period.earliest
    return begins is not None and not page.period.gap and begins - RESOLUTIONS_BEGIN <= day
