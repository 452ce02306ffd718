"""How static files are kept when they are collected: hashed and compressed by WhiteNoise, own style sheets stripped."""

from django.core.files.base import ContentFile, File
from rcssmin import cssmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_STYLES = "css/"


class StaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; comments and indentation of our style sheets stay in the source."""

    def _save(self, name: str, content: File) -> str:
        if name.startswith(OWN_STYLES) and name.endswith(".css"):
            content.seek(0)  # its hash was taken from it before
            content = ContentFile(cssmin(content.read().decode()).encode())
        return super()._save(name, content)
