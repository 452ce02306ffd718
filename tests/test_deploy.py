"""The shipped configuration of nginx, asked over HTTP/2, and the unit of systemd."""

import configparser
import contextlib
import datetime
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from intmk.server.revalidation import PUBLIC
from intmk.server.security_headers import PERMISSIONS_POLICY
from tests.processes import wait_until
from tests.serving import free_port

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CURL = shutil.which("curl")
NAME = "www.example.org"
HASHED, PLAIN = "css/site.0a1b2c3d4e5f.css", "css/site.css"
VIDEO = "/admin/snippets/intmk/sitevideo/add/"
FOREVER = "public, max-age=31536000, immutable"
HASTY = 2  # seconds in place of those that the shipped configuration gives who sends or reads too slowly


def has_ipv6() -> bool:
    """Say whether this machine has the other address, too; containers often have not."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class Application(http.server.BaseHTTPRequestHandler):
    """Stands for the site: takes what it is sent and says which number of the request it was given."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.answered += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = self.headers.get("X-Request-ID", "").encode()
        self.send_response(200)
        if self.path.startswith("/seite/"):
            self.send_header("Cache-Control", PUBLIC)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


class ApplicationServer(http.server.ThreadingHTTPServer):
    answered = 0
    request_queue_size = 100  # with the usual five a flood waits for connections that come again after seconds


@dataclass
class Answer:
    status: int
    version: str
    headers: dict[str, str]
    body: str


@dataclass
class Front:
    """nginx with the shipped configuration, other paths and ports in it; its application can be ended."""

    port: int
    plain_port: int
    folder: Path
    application: ApplicationServer

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"

    def named(self) -> list[str]:
        """Let curl find our name here."""
        return ["--resolve", f"{NAME}:{self.port}:127.0.0.1", "--resolve", f"{NAME}:{self.plain_port}:127.0.0.1"]

    def ask(self, path: str, size: int = 0, *options: str) -> Answer:
        """Ask over HTTP/2, by POST with so many bytes if `size` is given."""
        arguments = ["--http2", "--insecure", "--silent", "--include", *options]
        if size:
            (self.folder / "sent").write_bytes(b"")
            os.truncate(self.folder / "sent", size)  # takes no place on the disk
            arguments += ["--data-binary", f"@{self.folder / 'sent'}"]
        done = subprocess.run([CURL, *arguments, *self.named(), f"{self.origin}{path}"], capture_output=True)
        text = done.stdout.decode()
        while re.match(r"HTTP/\S+ 100", text):
            text = text.partition("\r\n\r\n")[2]
        head, _, body = text.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        version, status = first.split()[:2]
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return Answer(int(status), version, headers, body)


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )


def need_nginx() -> None:
    """Skip the test where nginx or curl is missing; in CI it fails."""
    missing = [name for name, found in (("nginx", NGINX), ("curl", CURL)) if not found]
    if missing:
        message = f"Nicht gefunden: {' und '.join(missing)}. Bitte installieren (nginx-light, curl)."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@contextmanager
