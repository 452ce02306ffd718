"""Drawings that stand for a missing photo are told apart from photos; the one of the initial content becomes one."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def mark_drawings(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Mark what `intmk.media.images.placeholder` drew, unless an editor has replaced its file by now."""
    drawn = apps.get_model("intmk", "SiteImage").objects.filter(file__startswith="original_images/platzhalter-konferenz-")
    drawn.update(is_placeholder=True)


class Migration(migrations.Migration):
    dependencies = [("intmk", "0013_text_of_the_statement")]

    operations = [
        migrations.AddField(
            model_name="siteimage",
            name="is_placeholder",
            field=models.BooleanField(
                default=False,
                help_text="Eine Zeichnung, die für ein fehlendes Foto steht: Sie wird klein gezeigt, und die Presse bekommt sie nicht angeboten. Den Haken entfernen, sobald hier das Foto selbst hochgeladen ist.",
                verbose_name="Platzhalter",
            ),
        ),
        migrations.RunPython(mark_drawings, migrations.RunPython.noop),
    ]
