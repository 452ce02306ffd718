"""How Mozilla's HTTP Observatory scores an answer over HTTPS: its rules (algorithm 6), for what this site can do.

100 points; what is missing takes some away, and only who still has 90 then gets those for more than is needed.
"""

import re
from collections.abc import Mapping, Sequence

WANTED = (
    130  # all that a page without cookie, frame and foreign file can have, but for isolation and the list of browsers
)
ENOUGH_FOR_MORE = 90
HALF_A_YEAR = 15_768_000
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def header_score(headers: Mapping[str, str], html: str, cookies: Sequence[str] = ()) -> int:
    """Return the points of an answer: its headers by their names in small letters, and what it sets as cookies."""
    policy = directives(headers.get("content-security-policy", ""))
    points = [
        of_policy(policy),
        of_framing(policy, headers.get("x-frame-options", "").lower()),
        of_cookies(cookies),
        of_transport(headers.get("strict-transport-security", "")),
        of_referrer(headers.get("referrer-policy", "")),
        of_scripts(html),
        of_sharing(headers),
        0 if headers.get("x-content-type-options") == "nosniff" else -5,
        10 if headers.get("cross-origin-resource-policy") in ("same-origin", "same-site") else 0,
        10 if headers.get("cross-origin-embedder-policy") in ("require-corp", "credentialless") else 0,
    ]
    least = 100 + sum(each for each in points if each < 0)
    return 100 + sum(points) if least >= ENOUGH_FOR_MORE else least


def directives(policy: str) -> dict[str, set[str]]:
    """Return the sources of each directive of a content security policy."""
    parts = [part.split() for part in policy.lower().split(";")]
    return {part[0]: set(part[1:]) for part in parts if part}


def of_policy(policy: dict[str, set[str]]) -> int:
    """Score where the page may get what it shows and runs."""
    if not policy:
        return -25
    everything = policy.get("default-src", {"*"})
    scripts, styles = policy.get("script-src", everything), policy.get("style-src", everything)
    if scripts & (BROAD | INLINE) or policy.get("object-src", everything) & BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for sources in policy.values() for source in sources):
        return -20
    if "'unsafe-eval'" in scripts | styles:
        return -10
    if styles & (BROAD | INLINE):
        return 0
    return 10 if everything == {"'none'"} else 5


def of_framing(policy: dict[str, set[str]], option: str) -> int:
    """Score whether another site may draw this one into its own."""
    return 5 if "frame-ancestors" in policy or option in ("deny", "sameorigin") else -20


def of_cookies(cookies: Sequence[str]) -> int:
    """Score how well what is kept by the browser is kept to itself."""
    points = [5]
    for cookie in cookies:
        name, flags = cookie.partition("=")[0].lower(), cookie.lower()
        if "secure" not in flags:
            points.append(-10 if "sess" in name else -5)
        if "sess" in name and "httponly" not in flags:
            points.append(-30)
        if not re.search("samesite=(lax|strict)", flags):
            points.append(-20 if "csrf" in name or "samesite" in flags else 0)
    return min(points) if cookies else 0


def of_transport(header: str) -> int:
    """Score for how long a browser comes by TLS only."""
    age = re.search(r"max-age=(\d+)", header)
    if not age:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR else -10


def of_referrer(header: str) -> int:
    """Score what other sites learn of where a reader comes from; of several words the last counts."""
    last = header.lower().rpartition(",")[2].strip()
    if not last:
        return 0
    return 5 if last in PRIVATE else -5


def of_scripts(html: str) -> int:
    """Score whether scripts come from here, or cannot be exchanged."""
    scripts = re.findall(r"<script[^>]*\ssrc=[^>]*>", html)
    foreign = [script for script in scripts if re.search(r"""src=["']?(https?:)?//""", script)]
    if not foreign:
        return 5 if scripts and all("integrity=" in script for script in scripts) else 0
    return -5 if all("https:" in script for script in foreign) else -50


def of_sharing(headers: Mapping[str, str]) -> int:
    """Score whether other sites may read answers in a reader's name."""
    allowed = headers.get("access-control-allow-credentials") == "true"
    return -50 if allowed and "access-control-allow-origin" in headers else 0
