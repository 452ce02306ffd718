"""A link leads to its target alone: not through who has wrapped it, and without what says who came from where."""

from base64 import b64encode
from contextlib import suppress
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intmk.language.links import (
    NO_MAIL,
    UnreadableLinkError,
    cleaned_link,
    faults_of_links,
    with_clean_links,
)
from intmk.language.phone_numbers import NO_NUMBER

TARGET = "https://www.example.org/bericht?id=5&L=0#teil"
CODED = quote(TARGET, safe="")
SAFE = (
    "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02%7Cerika.muster%40ministerium.example&sdata=x"
)
WRAPPED = [
    SAFE.format(CODED),
    SAFE.format(CODED).replace("&", "&amp;"),
    SAFE.format(CODED).replace("https:", "HTTPS:").replace("eur01", "GCC02"),
    SAFE.format(quote(SAFE.format(CODED), safe="")),
    f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={CODED}&locale=de",
    f"https://outlook.office.com/mail/safelink.html?url={CODED}",
    f"https://www.google.com/url?sa=t&source=web&q={CODED}&usg=AOv",
    f"https://www.google.de/url?q=Suchwort&url={CODED}",
    f"https://l.facebook.com/l.php?u={CODED}&h=AT0",
    f"https://lm.facebook.com/l.php?h=AT0&u={CODED}",
    f"https://l.instagram.com/?u={CODED}&e=AT",
    f"https://www.linkedin.com/redir/redirect?url={CODED}&urlhash=x",
    f"https://www.youtube.com/redirect?event=video_description&q={CODED}",
    f"https://duckduckgo.com/l/?uddg={CODED}&rut=1",
    f"https://r.search.yahoo.com/_ylt=A;_ylu=B/RV=2/RE=1/RO=10/RU={CODED}/RK=2/RS=x-",
    f"https://www.bing.com/ck/a?!&&p=1&u=a1{b64encode(TARGET.encode()).decode().rstrip('=')}&ntb=1",
    f"https://urldefense.proofpoint.com/v1/url?u={CODED}&k=x",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_bericht-3Fid-3D5-26L-3D0-23teil&d=Dw&c=e",
    f"https://urldefense.com/v3/__{TARGET}__;!!x!y$",
    "https://urldefense.us/v3/__https://www.example.org/bericht?id=5*L=0*teil__;JiM!!x!y$",
    "https://urldefense.com/v3/__https:/www.example.org/bericht?id=5&L=0*teil__;Iw!!x!y$",
    f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1,abc&typo=1",
    f"https://secure-web.cisco.com/1abc-DEF/{CODED}",
    f"https://ddec1-0-en-ctp.trendmicro.com:443/wis/clicktime/v1/query?url={CODED}&umid=1&auth=2",
    f"https://clicktime.symantec.com/15siB?h=a&u={CODED}",
    f"https://eu-central-1.protection.sophos.com?d=example.org&u={quote(b64encode(TARGET.encode()).decode())}&i=1",
    f"https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u={CODED}",
    f"https://url.avanan.click/v2/___{TARGET}___.YXAzOm",
    f"https://protect.checkpoint.com/v2/r01/___{TARGET}___.YzJl",
    f"https://atpscan.global.hornetsecurity.com/?d=x&f=y&u={CODED}",
    f"https://mail.ministerium.example/fmlurlsvc/?fewReq=:B:J&url={CODED}",
    f"https://link.edgepilot.com/s/1a2b/c3?u={CODED}",
    f"https://mail.ministerium.example/owa/redir.aspx?C=abc&URL={CODED}",
    f"https://urlsand.esvalabs.com/?u={CODED}&e=1&h=2",
    f"https://antiphishing.vadesecure.com/v4?f=a&k=b&r=c&s=d&u={CODED}",
    f"https://linklock.titanhq.com/analyse?url={CODED}&data=x",
    f"https://protection.greathorn.com/services/v2/lookupUrl/1a-2b/3c/{CODED}",
    f"https://scanmail.trustwave.com/?c=1&d=2&u={CODED}",
    f"https://deref-gmx.net/mail/client/abc/dereferrer/?redirectUrl={CODED}",
    f"https://deref-web.de/mail/client/abc/dereferrer/?redirectUrl={CODED}",
    f"https://href.li/?{TARGET}",
    f"https://abc.r.eu-central-1.awstrack.me/L0/{CODED}/1/0107-x",
    f"https://t.umblr.com/redirect?z={CODED}",
]  # fmt: skip


