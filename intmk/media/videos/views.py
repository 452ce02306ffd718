"""The addresses of videos, /videos/<id>/<name>, and their list in the admin.

The name holds a part that each file has for itself, so that what is at an address never changes; a former name leads
to the present one. No other name does, and a video that is not public is not found.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from intmk.media import byte_ranges
from intmk.media.videos.models import SiteVideo
from intmk.users.choosers import EntitledChooserViewSet

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def video(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Return the file, whole or in part; redirect from a former name; 404 for what is not public or missing."""
    found = get_object_or_404(SiteVideo.objects.public(), pk=pk)
    if name != found.address_name:
        if name in found.former_names:
            return redirect(found.url)
        raise Http404
    response = file_of(request, found)
    if response.status_code < 400:
        response["Cache-Control"] = FOR_EVER
    return response


@require_safe
def video_captions(request: HttpRequest, pk: int, version: str) -> HttpResponseBase:
    """Return the captions of a public video; 404 for those of another version."""
    found = get_object_or_404(SiteVideo.objects.public(), pk=pk)
    if not found.captions or version != found.captions_version:
        raise Http404
    response = HttpResponse(found.captions, content_type="text/vtt; charset=utf-8")
    response["ETag"] = etag = f'"{version}"'
    response["Cache-Control"] = FOR_EVER
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def video_for_editors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return a video that readers may not get; PermissionDenied for who may not change it, though signed in."""
    if not request.user.has_perm("intmk.change_sitevideo"):
        raise PermissionDenied
    return file_of(request, get_object_or_404(SiteVideo, pk=pk))


def file_of(request: HttpRequest, found: SiteVideo) -> HttpResponseBase:
    """Return the stored file as the reader's headers ask for it; raise Http404 where it is missing."""
    try:
        return byte_ranges.ranged_response(request, found.file, f'"{found.file_hash}"', "video/mp4")
    except OSError as error:
        raise Http404 from error


class VideoChooserViewSet(EntitledChooserViewSet):
    """Who proposes a page may put public videos into it."""

    for_everybody = "public"


class VideoViewSet(SnippetViewSet):
    """Videos in the admin."""

    model = SiteVideo
    icon = "media"
    menu_label = "Videos"
    menu_order = 310  # beside pictures and documents
    add_to_admin_menu = True
    list_display = [
        "title",
        Column("get_language_display", label="Sprache"),
        Column("details", label="Größe"),
        Column("captions_in_words", label="Untertitel"),
        Column("transcript_in_words", label="Text zum Video"),
        "released",
        "withheld",
    ]
    list_filter = ["language", "withheld"]
    list_export = [column.name if isinstance(column, Column) else column for column in list_display]
    export_headings = {
        "get_language_display": "Sprache",
        "details": "Größe",
        "captions_in_words": "Untertitel",
        "transcript_in_words": "Text zum Video",
    }
    export_filename = "videos"
    chooser_viewset_class = VideoChooserViewSet
