"""The table of the cache "sign_in", as Django's command createcachetable would make it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("users", "0002_invitations"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                "CREATE TABLE sign_in_cache ("
                " cache_key varchar(255) NOT NULL PRIMARY KEY,"
                " value text NOT NULL,"
                " expires timestamp with time zone NOT NULL)",
                "CREATE INDEX sign_in_cache_expires ON sign_in_cache (expires)",
            ],
            reverse_sql="DROP TABLE sign_in_cache",
        ),
    ]
