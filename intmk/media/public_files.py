"""Which pictures, documents and videos are public: the one question that addresses, search and editors ask.

A file is public while something that readers can see shows it, or when an editor has ticked so; never when it is
withheld, still a Land's own proposal, or in a collection that is not public. What counts is what is live: Wagtail's
index of references follows the stored rows of a page, and what is a draft stands in its revisions only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, Self

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction, ReferenceIndex, get_page_models

from intmk.media.files import within_reach_of_the_laender

MOST_NAMED = 3  # pages that the editor is told of by title

# Makes the address of a file, of its kind and key, for somebody who may get what readers do not get; None for readers.
private_address: ContextVar[Callable[[str, int], str] | None] = ContextVar("private_address", default=None)


def editors_address(kind: str, pk: int) -> str:
    """Return the address below /admin/ of a "bild", "dokument" or "video"."""
    return reverse("video_for_editors", args=[pk]) if kind == "video" else reverse("proposed_file", args=[kind, pk])


class EditorsAddressesMiddleware:
    """Lets files bear the address for editors within the admin, also in a preview, which Wagtail makes in there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        token = private_address.set(editors_address)
        try:
            return self.get_response(request)
        finally:
            private_address.reset(token)


class PublicFileQuerySet(QuerySet):
    """Mixin: files by who gets them. They have a field `released`, and some have `withheld` or a collection."""

    def public(self) -> Self:
        """Return those that readers get."""
        return self.not_kept_back().filter(Q(released=True) | Exists(public_references_to(self.model)))

    def not_kept_back(self) -> Self:
        """Return those that readers get as soon as they are shown or ticked."""
        fields = {field.name for field in self.model._meta.get_fields()}
        found = self.all()
        if "withheld" in fields:
            found = found.filter(withheld=False)
        if "collection" in fields:
            found = found.exclude(within_reach_of_the_laender()).exclude(
                begins_with_any("collection__path", CollectionViewRestriction.objects.values("collection__path"))
            )
        return found

    def shown(self) -> Self:
        """Return those that something public shows, were they not kept back."""
        return self.filter(Exists(public_references_to(self.model)))


def public_references_to(model: type[Model]) -> QuerySet[ReferenceIndex]:
    """Return the references from what readers see to the file of the outer query."""
    return public_references(model).filter(to_object_id=Cast(OuterRef("pk"), CharField()))


def public_references(model: type[Model]) -> QuerySet[ReferenceIndex]:
    """Return the references from what readers see to files of this model.

    What is no page and shows a file (a term of office, an old address) is public as it stands; a video is when readers
    get it. Of a page some texts may not be shown (SitePage.unseen_references).
    """
    video: Any = apps.get_model("intmk", "SiteVideo")
    page_type, video_type = (ContentType.objects.get_for_model(source) for source in (Page, video))
    # A case, since the keys of other types need not be numbers; the page's own key stays as it is for its index.
    source = Case(When(base_content_type__in=[page_type, video_type], then=Cast("object_id", BigIntegerField())))
    shown: Any = ~Q(base_content_type__in=[page_type, video_type])
    shown |= Q(base_content_type=page_type) & Exists(public_pages().filter(pk=OuterRef("source")))
    if model is not video:
        shown |= Q(base_content_type=video_type) & Exists(video.objects.public().filter(pk=OuterRef("source")))
    references = ReferenceIndex.objects.alias(source=source).filter(
        shown, to_content_type=ContentType.objects.get_for_model(model)
    )
    for page_model in get_page_models():
        unseen = getattr(page_model, "unseen_references", None)
        if unseen and (condition := unseen()):
            references = references.exclude(Q(base_content_type=page_type) & condition)
    return references


def public_pages() -> QuerySet[Page]:
    """Return the pages that readers see, as part of another query."""
    return Page.objects.live().exclude(is_private("path"))


def is_private(path: str) -> Func:
    """Return the condition that a restriction lies on the page of which the query has `path`, or on one above it."""
    return begins_with_any(path, PageViewRestriction.objects.values("page__path"))


def begins_with_any(path: str, beginnings: QuerySet) -> Func:
    """Return the condition that the text `path` begins with one of `beginnings`, a column of another query."""
    # That query does not look at the outer one, so PostgreSQL asks it once, whatever it reckons. Joined or as EXISTS
    # it was asked anew for each row: nobody counts the rows of an empty table, so it is taken for a large one.
    # Not Wagtail's public(): it asks the database each time, and a search has many parts.
    return Func(
        F(path),
        ArraySubquery(beginnings),
        template="(%(expressions)s))",
        arg_joiner=" ^@ ANY(",
        output_field=BooleanField(),
    )


def standings(files: Iterable[Any]) -> dict[int, str]:
    """Return in a sentence for editors, by the key of each of these files of one model, whether it is public and why.

    Five queries, however many files there are.
    """
    by_key = {file.pk: file for file in files}
    if not by_key:
        return {}
    model = type(next(iter(by_key.values())))
    public = set(model.objects.public().filter(pk__in=by_key).values_list("pk", flat=True))
    references = list(
        public_references(model)
        .filter(to_object_id__in=[str(key) for key in by_key])
        .values_list("to_object_id", "base_content_type", "object_id")
        .distinct()
        .order_by("base_content_type", "object_id")
    )
    page_type = ContentType.objects.get_for_model(Page).pk
    titles = dict(
        Page.objects.filter(pk__in=[int(key) for _, kind, key in references if kind == page_type]).values_list(
            "pk", "title"
        )
    )
    places: dict[int, list[str]] = defaultdict(list)
    for target, kind, key in references:
        source = ContentType.objects.get_for_id(kind).model_class()
        name = f"„{titles[int(key)]}“" if kind == page_type else str(source._meta.verbose_name) if source else ""
        if name not in places[int(target)]:
            places[int(target)].append(name)
    return {key: standing(file, key in public, places[key]) for key, file in by_key.items()}


def tell_standing(form: Any) -> None:
    """Say beside the field that makes a file public whether it is so now, and why."""
    if form.instance.pk and "released" in form.fields:
        field = form.fields["released"]
        # Of the stored file: a form that comes back holds what was not saved.
        stored = type(form.instance).objects.get(pk=form.instance.pk)
        field.help_text = f"{standings([stored])[stored.pk]} {field.help_text}"


def standing(file: Any, is_public: bool, places: list[str]) -> str:
    """Return the sentence for one file that is seen at `places`."""
    if is_public and not places:
        return "Öffentlich, weil es so angekreuzt ist; keine öffentliche Seite zeigt sie."
    if is_public:
        more = f" und {len(places) - MOST_NAMED} weiteren" if len(places) > MOST_NAMED else ""
        return f"Öffentlich: zu sehen bei {', '.join(places[:MOST_NAMED])}{more}."
    if getattr(file, "withheld", False):
        return "Nicht öffentlich, weil gesperrt."
    if file.released or places:
        return "Nicht öffentlich: ein Vorschlag, oder die Sammlung ist nicht öffentlich."
    return "Nicht öffentlich: Keine öffentliche Seite zeigt sie."
