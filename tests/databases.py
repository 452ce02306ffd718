"""How tests that open connections or processes of their own get to the database, on whatever server it is."""

from typing import Any
from urllib.parse import quote, urlencode

from psycopg import pq

NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
# What a connection understands: Django's own settings stand among the same options.
UNDERSTOOD = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}


def connection_parameters(database: dict[str, Any], **changes: str) -> dict[str, Any]:
    """Return what psycopg.connect takes, from Django's settings of a database: with password, TLS and all."""
    given = {name: database.get(key) for name, key in NAMES.items()}
    options = {name: value for name, value in database.get("OPTIONS", {}).items() if name in UNDERSTOOD}
    return {name: value for name, value in {**options, **given}.items() if value not in (None, "")} | changes


def database_url(database: dict[str, Any]) -> str:
    """Return the address for DATABASE_URL that leads to the same database, whatever characters stand in its parts."""
    parameters = connection_parameters(database)
    dbname, user, password, host, port = (quote(str(parameters.pop(name, "")), safe="") for name in NAMES)
    address = f"postgres://{user}{password and ':'}{password}@{host}{port and ':'}{port}/{dbname}"
    return f"{address}?{urlencode(parameters)}" if parameters else address
