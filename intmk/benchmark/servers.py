"""Web servers on a database of choice, the load on them by wrk, and what they cost; for benchmark and tests."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from intmk.server.web_server import ANSWER_SECONDS, ROOT, ServeError, granian, process, wait_for_answer

HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")
ACCEPTED = "Accept-Encoding: gzip, br"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def database_url(database: Mapping[str, Any]) -> str:
    """Return what DATABASE_URL says for Django's settings of a database."""
    login = quote(database["USER"] or "", safe="")
    if database["PASSWORD"]:
        login += f":{quote(database['PASSWORD'], safe='')}"
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{login}@{quote(database['HOST'] or 'localhost', safe='')}{port}/{database['NAME']}"


@contextlib.contextmanager
def served(environment: dict[str, str], workers: int = 2, application: str | None = None) -> Iterator[tuple[str, int]]:
    """Serve as `make run` does, without its clock, while the block runs; yield the address and granian's pid.

    application: another one than this site, by its dotted path.
    """
    port = free_port()
    ours = {} if application is None else {"module": "granian", "application": application}
    with process(granian(HOST, port, workers, **ours), os.environ | {"PYTHONUNBUFFERED": "1"} | environment) as web:
        wait_for_answer(web, HOST, port)
        yield f"http://localhost:{port}", web.pid


@contextlib.contextmanager
def nginx(site: str, folder: Path) -> Iterator[str | None]:
    """Put nginx before `site` as deploy/nginx.conf does, with files of `folder` below /static/; None without nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    port = free_port()
    http = f"sendfile on; tcp_nopush on; types {{ text/html html; }} {shipped(port, site, folder)}"
    with nginx_of(program, http, port):
        yield f"http://localhost:{port}"


def shipped(port: int, site: str, folder: Path) -> str:
    """Return deploy/nginx.conf with other paths and ports, without TLS, which would be most of what is measured."""
    before, *places = re.split(r"(?m)^(?=server \{)", (ROOT / "deploy" / "nginx.conf").read_text())
    text = re.sub(r"(?m)^ +(listen \[|ssl_).*\n", "", before + places[-1])
    for old, new in {
        "listen 443 ssl http2": f"listen {HOST}:{port}",
        "server_name www.example.org": "server_name localhost",
        "http://127.0.0.1:8000": site,
        "include proxy_params": "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme",
        "/srv/intmk/deploy/": f"{ROOT}/deploy/",
        "/srv/intmk/var/static/": f"{folder}/",
        "/var/cache/nginx/intmk": "cache",
        "/var/log/nginx/": "",
    }.items():
        if old not in text:
            raise ValueError(f"deploy/nginx.conf: {old}")
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def nginx_of(program: str, http: str, port: int) -> Iterator[int]:
    """Run nginx with this configuration of its block `http`, whose paths are of a folder of its own; yield its pid."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    with TemporaryDirectory() as state:
        Path(state).chmod(0o755)
        path = Path(state, "nginx.conf")
        path.write_text(f"""
            {"user root;" if os.geteuid() == 0 else ""}
            daemon off; worker_processes 2; pid {state}/pid; error_log stderr crit;
            events {{ worker_connections 512; }}
            http {{ access_log off; {"".join(f"{kind}_temp_path {state}/{kind};" for kind in kinds)} {http} }}""")
        with daemon([program, "-c", str(path), "-p", state], (HOST, port)) as pid:
            yield pid


@contextlib.contextmanager
def daemon(arguments: list[str], door: tuple[str, int] | str) -> Iterator[int]:
    """Run a program while the block runs; yield its pid as soon as it answers at `door`, an address or a socket.

    Raises ServeError if it ends or stays silent.
    """
    running = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)  # noqa: S603
    try:
        deadline = time.monotonic() + ANSWER_SECONDS
        while not opens(door):
            if running.poll() is not None or time.monotonic() > deadline:
                raise ServeError(f"{Path(arguments[0]).name} ist nicht gestartet.")
            time.sleep(0.05)
        yield running.pid
    finally:
        running.terminate()
        running.wait()


def opens(door: tuple[str, int] | str) -> bool:
    """Say whether somebody listens there."""
    with socket.socket(socket.AF_UNIX if isinstance(door, str) else socket.AF_INET) as probe:
        return probe.connect_ex(door) == 0


def loaded(url: str, connections: int = 16, seconds: int = 4) -> dict[str, float]:
    """Return what wrk measures on `url`: rps, p99 in ms, requests, errors (answers that are no 2xx or did not come)."""
    program = shutil.which("wrk")
    if program is None:
        raise FileNotFoundError("wrk")
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}", "--latency", "-H", ACCEPTED, url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
    p99 = re.search(r"99%\s+([\d.]+)(\w+)", told)
    number = re.search(r"(\d+) requests in", told)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if not (p99 and number and rate):
        raise ValueError(told)
    errors = (int(wrong[1]) if wrong else 0) + (sum(map(int, lost.groups())) if lost else 0)
    return {
        "rps": float(rate[1]),
        "p99": float(p99[1]) * unit[p99[2]],
        "requests": int(number[1]),
        "errors": errors,
    }


def cpu_seconds(pid: int) -> float:
    """Return the seconds of a processor that a process and all below it have taken."""
    total = 0.0
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total = (int(fields[11]) + int(fields[12])) / TICKS
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(cpu_seconds(int(child)) for child in (task / "children").read_text().split())
    return total
