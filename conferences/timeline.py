"""Conferences in the timeline, by themselves."""

from django.utils.html import format_html

from conferences.models import ConferencePage
from intmk.base.timeline_entry import TimelineEntry
from intmk.language.typography import unbroken


def conference_entries() -> list[TimelineEntry]:
    """Return one entry for each public conference that has at least a year."""
    public = ConferencePage.objects.live().chronological().defer("body", "programme", "service")
    return [
        TimelineEntry(
            period=conference.period,
            title=conference.title,
            text=format_html("<p>{}</p>", unbroken(conference.introduction)) if conference.introduction else "",
            page=conference,
            row=conference,
            kind=conference.get_kind_display(),
            remark="" if conference.status == ConferencePage.Status.HELD else conference.get_status_display(),
        )
        for conference in public.prefetch_related("sources")
        if conference.period.earliest
    ]
