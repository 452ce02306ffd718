"""Parts of the text of another page, taken over into the draft of this one: Wagtail copies within a page only."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.blocks import StreamBlock, StreamValue
from wagtail.models import Page

from conferences.handover.viewer import account_of
from intmk.base.admin_views import OnePageView
from intmk.base.blocks import beginning
from intmk.base.drafts import is_for_proposals, may_change
from intmk.base.pages import TextPage
from intmk.base.site import is_restricted
from intmk.language.wording import counted_as
from intmk.users.models import User

LOOKED_AT, SHOWN = 200, 20  # of the latest pages, those to choose from


def may_take_over(user: User, page: Page) -> bool:
    """Say whether the account may write texts into the draft of this page."""
    is_text = issubclass(page.specific_class or Page, TextPage)
    return is_text and not is_for_proposals(user, page) and may_change(user, page)


def sources(page: Any, words: str) -> list[Page]:
    """Return other public pages, the latest first, in this one's language and with these words in the title.

    Only those whose text has a part that this page may have as well.
    """
    found = Page.objects.live().type(TextPage).filter(locale_id=page.locale_id).exclude(pk=page.pk)
    if words:
        found = found.filter(title__icontains=words)
    latest = found.order_by(F("last_published_at").desc(nulls_last=True), "pk")[:LOOKED_AT].specific()
    fitting = page.body.stream_block.child_blocks.keys()
    return [
        other
        for other in latest
        if not is_restricted(other) and not fitting.isdisjoint(part["type"] for part in other.body.raw_data)
    ][:SHOWN]


def parts_that_fit(source: StreamValue, target: StreamBlock) -> list[tuple[Any, str]]:
    """Return the parts that the text of the other page may have as well, each with its first words."""
    return [
        (child, beginning(" ".join(child.block.get_searchable_content(child.value))))
        for child in source
        if child.block_type in target.child_blocks
    ]


def append_to_draft(page: Any, chosen: list[Any], user: User) -> None:
    """Append them to the latest version of the text; nobody else writes the page meanwhile."""
    latest = page.get_latest_revision_as_object()
    for child in chosen:
        block = latest.body.stream_block.child_blocks[child.block_type]
        latest.body.append((child.block_type, block.to_python(child.block.get_prep_value(child.value))))
    latest.save_revision(user=user, clean=False, log_action=True)


class CopiedBlocksView(OnePageView):
    """First a page is chosen (`von`), then what of its text is wanted."""

    page_title = "Bausteine übernehmen"
    header_icon = "copy"
    template_name = "intmk/desk/copied_blocks.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may write texts into the draft of this page."""
        return may_take_over(user, page)

    @cached_property
    def source(self) -> Any:
        """Return the public page whose text is wanted, None while none is chosen."""
        key = self.request.GET.get("von", "")
        found = Page.objects.live().type(TextPage).filter(pk=key).first() if key.isdecimal() and len(key) < 10 else None
        return found.specific if found and not is_restricted(found) else None

    @cached_property
    def blocks(self) -> list[tuple[Any, str]]:
        """Return its parts that fit."""
        return parts_that_fit(self.source.body, self.page.body.stream_block) if self.source else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the `source` with its `blocks`, or the `pages` to choose from and the `words` that they were found by."""
        page, words = self.page, self.request.GET.get("q", "").replace("\0", "").strip()
        shown = {"source": self.source, "blocks": self.blocks, "words": words}
        pages = [] if self.source else sources(page, words)
        return super().get_context_data(page=page, pages=pages, **shown | kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take over what is ticked, and lead to the draft."""
        page, user = self.page, account_of(request)
        chosen = [child for child, _ in self.blocks if child.id in request.POST.getlist("baustein")]
        lock = page.get_lock()
        if lock and lock.for_user(user):
            messages.error(request, "Die Seite ist gesperrt: Es ist nichts übernommen.")
        elif not chosen:
            messages.error(request, "Bitte mindestens einen Baustein ankreuzen.")
        else:
            append_to_draft(page, chosen, user)
            taken = counted_as(len(chosen), "Baustein steht", "Bausteine stehen")
            messages.success(request, f"{taken} am Ende des Textes, im Entwurf. Öffentlich ist noch nichts davon.")
            return redirect("wagtailadmin_pages:edit", page.pk)
        return self.render_to_response(self.get_context_data())


def copied_blocks_button(page: Page, user: User, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Hook: lead there from the menu of a page."""
    if may_take_over(user, page):
        address = reverse("copied_blocks", args=[page.pk])
        yield Button("Bausteine übernehmen", address, icon_name="copy", priority=56)


def copied_blocks_address() -> list[URLPattern]:
    """Hook: return the address below /admin/; as it names a page, two at once wait for each other."""
    return [path("pages/<int:pk>/bausteine/", CopiedBlocksView.as_view(), name="copied_blocks")]