def shipped_nginx(folder: Path, var: Path, application_port: int) -> Iterator[tuple[int, int]]:
    """Run nginx as it is shipped, other paths and ports in its configuration; yield its ports with and without TLS."""
    port, plain_port = free_port(), free_port()
    write_certificate(folder)
    (folder / "proxy_params").write_text(
        "proxy_set_header Host $host;\nproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
        "proxy_set_header X-Forwarded-Proto $scheme;\n"
    )
    shipped = (DEPLOY / "nginx.conf").read_text()
    for ours, its in (("80", plain_port), ("443 ssl http2", f"{port} ssl http2")):
        for end in (";", " default_server;"):
            line = f"    listen [::]:{ours}{end}\n"
            assert line in shipped
            shipped = shipped.replace(line, line.replace(f"[::]:{ours}", f"[::1]:{its}") if has_ipv6() else "")
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 80 default_server;": f"listen 127.0.0.1:{plain_port} default_server;",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen 443 ssl http2 default_server;": f"listen 127.0.0.1:{port} ssl http2 default_server;",
        "client_header_timeout 10s;": f"client_header_timeout {HASTY}s;",
        "client_body_timeout 30s;": f"client_body_timeout {HASTY}s;",
        "send_timeout 30s;": f"send_timeout {HASTY}s;",
        "/etc/ssl/intmk/": f"{folder}/",
        "/var/www/html": f"{folder}",
        "/srv/intmk/deploy": str(DEPLOY),
        "/srv/intmk/var": str(var),
        "/var/log/nginx/": f"{folder}/",
        "/var/cache/nginx/intmk": f"{folder}/cache",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{application_port}",
    }.items():
        assert old in shipped
        shipped = shipped.replace(old, new)
    bodies = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    types = "include /etc/nginx/mime.types;" if Path("/etc/nginx/mime.types").exists() else ""
    account = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{account} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {types} {bodies} {shipped} }}\n"
    )
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: (folder / "pid").exists() or process.poll() is not None)
        assert process.poll() is None, process.stderr.read()
        yield port, plain_port
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Front]:
    need_nginx()
    folder = tmp_path_factory.mktemp("nginx")
    application = ApplicationServer(("127.0.0.1", 0), Application)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    for name in ("static/css", "media/images"):
        (folder / "var" / name).mkdir(parents=True)
    for name in (f"static/{HASHED}", f"static/{PLAIN}", "media/images/foto.0a1b2c3d.width-480.avif"):
        (folder / "var" / name).write_text("Inhalt")
    (folder / "var/static/unavailable.html").write_text("Gerade nicht erreichbar")
    try:
        with shipped_nginx(folder, folder / "var", application.server_port) as (port, plain_port):
            yield Front(port, plain_port, folder, application)
    finally:
        application.shutdown()
        application.server_close()


@pytest.mark.skipif(not has_ipv6(), reason="Dieser Rechner kennt kein IPv6.")
def test_over_ipv6_all_is_the_same(front):
    here = ["--resolve", f"{NAME}:{front.port}:[::1]", "--resolve", f"{NAME}:{front.plain_port}:[::1]"]
    command = [CURL, "--silent", "--include", "--insecure", *here]

    def asked(address: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, address], capture_output=True, text=True)

    assert asked(front.origin + "/").stdout.startswith("HTTP/2 200")
    assert f"Location: https://{NAME}/suche/" in asked(f"http://{NAME}:{front.plain_port}/suche/").stdout
    assert asked(f"https://[::1]:{front.port}/").returncode == 35  # under another name there is no handshake
    assert asked(f"http://[::1]:{front.plain_port}/").returncode == 52  # nor any answer


