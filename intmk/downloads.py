"""The addresses of stored files: /bilder/<id>/<name> and /dokumente/<id>/<name>.

A former name leads to the present one. No other name does: who guesses numbers does not find what is not yet public.
"""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve

from intmk.media import SiteDocument, SiteImage


@require_safe
def picture(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Return the stored original as a download; 403 where its collection is not public, 404 where it is missing."""
    image: SiteImage = get_object_or_404(SiteImage.objects.select_related("collection"), pk=pk)
    # No way to the sign-in from here: the cookie of a session is sent below /admin/ only.
    if not all(restriction.accept_request(request) for restriction in image.collection.get_view_restrictions()):
        raise PermissionDenied
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
    """Return the document by way of Wagtail, which checks the collection, or redirect from a former file name."""
    found = get_object_or_404(SiteDocument, pk=pk)
    if name != found.filename and name in found.former_names:
        return redirect(found.url)
    return serve(request, pk, name)
