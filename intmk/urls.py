"""The addresses of design §3 that are no page of the tree; the tree has all others."""

from django.urls import include, path, re_path
from django.views.generic import TemplateView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.urls import serve_pattern

from intmk import downloads, health
from intmk.routing import serve as serve_page
from intmk.search import search
from intmk.users.views import AccountView

urlpatterns = [
    path("admin/account/", require_admin_access(AccountView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("bilder/<int:pk>/<str:name>", downloads.picture, name="picture_download"),
    path("dokumente/<int:pk>/<str:name>", downloads.document, name="wagtaildocs_serve"),  # the name Wagtail asks for
    path("suche/", search, name="search"),
    path("gesund/", health.alive),
    path("bereit/", health.ready),
    path("sitemap.xml", sitemap),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain; charset=utf-8")),
    # In production nginx answers this before it gets here; on one small server without it, this does.
    # Renditions only: originals and documents have the addresses above, which ask whether they are public.
    path("media/images/<path:path>", downloads.rendition),
    # Not all of wagtail.urls: its other addresses ask readers for passwords and would set a cookie.
    re_path(serve_pattern, serve_page, name="wagtail_serve"),
]
