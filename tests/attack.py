"""Attacks a site of its own, as it is served, and says in figures what came of it: `python -m tests.attack`.

The site is a copy of the first start (tests/serving.py), on free ports of this machine, and ends with the attack;
nothing leaves the machine. Each kind of attack is bounded in number or time. What a person has to look at is a finding:
it stands below the table, and the attack then ends with 1. What the tools say lies in var/attack/ afterwards.
"""

import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.attacked_site import Account, Answer, Target, Upload, served
from tests.header_score import WANTED, header_score
from tests.odd_requests import faults, odd_request
from tests.processes import processes_of
from tests.serving import KEY, ROOT, copy_state, served_once

SCHEMATHESIS = ROOT / ".venv-schemathesis" / "bin" / "schemathesis"
# What looks for a way in; for readers also what looks at answers. Left out is what would ask other machines.
INJECTIONS = "crlf,exec,file,redirect,sql,xss"
ANSWERS = "backup,blindsql,cookieflags,csp,htaccess,http_headers,methods,permanentxss,shellshock"
# The filters of browsers are gone; and it is served without TLS here: in production it is asked below.
NOT_WANTED = ("X-XSS-Protection is not set", "Strict-Transport-Security is not set")
TESTS = (
    "rights_matrix", "hostile_documents", "image_upload", "video_upload", "table_files", "address_writing",
    "whatever_is_stored",
)  # fmt: skip
OPEN = re.compile(r"/admin/(login|password_reset|anmelden|konto)/|/admin/(jsi18n|sprite)/")
ADMINISTRATORS_ONLY = ("/admin/users/", "/admin/groups/", "/admin/sites/", "/admin/workflows/", "/admin/collections/")
MOST_ADDRESSES, MOST_LISTS, ODD_REQUESTS, HOSTILE_FILES = 250, 25, 3000, 40
LONGEST = 900  # seconds of one program; on a quiet machine none takes two minutes
UNKNOWN = "/gibt-es-nicht/"
TAKES_INPUT = [
    "/suche/", "/beschluesse/", "/vorsitz/", "/api/v1/resolutions", "/api/v1/chairs", "/barriere-melden/",
    "/alte-adressen/", "/id/beschluss/12/2.1", "/admin/login/", "/media/",
]  # fmt: skip


# --- what is tried; each returns what it did, and its findings ------------------------------------------------------