def connected(front: Front) -> ssl.SSLSocket:
    """Return a connection as a browser has one; it gives up before nginx would that was told nothing (60 s)."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", front.port), 45)
    return context.wrap_socket(plain, server_hostname=NAME)


def answer_until_the_end(client: ssl.SSLSocket) -> bytes:
    """Return what comes until the server ends the connection."""
    found = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while piece := client.recv(100_000):
            found += piece
    return found


UPLOAD = f"POST /admin/documents/add/ HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\nContent-Length: 10\r\n\r\n"


@pytest.mark.parametrize("sent", [f"GET / HTTP/1.1\r\nHost: {NAME}\r\n", f"{UPLOAD}12345"], ids=["head", "upload"])
def test_who_stops_sending_is_cut_off_and_keeps_no_place(front, sent):
    before = front.application.answered
    with connected(front) as client:
        client.sendall(sent.encode())
        assert answer_until_the_end(client) == b""
    assert front.application.answered == before  # it hears of an upload once all of it is there


def test_who_sends_slowly_but_steadily_is_not(front):
    with connected(front) as client:
        client.sendall(UPLOAD.encode())
        for _ in range(10):
            time.sleep(HASTY / 5)
            client.sendall(b"x")
        assert answer_until_the_end(client).startswith(b"HTTP/1.1 200")


def test_who_stops_reading_is_cut_off(front):
    large = front.folder / "var/static/gross.bin"
    large.write_bytes(bytes(30 * 2**20))
    with connected(front) as client:
        client.sendall(f"GET /static/gross.bin HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        wait_until(lambda: "/static/gross.bin" in (front.folder / "intmk.log").read_text())
        assert len(answer_until_the_end(client)) < large.stat().st_size
    large.unlink()


@pytest.mark.parametrize(("path", "megabytes"), [("/admin/documents/add/", 60), (VIDEO, 210)])
def test_who_sends_too_much_is_told_so_in_german(front, path, megabytes):
    answer = front.ask(path, megabytes * 1024 * 1024)
    assert (answer.version, answer.status) == ("HTTP/2", 413)
    assert "Die Datei ist zu groß" in answer.body
    assert answer.headers["cache-control"] == "no-store"


def test_also_when_the_browser_does_not_say_how_much_it_will_send(front):
    answer = front.ask("/admin/documents/add/", 60 * 1024 * 1024, "--header", "Content-Length:")
    assert answer.status == 413
    assert "Die Datei ist zu groß" in answer.body


def test_a_video_may_be_larger_than_all_else(front):
    assert front.ask(VIDEO, 60 * 1024 * 1024).status == 200


@pytest.mark.parametrize("path", ["/", "/admin/", VIDEO, "/admin/login/"])
def test_each_request_gets_a_number_whatever_the_reader_sends(front, path):
    answer = front.ask(path, 0, "--header", "X-Request-ID: erfunden")
    assert re.fullmatch(r"[0-9a-f]{32}", answer.body)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (f"static/{HASHED}", FOREVER),
        (f"static/{PLAIN}", "public, max-age=300"),
        ("media/images/foto.0a1b2c3d.width-480.avif", FOREVER),
        ("static/css/missing.0a1b2c3d4e5f.css", "no-store"),
        ("media/images/missing.avif", "no-store"),
    ],
)
def test_only_what_never_changes_is_kept_for_ever(front, name, kept):
    answer = front.ask(f"/{name}")
    assert answer.headers.get("cache-control") == kept
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_log_names_no_person_no_search_and_no_secret(front):
    for asked in ("/suche/?q=Asyl", "/vorschau/geheim/", "/admin/einladung/Mg/geheim/"):
        front.ask(asked)
    wait_until(lambda: "einladung" in (front.folder / "intmk.log").read_text())
    log = (front.folder / "intmk.log").read_text()
    for part in ('127.0.0.0/24 "GET /suche/" 200', '"GET /vorschau/-"', '"GET /admin/einladung/-"'):
        assert part in log
    assert not re.search(r"127\.0\.0\.1|Asyl|geheim|curl", log)


def test_a_flood_at_the_sign_in_is_answered_in_german(front):
    assert refused_of(front, "/admin/login/") > 0


@pytest.mark.parametrize("path", ["/admin/password_reset/", "/barriere-melden/", "/suche/"])
def test_so_is_a_flood_at_what_costs_something(front, path):
    assert refused_of(front, path) > 0


def test_reading_is_not_counted(front):
    assert refused_of(front, "/konferenzen/") == 0


def refused_of(front: Front, path: str) -> int:
    """Ask sixty times, as quickly as can be; return how often that was too often."""
    urls = [f"{front.origin}{path}?{number}" for number in range(60)]
    command = [CURL, "--http2", "--insecure", "--silent", *front.named(), "--parallel", *urls]
    return subprocess.run(command, capture_output=True, text=True).stdout.count("<h1>Zu viele Anfragen")


# --- names, TLS, headers --------------------------------------------------------------------------------------------


def test_plain_http_leads_to_the_name_of_the_site_whatever_was_asked_for(front):
    asked = [CURL, "--silent", "--include", *front.named(), f"http://{NAME}:{front.plain_port}/suche/?q=x"]
    answer = subprocess.run(asked, capture_output=True, text=True).stdout
    assert f"Location: https://{NAME}/suche/?q=x" in answer
    assert "nginx/" not in answer


def test_programs_that_ask_without_tls_are_told_so(front):
    address = f"http://{NAME}:{front.plain_port}/api/v1/conferences/"
    answer = subprocess.run([CURL, "--silent", "--include", *front.named(), address], capture_output=True, text=True)
    assert answer.stdout.startswith("HTTP/1.1 403")
    assert answer.stdout.endswith(f"https://{NAME}/api/v1/conferences/\n")


def test_under_another_name_nobody_answers(front):
    plain = [CURL, "--silent", "--header", "Host: fremd.example", f"http://127.0.0.1:{front.plain_port}/"]
    assert subprocess.run(plain, capture_output=True).returncode == 52  # an empty answer
    for address in (f"https://127.0.0.1:{front.port}/", f"https://fremd.example:{front.port}/"):
        resolved = ["--resolve", f"fremd.example:{front.port}:127.0.0.1"]
        done = subprocess.run([CURL, "--silent", "--insecure", *resolved, address], capture_output=True)
        assert done.returncode == 35, address  # no handshake


@pytest.mark.parametrize(("version", "spoken"), [("1.1", False), ("1.2", True), ("1.3", True)])
def test_old_tls_is_not_spoken(front, version, spoken):
    command = [CURL, "--silent", "--insecure", f"--tlsv{version}", "--tls-max", version, *front.named(), front.origin]
    assert (subprocess.run(command, capture_output=True).returncode == 0) is spoken


@pytest.mark.parametrize(
    ("cipher", "spoken"), [("ECDHE-ECDSA-AES256-GCM-SHA384", True), ("ECDHE-ECDSA-AES128-SHA256", False)]
)
def test_of_tls_1_2_only_what_encrypts_and_seals_in_one_is_spoken(front, cipher, spoken):
    command = [CURL, "--silent", "--insecure", "--tls-max", "1.2", "--ciphers", cipher, *front.named(), front.origin]
    assert (subprocess.run(command, capture_output=True).returncode == 0) is spoken


@pytest.mark.parametrize(
    ("path", "size"),
    [(f"/static/{HASHED}", 0), ("/static/fehlt.css", 0), ("/media/images/fehlt.avif", 0), ("/admin/x/", 60 * 2**20)],
)
def test_what_nginx_answers_itself_has_all_headers(front, path, size):
    headers = front.ask(path, size).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "sameorigin")
    assert headers["server"] == "nginx"
    assert headers["permissions-policy"] == PERMISSIONS_POLICY.lower()


def test_what_nginx_answers_itself_says_how_its_letters_are_coded(front):
    assert front.ask("/static/fehlt.css").headers["content-type"] == "text/html; charset=utf-8"
    assert front.ask(f"/static/{PLAIN}").headers["content-type"].endswith("; charset=utf-8")


def test_what_the_application_answers_gets_no_header_twice(front):
    assert "strict-transport-security" not in front.ask("/").headers  # of the stand-in, which sends none


@pytest.mark.parametrize("path", ["/static/fehlt.css", "/static/", "/media/images/", "/media/geheim.pdf"])
def test_a_missing_file_is_answered_in_german(front, path):
    answer = front.ask(path)
    assert (answer.status, "Diese Datei gibt es nicht" in answer.body) == (404, True)


def test_what_nginx_cannot_read_is_answered_in_german(front):
    for options in (["--request", "TRACE"], ["--http1.1", "--header", f"Cookie: {'x' * 40_000}"]):
        answer = front.ask("/", 0, *options)
        assert answer.status in (400, 405)
        assert "ließ sich nicht verstehen" in answer.body


def test_the_numbers_for_operators_are_not_for_everybody(front):
    assert front.ask("/kennzahlen/").status == 404


def test_a_page_for_all_is_kept_for_a_second_for_readers(front):
    kept = front.ask("/seite/")
    again = front.ask("/seite/")
    assert again.body == kept.body  # the number of the request for which it was made
    assert again.headers["x-request-id"] != kept.headers["x-request-id"]
    signed_in = front.ask("/seite/", 0, "--cookie", "sessionid=x")
    assert signed_in.body not in (kept.body, "")
    time.sleep(2.1)  # nginx counts whole seconds
    assert front.ask("/seite/").body not in (kept.body, "")


def test_without_the_application_there_is_the_last_page_or_one_that_says_so_whatever_was_sent(front):
    kept = front.ask("/seite/zuletzt/")
    front.application.shutdown()
    front.application.server_close()
    time.sleep(2.1)  # nginx counts whole seconds
    last = front.ask("/seite/zuletzt/")
    assert (last.status, last.body) == (200, kept.body)
    for answer in (front.ask("/"), front.ask(VIDEO, 60 * 1024 * 1024)):
        assert answer.status == 503
        assert answer.body == "Gerade nicht erreichbar"
        assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("30", "no-store")


# --- systemd --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read_string((DEPLOY / "intmk.service").read_text())
    return parsed


def test_the_service_starts_again_for_as_long_as_it_takes(unit):
    assert (unit["Service"]["Restart"], unit["Service"]["RestartSec"]) == ("always", "5")
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"  # in [Service] systemd would not know it
    assert unit["Service"]["TimeoutStartSec"] == "15min"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze fehlt")
@pytest.mark.parametrize("name", ["intmk.service", "intmk-doctor.service"])
def test_a_service_may_do_little_more_than_it_has_to(name):
    """The limit is in tenths of the exposure that systemd gives: 10 is a service without any limits."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=30", DEPLOY / name]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    # Reading documents limits itself (setrlimit), and setpriv sets the rights that it has (capset).
    lines = [line for line in (DEPLOY / name).read_text().splitlines() if line.startswith("SystemCallFilter")]
    assert "@resources" not in " ".join(lines)
    assert lines[-1] == "SystemCallFilter=capset"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze fehlt")
