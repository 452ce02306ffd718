"""What the start page is made of: sections with lines, each a number with the way to what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DeskLine:
    """A line: `number` of what, `url` to its list or form ("" where the account may not go there), more in `detail`."""

    number: int | str
    label: str
    url: str = ""
    detail: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class DeskSection:
    """Lines under one heading; without any, only its name stands in the sentence on what is in order.

    `empty`: how that sentence calls it, "" for not at all. `more`: label and address of the way to all of it.
    """

    key: str
    heading: str
    icon: str
    lines: Sequence[DeskLine]
    empty: str = ""
    more: tuple[str, str] | None = field(default=None)
