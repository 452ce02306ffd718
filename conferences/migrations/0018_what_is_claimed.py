"""What is claimed of a record: decided without a known majority, before some day, numbers that were never published."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

CLAIM = "b"  # before what is claimed among the facets


def note_claims(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Fill the filter by what is claimed; as `WordingMixin.claim` says it of what could be stored before."""
    pages = apps.get_model("conferences", "ResolutionPage").objects
    decided, written = Q(outcome__in=["unanimous", "majority"]), Q(kind="circular") | Q(conference__status="cancelled")
    for claim, which in {
        "in_writing": decided & written,
        "decided": decided & ~written,
        "report": ~decided & Q(kind="report"),
        "dealt_with": ~decided & ~Q(kind="report"),
    }.items():
        for pk, facets in list(pages.filter(which).values_list("pk", "facets")):
            others = [facet for facet in facets if not facet.startswith(CLAIM)]
            pages.filter(pk=pk).update(facets=sorted([*others, CLAIM + claim]))


class Migration(migrations.Migration):
    dependencies = [("conferences", "0017_drafts_may_be_incomplete")]

    operations = [
        migrations.AddField(
            model_name="conferencepage",
            name="agenda_is_complete",
            field=models.BooleanField(
                default=False,
                help_text="Nur ankreuzen, wenn die ganze Tagesordnung bekannt und hier eingetragen ist. Dann sagt die "
                "Seite bei einer übersprungenen Nummer, dass sie nicht vorkommt; sonst schreibt sie „Bekannt sind …“.",
                verbose_name="Die Liste der Tagesordnungspunkte ist vollständig",
            ),
        ),
        migrations.AddField(
            model_name="resolutionpage",
            name="decided_before",
            field=models.DateField(
                blank=True,
                help_text="Nur bei Umlaufbeschlüssen, deren Tag nicht bekannt ist: Die Website schreibt dann „vor dem "
                "…“.",
                null=True,
                verbose_name="oder beschlossen vor dem",
            ),
        ),
        migrations.AddField(
            model_name="resolutionpage",
            name="votes_unpublished",
            field=models.BooleanField(
                default=False,
                help_text="Nur ankreuzen, wenn das bekannt ist. Liegen die Zahlen bloß nicht vor, bleibt das Feld "
                "leer.",
                verbose_name="Die Zahlen sind nicht veröffentlicht",
            ),
        ),
        migrations.AlterField(
            model_name="resolutionpage",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unanimous", "einstimmig"),
                    ("majority", "mehrheitlich"),
                    ("adopted", "beschlossen"),
                    ("noted", "zur Kenntnis genommen"),
                    ("withdrawn", "zurückgezogen"),
                    ("adjourned", "vertagt"),
                    ("rejected", "abgelehnt"),
                    ("failed", "keine Mehrheit"),
                ],
                help_text="Nur was hier „einstimmig“, „mehrheitlich“ oder „beschlossen“ ist, nennt die Website einen "
                "Beschluss. „Beschlossen“: Belegt ist der Beschluss, aber nicht, mit welcher Mehrheit. Leer: Das "
                "Ergebnis liegt nicht vor.",
                max_length=9,
                verbose_name="Ergebnis",
            ),
        ),
        migrations.RunPython(note_claims, migrations.RunPython.noop),
    ]