def test_the_timer_comes_each_morning():
    timer = (DEPLOY / "intmk-doctor.timer").read_text()
    when = re.search(r"^OnCalendar=(.+)$", timer, re.MULTILINE)[1]
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_environment_names_what_the_manual_explains_and_gives_no_secret():
    manual = (DEPLOY.parent / "docs" / "betrieb.md").read_text()
    lines = re.findall(r"^#?([A-Z_]+)=(.*)$", (DEPLOY / "intmk.env.example").read_text(), re.MULTILINE)
    assert {name for name, _ in lines if f"`{name}`" not in manual} == set()
    assert {value for name, value in lines if name.endswith(("_KEY", "_PASSWORD"))} == {""}


def test_the_front_container_is_healthy_under_its_own_name_only(front):
    compose = (DEPLOY / "compose.yaml").read_text()
    command = re.findall(r'\["CMD-SHELL", "(.+)"\]', compose)[-1]
    command = command.replace("$$", "$").replace('\\"', '"').replace("127.0.0.1/", f"127.0.0.1:{front.plain_port}/")

    def ends_with(address: str) -> int:
        return subprocess.run(["sh", "-c", command], env={**os.environ, "INTMK_BASE_URL": address}).returncode

    assert ends_with(f"https://{NAME}/") == 0
    assert ends_with("https://andere.example.org") != 0


