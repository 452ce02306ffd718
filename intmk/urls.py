"""The addresses of design §3 that are no page of the tree; the tree has all others."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from intmk import downloads
from intmk.search import search
from intmk.users.views import AccountView

handler404 = "intmk.removed_pages.not_found"

urlpatterns = [
    path("admin/account/", require_admin_access(AccountView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("bilder/<int:pk>/<str:name>", downloads.picture, name="picture_download"),
    path("dokumente/<int:pk>/<str:name>", downloads.document),
    path("dokumente/", include(wagtaildocs_urls)),
    path("suche/", search, name="search"),
    path("sitemap.xml", sitemap),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain; charset=utf-8")),
    # In production nginx answers this before it gets here; on one small server without it, this does.
    # Renditions only: originals and documents have the addresses above, which ask whether they are public.
    re_path(r"^media/images/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT / "images"}),
    path("", include(wagtail_urls)),
]
