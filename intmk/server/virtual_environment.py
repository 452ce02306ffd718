# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""Builds ``.venv`` with the locked packages: ``python3 -I intmk/server/virtual_environment.py run`` (or ``test``).

A tool whose packages do not go with those of the site has a lock and an environment of its own: ``schemathesis``
is installed into ``.venv-schemathesis``.

Runs on the machine's own Python before anything is installed: standard library only, and it has to compile
on an old Python too, so that the refusal is a sentence and not a SyntaxError.

pip fetches uv, which installs the rest in a quarter of the time; where uv cannot be had, pip installs it all.

``run.stamp`` and ``test.stamp`` in ``.venv`` tell which lock file was installed. ``unfinished`` lies there while
packages are installed. Found at the start, or no stamp at all, it means that this was cut off: it begins anew.
"""

import ast
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGUN = float(os.environ.get("INTMK_BEGUN") or time.time())  # of all that one call of make starts
OLDEST_PYTHON = (3, 11)
OF_THE_SITE = ("run", "test")
FREE_SPACE_NEEDED = 600 * 1024**2
NO_SPACE = ("No space left on device", "Disk quota exceeded")
NO_NETWORK = (  # of pip and apt-get
    "(from versions: none)", "connection broken by", "Max retries exceeded", "ReadTimeoutError",
    "Failed to fetch", "Temporary failure", "Unable to fetch",
)  # fmt: skip

# Where packages come from, as pip is told on this machine, and what uv calls it, which is told nothing.
OF_UV = {
    "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX", "trusted-host": "UV_INSECURE_HOST", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY",
}  # fmt: skip
SECTIONS = ("global.", "install.", ":env:.")  # what comes later wins


class InstallationError(Exception):
    """The environment cannot be built; the message is one German line for the person at the terminal."""


def ensure(root, lock_name):
    """Make ``root/.venv`` (of a tool: ``root/.venv-<lock_name>``) hold what ``requirements/<lock_name>.txt`` names.

    Raises InstallationError with one German line if that fails.
    """
    lock = root / "requirements" / f"{lock_name}.txt"
    environment = root / (".venv" if lock_name in OF_THE_SITE else f".venv-{lock_name}")
    stamp = environment / f"{lock_name}.stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with one_at_a_time(root):
        whole = is_whole(environment)
        if whole and stamp.exists() and stamp.read_text() == wanted:
            return
        free = shutil.disk_usage(str(root)).free
        if free < FREE_SPACE_NEEDED:
            raise InstallationError(
                f"Für die Python-Pakete sind in {root} nur {free // 1024**2} MB frei; "
                f"gebraucht werden {FREE_SPACE_NEEDED // 1024**2} MB."
            )
        if os.geteuid() == 0:
            # The embedded PostgreSQL runs as an account of its own and has to read its programs.
            os.umask(0o022)
        if not whole:
            create(environment)
        install(environment, lock)
        stamp.write_text(wanted)
        (environment / "unfinished").unlink()


@contextlib.contextmanager
def one_at_a_time(root):
    """Let a second installation into the same folder wait for the first; the kernel frees it on any end."""
    folder = os.open(str(root), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Eine andere Installation in diesem Ordner läuft noch; es wird auf sie gewartet …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def is_whole(environment):
    """Say whether the environment is complete and still of the Python that it runs on, for only there pip is found."""
    if (environment / "unfinished").exists() or not list(environment.glob("*.stamp")):
        return False
    try:
        return run([environment / "bin" / "python", "-I", "-c", "import pip"]).returncode == 0
    except OSError:
        return False


def create(environment):
    """Make an empty environment in the place of whatever is there."""
    check_python(sys.version_info)
    if importlib.util.find_spec("ensurepip") is None:
        install_ensurepip()
    say(with_elapsed_time(f"Virtuelle Python-Umgebung {environment.name} wird angelegt …"))
    result = run([sys.executable, "-I", "-m", "venv", "--clear", environment])
    if result.returncode != 0:
        raise InstallationError(explain(f"Die Umgebung {environment.name} lässt sich nicht anlegen", result.stdout))


def check_python(version):
    """Raise InstallationError if ``version`` (as ``sys.version_info``) is too old."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise InstallationError(
            f"Gebraucht wird Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} oder neuer, {sys.executable} ist "
            f"{version[0]}.{version[1]}; ein anderes wählen: make run PYTHON=python3.11"
        )


