"""The addresses that are no page of the tree; the tree has all others."""

from django.db import transaction
from django.http import Http404
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.defaults import page_not_found
from django.views.generic import TemplateView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.pages.create import CreateView
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.urls import serve_pattern

from conferences.archive import permanent_addresses
from conferences.archive.laender import land_page, list_of_laender
from conferences.archive.statistics import statistics, statistics_file
from conferences.archive.themes import list_of_themes, theme_page
from conferences.archive.views import archive
from intmk.accessibility.views import barrier_receipt, barrier_report
from intmk.addresses.views import old_addresses
from intmk.base import link_choosers
from intmk.desk.page_search import SearchView
from intmk.media import views as downloads
from intmk.media.videos import views as video_views
from intmk.open_data import feeds
from intmk.open_data.api import urlpatterns as api_urls
from intmk.open_data.conference_calendar import calendar
from intmk.open_data.data_page import data
from intmk.open_data.security_txt import security_txt
from intmk.open_data.sharing.views import picture_for_sharing
from intmk.open_data.sitemap import SITEMAPS
from intmk.pages.glossary_views import glossary
from intmk.pages.overview import overview
from intmk.pages.routing import serve_page
from intmk.preview_links import views as preview_links
from intmk.search.views import open_search, search, suggest
from intmk.server.asked_keys import reads
from intmk.users.choosers import task_chooser_addresses
from intmk.users.sign_in import too_many_attempts
from intmk.users.views import AccountView

urlpatterns = [
    path("admin/account/", never_cache(require_admin_access(AccountView.as_view()))),
    path("admin/", include(link_choosers.addresses)),
    path("admin/workflows/", include(task_chooser_addresses)),
    path("admin/", include("intmk.users.urls")),  # before Wagtail's: signing in is ours
    # Wagtail's own way of publishing, moving and deleting for programs, past locks and hooks; no screen uses it.
    re_path(r"^admin/api/main/pages/\d+/action/", page_not_found, {"exception": Http404()}),
    path("admin/failwhale/", page_not_found, {"exception": Http404()}),
    # Wagtail's search knows titles only; its addresses stay, with their names.
    path("admin/pages/search/", never_cache(require_admin_access(SearchView.as_view()))),
    path("admin/pages/search/results/", never_cache(require_admin_access(SearchView.as_view(results_only=True)))),
    # Wagtail stores a new page, then its first version: a process killed between them left half a page.
    path(
        "admin/pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/",
        never_cache(require_admin_access(transaction.atomic(CreateView.as_view()))),
    ),
    path("admin/", include(wagtailadmin_urls)),
    path("bilder/<int:pk>/<str:name>", downloads.picture, name="picture_download"),
    re_path(r"^bilder/teilen/((?:[\w-]+/)*)([0-9a-f]{16})\.png$", picture_for_sharing, name="sharing_picture"),
    path("dokumente/<int:pk>/<str:name>", downloads.document, name="wagtaildocs_serve"),  # the name Wagtail asks for
    path("dokumente/<int:pk>/fassungen/<int:number>/<str:name>", downloads.document_version, name="document_version"),
    path("videos/<int:pk>/untertitel-<slug:version>.vtt", video_views.video_captions, name="video_captions"),
    path("videos/<int:pk>/<str:name>", video_views.video, name="video"),
    path("suche/", search, name="search"),
    re_path(r"^id/beschluss/([^/]+)/([^/]+?)/?$", permanent_addresses.identified, name="resolution_identifier"),
    re_path(r"^((?:[\w-]+/)+)zitat\.(bib|ris)$", permanent_addresses.download),
    path("vorschau/<str:key>/", preview_links.show_version, name="preview_link"),
    path("vorschau/<str:key>/<str:kind>/<int:pk>/", preview_links.file, name="preview_link_file"),
    path("alte-adressen/", old_addresses, name="old_addresses"),
    path("uebersicht/", overview, name="overview"),
    path("glossar/", glossary, name="glossary"),
    path("barriere-melden/", barrier_report, name="barrier_report"),
    re_path(r"^barriere-melden/([Bb]-\d{4}-[A-Za-z0-9]{6})/$", barrier_receipt, name="barrier_receipt"),
    path("suche/vorschlaege/", suggest, name="suggestions"),
    path("opensearch.xml", open_search, name="opensearch"),
    path("beschluesse/", archive, name="archive"),
    path("beschluesse/statistik/", statistics, name="statistics"),
    path("beschluesse/statistik/<slug:key>.csv", statistics_file, name="statistics_file"),
    path("themen/", list_of_themes, name="themes"),
    path("themen/<slug:slug>/", theme_page, name="theme"),
    path("laender/", list_of_laender, name="laender"),
    path("laender/<slug:slug>/", land_page, name="land"),
    path("daten/", data, name="data"),
    path("feeds/beschluesse.atom", feeds.atom, {"read": feeds.resolutions_feed}, name="feed_atom"),
    path("feeds/beschluesse.json", feeds.json_feed, {"read": feeds.resolutions_feed}, name="feed_json"),
    path("feeds/aktuelles.atom", feeds.atom, {"read": feeds.news}, name="news_atom"),
    path("feeds/aktuelles.json", feeds.json_feed, {"read": feeds.news}, name="news_json"),
    path("feeds/konferenzen.ics", calendar, name="feed_calendar"),
    path("api/v1/", include((api_urls, "api"))),
    path("sitemap.xml", reads(("p",))(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", security_txt),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain; charset=utf-8")),
    # In production nginx answers this before it gets here; on one small server without it, this does.
    # Renditions only: originals and documents have the addresses above, which ask whether they are public.
    path("media/images/<path:path>", downloads.rendition),
    # Not all of wagtail.urls: its other addresses ask readers for passwords and would set a cookie.
    re_path(serve_pattern, serve_page, name="wagtail_serve"),
]
handler429 = too_many_attempts  # django-allauth asks for it
handler500 = "intmk.server.unavailable.server_error"
