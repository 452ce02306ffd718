"""What each test costs: a plugin of pytest that refuses a test which is slower than it has to be.

Asked is the time of processors, not that on the wall: a busy machine makes a test wait, but gives it no more to do. It
counts the process that tests with all that it starts meanwhile, and the database's process; neither what fixtures
prepare nor what waits, nor what runs before and after it: a site may have work of its own just then. Where others work
beside it a processor takes two and three times as long for the same, so that before a test fails the same small piece
of work says how fast it is just now.

`make test` fails for a test that costs more than the limit in pyproject.toml and bears neither the mark `slow`, with a
reason, nor `audit`. Each run leaves what it measured in var/test-cost.txt.
"""

import contextlib
import os
import statistics
import time
from collections.abc import Generator
from pathlib import Path

import pytest

QUIET = 0.023  # seconds that `work` takes on a quiet core of a machine that does the tests in six minutes
TICK = os.sysconf("SC_CLK_TCK")
COSTS: dict[str, float] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("cost_limit", "seconds of a processor that a test may take unless it is marked", default="1.5")
    parser.addini("cost_file", "where to write what each test took, from the project's root", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "audit: the long way; runs in `make audit` only")
    config.addinivalue_line("markers", "kinds(number): of so many of its kinds in each run, of all in `make audit`")
    config.addinivalue_line("markers", "slow(reason): costs more than cost_limit and still belongs to every run")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("slow"):
            if not mark.args:
                raise pytest.UsageError(f"{item.nodeid}: „slow“ braucht eine Begründung.")


def spent(pid: int) -> float:
    """Return the seconds of a processor that a process and those of its children that have ended have taken."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:15])) / TICK
    return 0.0


def children(pid: int) -> set[int]:
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.update(map(int, (task / "children").read_text().split()))
    return found


def spent_by_family(pid: int) -> float:
    """Return what a process and all that it has started have taken."""
    return spent(pid) + sum(map(spent_by_family, children(pid)))


def database_process() -> list[int]:
    """Return the process that serves Django's connection, if there is one on this machine."""
    from django.db import connection  # not before pytest-django has set up Django

    wire = connection.connection
    return [wire.info.backend_pid] if wire and not wire.closed and wire.info.host.startswith("/") else []


def work() -> float:
    """Do something small that is always the same; return the seconds of a processor that it took."""
    began = time.process_time()
    sorted({str(number): [number, number * number] for number in range(60_000)}, key=len)
    return time.process_time() - began


def slowness() -> float:
    """Return how many times longer everything takes just now than on a quiet core, at least once."""
    return max(1.0, statistics.median(work() for _ in range(5)) / QUIET)


AT_THE_START = slowness()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    own = os.getpid()
    counted, running = [own, *database_process()], children(own)
    before = sum(map(spent, counted))
    result = yield
    cost = sum(map(spent, counted)) - before + sum(map(spent_by_family, children(own) - running))
    item.user_properties.append(("cost", cost))
    limit = float(item.config.getini("cost_limit"))
    marked = any(mark.name in ("slow", "audit") for mark in item.iter_markers())
    # Of the two the slower: by the time that a test has failed the machine may have got its rest.
    if not marked and cost / AT_THE_START > limit and (quiet := cost / max(slowness(), AT_THE_START)) > limit:
        pytest.fail(
            f"{quiet:.1f} Sekunden Rechenzeit, mehr als {limit:g}: Bitte einmal und in der richtigen Tiefe fragen. Der "
            "lange Weg gehört mit „audit“ nach `make audit`; was doch immer laufen muss, nennt mit „slow“ den Grund.",
            pytrace=False,
        )
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        COSTS.update((report.nodeid, value) for name, value in report.user_properties if name == "cost")


def pytest_sessionfinish(session: pytest.Session) -> None:
    name = session.config.getini("cost_file")
    if not name or not COSTS or hasattr(session.config, "workerinput"):
        return
    path = session.config.rootpath / name
    path.parent.mkdir(parents=True, exist_ok=True)
    dearest_first = sorted(COSTS.items(), key=lambda pair: -pair[1])
    path.write_text("".join(f"{cost:8.2f}  {test}\n" for test, cost in dearest_first))
