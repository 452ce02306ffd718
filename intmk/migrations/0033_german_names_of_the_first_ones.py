"""Wagtail calls the first page and the first collection "Root" in every language."""

from django.db import migrations
from django.db.migrations.state import StateApps


def name_them(apps: StateApps, schema_editor: object) -> None:
    apps.get_model("wagtailcore", "Page").objects.filter(depth=1, title="Root").update(
        title="Alle Seiten", draft_title="Alle Seiten"
    )
    apps.get_model("wagtailcore", "Collection").objects.filter(depth=1, name="Root").update(name="Alle Sammlungen")


class Migration(migrations.Migration):
    dependencies = [("intmk", "0032_pictures_that_were_public")]

    operations = [migrations.RunPython(name_them, migrations.RunPython.noop, elidable=False)]
