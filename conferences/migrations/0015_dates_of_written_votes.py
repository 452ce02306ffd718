"""A vote in writing has no date of a conference: where lists had taken one for it, it is gone."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

YEAR = "j"  # before the year among the facets


def undate(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    pages = apps.get_model("conferences", "ResolutionPage").objects
    written = pages.filter(Q(kind="circular") | Q(conference__status="cancelled"), decided_on=None)
    for pk, year, facets in list(written.values_list("pk", "circular_year", "facets")):
        others = [facet for facet in facets if not (facet[:1] == YEAR and facet[1:].isdigit())]
        facets = sorted([*others, *([f"{YEAR}{year}"] if year else [])])
        pages.filter(pk=pk).update(year=year, day=None, facets=facets)


class Migration(migrations.Migration):
    dependencies = [("conferences", "0014_phone_numbers")]

    operations = [
        migrations.AlterField(
            model_name="resolutionpage",
            name="decided_on",
            field=models.DateField(
                blank=True,
                help_text="Nur, wenn es nicht der Termin der Konferenz ist. Ein Umlaufbeschluss hat sonst keinen Tag.",
                null=True,
                verbose_name="Beschlossen am",
            ),
        ),
        migrations.RunPython(undate, migrations.RunPython.noop),
    ]