def api_by_its_description(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Let schemathesis ask whatever the description of the API allows, and what it forbids."""
    report = folder / "schemathesis.json"
    limits = ["--max-examples", "150", "--max-time", "75", "--seed", "1", "--continue-on-failure"]
    command = [SCHEMATHESIS, "run", f"{site.url}/api/v1/openapi.json", "--checks", "all", *limits]
    done = run([*command, "--report", "json", "--report-json-path", report], folder, "schemathesis.txt")
    cases = re.search(r"\d+ generated, .*\d.*", done.stdout)
    findings = (
        [] if done.returncode == 0 and cases else [f"schemathesis endete mit {done.returncode}: schemathesis.txt"]
    )
    return f"schemathesis: {cases[0] if cases else 'kein Ergebnis'}", findings


def scan_as_reader(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Let wapiti follow the links of the public site and attack all that takes an input."""
    return wapiti(
        site,
        folder,
        "leser",
        ["-m", f"{INJECTIONS},{ANSWERS}", "-d", "3", "--max-links-per-page", "40", "--max-files-per-dir", "12"],
    )


def scan_as_chair(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Let it attack what lists and search fields of the admin take from an address, as somebody who may publish.

    It follows no links there: the first form that it would send is the one that signs out.
    """
    chair = Account(site, chairing(site))
    lists = [address.partition("?")[0] for address in addresses_of_the_admin(chair)]
    asked = [f"{site.url}{address}?q=wort" for address in lists if not re.search(r"\d", address)]
    starts = [part for address in asked[:MOST_LISTS] for part in ("-s", address)]
    return wapiti(site, folder, "vorsitz", ["-m", INJECTIONS, "-H", f"Cookie: {chair.cookie}", "-d", "0", *starts])


def wapiti(site: Target, folder: Path, name: str, arguments: list[str]) -> tuple[str, list[str]]:
    """Run Debian's wapiti for at most five minutes and return what it reports, without what is not wanted here."""
    program = shutil.which("wapiti")
    if program is None:
        return "wapiti fehlt", ["wapiti ist nicht installiert: apt install wapiti"]
    report, own = folder / f"wapiti-{name}.json", folder / f"wapiti-{name}"
    own.mkdir()
    (own / "apps.json").write_text("{}")  # otherwise it would look for its list of programs on the net
    limits = ["--max-scan-time", "40", "--max-attack-time", "8", "--max-parameters", "40"]
    kept = ["--store-session", own, "--store-config", own, "--flush-session", "--no-bugreport"]
    command = [program, "-u", f"{site.url}/", "--scope", "domain", *kept, *limits, "-H", "Accept-Encoding: gzip"]
    command += [*arguments, "-f", "json", "-o", report, "-v", "1"]
    done = run(command, folder, f"wapiti-{name}.txt")
    found = re.search(r"Wapiti found (\d+) URLs and forms", done.stdout)
    if not report.exists() or not found:
        return "wapiti: kein Ergebnis", [f"wapiti endete mit {done.returncode}: wapiti-{name}.txt"]
    told = json.loads(report.read_text())
    kinds = told["vulnerabilities"] | told["anomalies"]
    all_told = [(kind, entry) for kind, entries in kinds.items() for entry in entries]
    findings = [
        f"{kind}: {entry['method']} {entry['path']} {entry['info'][:200]}"
        for kind, entry in all_told
        if entry["info"] not in NOT_WANTED
    ]
    # What may be asked of an address it prints only.
    methods = re.findall(r"Interesting methods allowed on (\S+): (.*)", done.stdout)
    findings += [f"Methoden: {address} {names}" for address, names in methods if urlsplit(address).port == site.port]
    return f"wapiti: {found[1]} Adressen und Formulare", findings


def each_role_at_each_address(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Ask each address of the admin as nobody, a Land, the chair and an administrator; and send it a foreign form."""
    chair = chairing(site)
    land = next(name for name in site.accounts if name not in ("admin", chair))
    accounts = {"Land": Account(site, land), "Vorsitz": Account(site, chair), "Verwaltung": Account(site, "admin")}
    addresses = addresses_of_the_admin(accounts["Verwaltung"])
    open_to, findings = dict.fromkeys(("niemand", *accounts), 0), []
    for address in addresses:
        got = {"niemand": site.ask(address)} | {name: account.ask(address) for name, account in accounts.items()}
        for name, answer in got.items():
            open_to[name] += answer.status == 200
            if answer.status >= 500:
                findings.append(f"{address}: {answer.status} für {name}")
        findings += leaks(address, got)
        foreign = accounts["Verwaltung"].ask(address, "POST", b"", Origin="https://www.example.org")
        if foreign.status not in (403, 405):
            findings.append(f"{address}: nimmt ein Formular ohne Kennzeichen von anderswo an ({foreign.status})")
    (folder / "admin.txt").write_text("\n".join(addresses))
    shown = ", ".join(f"{name} {number}" for name, number in open_to.items())
    return f"{len(addresses)} Adressen der Redaktion; offen: {shown}", findings


def leaks(address: str, got: dict[str, Answer]) -> list[str]:
    """Return what is shown to who may not see it."""
    found = []
    if got["niemand"].status == 200 and not OPEN.match(address):
        found.append(f"{address}: ohne Anmeldung zu sehen")
    if got["niemand"].status in (301, 302) and not got["niemand"].headers["location"].startswith("/admin/"):
        found.append(f"{address}: führt ohne Anmeldung nach {got['niemand'].headers['location']}")
    for name in ("Land", "Vorsitz"):
        if address.startswith(ADMINISTRATORS_ONLY) and got[name].status == 200:
            found.append(f"{address}: für {name} zu sehen, ist aber für die Verwaltung")
    if got["Land"].status == 200 != got["Vorsitz"].status:
        found.append(f"{address}: für ein Land zu sehen, für den Vorsitz nicht")
    return found


def addresses_of_the_admin(account: Account) -> list[str]:
    """Follow the links of the admin from its start page: of addresses that differ in a number the first."""
    kinds, waiting, found = set(), ["/admin/"], []
    while waiting and len(found) < MOST_ADDRESSES:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "…", address.partition("?")[0])
        if kind in kinds or "logout" in kind:
            continue
        kinds.add(kind)
        found.append(address)
        answer = account.ask(address)
        if answer.status == 200 and "html" in answer.headers.get("content-type", ""):
            links = re.findall(r'(?:href|action|data-\w+-url)="(/admin/[^"#]*)', answer.text)
            waiting += [link.replace("&amp;", "&") for link in links]
    return found


def odd_requests(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Send requests that no browser sends: odd words, bytes, headers, methods and bodies, the same in every run."""
    chance = random.Random(18)
    addresses = [*site.addresses(), *TAKES_INPUT]
    findings, statuses = [], {}
    for number in range(ODD_REQUESTS):
        request = odd_request(chance, addresses)
        with contextlib.suppress(ValueError):  # http.client sends no line breaks in headers
            try:
                answer = site.ask(**request)
            except (OSError, http.client.HTTPException) as error:
                findings.append(f"{number}: {request['path'][:80]} blieb ohne Antwort ({type(error).__name__})")
                continue
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            findings += [f"{number}: {request['method']} {request['path'][:120]}: {fault}" for fault in faults(answer)]
    if site.ask("/").status != 200:
        findings.append("Die Startseite antwortet danach nicht mehr.")
    return ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())), findings


def hostile_files(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Upload files that are out to harm, by the form that people use."""
    from tests.test_hostile_documents import hostile

    chair, taken, findings = Account(site, chairing(site)), 0, []
    address = "/admin/documents/add/"
    form = chair.ask(address).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    collection = re.search(r'name="collection"[^>]*value="(\d+)"|<option value="(\d+)"', form)
    fields = {
        "csrfmiddlewaretoken": token,
        "title": "Feindliches Papier",
        "language": "de",
        "accessible": "unknown",
        "tags": "",
    }
    fields["collection"] = next(filter(None, collection.groups()))
    for name, data in list(hostile().items())[:: 200 // HOSTILE_FILES]:
        body = encode_multipart(BOUNDARY, fields | {"file": Upload(data)})
        answer = chair.ask(address, "POST", body, Content_Type=MULTIPART_CONTENT)
        taken += answer.status == 302
        if answer.status not in (200, 302):
            findings.append(f"Datei „{name}“: Status {answer.status}")
    if site.ask("/").status != 200:
        findings.append("Die Startseite antwortet danach nicht mehr.")
    if not 0 < taken < HOSTILE_FILES:
        findings.append(f"{taken} von {HOSTILE_FILES} Dateien angenommen: Das Formular wurde nicht wirklich gefragt.")
    return f"{HOSTILE_FILES} PDF-Dateien, {taken} angenommen, die anderen abgelehnt", findings


def headers_in_production(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Score the headers of every public page as Mozilla's Observatory does, over TLS as nginx hands it on."""
    scores, statuses = {}, {}
    for address in [*site.addresses(), "/suche/?q=Sprache", UNKNOWN]:
        answer = site.ask(address)
        statuses[address] = answer.status
        scores[address] = header_score(answer.headers, answer.text, answer.cookies)
    plain = site.ask("/", X_Forwarded_Proto="http")
    findings = [f"{address}: {points} Punkte" for address, points in scores.items() if points < WANTED]
    expected = dict.fromkeys(statuses, 200) | {UNKNOWN: 404}
    findings += [f"{address}: Status {status}" for address, status in statuses.items() if status != expected[address]]
    if not plain.headers.get("location", "").startswith("https://localhost"):
        findings.append("Wer ohne TLS kommt, wird nicht zu ihm geführt.")
    return (
        f"{len(scores)} Seiten, {min(scores.values())} bis {max(scores.values())} Punkte (gewollt {WANTED})",
        findings,
    )


def tests_of_the_matrix(site: Target, folder: Path) -> tuple[str, list[str]]:
    """Run the tests of every right with every account, of all hostile files, and of whatever is stored or asked."""
    files = [f"tests/test_{name}.py" for name in TESTS]
    done = run([sys.executable, "-m", "pytest", "-q", "-m", "audit or not audit", *files], folder, "tests.txt")
    closing = re.findall(r"^(?:=+ )?(\d+ \w+.*) in ", done.stdout, re.M)
    findings = [] if done.returncode == 0 else [f"Die Tests endeten mit {done.returncode}: tests.txt"]
    return closing[-1] if closing else "kein Ergebnis", findings


# --- how it is run ----------------------------------------------------------------------------------------------------


def run(command: list[object], folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run a program, end it where it takes too long (it then ends with 124), and keep what it says in the folder."""
    environment = os.environ | {"INTMK_KEEP_SEED": "1", "SCHEMATHESIS_HOOKS": "tests.schemathesis_hooks"}
    limited = ["timeout", str(LONGEST), *map(str, command)]
    with (folder / name).open("w+") as said:
        done = subprocess.run(limited, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT, check=False)
        said.seek(0)
        return subprocess.CompletedProcess(limited, done.returncode, said.read())


def chairing(site: Target) -> str:
    """Return the account whose Land has the chair today."""
    chair = json.loads(site.ask(f"/api/v1/chairs?on={time.strftime('%Y-%m-%d')}").body)
    code = re.search(r'"(DE-[A-Z]{2})"', json.dumps(chair))[1]
    return f"redaktion-{code[3:].lower()}"


Attack = Callable[[Target, Path], tuple[str, list[str]]]
SERVED: dict[str, Attack] = {
    "API nach ihrer Beschreibung": api_by_its_description,
    "Suche nach Lücken, ohne Konto": scan_as_reader,
    "Jede Rolle an jeder Adresse": each_role_at_each_address,
    "Feindliche Anfragen": odd_requests,
    "Feindliche Dateien": hostile_files,
    "Suche nach Lücken, mit Konto": scan_as_chair,
}


def attack(folder: Path) -> list[str]:
    """Do all of it, print a line for each, and return the findings."""
    findings = []
    print(f"{'Angriff':<32}{'Anfragen':>9}{'5xx':>6}{'Funde':>7}{'Dauer':>8}  Was geschah", flush=True)
    with state(whole=True) as var_dir, served(var_dir) as site:
        site.accounts = dict(line.split() for line in (var_dir / "demo-accounts.txt").read_text().splitlines())
        for name, attempt in SERVED.items():
            findings += line_of(name, attempt, site, folder)
        log = (var_dir / "log.txt").read_text(errors="replace")
        shutil.copy(var_dir / "log.txt", folder / "log.txt")
    unhandled = log.count("Traceback (most recent call last)")
    findings += [f"{unhandled} unbehandelte Fehler im Protokoll: log.txt"] if unhandled else []
    with state(whole=False) as var_dir:
        production = {"DJANGO_SETTINGS_MODULE": "intmk.settings.production", "INTMK_SECRET_KEY": KEY}
        production["INTMK_BASE_URL"] = "https://localhost"
        with served(var_dir, **production) as site:
            site.headers = {"X-Forwarded-Proto": "https", "Host": "localhost"}
            findings += line_of("Kopfzeilen im Betrieb", headers_in_production, site, folder)
    return findings + line_of("Tests: Rechte, Dateien, Texte", tests_of_the_matrix, None, folder)


def line_of(name: str, attempt: Attack, site: Target | None, folder: Path) -> list[str]:
    """Make one attempt, print its line, and return its findings."""
    begun, before = time.monotonic(), site.counted() if site else (0, 0)
    what, findings = attempt(site, folder)
    after = site.counted() if site else (0, 0)
    asked, failed = (later - earlier for later, earlier in zip(after, before, strict=True))
    if failed:
        findings = [*findings, f"{failed} Antworten mit 5xx"]
    seconds = f"{time.monotonic() - begun:.0f} s"
    print(f"{name:<32}{asked or '–':>9}{failed if site else '–':>6}{len(findings):>7}{seconds:>8}  {what}", flush=True)
    return [f"{name}: {finding}" for finding in findings]


@contextlib.contextmanager
def state(whole: bool) -> Iterator[Path]:
    """Make a state directory: that of a first start or, for production, only its static files; remove it afterwards."""
    var_dir = Path(tempfile.mkdtemp(prefix="intmk-attack-")).resolve()
    var_dir.chmod(0o755)  # under root PostgreSQL runs as another account
    try:
        if whole:
            copy_state(served_once(), var_dir)
        yield var_dir
    finally:
        for pid in processes_of(var_dir):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(var_dir, ignore_errors=True)


def main() -> None:
    """Attack, tell the findings, and end with 1 if there are any."""
    django.setup()
    folder = settings.VAR / "attack"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    findings = attack(folder)
    print(f"\n{len(findings)} Funde" if findings else "\nKeine Funde.")
    for finding in findings[:50]:
        print(f"- {finding}")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
