"""Files of the library on the disk: safe names, no file without its row, addresses that outlive a new file."""

import re
import weakref
from collections.abc import Iterable
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from wagtail.coreutils import string_to_ascii
from wagtail.models import Collection
from wagtail.utils.file import hash_filelike

from intmk.language.umlauts import spelled_out
from intmk.users.models import LAENDER

# Windows cannot store files of these names, and readers download ours.
RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")
ENDING = re.compile(
    r"\.(p?jpe?g?|jpe|jfif?|jif|a?png|hif|webp|avif|hei[cf]|gif|tiff?|bmp|pdf|od[ts]|docx?|xlsx?|csv|ics|zip)$",
    re.IGNORECASE,
)
CAMERA = re.compile(
    r"(img|dsc\w?|pict?|pxl|mvimg|image|photo|foto|bild|scan|dokument|document|"
    r"screenshot|bildschirmfoto|whatsapp image)"
    r"[\s_.-]*[\d\s_.,:()-]+((um|at)[\d\s_.,:()-]+)?(uhr|am|pm)?",
    re.IGNORECASE,
)


def check_size(file: File, most: int) -> None:
    """Raise ValidationError, in German, for a file that is empty or larger than `most` bytes."""
    if not file.size:
        raise ValidationError("Die Datei ist leer.", code="empty")
    if file.size > most:
        raise ValidationError(
            "Die Datei ist zu groß (%(size)s). Erlaubt sind höchstens %(most)s.",
            code="file_too_large",
            params={"size": filesizeformat(file.size), "most": filesizeformat(most)},
        )


def check_ending(
    file: File,
    possible: Iterable[str],
    words: str = "Dateien mit der Endung „.%(ending)s“ werden nicht angenommen. Möglich sind: %(possible)s.",
) -> str:
    """Return the ending of `file` in small letters; raise ValidationError with `words` unless it is a possible one."""
    _, dot, ending = (file.name or "").lower().rpartition(".")
    if not dot:
        words = words.replace("mit der Endung „.%(ending)s“", "ohne Endung im Namen")
    if not dot or ending not in possible:
        params = {"ending": ending[:20], "possible": ", ".join(possible)}
        raise ValidationError(words, code="invalid_extension", params=params)
    return ending


def ascii_words(text: str, default: str) -> str:
    """Return `text` as at most 60 characters a-z, 0-9, - and _; `default` when nothing is left."""
    words = slugify(string_to_ascii(spelled_out(text)))[:60].strip("-_")
    return f"{default}-{words}".strip("-") if RESERVED.fullmatch(words) or not words else words


def safe_name(name: str, default: str, ending: str = "") -> str:
    """Return a file name of ASCII letters for the name that a browser sent, with `ending` or its own."""
    path = PurePosixPath(name.replace("\\", "/"))
    return f"{ascii_words(path.stem, default)}.{ending or slugify(path.suffix)[:8]}"


def shown_name(stored: str) -> str:
    """Return the name of a stored file without folder and without the letters that make it unique."""
    return re.sub(r"\.[a-z0-9]{8}(?=\.[a-z0-9]+$)", "", PurePosixPath(stored).name)


def not_a_file_name(text: str) -> None:
    """Raise ValidationError, in German, for what a camera or a folder calls a file, and for nothing but spaces."""
    text = text.strip()
    if not text:
        raise ValidationError("Dieses Feld darf nicht leer sein.", code="blank")
    one_token = re.fullmatch(r"\S*[\d_]\S*", text)
    if one_token or ENDING.search(text) or CAMERA.fullmatch(text):
        raise ValidationError("Das sieht nach einem Dateinamen aus. Bitte in Worten schreiben.", code="file_name")


def is_new(file: FieldFile | None) -> bool:
    """Say whether the file waits to be stored. Inner name of Django: `FieldFile._committed`."""
    return bool(file) and not file._committed  # type: ignore[union-attr]


class UncommittedFile:
    """Deletes a stored file unless it is called; transaction.on_commit does so, and forgets it on a rollback."""

    def __init__(self, storage: Any, name: str) -> None:
        # Not as the storage deletes, which asks the database: where this is called, the transaction has failed.
        self.discard = weakref.finalize(self, storage.discard, name)

    def __call__(self) -> None:
        self.discard.detach()


