"""How static files are kept when they are collected: hashed and compressed by WhiteNoise, own style sheets stripped.

The style sheet of the site is written in several files, one a component; readers get one.
"""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from rcssmin import cssmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

from intmk.server import preparation

OWN_STYLES = "css/"
SITE_STYLES = "css/site.css"
SOURCES = settings.ROOT / "styles"
IMPORTS = re.compile(r'(?:^@import "[^"]+" layer\(\w+\);\n)+', re.MULTILINE)
IMPORT = re.compile(r'"([^"]+)" layer\((\w+)\)')
HASH = re.compile(r"\.[0-9a-f]{12}\.\w+$")


class StaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; comments and indentation of our style sheets stay in the source."""

    manifest_name = preparation.static_files_list()

    def _save(self, name: str, content: File) -> str:
        if name.startswith(OWN_STYLES) and name.endswith(".css"):
            content.seek(0)  # its hash was taken from it before
            content = ContentFile(cssmin(content.read().decode()).encode())
        return super()._save(name, content)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what pages name, which is names with a hash, and what the page of an error names without."""
        yield from super().compress_files({path for path in paths if HASH.search(path) or path.startswith(OWN_STYLES)})


class StylesFinder(BaseFinder):
    """Offers the style sheet of the site to collectstatic and, in tests, to WhiteNoise; kept in var/styles."""

    def __init__(self, app_names=None, *args, **kwargs) -> None:
        self.storage = FileSystemStorage(location=settings.VAR / "styles")

    def check(self, **kwargs) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs):
        """Return the joined file's path when `path` names it, else an empty list."""
        if path != SITE_STYLES:
            return []
        found = str(self.built())
        return [found] if find_all else found

    def list(self, ignore_patterns):
        """Yield the one file."""
        self.built()
        yield SITE_STYLES, self.storage

    def built(self) -> Path:
        """Return the file, written anew when its sources have changed; a half-written file never has that name."""
        target = Path(self.storage.path(SITE_STYLES))
        styles = bundled(SOURCES / "site.css")
        if not target.exists() or target.read_text(encoding="utf-8") != styles:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}")
            partial.write_text(styles, encoding="utf-8")
            partial.replace(target)
        return target


def bundled(path: Path) -> str:
    """Return a style sheet with the files in place of its imports; neighbours in one layer share its rule."""

    def with_sources(lines: re.Match) -> str:
        return "".join(
            f"@layer {layer} {{\n{''.join((path.parent / name).read_text(encoding='utf-8') for name, _ in files)}}}\n"
            for layer, files in groupby(IMPORT.findall(lines[0]), key=lambda pair: pair[1])
        )

    return IMPORTS.sub(with_sources, path.read_text(encoding="utf-8"))
