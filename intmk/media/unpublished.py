"""Pictures and documents that a Land proposes: its own until readers can see them, and nobody else's until then.

Whoever may add a file to a collection may also change there what they added. So a file leaves the collections that the
Länder add to as soon as it is public or approved: otherwise it could be exchanged under the eyes of readers.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Collection, Page, ReferenceIndex

from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.files import within_reach_of_the_laender
from intmk.media.images.models import SiteImage
from intmk.server.switch import Switch

MODELS = (SiteImage, SiteDocument)
# While a Land sets its own page for a moment at which it publishes: until then nobody but itself changes its files.
files_stay = Switch("files_stay")


def withdraw(model: type[SiteImage] | type[SiteDocument], ids: Iterable[int]) -> None:
    """Move these files to where the chair keeps its own, as far as Länder could change them where they are.

    A tick that made no difference there would make one now, and the chair has not set it: they are public as long as
    something public shows them.
    """
    if ids := list(ids):
        proposed = model.objects.filter(within_reach_of_the_laender(), pk__in=ids)
        proposed.update(collection=Collection.get_first_root_node(), released=False)


def withdraw_used_by(instance: Model) -> None:
    """Take out all files that `instance` shows; it need not be stored as it is."""
    for model, ids in files_used_by(instance).items():
        withdraw(model, ids)


def withdraw_shown_by(page: Page) -> None:
    """Do the same for a page that is stored, whose references the index has by now (SitePage.save)."""
    for model, ids in files_shown_by(page).items():
        withdraw(model, ids)


def files_shown_by(page: Page) -> dict[Any, list[int]]:
    """Return for both models the keys of the files that the page names as it is stored; one query."""
    references = ReferenceIndex.get_references_for_object(page)
    return files_among(references.values_list("to_content_type", "to_object_id"))


def files_used_by(instance: Model, models: Iterable[type[Model]] = MODELS) -> dict[Any, list[int]]:
    """Return for each of the models the keys of the files that `instance` names; it need not be stored as it is."""
    return files_among((reference[:2] for reference in references_in(instance)), models)


def references_in(instance: Model) -> Iterable[tuple[int, str, str, str]]:
    """Return what it names: content type, key, the field, and the way in it to the place, e.g. "body.<block>.text"."""
    # Not the stored index, which knows nothing of a revision that is to go live.
    # Inner name of Wagtail: `_extract_references_from_object`.
    return ReferenceIndex._extract_references_from_object(instance)


def files_among(references: Iterable[tuple[int, str]], models: Iterable[type[Model]] = MODELS) -> dict[Any, list[int]]:
    """Return for each of the models the keys of the files among `references`, pairs of content type and key."""
    content_types = {ContentType.objects.get_for_model(model).pk: model for model in models}
    used: dict[Any, list[int]] = {model: [] for model in content_types.values()}
    for content_type, pk in references:
        if content_type in content_types:
            used[content_types[content_type]].append(int(pk))
    return used


def withdraw_all_public() -> None:
    """Take out all that is public: what a former chair may have put back must not stay its own."""
    for model in MODELS:
        within_reach = list(model.objects.filter(within_reach_of_the_laender()).values_list("pk", flat=True))
        if within_reach:  # else the dear question is spared: what readers see
            withdraw(model, model.objects.filter(pk__in=within_reach).shown().values_list("pk", flat=True))


def for_editors(request: HttpRequest, kind: str, pk: int, version: int | None = None) -> FileResponse:
    """Return a file that readers do not get, or a former version of a document, as a download.

    404 for what there is none of; PermissionDenied for who may neither choose nor change it, though signed in.
    """
    found = get_object_or_404({"bild": SiteImage, "dokument": SiteDocument}[kind], pk=pk)
    policy = {"bild": image_policy, "dokument": document_policy}[kind]
    if not policy.user_has_any_permission_for_instance(request.user, ["choose", "change", "delete"], found):
        raise PermissionDenied
    file = get_object_or_404(DocumentVersion, document_id=pk, number=version).file if version else found.file
    return as_download(file)


def as_download(file: FieldFile) -> FileResponse:
    """Return a stored file as a download; raise Http404 where it is missing."""
    try:
        return FileResponse(file.storage.open(str(file.name)), as_attachment=True)
    except OSError as error:
        raise Http404 from error
