"""The Nu HTML checker: the reference implementation of the HTML standard's rules, run on saved pages.

It comes as one Java archive from its makers' npm package, checked against a fixed sum; nothing of it is in the
repository. Without Java or npm it is left out; in CI that is a failure.
"""

import base64
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

PACKAGE = "vnu-jar@26.9.27"
SHA512 = "TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="


def checker() -> Path | None:
    """Return the archive, fetched once; None where a program for it is missing."""
    if missing := [name for name in ("java", "npm") if shutil.which(name) is None]:
        if os.environ.get("CI") == "true":
            pytest.fail(f"Der Nu-Prüfer braucht {' und '.join(missing)}.")
        return None
    settings.VAR.mkdir(parents=True, exist_ok=True)
    target = settings.VAR / "vnu.jar"
    with (settings.VAR / "vnu.lock").open("w") as lock, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other process waits
        stamp = settings.VAR / "vnu.txt"
        if not target.exists() or not stamp.exists() or stamp.read_text() != PACKAGE:
            subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
            (archive,) = Path(folder).glob("*.tgz")
            found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            assert found == SHA512, f"{PACKAGE} is not the expected file: {found}"
            with tarfile.open(archive) as packed, packed.extractfile("package/build/dist/vnu.jar") as jar:  # type: ignore[union-attr]
                target.write_bytes(jar.read())
            stamp.write_text(PACKAGE)
    return target


def check_html(pages: dict[str, str]) -> list[str]:
    """Return a line for each error or warning in the HTML of `pages`, by address; [] without checker."""
    jar = checker()
    if jar is None or not pages:
        return []
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for number, (address, html) in enumerate(pages.items()):
            file = Path(folder, f"{number}.html")
            file.write_text(html, encoding="utf-8")
            files[file.name] = address
        command = [
            "java",
            "-Xss2m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            str(jar),
            "--format",
            "json",
            "--exit-zero-always",
            folder,
        ]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    report = json.loads(answer.stderr)
    return [
        f"{files[message['url'].rsplit('/', 1)[-1]]}: {message['message']} ({message.get('extract', '')[:100]!r})"
        for message in report["messages"]
    ]
