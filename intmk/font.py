"""The typeface, made fit for the web when static files are collected: subset to European letters, packed as WOFF2."""

from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

SOURCE_PACKAGE = "fontpkg_source_sans_3"
SOURCE_FILE = "files/SourceSans3[wght].ttf"
NAME = "fonts/source-sans-3.woff2"
# Latin letters of the European languages with their marks, and the punctuation, currency and arrows of our texts.
UNICODES = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x192, *range(0x218, 0x21C), 0x2C6, 0x2DA, 0x2DC, 0x1E9E,
    0x2002, 0x2009, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E,
    0x2020, 0x2022, 0x2026, 0x202F, 0x2030, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212,
]  # fmt: skip
WEIGHTS = (300, 800)


def source() -> Path:
    """Return the variable TrueType file of the installed package; raise ImproperlyConfigured without it."""
    spec = find_spec(SOURCE_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ImproperlyConfigured(f"Das Paket {SOURCE_PACKAGE} fehlt: Bitte die Abhängigkeiten neu installieren.")
    return Path(spec.submodule_search_locations[0]) / SOURCE_FILE


def build(target: Path) -> None:
    """Write the subset as WOFF2 to `target`; a half-written file never has that name."""
    # Here, since who serves only asks where the font is: 140 modules and a twelfth of the start.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "mark", "ccmp", "locl", "tnum", "lnum", "case", "subs", "sups"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]  # copyright and licence stay with the font
    font = TTFont(source())
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    subset.save_font(font, str(partial), options)
    partial.replace(target)


class FontFinder(BaseFinder):
    """Offers the font to collectstatic and, in tests, to WhiteNoise; builds it once into var/font."""

    def __init__(self, app_names=None, *args, **kwargs) -> None:
        self.storage = FileSystemStorage(location=settings.VAR / "font")

    def check(self, **kwargs) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs):
        """Return the built file's path when `path` names it, else an empty list."""
        if path != NAME:
            return []
        found = str(self.built())
        return [found] if find_all else found

    def list(self, ignore_patterns):
        """Yield the one file."""
        self.built()
        yield NAME, self.storage

    def built(self) -> Path:
        target = Path(self.storage.path(NAME))
        if not target.exists() or target.stat().st_mtime < source().stat().st_mtime:
            build(target)
        return target
