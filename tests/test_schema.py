"""What an upgrade asks of two schemas: can the former release go on with the database of the later one."""

import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from intmk.management.commands.prepare import defaults_of_columns
from intmk.server.schema import Schema, give_defaults, hindrances, read_schema

BEFORE = Schema(
    {("seite", "titel"): ("text", True), ("seite", "alt"): ("text", False)}, {("seite", "eindeutig"): ["titel"]}
)


def after(columns: dict, limits: dict | None = None) -> Schema:
    return Schema(BEFORE.columns | columns, BEFORE.limits | (limits or {}))


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        (after({}), []),
        (after({("seite", "neu"): ("text", False), ("neue", "titel"): ("text", True)}), []),
        (after({("seite", "neu"): ("text", True)}), ["seite.neu ist neu, und jeder Eintrag muss es nennen"]),
        (after({("seite", "alt"): ("text", True)}), ["seite.alt darf nicht mehr leer sein"]),
        (after({("seite", "alt"): ("integer", False)}), ["seite.alt wird integer"]),
        (after({}, {("seite", "kurz"): ["titel"]}), ["seite bekommt die Bedingung kurz"]),
        (after({("seite", "neu"): ("text", False)}, {("seite", "kurz"): ["neu"]}), []),
        (Schema({("seite", "titel"): ("text", True)}, {}), ["seite.alt fällt weg"]),
    ],
)
def test_what_is_added_hinders_nobody_and_what_is_taken_or_asked_for_does(schema, found):
    assert hindrances(BEFORE, schema) == found


@pytest.mark.django_db
def test_new_columns_get_the_default_of_their_field_so_that_a_former_release_can_write():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (id int)")
        before = read_schema(connection.connection)
        cursor.execute("ALTER TABLE probe ADD text varchar(9) NOT NULL, ADD list jsonb NOT NULL, ADD yes bool NOT NULL")
        cursor.execute("ALTER TABLE probe ADD unknown int NOT NULL")
        defaults = {("probe", "text"): "it's", ("probe", "list"): ["a"], ("probe", "yes"): False}
        give_defaults(connection.connection, before, defaults)
        assert hindrances(before, read_schema(connection.connection)) == [
            "probe.unknown ist neu, und jeder Eintrag muss es nennen"
        ]
        cursor.execute("INSERT INTO probe (unknown) VALUES (1) RETURNING text, list = %s, yes", [Jsonb(["a"])])
        assert cursor.fetchone() == ("it's", True, False)


@pytest.mark.django_db
def test_a_database_holds_what_the_models_say():
    schema = read_schema(connection.connection)
    assert schema.columns["history_timelinepage", "introduction"][0] == "text"
    assert ["path"] in schema.limits.values()
    assert defaults_of_columns()["history_timelinepage", "introduction"] == ""
