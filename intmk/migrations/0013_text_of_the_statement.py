"""The accessibility statement is data now: the sections of the initial text that it replaces go where nobody changed them."""

import json
from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

duties = import_module("intmk.migrations.0004_duties_of_pages")
REPLACED = [
    (
        "Was geprüft wurde",
        "<p>Jede Art von Seite wird bei der Entwicklung automatisch mit dem Prüfwerkzeug axe untersucht: in heller und dunkler Darstellung, in der Breite eines Telefons und eines Bildschirms. Ein solches Werkzeug findet nur einen Teil der möglichen Barrieren.</p><p>Eine unabhängige Prüfung nach dem BITV-Test hat nicht stattgefunden. Auch wurde die Website noch nicht von Menschen erprobt, die Hilfsmittel wie Bildschirmleseprogramme benutzen. Deshalb wird hier nicht erklärt, dass alle Anforderungen erfüllt sind.</p>",
    ),
    (
        "Bekannte Mängel",
        '<ul><li>Ein Video in <a href="intern:/gebaerdensprache/">Deutscher Gebärdensprache</a> gibt es noch nicht.</li><li>Der Text in <a href="intern:/leichte-sprache/">Leichter Sprache</a> wurde noch nicht von einer Prüfgruppe gelesen.</li><li>Ältere Dokumente sind möglicherweise nicht barrierefrei.</li></ul>',
    ),
    (
        "Barrieren melden",
        '<p>Ist Ihnen eine Barriere aufgefallen, oder brauchen Sie einen Inhalt in einer anderen Form? Wenden Sie sich an die Geschäftsstelle; wie Sie sie erreichen, steht oben auf dieser Seite und unter <a href="intern:/kontakt/">Kontakt</a>. Nennen Sie bitte die Adresse der Seite und beschreiben Sie kurz, was nicht geht.</p>',
    ),
    (
        "Durchsetzung",
        "<p>Erhalten Sie keine zufriedenstellende Antwort, kommt eine Schlichtungs- oder Durchsetzungsstelle in Betracht. Welche zuständig ist, hängt von dem Land ab, das den Vorsitz hat: Sie steht oben auf dieser Seite, sobald das Land sie angegeben hat.</p>",
    ),
    (
        "Stand",
        "<p>Diese Erklärung gibt den Stand vom 22. November 2026 wieder.</p>",
    ),
]


def remove_replaced(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    texts = {(heading, duties.plain(text)): None for heading, text in REPLACED}
    Revision = apps.get_model("wagtailcore", "Revision")
    for page in apps.get_model("intmk", "StandardPage").objects.filter(duty="accessibility"):
        body = duties.renewed(list(page.body.raw_data), texts)
        if body is not None:
            page.body = body
            page.save(update_fields=["body"])
        latest = Revision.objects.filter(pk=page.latest_revision_id).first()
        body = duties.renewed(json.loads(latest.content.get("body") or "[]"), texts) if latest else None
        if body is not None:
            latest.content["body"] = json.dumps(body)
            latest.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("intmk", "0012_accessibility_statement")]

    operations = [migrations.RunPython(remove_replaced, migrations.RunPython.noop)]
