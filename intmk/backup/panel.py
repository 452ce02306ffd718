"""Tells administrators on the dashboard how old the newest backup is."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from conferences.handover.panels import HandoverComponent
from intmk.backup.daily import ATTEMPT
from intmk.server import backup_files


class BackupPanel(HandoverComponent):
    """One line on the dashboard."""

    template_name = "intmk/backup/panel.html"
    order = 17

    def __init__(self, sentence: str, is_late: bool, attempt: str) -> None:
        self.sentence, self.is_late, self.attempt = sentence, is_late, attempt

    def get_context_data(self, parent_context) -> dict:
        """Return what the line says."""
        icon = "warning" if self.is_late else "download"
        return {"sentence": self.sentence, "is_late": self.is_late, "attempt": self.attempt, "icon": icon}


def add_backup_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: show it to administrators, wherever backups are made or should be."""
    sentence, is_late = backup_files.state(settings, timezone.now())
    if not request.user.is_superuser or not sentence:
        return
    attempt = ""
    if is_late and settings.BACKUP_DIR:
        try:
            attempt = (settings.BACKUP_DIR / ATTEMPT).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            attempt = ""
    panels.append(BackupPanel(sentence, is_late, attempt))
