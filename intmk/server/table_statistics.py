"""What PostgreSQL knows of the number of rows and their values, by which it chooses how to ask."""

from django.db import connection


def renew() -> None:
    """Count anew in all tables; to be called when much has been written, since autovacuum comes late or never.

    It never counts a table in which too little changes. Not within a longer transaction: it locks out other counting.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