def install_ensurepip():
    """Fetch what Debian leaves out of its Python; only root can."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise InstallationError(
            "Dem Python dieses Rechners fehlt das Modul „ensurepip“; bitte: sudo apt-get install python3-venv"
        )
    say(with_elapsed_time("Das Debian-Paket python3-venv wird installiert …"))
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    run([*apt, "update"])
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    result = run([*apt, "install", "-y", "--no-install-recommends", "python3-venv"])
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        raise InstallationError(explain("Das Paket python3-venv ließ sich nicht installieren", result.stdout))


def install(environment, lock):
    """Install the lock file; the output goes to ``.venv/install.log``."""
    packages = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    say(with_elapsed_time(f"{packages} Python-Pakete werden installiert (meist weniger als eine Minute) …"))
    (environment / "unfinished").touch()
    result = install_with_pip(environment, lock.with_name("uv.txt"))
    printed = result.stdout
    if result.returncode == 0:
        result = install_with_uv(environment, lock)
        printed += result.stdout
    if result.returncode != 0:
        result = install_with_pip(environment, lock)
        printed += result.stdout
    (environment / "install.log").write_bytes(printed)
    if result.returncode == 0:
        return
    if any(sign.encode() in result.stdout for sign in NO_NETWORK):
        # pip downloads everything before it changes anything, so what was there is still whole.
        (environment / "unfinished").unlink()
    raise InstallationError(explain("Die Python-Pakete ließen sich nicht installieren", result.stdout))


def install_with_pip(environment, lock):
    """Let pip install the lock file and return the result of the program."""
    command = [environment / "bin" / "python", "-I", "-m", "pip", "install", "--require-hashes", "--retries=2"]
    command += ["--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    return run([*command, "-r", lock])


def install_with_uv(environment, lock):
    """Let uv do the same, with compiled modules as pip leaves them: who serves may not be allowed to write there."""
    command = [environment / "bin" / "uv", "pip", "install", "--python", environment / "bin" / "python"]
    command += ["--require-hashes", "--only-binary=:all:", "--no-progress", "--compile-bytecode"]
    # From whichever place has the wanted version, as pip does; what it may be the hashes say.
    command += ["--index-strategy=unsafe-best-match", "-r", lock]
    return run(command, {**os.environ, **places_of_packages(environment)})


def places_of_packages(environment):
    """Return variables that tell uv what pip is told; what is set for uv itself holds."""
    listed = run([environment / "bin" / "python", "-I", "-m", "pip", "config", "list"]).stdout.decode()
    found = {}
    for section in SECTIONS:
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            key = name[len(section) :] if name.startswith(section) else ""
            if key in OF_UV and OF_UV[key] not in os.environ:
                separator = "," if key == "find-links" else " "
                found[OF_UV[key]] = separator.join(ast.literal_eval(value).split())
    return found


def run(command, variables=None):
    """Run a program without a terminal and return its result, with all that it printed as ``stdout``.

    variables: its environment, ours if not given.
    """
    return subprocess.run(
        list(map(str, command)),
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def explain(what, output):
    """Return one line: what failed, and why, as far as the printed ``output`` (bytes) tells."""
    text = output.decode(errors="replace")
    if any(sign in text for sign in NO_SPACE):
        return f"{what}: Der Speicherplatz ist erschöpft."
    if any(sign in text for sign in NO_NETWORK):
        return f"{what}: Der Server der Pakete ist nicht erreichbar; bitte die Netzverbindung prüfen."
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR:", "E:", "Error:"))]
    return f"{what}: {(errors or lines or ['ohne Meldung beendet'])[0]}"


def with_elapsed_time(line):
    """Return a progress message with the seconds since the beginning before it."""
    return f"{time.time() - BEGUN:4.0f} s  {line}"


def say(line):
    """Print a progress message at once, also into a pipe."""
    print(line, flush=True)


def main():
    """Install the lock file named on the command line; exit with 1 and one line if that fails."""
    try:
        ensure(ROOT, sys.argv[1])
    except InstallationError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(explain(f"{error.filename or ROOT} lässt sich nicht verwenden", str(error).encode()))
    except KeyboardInterrupt:
        sys.exit("Abgebrochen; der nächste Aufruf beginnt die Installation von vorn.")


if __name__ == "__main__":
    main()
