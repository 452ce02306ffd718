"""Puts the known addresses of the former site (intmk/content/old_addresses.toml) into the database."""

from collections.abc import Callable
from typing import Any

from wagtail.models import Page

from intmk.addresses.old_addresses import OldAddress, key_of
from intmk.content.files import read_content


def load_old_addresses(piece: Callable[..., None], page_at: Callable[[str], Page | None]) -> None:
    """Write them with `piece` (see Loader.piece); `page_at` gives the page loaded for an address, None when gone."""

    def write(row: dict[str, Any], old: OldAddress | None) -> OldAddress:
        old = old or OldAddress()
        old.address, old.description = row["address"], row["description"]
        old.target_page = page_at(row["target"])
        old.target_addition = row.get("target_addition", "") if old.target_page else ""
        old.note = row.get("note", "")
        old.full_clean()
        old.save()
        return old

    for row in read_content("old_addresses")["old_address"]:
        same = OldAddress.objects.filter(key=key_of(row["address"]))
        piece(f"old_address:{row['address']}", same, row, lambda old, row=row: write(row, old))
