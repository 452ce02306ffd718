from collections import defaultdict

from django.db import migrations


def note_votes(apps, schema_editor):
    """Write how each Land voted into the facets of what is stored, as publishing does from now on."""
    codes = defaultdict(set)
    votes = apps.get_model("conferences", "ResolutionVote").objects
    for resolution, land, vote in votes.values_list("resolution_id", "land__code", "vote"):
        codes[resolution].add(f"v{land.removeprefix('DE-').lower()}{vote}")
    resolutions = apps.get_model("conferences", "ResolutionPage").objects
    changed = list(resolutions.filter(pk__in=codes).only("pk", "facets"))
    for page in changed:
        page.facets = sorted({*page.facets, *codes[page.pk]})
    resolutions.bulk_update(changed, ["facets"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("conferences", "0021_sources")]

    operations = [migrations.RunPython(note_votes, migrations.RunPython.noop)]
