"""What people read on a screen of the admin, and which words of it are not ours."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

# Words of interfaces that no German sentence has. What German has taken over ("Status", "Filter", "Open Data") or
# spells alike ("was", "will", "an", "Block") is not among them.
WORDS = """
    about accept access account action actions active add added ago allow already and any anyone are as at
    attributes available back been before below blocks but button by cancel cannot change changed changes check
    checks choose choosing clear click close closed collapse collection collections column columns comment comments
    confirm contents copied copy create created current currently date default delete deleted deletion different
    disable disabled discard document documents does draft edit edited editing empty enable enabled error errors
    every expand field fields first for found from further group groups has have heading help hidden hide history if
    image images insert invalid is issue issues it item items keyboard language later loading lock locked loop
    manage menu-item more most move moved never new next no none of ok only options or other our page pages parent
    password permission permissions please preview previous privacy private properties public publish published
    redirect redirects remove reorder report reports required results review revisions row rows save saved saving
    schedule scheduled select selected send settings shortcuts show shown sidebar site skip snippet snippets sort
    started step submit submitted successfully switch task tasks than that the there these this to toggle
    translation tree type types unlock unpublish unpublished untitled updated uploaded usage use used user users
    using value values versions view welcome when which with without yes you your
"""
ENGLISH = frozenset(WORDS.split())
# German, or taken over, and still not what anybody here calls anything: docs/decisions.md has what it is called.
NOT_OURS = re.compile(
    r"\b(?:dashboard|explorer|live|locales?|moderation\w*|moderier\w*|none|root|schnipsel\w*|slugs?|snippet\w*|tagg\w+|"
    r"upload|update|wagtail|workflows?)\b",
    re.IGNORECASE,
)
SHOWN_ATTRIBUTES = frozenset(("title", "aria-label", "aria-description", "placeholder", "alt", "label"))
WITHOUT_END = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
# Addresses, names of files and dotted names of models: no prose.
NO_PROSE = re.compile(r"\S*[/@]\S*|\S*\w\.\w\S*")


def foreign_words(text: str) -> list[str]:
    """Return the words of a text that are English, or German and not ours."""
    prose = NO_PROSE.sub(" ", text)
    return [word for word in re.findall(r"[\w-]+", prose) if word.lower() in ENGLISH] + NOT_OURS.findall(prose)


def foreign_texts(texts: Iterable[str], allowed: Iterable[str] = ()) -> list[str]:
    """Return those of the texts that hold such words, without what may be as it is: names of pages, above all."""
    found = []
    for text in dict.fromkeys(texts):
        rest = text
        for name in allowed:
            rest = rest.replace(name, "")
        if words := foreign_words(rest):
            found.append(f"{', '.join(dict.fromkeys(words))}: {text[:160]}")
    return found


class ShownTexts(HTMLParser):
    """Collects what a screen shows or reads out, now or once a script opens it, but for what is marked as English."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.left_out: list[str] = []  # the elements that are open and left out, outermost first

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        # A counter that is never shown: it stands at None until there is something to count.
        unseen = tag in ("script", "style", "code", "textarea") or "data-side-panel-toggle-counter" in given
        if self.left_out or unseen or given.get("lang") == "en":
            if tag not in WITHOUT_END:
                self.left_out.append(tag)
            return
        self.texts += [value for name, value in attributes if name in SHOWN_ATTRIBUTES and value]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.texts.append(given.get("value") or "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if not self.left_out:
            self.texts += [value for name, value in attributes if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.left_out:
            while self.left_out.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.left_out and data.strip():
            self.texts.append(" ".join(data.split()))


def shown_texts(html: str) -> list[str]:
    """Return the texts of a screen in the order in which they stand there."""
    parser = ShownTexts()
    parser.feed(html)
    return parser.texts