@pytest.mark.parametrize("link", WRAPPED)
def test_a_wrapped_link_leads_to_its_target(link):
    assert cleaned_link(link) == TARGET


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://www.google.de/amp/s/www.example.org/a.html", "https://www.example.org/a.html"),
        ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a", "https://www.example.org/a"),
        ("https://urldefense.com/v3/__http://example.org/a**Bb__;w6TDtsO8!!x$", "http://example.org/aäöüb"),
        (SAFE.format("https%3A%2F%2Fwww.example.org%2Fa%2520b"), "https://www.example.org/a%20b"),
        (SAFE.format("https%3A%2F%2Fwww.example.org%2Fa b"), "https://www.example.org/a%20b"),
        (SAFE.format("https%3A%2F%2Fwww.example.org%2F%3Fq%3Da%2Bb"), "https://www.example.org/?q=a+b"),
        (SAFE.format("http%3A%2F%2Fwww.example.org%2F%3Futm_source%3Dx%26id%3D1"), "http://www.example.org/?id=1"),
        (SAFE.format("www.example.org%2Fa"), "http://www.example.org/a"),
    ],
)
def test_signs_that_a_wrapper_has_coded_are_those_of_the_target(link, target):
    assert cleaned_link(link) == target


@pytest.mark.parametrize(
    "link",
    [
        "https://protect-eu.mimecast.com/s/AbCdEf?domain=example.org",
        "https://url.uk.m.mimecastprotect.com/s/AbCdEf?domain=example.org",
        "https://t.co/AbCdEf",
        "https://lnkd.in/AbCdEf",
        "https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?data=05",
        "https://eur01.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
        "https://protect.checkpoint.com/v2/r02/___mzzux://bbb.jcfruqj.twl___.YzJl",
        "https://urldefense.com/v3/__https://www.example.org/a*b*c__;Iw!!x$",
        "https://atpscan.global.hornetsecurity.com/index.php?atp_str=abc",
        "https://shared.outlook.inky.com/link?domain=example.org&t=h.eJx",
        "https://ministerium.us1.list-manage.com/track/click?u=1&id=2&e=3",
        "https://news.google.com/rss/articles/CBMiAbc?oc=5",
        "https://www.google.com/url?q=kein+Link",
    ],
)
def test_a_link_that_does_not_say_where_it_leads_is_refused_with_a_reason(link):
    with pytest.raises(UnreadableLinkError, match="verpackt und sagt nicht, wohin er führt"):
        cleaned_link(link)


def test_a_link_that_is_wrapped_without_end_is_refused():
    link = TARGET
    for _ in range(9):
        link = SAFE.format(quote(link, safe=""))
    with pytest.raises(UnreadableLinkError, match="immer wieder verpackt"):
        cleaned_link(link)


@pytest.mark.parametrize(
    "link",
    [
        TARGET,
        "https://web.archive.org/web/2020/https://www.example.org/?utm=1",
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fwww.example.org",
        "https://www.google.com/search?q=https%3A%2F%2Fwww.example.org",
        "https://www.google.com/maps?q=Mainz",
        "https://www.mimecast.com/s/",
        "https://www.linkedin.com/company/example",
        "https://www.example.org/login?redirect=https%3A%2F%2Fwww.example.org%2Fa",
        "https://t.co",
        "https://notgoogle.com/url?q=https%3A%2F%2Fwww.example.org",
        "https://www.example.org/?a=&b&&c=%FC#/weg?utm",
        "https://www.example.org/[",
        "http://[",
        "/konferenzen/12/",
        "#abschnitt",
        "",
    ],
)
def test_a_link_of_nobody_elses_making_stays_as_it_is(link):
    assert cleaned_link(link) == link


@pytest.mark.parametrize(
    ("link", "clean"),
    [
        ("https://www.example.org/?utm_source=a&utm_medium=b", "https://www.example.org/"),
        ("https://www.example.org/a?id=1&fbclid=x&L=%FC", "https://www.example.org/a?id=1&L=%FC"),
        ("https://www.example.org/a?gclid=x#teil", "https://www.example.org/a#teil"),
        ("https://www.example.org/a?etcc_med=E-Mail&etcc_cmp=a", "https://www.example.org/a"),
        ("https://www.example.org/a?mc_cid=1&mc_eid=2", "https://www.example.org/a"),
        ("https://www.example.org/a?UTM_Source=1&amp;id=2", "https://www.example.org/a?id=2"),
        ("https://www.example.org/a?id=2#utm_source=x&utm_medium=y", "https://www.example.org/a?id=2"),
        ("https://www.example.org/a;jsessionid=1F?id=2", "https://www.example.org/a?id=2"),
        (" https://www.example.org/a\u200b ", "https://www.example.org/a"),
    ],
)
def test_what_only_says_who_came_from_where_is_dropped(link, clean):
    assert cleaned_link(link) == clean


