"""The site of a request, and what of its tree is closed to readers: small tables, read as a whole."""

from django.http import HttpRequest
from django.http.request import split_domain_port
from wagtail.models import Page, PageViewRestriction, Site

from intmk.server.kept import kept

OF_SITE = ("hostname", "port", "site_name", "is_default_site")
OF_ROOT = ("path", "depth", "url_path", "title", "slug", "live", "show_in_menus", "translation_key")


@kept
def sites() -> list[Site]:
    """Return all sites, of their first pages what links need."""
    roots = (f"root_page__{name}" for name in OF_ROOT)
    return list(Site.objects.select_related("root_page").only(*OF_SITE, *roots).order_by())


def site_of(request: HttpRequest) -> Site | None:
    """Return the site that Wagtail would find (`Site.find_for_request`), where Wagtail then finds it as well.

    Host and port decide, then the host of the default site, then a host that only one site has, then the default site.
    """
    if not hasattr(request, "_wagtail_site"):
        host, port = split_domain_port(request.get_host())[0], request.get_port()
        all_sites = sites()
        named = [site for site in all_sites if site.hostname == host]
        best = [site for site in named if str(site.port) == port] + [site for site in named if site.is_default_site]
        best += named if len(named) == 1 else [site for site in all_sites if site.is_default_site]
        request._wagtail_site = next(iter(best), None)  # type: ignore[attr-defined]
    return request._wagtail_site  # type: ignore[attr-defined]


@kept
def restricted_paths() -> list[str]:
    """Return the places in the tree of all pages with a restriction; nearly always there is none."""
    return list(PageViewRestriction.objects.order_by().values_list("page__path", flat=True))


def is_restricted(page: Page) -> bool:
    """Say whether a restriction lies on the page or on one above it; of an alias its original counts, too."""
    if page.alias_of_id:
        return page.get_view_restrictions().exists()
    return page.path.startswith(tuple(restricted_paths()))


def address_on_site(page: Page) -> str | None:
    """Return where `page` is, as Wagtail's `get_url` does, which asks Django's resolver for each link anew."""
    only = all_sites[0].root_page.url_path if len(all_sites := sites()) == 1 else None
    return page.url_path[len(only) - 1 :] if only and page.url_path.startswith(only) else page.get_url()
