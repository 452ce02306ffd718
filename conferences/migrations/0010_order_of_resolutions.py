"""Day and title for the order of lists are kept on the resolution itself, where an index can hold them."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from conferences.models.resolution_queryset import title_sort_key


def set_order(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    pages = apps.get_model("conferences", "ResolutionPage").objects
    for page in pages.select_related("conference").only(
        "title", "decided_on", "conference__first_day", "conference__last_day"
    ):
        conference = page.conference
        page.day = page.decided_on or (conference and (conference.first_day or conference.last_day))
        page.title_key = title_sort_key(page.title)
        pages.filter(pk=page.pk).update(day=page.day, title_key=page.title_key)


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0009_laender_vote_once"),
        ("intmk", "0008_theme_addresses"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="resolutionpage",
            name="day",
            field=models.DateField(editable=False, null=True, verbose_name="Tag"),
        ),
        migrations.AddField(
            model_name="resolutionpage",
            name="title_key",
            field=models.CharField(
                blank=True,
                db_collation="C",
                default="",
                editable=False,
                max_length=255,
                verbose_name="Sortierung des Titels",
            ),
        ),
        migrations.AlterField(
            model_name="resolutionpage",
            name="year",
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name="Jahr"),
        ),
        migrations.RunPython(set_order, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="resolutionpage",
            index=models.Index(
                models.OrderBy(models.F("year"), descending=True, nulls_last=True),
                models.OrderBy(models.F("day"), descending=True, nulls_last=True),
                models.OrderBy(models.F("item_key")),
                models.OrderBy(models.F("page_ptr")),
                name="resolution_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="resolutionpage",
            index=models.Index(
                models.OrderBy(models.F("year")),
                models.OrderBy(models.F("day")),
                models.OrderBy(models.F("item_key")),
                models.OrderBy(models.F("page_ptr")),
                name="resolution_oldest",
            ),
        ),
        migrations.AddIndex(
            model_name="resolutionpage",
            index=models.Index(
                models.OrderBy(models.F("item_key")),
                models.OrderBy(models.F("year"), descending=True, nulls_last=True),
                models.OrderBy(models.F("day"), descending=True, nulls_last=True),
                models.OrderBy(models.F("page_ptr")),
                name="resolution_item",
            ),
        ),
        migrations.AddIndex(
            model_name="resolutionpage",
            index=models.Index(
                models.OrderBy(models.F("title_key")), models.OrderBy(models.F("page_ptr")), name="resolution_title"
            ),
        ),
    ]
