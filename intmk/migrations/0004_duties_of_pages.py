"""Tell the four pages of the initial content which duty they have, in what is public and in every stored version."""

from django.db import migrations
from django.db.models import Q

DUTIES = {
    "impressum": "imprint",
    "datenschutz": "privacy",
    "barrierefreiheit": "accessibility",
    "kontakt": "contact",
}


def tell_duties(apps, schema_editor):
    StandardPage = apps.get_model("intmk", "StandardPage")
    LoadedContent = apps.get_model("intmk", "LoadedContent")
    Revision = apps.get_model("wagtailcore", "Revision")
    for slug, duty in DUTIES.items():
        loaded = LoadedContent.objects.filter(key=f"page:{slug}", page__isnull=False).values("page")
        pages = StandardPage.objects.filter(Q(pk__in=loaded) | Q(slug=slug, depth=3), duty="")
        for pk in list(pages.values_list("pk", flat=True)):
            StandardPage.objects.filter(pk=pk).update(duty=duty)
            # A waiting draft or an old version that is published later would otherwise take the duty away.
            for revision in Revision.objects.filter(
                content_type__app_label="intmk", content_type__model="standardpage", object_id=str(pk)
            ):
                revision.content["duty"] = duty
                revision.save(update_fields=["content"])


class Migration(migrations.Migration):

    dependencies = [
        ("intmk", "0003_duties_and_notice"),
    ]

    operations = [migrations.RunPython(tell_duties, migrations.RunPython.noop)]
