"""The addresses of stored files: /bilder/<id>/<name>, /dokumente/<id>/<name> and /media/images/<name>.

A former name leads to the present one. No other name does: who guesses numbers does not find what is not yet public.
What a Land has proposed is for editors: its address leads to the sign-in.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from django.views.static import serve as serve_file
from wagtail.documents.views.serve import serve
from wagtail.models import Collection

from intmk.media import SiteDocument, SiteImage
from intmk.proposed_files import is_proposed


@require_safe
def picture(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Return the stored original as a download; 403 where its collection is not public, 404 where it is missing."""
    image: SiteImage = get_object_or_404(SiteImage.objects.select_related("collection"), pk=pk)
    refuse_private(image.collection, request)
    if is_proposed(SiteImage, pk):
        return redirect("proposed_file", "bild", pk)
    if name != image.address_name:
        if name in image.former_names:
            return redirect(image.download_url)
        raise Http404
    try:
        file = image.file.storage.open(image.file.name)
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=image.address_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag = f'"{image.file_hash}"'
    # Stands in for the file when the reader has it already.
    return get_conditional_response(request, etag=etag) or response


@require_safe
def document(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Return the document by way of Wagtail, or redirect from a former file name; 403 where it is not public."""
    found: SiteDocument = get_object_or_404(SiteDocument.objects.select_related("collection"), pk=pk)
    refuse_private(found.collection, request)
    if is_proposed(SiteDocument, pk):
        return redirect("proposed_file", "dokument", pk)
    if name != found.filename and name in found.former_names:
        return redirect(found.url)
    return serve(request, pk, name)


@require_safe
def rendition(request: HttpRequest, path: str) -> HttpResponseBase:
    """Return a rendition; it may be kept for ever, since another one never gets its name."""
    response = serve_file(request, path, document_root=str(settings.MEDIA_ROOT / "images"))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def refuse_private(collection: Collection, request: HttpRequest) -> None:
    """Raise PermissionDenied where the collection is not public for this request.

    There is no way to the sign-in from here: the cookie of a session is sent below /admin/ only.
    """
    if not all(restriction.accept_request(request) for restriction in collection.get_view_restrictions()):
        raise PermissionDenied
