"""The file of the environment says to a command what it says to the service."""

import pytest

from intmk.server.environment_file import read_variables

LINES = r"""
# DATABASE_URL=postgres://aus@einem/kommentar \
DATABASE_URL=auch/das/noch
; INTMK_MAIL_HOST=mail.example.org
INTMK_BASE_URL=https://www.example.org
  INTMK_HOSTS = a.example.org, b.example.org   
INTMK_SECRET_KEY="mit \"Anführung\", \$Zeichen und #Raute"
INTMK_MAIL_PASSWORD='ein\fach " so # hier'
INTMK_MAIL_USER=pa"ss'wort#1
INTMK_MAIL_FROM="Die IntMK "'<web@example.org>'
LEER=
FORT=eins \
zwei
MEHRERE="eins
NICHT=hier
zwei"
export PATH=/nirgends
ohne Gleichheitszeichen
LETZTE=ä
"""


def test_values_are_read_as_systemd_reads_them(tmp_path):
    path = tmp_path / "intmk.env"
    path.write_text(LINES, encoding="utf-8", newline="\r\n")
    assert read_variables(path) == {
        "INTMK_BASE_URL": "https://www.example.org",
        "INTMK_HOSTS": "a.example.org, b.example.org",
        "INTMK_SECRET_KEY": 'mit "Anführung", $Zeichen und #Raute',
        "INTMK_MAIL_PASSWORD": 'ein\\fach " so # hier',
        "INTMK_MAIL_USER": "pa\"ss'wort#1",
        "INTMK_MAIL_FROM": "Die IntMK <web@example.org>",
        "LEER": "",
        "FORT": "eins zwei",
        "MEHRERE": "eins\nNICHT=hier\nzwei",
        "LETZTE": "ä",
    }


def test_what_is_no_text_is_refused(tmp_path):
    (tmp_path / "intmk.env").write_bytes(b"A=\xff\xfe")
    with pytest.raises(ValueError, match="utf-8"):
        read_variables(tmp_path / "intmk.env")
