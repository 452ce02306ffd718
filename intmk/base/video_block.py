"""The block with a video; all that belongs to the video is kept with it (intmk/media/videos/models.py)."""

from typing import Any

from django.apps import apps
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock


def first_video() -> dict[str, Any]:
    """Return the oldest video as the preview value; an invented one, which leads nowhere, where there is none."""
    model: Any = apps.get_model("intmk", "SiteVideo")
    example = model(
        pk=0,
        title="Die Konferenz in Deutscher Gebärdensprache",
        file="videos/beispiel.mp4",
        file_size=24_500_000,
        width=1280,
        height=720,
        milliseconds=192_000,
        transcript="<p>Hier steht der Text zum Video.</p>",
    )
    return {"video": model.objects.order_by("pk").first() or example}


class VideoBlock(blocks.StructBlock):
    """A video of the library; captions, transcript and picture come with it."""

    video = SnippetChooserBlock("intmk.SiteVideo", label="Video")

    def get_searchable_content(self, value: Any) -> list[str]:
        """Return title and transcript."""
        return value["video"].searched_texts if value["video"] else []

    class Meta:
        icon = "media"
        label = "Video"
        group = "Medien"
        description = "Ein Video mit Untertiteln und Text, etwa in Deutscher Gebärdensprache."
        template = "blocks/video.html"
        preview_value = staticmethod(first_video)
