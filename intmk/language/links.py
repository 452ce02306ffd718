"""Links as people paste them: wrapped by mail filters and networks, with what says who came from where.

A wrapper names who was sent the link, leads through a third party, and is dead some years later. Where the target
stands in it, it is read without asking anybody; where not, only the sender's program knows it.
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from urllib.parse import SplitResult, quote, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import escape

from intmk.language.phone_numbers import NO_NUMBER, phone_in
from intmk.language.readable_text import readable

NO_MAIL = "Das ist keine E-Mail-Adresse: „{}“."
LONGEST = 8000  # no browser and no server takes more
MOST_WRAPPERS = 8  # a link that was forwarded from office to office
# What says who came from where, not what is asked for. "id", "L" or "cHash" do.
TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|mc|wt|_hs|vero|oly_enc|oly_anon)_\w+|__hs(?:tc|sc|fp)|"
    r"at_(?:medium|campaign|custom|link|recipient|creation|format|ptr)\w*|ns_(?:campaign|mchannel|source|linkname)|_ga|_gl|_hsenc|_hsmi|"
    r"gbraid|wbraid|gclsrc|gad_(?:source|campaignid)|srsltid|igsh(?:id)?|mibextid|mkt_tok|ref_src|xtor|wtmc|rdt_cid|"
    r"(?:fb|g|d|y|tw|tt)clid|fb_(?:source|action_ids|action_types)|yclid|msclkid|li_fat_id|__cft__\S*|__tn__|"
    r"etcc_\w+|cm_mmc\w*|ef_id|s_kwcid|_openstat|dm_i|trk_\w+|hsctatracking|ml_subscriber(?:_hash)?|"
    r"guce_referrer(?:_sig)?|guccounter|jsessionid|phpsessid|asp\.net_sessionid|fe_typo_user",
    re.IGNORECASE,
)
SESSION = re.compile(r"[;,](?:jsessionid|phpsessid|sid)=[^/?]*", re.IGNORECASE)
WEB = re.compile(r"https?:/{1,2}(?=[^/])", re.IGNORECASE)
# Marks that Word sets in its own text; nothing on a page bears their names.
# Browsers put the address of the page before them on which the text is pasted.
MARK_OF_WORD = re.compile(r"(?:https?://[^/]*/admin/[^#]*)?#_(?:ftn|edn|mso|Toc|Hlk|Ref)\w*", re.IGNORECASE)
CODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
# What an address holds with a percent sign alone, and a wrapper gives back without.
TO_BE_CODED = re.compile(r'[\s<>"\\^`{|}]')
AT = re.compile(r"\s*[(\[{](?:at|ät)[)\]}]\s*", re.IGNORECASE)
LINK = re.compile(r'<a\b[^<>]*?\shref="([^"]*)"[^<>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE)


class UnreadableLinkError(ValueError):
    """Nobody can read where the link leads; the message says why in German, and what to do."""


def query_parameters(query: str) -> list[tuple[str, str]]:
    """Return the names and values of a query; "+" stays, which targets have for itself."""
    parts = (part.partition("=") for part in re.split("&amp;|&", query))
    return [(unquote(name), unquote(value)) for name, _, value in parts]


def in_query(*names: str) -> Callable[[SplitResult], str]:
    """Return what reads the target in one of these parameters, plain or in Base64."""

    def read(link: SplitResult) -> str:
        values = {name.lower(): value for name, value in reversed(query_parameters(link.query))}
        return next(filter(None, (as_web(values.get(name, "")) for name in names)), "")

    return read


def in_path(link: SplitResult) -> str:
    """Read the first whole address in the path, coded or not: "/1a2b/https%3A%2F%2Fwww.example.org"."""
    found = re.search(r"https?(?::|%3a)(?:/|%2f)+.+", whole_of(link), re.IGNORECASE)
    return as_web(found[0]) if found else ""


def whole_query(link: SplitResult) -> str:
    """Read a target that is the query: "?https://www.example.org/"."""
    return as_web(whole_of(link).partition("?")[2])


def between_underlines(link: SplitResult) -> str:
    """Read "/v2/___https://www.example.org/___.YXA6…"."""
    return as_web(whole_of(link).partition("___")[2].partition("___")[0])


def amazon(link: SplitResult) -> str:
    """Read "/L0/https:%2F%2Fwww.example.org%2F/1/0107…", where what follows the target is its own."""
    found = re.match(r"/[A-Z]\d/([^/]+)/", link.path)
    return as_web(found[1]) if found else ""


def amp(link: SplitResult) -> str:
    """Read "/amp/s/www.example.org/seite", where "s" stands for https."""
    found = re.match(r"/\w+/(s/)?([^/]+\..+)", whole_of(link))
    return f"http{'s' if found[1] else ''}://{found[2]}" if found else ""


def yahoo(link: SplitResult) -> str:
    """Read "/RU=https%3a%2f%2fwww.example.org%2f/RK=2/RS=…"."""
    found = re.search(r"/RU=([^/]+)/", link.path)
    return as_web(found[1]) if found else ""


def proofpoint(link: SplitResult) -> str:
    """Read all three kinds: plain, with "-" for "%" and "_" for "/", and with signs that stand coded at the end."""
    if link.path.startswith("/v3/"):
        return proofpoint_3(whole_of(link))
    value = dict(query_parameters(link.query)).get("u", "")
    return as_web(unquote(value.translate({ord("-"): "%", ord("_"): "/"})) if link.path.startswith("/v2/") else value)


def proofpoint_3(whole: str) -> str:
    """Read "/v3/__https://www.example.org/a*b__;IQ!!…$": each "*" stands for one of the signs, "**B" for three of them.

    Returns "" where the signs do not fit.
    """
    found = re.match(r"/v3/__(.+?)__;([\w-]*)!", whole, re.DOTALL)
    if not found:
        return ""
    signs = iter(from_base64(found[2]))
    runs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def in_clear(coded: re.Match[str]) -> str:
        return "".join(next(signs) for _ in range(runs.index(coded[1]) + 2 if coded[1] else 1))

    try:
        return as_web(re.sub(r"\*(?:\*([\w-]))?", in_clear, found[1], flags=re.ASCII))
    except RuntimeError:  # there are fewer signs than places
        return ""


def nowhere(link: SplitResult) -> str:
    """Read nothing: the target is known to the program alone that made the link."""
    return ""


def whole_of(link: SplitResult) -> str:
    """Return the link without its host."""
    return link.path + (f"?{link.query}" if link.query else "") + (f"#{link.fragment}" if link.fragment else "")


def as_web(text: str) -> str:
    """Return the address of the web in a value that may be coded, "" where it holds none."""
    text = text.strip()
    for _ in range(3):
        if WEB.match(text):
            address = WEB.sub(lambda found: found[0].rstrip("/").lower() + "//", text, count=1)
            return TO_BE_CODED.sub(lambda found: quote(found[0]), address)
        if not CODED.search(text):
            break
        text = unquote(text)
    if text.lower().startswith("www.") and "." in text[4:]:
        return as_web(f"http://{text}")
    coded = text[2:] if text.startswith("a1aHR0") else text
    return as_web(from_base64(coded)) if coded.startswith("aHR0c") else ""  # "http" in Base64


def from_base64(coded: str) -> str:
    """Return the text in Base64 of either alphabet, with or without its end; "" for what is none."""
    coded = coded.rstrip("=").translate({ord("+"): "-", ord("/"): "_"})
    try:
        return urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (Base64Error, UnicodeDecodeError):
        return ""


@dataclass(frozen=True)
class Wrapper:
    """Who wraps, and how to read the target. host, path: what its links match; the host ends with it."""

    name: str
    host: str
    target: Callable[[SplitResult], str]
    path: str = ""

    def wraps(self, link: SplitResult) -> bool:
        """Say whether it made this link."""
        host = (link.hostname or "").removeprefix("www.").rstrip(".")
        return bool(re.search(rf"(?:\A|\.)(?:{self.host})\Z", host) and re.match(self.path, link.path, re.IGNORECASE))


GOOGLE = r"google(?:\.[a-z]{2,3}){1,2}"
URL = in_query("url", "u", "q", "target", "redirecturl", "redirect", "to", "a", "o")
WRAPPERS = [
    # what filters of mail put before each link
    Wrapper("Outlook SafeLinks", r"safelinks\.protection\.(?:outlook\.com|office365\.us|partner\.outlook\.cn)", URL),
    Wrapper("Outlook SafeLinks", r"(?:office|outlook\.live)\.(?:net|com)", URL, r".*safelinks?.*\.html"),
    Wrapper("Outlook im Web", r"[\w.-]+", URL, r"/owa/redir\.aspx\Z"),
    Wrapper("Proofpoint", r"urldefense(?:\.proofpoint)?\.(?:com|us)", proofpoint, r"/v[123]/"),
    Wrapper("Barracuda", r"linkprotect\.cudasvc\.com", URL),
    Wrapper("Mimecast", r"protect(?:-\w+)?\.mimecast(?:-offshore)?\.com|mimecastprotect\.com", URL),
    Wrapper("Cisco Secure Email", r"secure-web\.cisco\.com", in_path),
    Wrapper("Trend Micro", r"ctp\.trendmicro\.com|imsva\w*\.trendmicro\.com", URL),
    Wrapper("Trend Micro", r"trendmicro\.com", URL, r"/wis/clicktime/"),
    Wrapper("Trend Micro", r"url\.emailprotection\.link", nowhere),
    Wrapper("Symantec", r"clicktime\.symantec\.com|clicktime\.cloud\.postoffice\.net", URL),
    Wrapper("Sophos", r"protection\.sophos\.com", URL),
    Wrapper("Trellix", r"protect\d?(?:-\w+)?\.(?:fireeye|trellix)\.com", URL),
    Wrapper("Check Point", r"protect\.checkpoint\.com|url\.avanan\.click", between_underlines),
    Wrapper("Check Point", r"avanan\.url-protection\.com|url-protection\.com", URL),
    Wrapper("Hornetsecurity", r"hornetsecurity\.com", URL, r"/(?:index\.php)?\Z"),
    Wrapper("FortiMail", r"[\w.-]+", URL, r"/fmlurlsvc/?\Z"),
    Wrapper("Zix", r"link\.zixcentral\.com|link\.edgepilot\.com", URL),
    Wrapper("Libraesva", r"urlsand\.(?:esvalabs\.com|com)", URL),
    Wrapper("Vade", r"antiphishing\.vadesecure\.com", URL),
    Wrapper("TitanHQ", r"linklock\.titanhq\.com", URL),
    Wrapper("GreatHorn", r"protection\.greathorn\.com", in_path),
    Wrapper("Trustwave", r"scanmail\.trustwave\.com", URL),
    Wrapper("Inky", r"outlook\.inky\.com|shared\.inky\.com", nowhere),
    Wrapper("GMX", r"deref-(?:gmx|mail)\.(?:net|com|de|at|ch)", URL),
    Wrapper("WEB.DE", r"deref-(?:web|1und1|ionos)(?:-\d+)?\.(?:de|com)", URL),
    # what networks and search engines do to links that leave them
    Wrapper("Google", GOOGLE, in_query("q", "url", "imgrefurl", "adurl"), r"/(?:url|imgres|aclk|scholar_url)\Z"),
    Wrapper("Google", GOOGLE, amp, r"/amp/"),
    Wrapper("Google", r"cdn\.ampproject\.org", amp, r"/[cv]/"),
    Wrapper("Google News", r"news\.google\.com", nowhere, r"/(?:rss/)?(?:articles|read)/"),
    Wrapper("Google", r"googleadservices\.com|doubleclick\.net", in_query("adurl", "url"), r".*(?:aclk|clk|pcs/click)"),
    Wrapper("Bing", r"bing\.com", URL, r"/(?:ck/a|aclk)\Z"),
    Wrapper("DuckDuckGo", r"duckduckgo\.com", in_query("uddg"), r"/l/?\Z"),
    Wrapper("Yahoo", r"search\.yahoo\.com", yahoo, r".*/RU="),
    Wrapper("Facebook", r"(?:l|lm)\.(?:facebook|messenger)\.com|facebook\.com", URL, r"/(?:l\.php|flx/warn/?)\Z"),
    Wrapper("Instagram", r"l\.(?:instagram\.com|threads\.(?:net|com)|wl\.co)", URL),
    Wrapper("LinkedIn", r"linkedin\.com", URL, r"/(?:redir/redirect|safety/go|redir/general-malware-page|slink)"),
    Wrapper("LinkedIn", r"lnkd\.in", nowhere, r"/."),
    Wrapper("X", r"t\.co", nowhere, r"/."),
    Wrapper("YouTube", r"youtube\.com", in_query("q"), r"/redirect\Z"),
    Wrapper("TikTok", r"tiktok\.com", URL, r"/link/v2"),
    Wrapper("Reddit", r"out\.reddit\.com", URL),
    Wrapper("VK", r"vk\.com", URL, r"/away(?:\.php)?\Z"),
    Wrapper("Tumblr", r"t\.umblr\.com", in_query("z"), r"/redirect\Z"),
    Wrapper("Slack", r"slack-redir\.net", URL),
    Wrapper("Steam", r"steamcommunity\.com", URL, r"/linkfilter"),
    Wrapper("href.li", r"href\.li|dereferer\.(?:me|org|com)|anonym\.to|nullrefer\.com", whole_query),
    # what mailings count clicks with
    Wrapper("Mailchimp", r"list-manage\d*\.com", nowhere, r"/track/click"),
    Wrapper("Mailchimp", r"mandrillapp\.com", nowhere, r"/track/click"),
    Wrapper("CleverReach", r"cleverreach\.com|crsend\.com", nowhere, r"/c/"),
    Wrapper("SendGrid", r"ct\.sendgrid\.net", nowhere),
    Wrapper("Mailjet", r"mjt\.lu", nowhere, r"/lnk/"),
    Wrapper("Amazon", r"awstrack\.me", amazon),
    Wrapper("Brevo", r"sendib[mt]\d\.com|sendinblue\.com", nowhere, r"/(?:mk/)?(?:cl|tr)/"),
    Wrapper("rapidmail", r"emailsys\d\w\.net", nowhere, r"/(?:mailing/)?\d+/"),
]  # fmt: skip


def cleaned_link(link: str) -> str:
    """Return `link` as readers are to get it: the target of a wrapper, without tracking; checked mailto: and tel:.

    "" for a mark that Word left, which leads nowhere. All else comes back as it is; an address of the web, coded as it
    was. Raises UnreadableLinkError.
    """
    link = readable(link).strip()
    if len(link) > LONGEST:
        raise UnreadableLinkError("Der Link ist zu lang.")
    if MARK_OF_WORD.fullmatch(link):
        return ""
    scheme = link.partition(":")[0].lower()
    if scheme == "mailto":
        return cleaned_mail(link)
    if scheme == "tel":
        number = phone_in(unquote(link.partition(":")[2]).strip()).link
        if not number:
            raise UnreadableLinkError(NO_NUMBER)
        return number
    if scheme in ("http", "https"):
        return without_tracking(unwrapped(link))
    return link


def unwrapped(link: str) -> str:
    """Return where a link of the web leads in the end, as far as it says so itself; raise UnreadableLinkError."""
    begun = link
    for _ in range(MOST_WRAPPERS):
        try:
            parts = urlsplit(link)
            wrapper = next((each for each in WRAPPERS if each.wraps(parts)), None)
        except ValueError:  # "http://["
            return link
        if wrapper is None:
            return link
        link = wrapper.target(parts)
        if not link:
            raise UnreadableLinkError(
                f"Der Link „{shortened(begun)}“ ist von {wrapper.name} verpackt und sagt nicht, wohin er führt. Bitte "
                "im Browser öffnen und die Adresse von dort einsetzen."
            )
    raise UnreadableLinkError(
        f"Der Link „{shortened(begun)}“ ist immer wieder verpackt. Bitte im Browser öffnen und die Adresse von dort "
        "einsetzen."
    )


def shortened(link: str) -> str:
    """Return the beginning of a link, which names nobody to whom it was sent."""
    return link[:40] + ("…" if len(link) > 40 else "")


def without_tracking(link: str) -> str:
    """Return an address of the web without parameters that only say who came from where; the others as they are."""
    address, mark, fragment = link.partition("#")
    path, _, query = address.partition("?")
    parts = re.split("&amp;|&", query)
    kept = [part for part in parts if not is_tracking(part)]
    if mark and all(is_tracking(part) for part in fragment.split("&")):
        mark = fragment = ""
    asked = query if len(kept) == len(parts) else "&".join(kept)
    return SESSION.sub("", path) + (f"?{asked}" if asked else "") + mark + fragment


def is_tracking(part: str) -> bool:
    """Say whether "name=value" is nothing but tracking."""
    return TRACKING.fullmatch(unquote(part.partition("=")[0])) is not None


def cleaned_mail(link: str) -> str:
    """Return a mailto: link with addresses alone, as programs for mail take them; raise UnreadableLinkError."""
    written, mark, fields = link.partition(":")[2].partition("?")
    found = [mail_address(part) for part in re.split("[,;]", unquote(written)) if part.strip()]
    if not found:
        raise UnreadableLinkError(NO_MAIL.format(""))
    return "mailto:" + ",".join(quote(address, safe="@!$'*+-._~") for address in found) + mark * bool(fields) + fields


def mail_address(text: str) -> str:
    """Return the address in "Erika Muster <post@Example.org>", its host in small letters; raise UnreadableLinkError."""
    inner = re.search(r"<([^<>]*)>", text)
    address = re.sub(r"\s|\Amailto:|\A/+", "", AT.sub("@", inner[1] if inner else text), flags=re.IGNORECASE)
    local, _, host = address.rpartition("@")
    address = f"{local}@{host.lower()}"
    try:
        validate_email(address)
    except ValidationError:
        raise UnreadableLinkError(NO_MAIL.format(text.strip()[:80])) from None
    return address


def with_clean_links(html: str) -> str:
    """Return rich text, as it is stored, with its links cleaned; those that cannot be read stay as they are."""

    def cleaned(found: re.Match[str]) -> str:
        link = unescape(found[1])
        try:
            made = cleaned_link(link)
        except UnreadableLinkError:
            return found[0]
        if not made:
            return found[2]
        if made == link:
            return found[0]
        tag = found[0][: found.start(2) - found.start()].replace(f'href="{found[1]}"', f'href="{escape(made)}"', 1)
        return f"{tag}{escape(with_clean_link(unescape(found[2]))) if '<' not in found[2] else found[2]}</a>"

    return LINK.sub(cleaned, html)


def with_clean_link(text: str) -> str:
    """Return a text that is nothing but an address of the web cleaned, all else as it is."""
    with suppress(UnreadableLinkError):
        if WEB.match(text.strip()) and not re.search(r"\s", text.strip()):
            return cleaned_link(text)
    return text


def faults_of_links(html: str) -> list[str]:
    """Return why links in rich text cannot be read, each once."""
    faults: dict[str, None] = {}
    for found in LINK.finditer(html):
        try:
            cleaned_link(unescape(found[1]))
        except UnreadableLinkError as error:
            faults[str(error)] = None
    return list(faults)
