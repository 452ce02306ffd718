"""Parts of the text of another page, taken over into the draft of this one: Wagtail copies within a page only.

A Land takes them into its proposal, where it may only propose.
"""

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
from intmk.base.text_page import TextPage
from intmk.language.wording import counted_as
from intmk.proposals.editing import page_for_form
from intmk.users.models import User

LOOKED_AT, SHOWN = 200, 20  # of the latest pages, those to choose from


def may_take_over(user: User, page: Page) -> bool:
    """Say whether the account may write texts into the draft of this page, or into a proposal for it."""
    is_text = issubclass(page.specific_class or Page, TextPage)
    proposes = is_for_proposals(user, page) and page.permissions_for_user(user).can_edit()
    return is_text and (proposes or may_change(user, page))


def public_texts() -> Any:
    """Return the pages with texts that everybody may read."""
    return Page.objects.live().public().type(TextPage)


def sources(page: Any, words: str) -> list[Page]:
    """Return other public pages, the latest first, in this one's language and with these words in the title.

    Only those whose text has a part that this page may have as well.
    """
    found = public_texts().filter(locale_id=page.locale_id).exclude(pk=page.pk)
    if words:
        found = found.filter(title__icontains=words)
    latest = found.order_by(F("last_published_at").desc(nulls_last=True), "pk")[:LOOKED_AT].specific()
    fitting = page.body.stream_block.child_blocks.keys()
    return [other for other in latest if not fitting.isdisjoint(part["type"] for part in other.body.raw_data)][:SHOWN]


def parts_that_fit(source: StreamValue, target: StreamBlock) -> list[tuple[Any, str]]:
    """Return the parts that the text of the other page may have as well, each with its first words."""
    return [
        (child, beginning(" ".join(child.block.get_searchable_content(child.value))))
        for child in source
        if child.block_type in target.child_blocks
    ]


def append(page: Any, chosen: list[Any]) -> None:
    """Append them to the text of this version of the page."""
    for child in chosen:
        block = page.body.stream_block.child_blocks[child.block_type]
        page.body.append((child.block_type, block.to_python(child.block.get_prep_value(child.value))))


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
        found = public_texts().filter(pk=key).first() if key.isdecimal() and len(key) < 10 else None
        return found.specific if found else None

    @cached_property
    def blocks(self) -> list[tuple[Any, str]]:
        """Return its parts that fit."""
        return parts_that_fit(self.source.body, self.page.body.stream_block) if self.source else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the `source` with its `blocks`, or the `pages` to choose from and the `words` that they were found by."""
        page, words = self.page, self.request.GET.get("q", "").replace("\0", "").strip()
        proposes = is_for_proposals(account_of(self.request), page)
        target = "in den Vorschlag Ihres Landes" if proposes else "in den Entwurf"
        shown = {"source": self.source, "blocks": self.blocks, "words": words, "target": target}
        pages = [] if self.source else sources(page, words)
        return super().get_context_data(page=page, pages=pages, **shown | kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take over what is ticked, and lead to the form."""
        chosen = [child for child, _ in self.blocks if child.id in request.POST.getlist("baustein")]
        if not chosen:
            messages.error(request, "Bitte mindestens einen Baustein ankreuzen.")
        elif refused := self.take_over(chosen):
            messages.error(request, refused)
        else:
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        return self.render_to_response(self.get_context_data())

    def take_over(self, chosen: list[Any]) -> str:
        """Append them to the draft or the proposal and say so; return why not, "" if it is done."""
        page, user = self.page, account_of(self.request)
        if is_for_proposals(user, page):
            proposal, latest = page_for_form(page, user)
            if proposal.is_sent:
                return "Der Vorschlag liegt beim Vorsitz: Es ist nichts übernommen."
            append(latest, chosen)
            proposal.write(latest, user, None)
            where = "im Vorschlag Ihres Landes. Gesendet ist er noch nicht."
        else:
            if (lock := page.get_lock()) and lock.for_user(user):
                return "Die Seite ist gesperrt: Es ist nichts übernommen."
            latest = page.get_latest_revision_as_object()
            append(latest, chosen)
            latest.save_revision(user=user, clean=False, log_action=True)
            where = "im Entwurf. Öffentlich ist noch nichts davon."
        taken = counted_as(len(chosen), "Baustein steht", "Bausteine stehen")
        messages.success(self.request, f"{taken} am Ende des Textes, {where}")
        return ""


def copied_blocks_button(page: Page, user: User, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Hook: lead there from the menu of a page."""
    if may_take_over(user, page):
        address = reverse("copied_blocks", args=[page.pk])
        yield Button("Bausteine übernehmen", address, icon_name="copy", priority=56)


def copied_blocks_address() -> list[URLPattern]:
    """Hook: return the address below /admin/; as it names a page, two at once wait for each other."""
    return [path("pages/<int:pk>/bausteine/", CopiedBlocksView.as_view(), name="copied_blocks")]
