"""Say in words of our own what two sentences took from others, and of agendas only what is known of them.

Where a section still says word for word what was loaded with it: in what is public and in the latest version. What
people have written, and older versions, stay.
"""

import json
from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

duties = import_module("intmk.migrations.0004_duties_of_pages")
# By the key under which the page was loaded: heading, text that was loaded, text in its place.
SECTIONS = {
    "page:about": [
        (
            "Aufgaben",
            '<p>Die Konferenz hat diese Aufgaben:</p><ul><li>Sie berät und beschließt über grundsätzliche Fragen der Integration von Menschen mit Migrationshintergrund und über solche, die mehrere Länder betreffen.</li><li>Sie koordiniert und fördert den Austausch von Informationen und Erfahrungen zwischen den Ländern.</li><li>Sie stimmt die Anliegen der Länder mit dem Bund ab.</li></ul>',
            '<p>Die Konferenz hat diese Aufgaben:</p><ul><li>Sie spricht über Grundfragen der Integration und über alles, was mehr als ein Land angeht, und fasst dazu Beschlüsse. Im Mittelpunkt stehen Menschen mit Migrationshintergrund.</li><li>Sie bringt die Länder regelmäßig zusammen, damit jedes von den Erfahrungen der anderen weiß und sie nutzen kann.</li><li>Sie stimmt die Anliegen der Länder mit dem Bund ab.</li></ul>',
        ),
        (
            "Bund und Länder",
            '<p>Die Hauptverantwortung für die Integrationspolitik tragen die Länder. In der Konferenz stimmen sie sich mit dem Bund ab.</p><p>Diese Abstimmung ist von der Mitwirkung der Länder durch den Bundesrat zu unterscheiden. Der Bundesrat ist ein Verfassungsorgan, und seine Rolle ist förmlich geregelt. Die IntMK arbeitet davon unabhängig.</p><p>Als Gäste nehmen an den Sitzungen das für Integration zuständige Mitglied der Bundesregierung sowie die oder der Beauftragte der Bundesregierung für Migration, Flüchtlinge und Integration teil.</p>',
            '<p>Integrationspolitik ist in erster Linie Aufgabe der Länder. In der Konferenz stimmen sie sich mit dem Bund ab.</p><p>Mit dem Bundesrat hat das nichts zu tun: Er ist ein Organ der Verfassung, und wie die Länder durch ihn mitwirken, ist förmlich geregelt. Die IntMK arbeitet unabhängig von ihm.</p><p>Als Gäste nehmen an den Sitzungen das für Integration zuständige Mitglied der Bundesregierung sowie die oder der Beauftragte der Bundesregierung für Migration, Flüchtlinge und Integration teil.</p>',
        ),
        (
            "Einheit im Ziel – Vielfalt der Wege",
            '<p>„Einheit im Ziel – Vielfalt der Wege“: Unter diesem Grundsatz arbeiten die Länder zusammen. Er trägt dem Umstand Rechnung, dass ihre Voraussetzungen verschieden sind. Die Länder unterscheiden sich darin, wie groß ihre Bevölkerung mit Einwanderungsgeschichte ist und wie sie sich zusammensetzt, welche Infrastruktur besteht und welche Maßnahmen sie ergriffen haben.</p>',
            '<p>„Einheit im Ziel – Vielfalt der Wege“: Nach diesem Grundsatz arbeiten die Länder zusammen. Sie wollen dasselbe erreichen, fangen aber nicht am selben Punkt an: Wie viele Menschen mit Einwanderungsgeschichte in einem Land leben und aus welchen Gruppen sie kommen, welche Infrastruktur es hat und welche Maßnahmen dort schon laufen, ist überall anders.</p>',
        ),
        (
            "Dauerthemen",
            '<p>Einige Themen begleiten die Konferenz über die Jahre hinweg: die Einwanderung und der demografische Wandel, die Willkommenskultur und die Anerkennungskultur. Dabei geht es um die praktische Umsetzung, vor allem bei der Aufnahme von Flüchtlingen.</p>',
            '<p>Einwanderung und demografischer Wandel beschäftigen die Konferenz seit Langem. Dazu kommt die Frage, wie Willkommenskultur und Anerkennungskultur im Alltag aussehen, besonders dort, wo Flüchtlinge aufgenommen werden.</p>',
        ),
        (
            "Handlungsfelder",
            '<p>Der Nationale Aktionsplan von 2012 diente der Umsetzung des Nationalen Integrationsplans. Er enthielt konkrete, überprüfbare Ziele, Indikatoren und einen Zeitrahmen. Die Länder brachten elf Themen ein:</p><ol><li>Frühkindliche Förderung</li><li>Bildung, Ausbildung und Weiterbildung</li><li>Arbeitsmarkt und Erwerbsleben</li><li>Migranten im öffentlichen Dienst</li><li>Gesundheit und Pflege</li><li>Integration vor Ort</li><li>Sprache – Integrationskurse</li><li>Sport</li><li>Bürgerschaftliches Engagement</li><li>Medien</li><li>Kultur</li></ol><p>Diese elf Handlungsfelder gliedern auch die Inhalte dieser Website. Die Bezeichnungen sind die von 2012.</p>',
            '<p>Der Nationale Aktionsplan von 2012 setzte den Nationalen Integrationsplan um. Was er erreichen wollte, sollte sich prüfen lassen: an bestimmten Zielen, Indikatoren und einem Zeitrahmen. Die Länder trugen zu seinen elf Themen bei:</p><ol><li>Frühkindliche Förderung</li><li>Bildung, Ausbildung und Weiterbildung</li><li>Arbeitsmarkt und Erwerbsleben</li><li>Migranten im öffentlichen Dienst</li><li>Gesundheit und Pflege</li><li>Integration vor Ort</li><li>Sprache – Integrationskurse</li><li>Sport</li><li>Bürgerschaftliches Engagement</li><li>Medien</li><li>Kultur</li></ol><p>Diese elf Handlungsfelder gliedern auch die Inhalte dieser Website. Die Bezeichnungen sind die von 2012.</p>',
        ),
    ],
    "page:datenschutz": [
        (
            "Anmeldung der Redaktion",
            '<p>Personen, die diese Website redaktionell betreuen, melden sich unter der Adresse /admin/ an. Nur dort werden technisch notwendige Cookies gesetzt: eines für die Sitzung und eines zum Schutz vor gefälschten Anfragen (CSRF).</p>',
            '<p>Personen, die diese Website redaktionell betreuen, melden sich unter der Adresse /admin/ an. Nur dort werden technisch notwendige Cookies gesetzt: eines für die Sitzung, eines zum Schutz vor gefälschten Anfragen (CSRF) und eines, das sich sieben Tage lang merkt, welches Konto angemeldet war, damit kein Text verloren geht, wenn die Sitzung endet.</p>',
        ),
    ],
    "page:conference:13": [
        (
            "Was nicht vorliegt",
            '<p>Ein Protokoll ist bekannt, die Datei liegt hier aber nicht vor. Wortlaut und Ergebnisse der Beschlüsse liegen nicht vor.</p>',
            '<p>Ein Protokoll ist bekannt, die Datei liegt hier aber nicht vor. Bekannt sind nur einzelne Tagesordnungspunkte; was dazu beschlossen wurde, liegt nicht vor.</p>',
        ),
    ],
    "page:conference:16": [
        (
            "Was nicht vorliegt",
            '<p>Ein Protokoll ist bekannt, die Datei liegt hier aber nicht vor. Wortlaut und Ergebnisse der Beschlüsse liegen nicht vor.</p>',
            '<p>Ein Protokoll ist bekannt, die Datei liegt hier aber nicht vor. Bekannt sind nur einzelne Tagesordnungspunkte; was dazu beschlossen wurde, liegt nicht vor.</p>',
        ),
    ],
}
MODELS = {"page:about": ("history", "AboutPage"), "page:datenschutz": ("intmk", "StandardPage")}
FORMER_REASON = "Diese Nummer kommt nicht vor. Lücken und Buchstaben in der Zählung sind üblich."
REASON = "Zu dieser Nummer ist nichts bekannt; die Tagesordnung liegt hier nicht vollständig vor."


