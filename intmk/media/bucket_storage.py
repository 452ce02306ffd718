"""The storage of uploaded files in a bucket, with the same rules as MediaStorage has for the folder."""

import logging

from intmk.media.storage import is_kept, is_of_another_site
from intmk.server.media_bucket import MediaBucket
from intmk.server.outages import FilesAwayError

LEFT = "Die Datei %s bleibt im Bucket, bis eine Nacht sie findet."
logger = logging.getLogger(__name__)


class BucketStorage(MediaBucket):
    """A bucket, in which a file stays as long as its row can come back."""

    def discard(self, name: str) -> None:
        """Delete the file whatever the database says.

        Its row is gone by then, so a bucket that does not answer is no fault of who has deleted it: the file is an
        orphan, which a night finds (intmk/media/orphans.py).
        """
        try:
            super().discard(name)
        except FilesAwayError:
            logger.warning(LEFT, name, exc_info=True)

    def delete(self, name: str) -> None:
        """Delete the file unless it is kept, or the media are not those of this database."""
        try:
            may_go = not is_kept(name) and not is_of_another_site(self.key())
        except FilesAwayError:
            may_go = False
            logger.warning(LEFT, name, exc_info=True)
        if may_go:
            self.discard(name)
