"""The PDF files beside the table of an import: found, checked, and each stored once."""

import re
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File

from conferences.archive_import.cells import UnfitError, text, yes_or_no
from intmk.language.readable_text import comparable
from intmk.language.umlauts import spelled_out
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import sha256_of

MOST_FILES = 10_000  # below the folder of a command
ELSEWHERE = re.compile(r"\A(?:file:/{2,3})?(?:[A-Za-z]:)?/(?:.*/)?")  # the folder on the desk of who made the table


class Documents:
    """The files of one folder as documents, stored ones or new ones, by checksum."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.found: dict[Path, SiteDocument] = {}
        self.by_checksum: dict[str, SiteDocument] = {}

    def of(self, cells: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Return the value of `source_file` that the cells give, {} where they have no column "datei".

        Raises ValidationError for a file that is missing, lies elsewhere or is refused by the library.
        """
        if "datei" not in cells:
            return {}
        try:
            name = text(cells["datei"])
            said = cells.get("datei_freigegeben")
            withheld = None if said in (None, "") else not yes_or_no(said)
            title = text(cells.get("dateititel")) or f"Quelldatei zu „{str(values.get('title', ''))[:200]}“"
            return {"source_file": self.document(self.path_of(name), title, withheld) if name else None}
        except UnfitError as error:
            raise ValidationError({"source_file": str(error)}) from None

    @cached_property
    def paths(self) -> dict[str, list[Path]]:
        """Return the files of the folder and of those in it by path and by name, as `same_name` has them."""
        found: dict[str, list[Path]] = {}
        for path in islice(self.folder.rglob("*"), MOST_FILES):
            if path.is_file() and not path.is_symlink():
                for name in {str(path.relative_to(self.folder)), path.name}:
                    found.setdefault(same_name(name), []).append(path)
        return found

    def path_of(self, name: str) -> Path:
        """Return the path of a file in the folder; raise UnfitError for any other.

        Macs part "ü" in two, Windows takes "A.PDF" for "a.pdf" and hides the ending: all of that is the same file.
        """
        written = ELSEWHERE.sub("", name.replace("\\", "/").removeprefix("./"), count=1)
        try:
            path = (self.folder / written).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            path = None
        if path is None:
            asked = same_name(written)
            same = self.paths.get(asked) or self.paths.get(same_name(f"{written}.pdf"), [])
            if len(same) > 1:
                raise UnfitError(f"Mehrere Dateien heißen „{name[:80]}“. Bitte mit Ordner angeben oder umbenennen.")
            path = same[0] if same else None
        if path is None or not path.is_relative_to(self.folder) or not path.is_file():
            files = [path.name for paths in self.paths.values() for path in paths]
            there = sorted({found for found in files if found.lower().endswith(".pdf")})
            found = f" Dort liegen: {', '.join(there[:5])}{' …' if len(there) > 5 else ''}" if there else ""
            raise UnfitError(f"Die Datei „{name[:80]}“ liegt nicht in dem Ordner der Tabelle.{found}")
        if path.suffix.lower() != ".pdf":
            raise UnfitError("Quelldateien sind PDF-Dateien.")
        return path

    def document(self, path: Path, title: str, withheld: bool | None) -> SiteDocument:
        """Return the stored document with the same content, or a new one that is checked but not stored.

        withheld: None where the row does not say; a new one is withheld then. Raises UnfitError where it says another
        thing than that document.
        """
        if path not in self.found:
            with path.open("rb") as content:
                checksum = sha256_of(File(content))
            if checksum not in self.by_checksum:
                self.by_checksum[checksum] = stored_document(checksum) or new_document(
                    path, title, withheld is not False
                )
            self.found[path] = self.by_checksum[checksum]
        document = self.found[path]
        if withheld is not None and document.withheld != withheld:
            state = "nicht freigegeben" if document.withheld else "freigegeben"
            where = "auf der Website" if document.pk else "in einer anderen Zeile"
            raise UnfitError(f"Dieselbe Datei („{document.title[:80]}“) ist {where} {state}: Bitte anpassen.")
        return document


def same_name(name: str) -> str:
    """Return what writings of one name have in common: "Beschlüsse_2017.PDF", "beschluesse 2017.pdf"."""
    parts = spelled_out(comparable(name)).split("/")
    return "/".join(re.sub(r"[\W_]+", "-", part) for part in parts)


def stored_document(checksum: str) -> SiteDocument | None:
    """Return the first document of this content, None without one."""
    return SiteDocument.objects.filter(sha256=checksum).order_by("pk").first()


def new_document(path: Path, title: str, withheld: bool) -> SiteDocument:
    """Return a document that the library would take, not stored; raise ValidationError for field `file`."""
    with path.open("rb") as content:
        document = SiteDocument(title=title[:255], file=File(content, name=path.name), withheld=withheld)
        try:
            document.full_clean(exclude=["file_hash"])
        except ValidationError as error:
            column = {"title": "dateititel"}
            found = [
                f"{column.get(name, '')} {part}".strip() for name, parts in error.message_dict.items() for part in parts
            ]
            raise UnfitError(f"{path.name}: {' '.join(found)}") from None
    document.stash()  # a thousand open files are too many for a process
    document.path_of_import = path
    return document


def store_new_document(document: SiteDocument | None) -> None:
    """Store a new document with its file; the file goes again unless the transaction is committed."""
    if document is None or document.pk:
        return
    path: Path = document.path_of_import
    with path.open("rb") as content:
        document.restore(File(content, name=path.name))
        document.save()