@pytest.mark.parametrize(
    ("link", "clean"),
    [
        ("mailto:post@example.org?subject=Frage", "mailto:post@example.org?subject=Frage"),
        ("MAILTO: Post@Example.ORG ", "mailto:Post@example.org"),
        ("mailto:post%40example.org", "mailto:post@example.org"),
        ("mailto:Erika%20Muster%20%3Cpost@example.org%3E", "mailto:post@example.org"),
        ("mailto:post@example.org;presse@example.org", "mailto:post@example.org,presse@example.org"),
        ("mailto://post@example.org?", "mailto:post@example.org"),
        ("mailto:mailto:post@example.org", "mailto:post@example.org"),
        ("mailto:post(at)example.org", "mailto:post@example.org"),
        ("tel:06131 16-0", "tel:+496131160"),
        ("tel:+49%20(0)6131%2016-0", "tel:+496131160"),
        ("TEL:0049-6131-160", "tel:+496131160"),
    ],
)
def test_links_to_mail_and_telephone_are_written_as_their_programs_take_them(link, clean):
    assert cleaned_link(link) == clean


@pytest.mark.parametrize("link", ["mailto:", "mailto:?subject=a", "mailto:post", "mailto:a@b", "mailto:a@@example.org"])
def test_what_is_no_address_for_mail_is_refused(link):
    with pytest.raises(UnreadableLinkError, match=NO_MAIL[:20]):
        cleaned_link(link)


def test_what_is_no_number_is_refused():
    with pytest.raises(UnreadableLinkError, match=NO_NUMBER[:20]):
        cleaned_link("tel:16-0")


def test_links_in_a_text_are_cleaned_and_those_that_leave_nothing_go():
    wrapped = SAFE.format(CODED).replace("&", "&amp;")
    page = '<a id="3" linktype="page">Seite</a>'
    long = f'<a href="{wrapped}">{wrapped}</a>'
    marks = '<a href="#_ftn1">[1]</a><a href="http://localhost:8000/admin/pages/3/edit/#_ftnref2">[2]</a>'
    text = f'<p><a href="{wrapped}">der <b>Bericht</b></a>{marks} {page} {long}</p>'
    clean = TARGET.replace("&", "&amp;")
    made = f'<p><a href="{clean}">der <b>Bericht</b></a>[1][2] {page} <a href="{clean}">{clean}</a></p>'
    assert with_clean_links(text) == made
    assert with_clean_links(made) == made


def test_a_text_names_each_link_that_cannot_be_read_once():
    text = (
        '<p><a href="https://t.co/1">a</a> <a href="https://t.co/1">b</a> <a href="https://www.example.org">c</a></p>'
    )
    assert with_clean_links(text) == text
    (fault,) = faults_of_links(text)
    assert "https://t.co/1" in fault


@given(st.sampled_from([*WRAPPED, "mailto:", "tel:", "https://"]), st.text(max_size=60))
def test_any_link_is_cleaned_once_for_all_or_refused(link, more):
    try:
        clean = cleaned_link(link + more)
    except UnreadableLinkError:
        return
    assert cleaned_link(clean) == clean


@pytest.mark.parametrize("sign", ["&", "___https://", "*", "%25", "https://", "(at)", "<", "/"])
def test_a_link_eight_times_as_long_takes_no_more_than_its_share(sign):
    def effort(number: int) -> float:
        times = []
        for _ in range(3):
            begin = process_time()
            for link in (f"https://urldefense.com/v3/__https://a{sign * number}", f"mailto:{sign * number}",
                         f"https://secure-web.cisco.com/{sign * number}", f"https://url.avanan.click/{sign * number}",
                         f"https://a.safelinks.protection.outlook.com/?url={sign * number}"):  # fmt: skip
                with suppress(UnreadableLinkError):
                    cleaned_link(link)
            times.append(process_time() - begin)
        return min(times)

    assert effort(8 * 500) < 32 * max(effort(500), 0.0005)
