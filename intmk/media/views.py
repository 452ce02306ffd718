"""The addresses of stored files: /bilder/<id>/<name>, /dokumente/<id>/<name> with its versions, /media/images/<name>.

A former name leads to the present one. No other name does: who guesses numbers does not find what is not yet public.
What is not public (intmk/media/public_files.py) is not found; editors have other addresses for it.
"""

from hashlib import sha256
from io import BytesIO
from mimetypes import guess_type

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django.views.static import serve as serve_file

from intmk.media import byte_ranges
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentVersion
from intmk.media.images.credit import credit_packet, with_packet
from intmk.media.images.models import SiteImage
from intmk.server.media_place import bucket


@require_safe
def picture(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Return the original with its credit inside as a download; 404 where it is not public."""
    image: SiteImage = get_object_or_404(SiteImage.objects.public(), pk=pk)
    if name != image.address_name:
        if name in image.former_names:
            return redirect(image.download_url)
        raise Http404
    packet = credit_packet(image.credit, image.licence)
    etag = f'"{image.file_hash}-{sha256(packet).hexdigest()[:8]}"'
    if known := get_conditional_response(request, etag=etag):
        return known
    try:
        with image.open_file() as file:
            data = with_packet(file.read(), packet)
    except OSError as error:
        raise Http404 from error
    response = FileResponse(BytesIO(data), as_attachment=True, filename=image.address_name)
    response["ETag"] = etag
    return response


@require_safe
def document(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Return the document, whole or in part, or redirect from a former file name; 404 where it is not public."""
    found: SiteDocument = get_object_or_404(SiteDocument.objects.public(), pk=pk)
    if name != found.filename:
        if name in found.former_names:
            return redirect(found.url)
        raise Http404
    return file_answer(request, found.file, name, found.file_hash, as_attachment=found.content_disposition != "inline")


@require_safe
def document_version(request: HttpRequest, pk: int, number: int, name: str) -> HttpResponseBase:
    """Return a former file of a document, as the present one is served, under the conditions of that one."""
    found: SiteDocument = get_object_or_404(SiteDocument.objects.public(), pk=pk)
    version = get_object_or_404(DocumentVersion, document=found, number=number, address_name=name)
    is_inline = name.endswith(".pdf")
    return file_answer(request, version.file, name, version.sha256, as_attachment=not is_inline)


def file_answer(
    request: HttpRequest, file: FieldFile, name: str, checksum: str, as_attachment: bool
) -> HttpResponseBase:
    """Return the file, or the part or 304 that the reader's headers ask for; raise Http404 where it is missing."""
    content_type = guess_type(name)[0] or "application/octet-stream"
    try:
        response = byte_ranges.ranged_response(request, file, f'"{checksum}"', content_type)
    except OSError as error:
        raise Http404 from error
    if response.status_code < 300:
        response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    response["Content-Security-Policy"] = "default-src 'none'"  # nothing in it is run
    return response


@require_safe
def rendition(request: HttpRequest, path: str) -> HttpResponseBase:
    """Return a rendition; it may be kept for ever, since another one never gets its name."""
    if in_bucket := bucket():
        try:
            file, written = in_bucket.served(f"images/{path}")
        except FileNotFoundError as error:
            raise Http404 from error
        content_type = guess_type(path)[0] or "application/octet-stream"
        response = byte_ranges.file_response(request, file, f'"{path}"', int(written.timestamp()), content_type)
    else:
        response = serve_file(request, path, document_root=str(settings.MEDIA_ROOT / "images"))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