def test_no_container_runs_as_root_or_has_a_password_of_its_own():
    images = (DEPLOY / "Containerfile").read_text().split("\nFROM ")[1:]
    assert [re.findall(r"^USER (\S+)", image, re.MULTILINE) for image in images] == [["intmk"], ["www-data"]]
    compose = (DEPLOY / "compose.yaml").read_text()
    services = compose.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    parts = re.split(r"^  (\w+):$", services, flags=re.MULTILINE)[1:]
    assert parts[::2] == ["database", "site", "front"]
    for service in parts[1::2]:
        assert all(line in service for line in ("<<: *hardened", "env_file: [", "healthcheck:"))
    assert "    user: postgres\n" in parts[1]
    assert "PASSWORD" not in compose


def test_no_secret_that_the_manual_asks_for_gets_into_an_image():
    """The file has the one name that Docker knows and Podman, too."""
    manual = (DEPLOY.parent / "docs" / "betrieb.md").read_text().partition("\n## In Containern\n")[2]
    asked = re.findall(r"^\| `(deploy/\S+)` \|", manual.partition("\n## ")[0], re.MULTILINE)
    patterns = (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    assert len(asked) == 4
    assert [each for each in asked if not any(fnmatch(each.rstrip("/"), pattern) for pattern in patterns)] == []
    assert {".git", ".venv", "var"} <= set(patterns)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze fehlt")
def test_systemd_finds_no_fault_in_the_unit(unit, tmp_path):
    text = (DEPLOY / "intmk.service").read_text()
    copy = tmp_path / "intmk.service"
    copy.write_text(text.replace(unit["Service"]["ExecStart"].split()[0], "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    about_us = [line for line in done.stderr.splitlines() if "intmk" in line and "User" not in line]
    assert about_us == []
