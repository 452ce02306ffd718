"""A database on another machine: over TLS, or with a line that says why not."""

import datetime
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection

from intmk.doctor import database
from intmk.doctor.findings import Check, examine
from intmk.server import direct_connection
from tests.debian_postgres import debian_postgres
from tests.serving import ROOT, free_port

# Another address than that from which we come, so that it counts as another machine.
ELSEWHERE, NAME = "127.0.0.2", "db.example.org"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('root certificate file "/x" does not exist\nEither provide the file …', "sslrootcert lässt sich nicht lesen"),
        ('server certificate for "a" does not match host name "b"', "gilt für einen anderen Rechner"),
        ("SSL error: certificate verify failed", "ihrem Zertifikat ist nicht zu trauen"),
        ("server does not support SSL, but SSL was required", "sie bietet kein TLS an"),
        ('invalid sslmode value: "ja"', "sslmode heißt"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "x", no encryption', "ob sie TLS verlangt"),
        ('FATAL:  password authentication failed for user "x"', "Name oder Passwort"),
        ('FATAL:  database "x" does not exist', "gibt es dort nicht"),
    ],
)
def test_what_libpq_says_of_a_refusal_is_told_with_what_to_do(said, told):
    assert told in direct_connection.reason_of_refusal(psycopg.OperationalError(said))


def test_other_errors_are_no_refusals():
    assert direct_connection.reason_of_refusal(psycopg.OperationalError("canceling statement due to timeout")) is None


@pytest.mark.django_db
def test_the_doctor_is_silent_on_a_connection_within_the_machine():
    if not connection.settings_dict["HOST"].startswith("/"):
        pytest.skip("Die Tests laufen auf einem anderen Rechner.")
    assert list(database.nobody_reads_along()) == []


def test_the_doctor_tells_a_refusal_in_the_same_words():
    def fails() -> list:
        raise psycopg.OperationalError("SSL error: certificate verify failed")

    ((_, finding),) = examine([Check("Datenbank", fails)])
    assert "ihrem Zertifikat ist nicht zu trauen" in finding.text


# --- against a server -----------------------------------------------------------------------------------------------


def authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    return certificate(name, key.public_key(), name, key, x509.BasicConstraints(ca=True, path_length=None)), key


def certificate(name, key, issuer, issuers_key, *extensions: x509.ExtensionType) -> x509.Certificate:
    """Return a certificate of a week for a name, signed by the issuer."""
    now = datetime.datetime.now(datetime.UTC)
    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    builder = x509.CertificateBuilder(signer, subject, key, x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(7))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(issuers_key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Path, int]]:
    """A server with TLS at ELSEWHERE under NAME: the folder of the authorities that did and did not sign, the port."""
    with tempfile.TemporaryDirectory(prefix="intmk-tls-") as folder:
        own, place, port = Path(folder).resolve(), Path(folder).resolve() / "server", free_port()
        own.chmod(0o755)
        place.mkdir()
        (issuer, issuers_key), (stranger, _) = authority("Amt"), authority("Fremde")
        (own / "ca.pem").write_bytes(pem(issuer))
        (own / "stranger.pem").write_bytes(pem(stranger))
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
        (place / "server.pem").write_bytes(pem(certificate(NAME, key.public_key(), "Amt", issuers_key, names)))
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (place / "server.key").touch(0o600)
        (place / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
        tls = [f"-cssl_cert_file={place / 'server.pem'}", f"-cssl_key_file={place / 'server.key'}"]
        with debian_postgres(place, "-h", ELSEWHERE, "-p", str(port), "-cssl=on", *tls):
            yield own, port


def environment_for(server: tuple[Path, int], var: Path, host: str = NAME, **parameters: str) -> dict[str, str]:
    """Return an environment whose DATABASE_URL leads to the server, under this name of it."""
    given = {"sslmode": "verify-full", "sslrootcert": str(server[0] / "ca.pem"), "hostaddr": ELSEWHERE} | parameters
    address = f"postgres://site@{host}:{server[1]}/site?{urlencode(given)}"
    return {"PATH": "/usr/bin:/bin", "INTMK_VAR": str(var), "DATABASE_URL": address, "PORT": str(free_port())}


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False)


def doctor_on(environment: dict[str, str]) -> list[tuple[str, str]]:
    findings = json.loads(run(environment, "manage.py", "doctor", "--json").stdout)["findings"]
    return [(each["state"], each["text"]) for each in findings if "Verbindung" in each["text"]]


@pytest.mark.audit
def test_a_site_is_set_up_looked_after_and_saved_over_a_connection_whose_end_is_known(server, var_dir):
    environment = environment_for(server, var_dir)
    done = run(environment, "manage.py", "prepare", "database")
    assert done.returncode == 0, done.stderr
    done = run(environment, "manage.py", "migrate", "--check")
    assert done.returncode == 0, done.stderr
    assert doctor_on(environment) == [("green", "Die Verbindung ist verschlüsselt, das Zertifikat geprüft.")]
    for mode, begin in (("require", "Die Verbindung ist verschlüsselt, aber"), ("disable", "Die Verbindung zu einem")):
        ((state, text),) = doctor_on(environment_for(server, var_dir, sslmode=mode, sslrootcert=""))
        assert (state, text.startswith(begin)) == ("yellow", True), text
    done = run(environment, "manage.py", "backup", str(var_dir / "backup.tar"))
    assert done.returncode == 0, done.stderr
    assert "ist in Ordnung" in run(environment, "manage.py", "backup", "--verify", str(var_dir / "backup.tar")).stdout


@pytest.mark.audit
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"host": "www.example.org"}, "ihr Zertifikat gilt für einen anderen Rechner"),
        ({"sslrootcert": "stranger.pem"}, "ihrem Zertifikat ist nicht zu trauen"),
        ({"sslrootcert": "absent.pem"}, "das Zertifikat aus sslrootcert lässt sich nicht lesen"),
        ({"sslmode": "ja"}, "sslmode heißt verify-full"),
    ],
    ids=["name", "authority", "file", "mode"],
)
def test_whoever_answers_for_another_is_refused_with_one_line(server, var_dir, given, told):
    if "sslrootcert" in given:
        given = {"sslrootcert": str(server[0] / given["sslrootcert"])}
    environment = environment_for(server, var_dir, **given)
    begin = f"DATABASE_URL lässt sich nicht öffnen (site an {given.get('host', NAME)}, Datenbank site): {told}"
    for command in (["manage.py", "migrate"], ["manage.py", "prepare"], ["-m", "intmk.server.serve"]):
        done = run(environment, *command)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1, done.stderr
        assert done.stderr.startswith(begin), done.stderr
