"""What a killed upload has left goes after a day, and nothing else."""

import os
import time

from django.core.files.uploadedfile import TemporaryUploadedFile
from wagtail import hooks

from conferences.archive_import.zip_file import opened_folder
from conferences.management.commands.clock import EVERY_MINUTE
from intmk.media.abandoned_uploads import remove_abandoned


def test_what_is_left_of_a_killed_upload_and_import_goes_after_a_day(tmp_path, monkeypatch, settings):
    settings.FILE_UPLOAD_TEMP_DIR = None
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    upload = TemporaryUploadedFile("film.mp4", "video/mp4", 0, None)
    upload.write(b"x")
    with opened_folder(upload, "tabelle.csv") as folder:
        (folder / "beschluesse.csv").write_text("x")
        other = tmp_path / "tmpandere.txt"
        other.write_text("x")
        link = tmp_path / "intmk-import-verweis"
        link.symlink_to(tmp_path / "anderswo")
        remove_abandoned()
        assert len(list(tmp_path.iterdir())) == 4
        yesterday = time.time() - 25 * 3600
        for path in tmp_path.iterdir():
            os.utime(path, (yesterday, yesterday), follow_symlinks=False)
        remove_abandoned()
        assert list(tmp_path.iterdir()) == [other]
        upload.close()
        folder.mkdir()


def test_the_clock_looks_for_it():
    assert remove_abandoned in hooks.get_hooks(EVERY_MINUTE)
