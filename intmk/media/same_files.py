"""Files that the library has already: told to who uploads one once more, by whichever way."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from wagtail.documents.permissions import permission_policy as of_documents
from wagtail.images.permissions import permission_policy as of_pictures
from wagtail.models import UploadedFile
from wagtail.utils.file import hash_filelike

from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage

POLICIES = {SiteImage: of_pictures, SiteDocument: of_documents}

User = AbstractBaseUser | AnonymousUser


def stored_alike(model: Any, file_hash: str, user: User, own: int | None = None) -> QuerySet[Any]:
    """Return the stored files of the same content among those that the account may choose; `own` is none of them."""
    found: QuerySet[Any] = POLICIES[model].instances_user_has_permission_for(user, "choose")
    return found.filter(file_hash=file_hash).exclude(pk=own).order_by("pk") if file_hash else found.none()


def same_file_sentence(model: Any, alike: QuerySet[Any]) -> str:
    """Return in a sentence that the file is there already, "" where it is not."""
    first = alike.first()
    kind = "Dieses Bild" if model is SiteImage else "Diese Datei"
    return (
        f"{kind} gibt es schon: „{first.title}“. Bitte nur behalten, wenn es noch einmal gebraucht wird."
        if first
        else ""
    )


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
