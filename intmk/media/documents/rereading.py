"""Documents that this version of the program has not read: what it does about them, little by little.

After an upgrade these may be all, and each takes up to DOCUMENT_READING_SECONDS. So no start waits for it: the search
leaves out their pages until then, and the clock reads some each minute.
"""

import contextlib
import time

from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.documents.text import VERSION

SECONDS = 30  # of each minute; what else is due must not wait


def read_some(seconds: float = SECONDS) -> None:
    """Read documents, then former versions, for about `seconds`; called each minute.

    One whose file is missing waits until it is there.
    """
    ends = time.monotonic() + seconds
    for pk, name in SiteDocument.objects.read_otherwise().order_by("pk").values_list("pk", "file"):
        if time.monotonic() >= ends:
            return
        if not SiteDocument.file.field.storage.exists(name):
            continue
        if document := SiteDocument.objects.filter(pk=pk).first():
            with contextlib.suppress(OSError):  # it has gone this very moment
                document.read_again()
    for version in DocumentVersion.objects.exclude(read_by=VERSION).select_related("document"):
        if time.monotonic() >= ends:
            return
        with contextlib.suppress(OSError):
            version.read()
