"""Files that the library has already: told to who uploads one once more, by whichever way."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from wagtail.documents.permissions import permission_policy as of_documents
from wagtail.images.permissions import permission_policy as of_pictures
from wagtail.models import UploadedFile
from wagtail.utils.file import hash_filelike

from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.media.images.waiting import WaitingPhoto

POLICIES = {SiteImage: of_pictures, SiteDocument: of_documents}

User = AbstractBaseUser | AnonymousUser


def stored_alike(model: Any, file_hash: str, user: User, own: int | None = None) -> QuerySet[Any]:
    """Return the stored files of the same content among those that the account may choose; `own` is none of them."""
    found: QuerySet[Any] = POLICIES[model].instances_user_has_permission_for(user, "choose")
    return found.filter(file_hash=file_hash).exclude(pk=own).order_by("pk") if file_hash else found.none()


def same_file_sentence(model: Any, alike: QuerySet[Any]) -> str:
    """Return in a sentence that the file is there already, "" where it is not."""
    first = alike.first()
    return there_already("Dieses Bild" if model is SiteImage else "Diese Datei", first.title) if first else ""


def there_already(kind: str, title: str) -> str:
    return f"{kind} gibt es schon: „{title}“. Bitte nur behalten, wenn es noch einmal gebraucht wird."


def tell_same(photos: Collection[WaitingPhoto], user: User) -> None:
    """Give each photo `same`: the same sentence, or that it waits for the same page twice; two queries."""
    found = POLICIES[SiteImage].instances_user_has_permission_for(user, "choose")
    hashes = {photo.file_hash for photo in photos}
    titles = dict(found.filter(file_hash__in=hashes).order_by("-pk").values_list("file_hash", "title"))
    twins = WaitingPhoto.objects.filter(batch__in={photo.batch_id for photo in photos}, file_hash__in=hashes)
    first = dict(twins.order_by("-pk").values_list("file_hash", "pk"))
    for photo in photos:
        title, waits = titles.get(photo.file_hash), first.get(photo.file_hash, photo.pk) != photo.pk
        photo.same = there_already("Dieses Bild", title) if title else ""
        if waits and not title:
            photo.same = "Dieselbe Datei wartet hier schon einmal."


def told_of_waiting(upload: UploadedFile, model: Any, user: User) -> str:
    """Return the same for a file that waits for its details; it may also wait there twice."""
    content = hash_of(upload)
    if sentence := same_file_sentence(model, stored_alike(model, content, user)):
        return sentence
    others = UploadedFile.objects.filter(uploaded_by_user=user.pk, for_content_type=upload.for_content_type)
    for other in others.exclude(pk=upload.pk).exclude(file=""):
        if has_size(other, upload.file.size) and hash_of(other) == content:
            return "Dieselbe Datei wartet in dieser Liste schon einmal auf ihre Angaben."
    return ""


def hash_of(upload: UploadedFile) -> str:
    """Return the SHA-1 of a waiting file, as LibraryFile stores it."""
    with upload.file.storage.open(upload.file.name) as content:
        return str(hash_filelike(content))


def has_size(upload: UploadedFile, size: int) -> bool:
    """Say whether a waiting file is there and has this many bytes."""
    try:
        return upload.file.storage.size(upload.file.name) == size
    except OSError:
        return False
