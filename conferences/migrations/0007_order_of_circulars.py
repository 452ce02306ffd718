"""Umlaufbeschlüsse are sorted by year and number; a deleted document no longer makes drafts unreadable."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def set_keys(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    pages = apps.get_model("conferences", "ResolutionPage").objects
    for pk, number, year in pages.filter(item="", circular_number__gt=0, circular_year__gt=0).values_list(
        "pk", "circular_number", "circular_year"
    ):
        pages.filter(pk=pk).update(item_key=f"3.{year:04d}.{number:05d}")


class Migration(migrations.Migration):
    dependencies = [("conferences", "0006_identifiers"), ("intmk", "0007_old_addresses")]

    operations = [
        migrations.RunPython(set_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="resolutionpage",
            name="source_file",
            field=models.ForeignKey(
                blank=True,
                help_text="Das Protokoll oder der Beschluss als Datei. Enthält sie nicht Freigegebenes, dort "
                "„Freigegeben“ abwählen.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="resolutions",
                to="intmk.sitedocument",
                verbose_name="Quelldatei",
            ),
        ),
    ]
