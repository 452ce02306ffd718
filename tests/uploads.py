"""Where tests of uploads store files, and what lies there."""

from pathlib import Path


def empty_media(settings, tmp_path: Path) -> Path:
    """Make an empty MEDIA_ROOT and an empty folder for temporary files, each for one test; return the first."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "temp"
    settings.MEDIA_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.MEDIA_ROOT


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())