def renew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    Revision = apps.get_model("wagtailcore", "Revision")
    for key, sections in SECTIONS.items():
        model = apps.get_model(*MODELS.get(key, ("conferences", "ConferencePage")))
        loaded = apps.get_model("intmk", "LoadedContent").objects.filter(key=key, page__isnull=False).values("page")
        for page in model.objects.filter(pk__in=loaded):
            texts = {(heading, duties.plain(old)): new for heading, old, new in sections}
            renew_body(page, texts, Revision)
    gaps = apps.get_model("conferences", "AgendaGap").objects.filter(reason=FORMER_REASON)
    for pk in {*gaps.values_list("conference", flat=True)}:
        page = apps.get_model("conferences", "ConferencePage").objects.get(pk=pk)
        latest = Revision.objects.filter(pk=page.latest_revision_id).first()
        for row in latest.content.get("agenda_gaps", []) if latest else []:
            row["reason"] = REASON if row["reason"] == FORMER_REASON else row["reason"]
        if latest:
            latest.save(update_fields=["content"])
    gaps.update(reason=REASON)


def renew_body(page, texts, Revision):
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
    dependencies = [
        # None on `conferences`: its squashed migration stands on the tables of this app. Django takes the apps one after
        # the other, `conferences` first.
        ("intmk", "0017_site_identity"),
    ]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
