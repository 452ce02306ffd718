"""The tests run on whatever server DATABASE_URL names: what they open by themselves gets there as well."""

import dj_database_url
import psycopg
import pytest
from django.db import connection

from tests.databases import connection_parameters, database_url

SERVERS = {
    "odd": "postgres://ich%40amt:p%40ss%2Fwort%3A%25%23%3F%20%C3%BC@db.example.org:6543/daten%2Fbank",
    "encrypted": "postgres://ich:geheim@db.example.org/daten?sslmode=verify-full&sslrootcert=%2Fetc%2Fca%20eins.pem",
    "socket": "postgres://ich@%2Ftmp%2Fsocket/daten",
    "address": "postgres://ich:geheim@[::1]:5432/daten",
    "short": "postgres://localhost/daten",
}


@pytest.mark.parametrize("url", SERVERS.values(), ids=SERVERS)
def test_the_address_of_a_database_leads_back_to_the_same_settings(url):
    database = dj_database_url.parse(url)
    again = dj_database_url.parse(database_url(database))
    assert again == database


def test_a_connection_of_a_test_has_the_password_and_the_encryption_and_nothing_of_django():
    database = dj_database_url.parse(SERVERS["odd"] + "?sslmode=require") | {"CONN_MAX_AGE": 5}
    database["OPTIONS"]["pool"] = {"min_size": 1}
    assert connection_parameters(database, dbname="postgres") == {
        "dbname": "postgres",
        "user": "ich@amt",
        "password": "p@ss/wort:%#? ü",
        "host": "db.example.org",
        "port": 6543,
        "sslmode": "require",
    }


@pytest.mark.django_db
def test_both_ways_lead_to_the_database_of_this_run():
    here = connection.settings_dict
    for opened in (psycopg.connect(**connection_parameters(here)), psycopg.connect(database_url(here))):
        with opened:
            assert opened.execute("SELECT current_database()").fetchone() == (here["NAME"],)
