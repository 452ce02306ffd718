"""A file is public when a public page shows it or an editor has ticked so; whatever readers got until now, they get."""

from django.db import migrations, models

TICKED = {
    "verbose_name": "Schon jetzt öffentlich",
    "default": False,
    "help_text": "Ohne Häkchen ist die Datei öffentlich, sobald und solange eine öffentliche Seite sie zeigt.",
}
LAENDER = "Länder"


def keep_what_is_public(apps, schema_editor) -> None:
    """Tick all that readers got at its address, and withhold what was not released; proposals are neither."""
    models_of = {name: apps.get_model("intmk", name) for name in ("SiteDocument", "SiteImage", "SiteVideo")}
    for name in ("SiteDocument", "SiteVideo"):
        models_of[name].objects.filter(released=False).update(withheld=True)
    models_of["SiteImage"].objects.update(released=True)
    for collection in apps.get_model("wagtailcore", "Collection").objects.filter(
        group_permissions__group__name=LAENDER, group_permissions__permission__codename__startswith="add_"
    ):
        for name in ("SiteDocument", "SiteImage"):
            proposed = models_of[name].objects.filter(collection__path__startswith=collection.path)
            proposed.update(released=False)


def withheld_is_not_released(apps, schema_editor) -> None:
    """Say it as it was said before."""
    for name in ("SiteDocument", "SiteVideo"):
        model = apps.get_model("intmk", name)
        model.objects.update(released=True)
        model.objects.filter(withheld=True).update(released=False)


class Migration(migrations.Migration):
    dependencies = [
        ("intmk", "0018_own_words"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.AddField(
            "sitedocument",
            "disclosed",
            models.JSONField(default=dict, editable=False, verbose_name="Was die Datei preisgibt"),
        ),
        # 0: all documents are read again by the next preparation, so that what nobody sees leaves text and index.
        migrations.AddField(
            "sitedocument",
            "read_by",
            models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="Gelesen von Fassung"),
        ),
        migrations.AddField(
            "sitedocument",
            "withheld",
            models.BooleanField(
                default=False,
                help_text="Mit Häkchen erscheint das Dokument nirgends auf der Website, auch nicht auf Seiten, die es "
                "nennen, und auch nicht seine früheren Fassungen.",
                verbose_name="Gesperrt",
            ),
        ),
        migrations.AddField(
            "sitevideo",
            "withheld",
            models.BooleanField(
                default=False,
                help_text="Mit Häkchen erscheint das Video nirgends auf der Website, auch nicht auf Seiten, die es "
                "nennen.",
                verbose_name="Gesperrt",
            ),
        ),
        migrations.AddField("siteimage", "released", models.BooleanField(**TICKED)),
        migrations.RunPython(keep_what_is_public, withheld_is_not_released),
        migrations.AlterField("sitedocument", "released", models.BooleanField(**TICKED)),
        migrations.AlterField("sitevideo", "released", models.BooleanField(**TICKED)),
    ]