class TidyFile(FieldFile):
    """A file whose name on the disk is safe and unique, that is measured, and that goes unless its row is saved."""

    field: Any  # a FileField that says what is stored: prepared(content, name) -> (content, safe name)
    instance: Any

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Store `content` as the field wants it; raise its ValidationError, and OSError without leaving a part."""
        content, safe = self.field.prepared(content, name)
        path = PurePosixPath(safe)
        unique = f"{path.stem}.{get_random_string(8, 'abcdefghijklmnopqrstuvwxyz0123456789')}{path.suffix}"
        uncommitted = UncommittedFile(self.storage, self.field.generate_filename(self.instance, unique))
        self.instance.measure(content, safe)
        content.seek(0)
        try:
            super().save(unique, content, save=False)
        except BaseException:
            uncommitted.discard()
            raise
        self.instance.uncommitted_file = uncommitted
        if save:
            self.instance.save()


def delete_file(instance: Any, **kwargs: Any) -> None:
    """Delete the `file` of a row that is gone or has another one, once that is certain; also for `post_delete`."""
    transaction.on_commit(partial(instance.file.storage.delete, instance.file.name), robust=True)


class LibraryFile(models.Model):
    """Abstract: a model with a `file` and an address made of names, of which it remembers the former ones."""

    file: Any
    file_size: Any
    file_hash: Any
    former_names = models.JSONField("Frühere Dateinamen", default=list, blank=True, editable=False)
    released = models.BooleanField(
        "Schon jetzt öffentlich",
        default=False,
        help_text="Ohne Häkchen ist die Datei öffentlich, sobald und solange eine öffentliche Seite sie zeigt.",
    )

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Save, and let file and row come and go together: a new file with this transaction, the old one after it."""
        with transaction.atomic():
            before = None
            if not self._state.adding:
                before = type(self)._base_manager.select_for_update().filter(pk=self.pk).first()
            try:
                if self.has_new_file:
                    self.file.save(self.file.name, self.file.file, save=False)
                if before and before.address_name not in (self.address_name, *self.former_names):
                    self.former_names = [*self.former_names, before.address_name]
                    if kwargs.get("update_fields") is not None:
                        kwargs["update_fields"] = {*kwargs["update_fields"], "former_names"}
                if before and before.file.name != self.file.name:
                    self.on_former_file(before)
                super().save(*args, **kwargs)
            except BaseException:
                if "uncommitted_file" in self.__dict__:
                    self.__dict__.pop("uncommitted_file").discard()
                raise
            if "uncommitted_file" in self.__dict__:
                transaction.on_commit(self.__dict__.pop("uncommitted_file"))
                self.on_new_file()

    @property
    def has_new_file(self) -> bool:
        """Say whether the file waits to be stored."""
        return is_new(self.file)

    @property
    def address_name(self) -> str:
        """Return the last part of the address of this file."""
        raise NotImplementedError

    def on_new_file(self) -> None:
        """Do, within the transaction, what a replaced file asks for."""

    def measure(self, content: File, name: str) -> None:
        """Take over size and SHA-1 of a file that is about to be stored under `name`."""
        content.seek(0)
        self.file_size, self.file_hash = content.size, hash_filelike(content)
        content.seek(0)

    def on_former_file(self, before: Any) -> None:
        """Do, within the transaction, what becomes of the file of `before`: it goes once the new one is certain.

        Called while the row is still as it was, so that one can ask who got that file.
        """
        delete_file(before)


class ReadFile(LibraryFile):
    """Abstract: a file that is read before it is stored, and that may be withheld."""

    withheld: Any

    class Meta:
        abstract = True

    def full_clean(self, exclude: Any = None, validate_unique: bool = True, validate_constraints: bool = True) -> None:
        """Raise ValidationError as Django does, for a new file that is refused, and for `further_errors`."""
        errors: dict[str, Any] = {}
        try:
            super().full_clean(exclude, validate_unique, validate_constraints)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if self.has_new_file and "file" not in errors:
            try:
                self.check_new_file(is_last=not errors)
            except ValidationError as error:
                errors["file"] = [error]
        if self.released and self.withheld:
            kind = self._meta.verbose_name
            errors["withheld"] = [f"Ein {kind} kann nicht schon jetzt öffentlich und gesperrt sein."]
        errors |= self.further_errors(errors)
        if errors:
            raise ValidationError(errors)

    def check_new_file(self, is_last: bool) -> None:
        """Raise ValidationError for a new file that does not open. is_last: nothing else is wrong so far."""
        raise NotImplementedError

    def further_errors(self, errors: dict[str, Any]) -> dict[str, Any]:
        """Return by field what else is wrong, beside the `errors` that are known."""
        raise NotImplementedError


def within_reach_of_the_laender(path: str = "collection__path") -> Q:
    """Return the condition on files that whoever added them may change: in or below a collection that Länder add to.

    With "path" it is the condition on collections.
    """
    # A subquery: who asks for many files asks no further question, and may keep the condition within another one.
    added_to = Collection.objects.filter(
        group_permissions__group__name=LAENDER, group_permissions__permission__codename__startswith="add_"
    )
    own_path = ExpressionWrapper(OuterRef(path), output_field=CharField())
    return Q(Exists(added_to.alias(own_path=own_path).filter(own_path__startswith=F("path"))))
