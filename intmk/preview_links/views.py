"""What somebody with a link sees: the version, and the files that it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.media.public_files import private_address
from intmk.media.unpublished import as_download, files_used_by
from intmk.media.videos.models import SiteVideo
from intmk.media.videos.views import file_of
from intmk.preview_links.models import PreviewLink
from intmk.users.models import User

KINDS = {"bild": SiteImage, "dokument": SiteDocument, "video": SiteVideo}
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",  # whom the draft links to is not to learn the address
}


@require_safe
@never_cache
def show_version(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show the version; 404 for a key that nobody made, 410 for a link that no longer holds."""
    if (link := found(key)) is None:
        return render(request, "intmk/preview_links/ended.html", status=410)
    with files_by(link):
        response = link.version().make_preview_request(request, extra_request_attrs={"preview_link": link})
    return with_headers(response)


@require_safe
@never_cache
def file(request: HttpRequest, key: str, kind: str, pk: int) -> HttpResponseBase:
    """Return a file that the version shows, also one that readers do not get yet; 404 for every other."""
    link = found(key)
    if link is None or kind not in KINDS:
        raise Http404
    model, version = KINDS[kind], link.version()
    version.drop_unseen()
    if pk not in files_used_by(version, [model])[model]:
        raise Http404
    stored = get_object_or_404(model, pk=pk)
    if getattr(stored, "withheld", False) or not may_give(link.made_by, stored):
        raise Http404
    return with_headers(file_of(request, stored) if isinstance(stored, SiteVideo) else as_download(stored.file))


def with_headers(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response[name] = value
    return response


def may_give(user: User | None, stored: Any) -> bool:
    """Say whether the account gets the file itself: a form takes the key of any video, also of one not listed there."""
    if not isinstance(stored, SiteVideo) or SiteVideo.objects.public().filter(pk=stored.pk).exists():
        return True
    return user is not None and user.has_perm("intmk.change_sitevideo")


def found(key: str) -> PreviewLink | None:
    """Return the link, None when it no longer holds; raise Http404 for a key that nobody made."""
    try:
        return PreviewLink.behind(key)
    except BadSignature as error:
        raise Http404 from error


@contextmanager
def files_by(link: PreviewLink) -> Iterator[None]:
    """Let files bear the addresses of the link: those of readers do not answer yet."""
    token = private_address.set(link.file_address)
    try:
        yield
    finally:
        private_address.reset(token)
