"""Tell the four pages of the initial content which duty they have, in what is public and in every stored version.

Where a section still says word for word what was loaded with it, it then says what goes with the facts of the duty: in
what is public and in the latest version. What people have written, and older versions, stay.
"""

import json
import re

from django.db import migrations
from django.db.models import Q

DUTIES = {
    "impressum": "imprint",
    "datenschutz": "privacy",
    "barrierefreiheit": "accessibility",
    "kontakt": "contact",
}

# The pages that the new texts link to.
KEYS = {"/vorsitz/": "page:chair", "/impressum/": "page:impressum", "/kontakt/": "page:kontakt"}
# Sections of the initial content that the facts of the duty make wrong or superfluous, as (page, heading, text that
# was loaded, text in its place); None: the section goes.
SECTIONS = [
    (
        "impressum",
        "Herausgeber",
        '<p>Geschäftsstelle der Integrationsministerkonferenz (IntMK) bei dem für Integration zuständigen Ressort {{vorsitzland_genitiv}}.</p>'
        '<p>Die Geschäftsführung liegt stets beim Ministerium des Landes, das den <a href="intern:/vorsitz/">Vorsitz</a> hat. Diese Angabe folgt dem Vorsitz von selbst.</p>',
        '<p>Geschäftsstelle der Integrationsministerkonferenz (IntMK) bei dem für Integration zuständigen Ressort {{vorsitzland_genitiv}}.</p>'
        '<p>Die Geschäftsführung liegt stets beim Ministerium des Landes, das den <a href="intern:/vorsitz/">Vorsitz</a> hat. Anschrift, Erreichbarkeit und die für den Inhalt verantwortliche Person stehen oben auf dieser Seite, soweit das Land sie angegeben hat; die Angaben wechseln mit dem Vorsitz von selbst.</p>',
    ),
    (
        "impressum",
        "Anschrift und Erreichbarkeit",
        '<p>Anschrift, E-Mail-Adresse und Telefonnummer der Geschäftsstelle stehen auf der Seite <a href="intern:/vorsitz/">Vorsitz</a>, sobald das Land im Vorsitz sie angegeben hat.</p>',
        None,
    ),
    (
        "impressum",
        "Verantwortliche Person",
        '<p>Diese Angabe fehlt noch: der Name der Person, die für den Inhalt verantwortlich ist. Die Geschäftsstelle ergänzt ihn.</p>',
        None,
    ),
    (
        "datenschutz",
        "Verantwortliche Stelle",
        '<p>Verantwortlich für die Verarbeitung personenbezogener Daten ist die im <a href="intern:/impressum/">Impressum</a> genannte Stelle.</p>',
        '<p>Verantwortlich für die Verarbeitung personenbezogener Daten ist die oben genannte Stelle, die auch das <a href="intern:/impressum/">Impressum</a> nennt. Sie wechselt mit dem Vorsitz.</p>',
    ),
    (
        "datenschutz",
        "Ihre Rechte",
        '<p>Nach der Datenschutz-Grundverordnung (DSGVO) haben Sie gegenüber der verantwortlichen Stelle diese Rechte, soweit die jeweiligen Voraussetzungen erfüllt sind:</p>'
        '<ul>'
        '<li>Auskunft (Artikel 15)</li>'
        '<li>Berichtigung (Artikel 16)</li>'
        '<li>Löschung (Artikel 17)</li>'
        '<li>Einschränkung der Verarbeitung (Artikel 18)</li>'
        '<li>Unterrichtung über die Empfänger, denen eine Berichtigung, Löschung oder Einschränkung mitgeteilt wurde (Artikel 19)</li>'
        '<li>Datenübertragbarkeit (Artikel 20)</li>'
        '<li>Widerspruch (Artikel 21)</li>'
        '</ul>'
        '<p>Außerdem können Sie sich bei einer Datenschutz-Aufsichtsbehörde beschweren (Artikel 77). Welche zuständig ist, hängt vom Land ab, das den Vorsitz hat.</p>',
        '<p>Nach der Datenschutz-Grundverordnung (DSGVO) haben Sie gegenüber der verantwortlichen Stelle diese Rechte, soweit die jeweiligen Voraussetzungen erfüllt sind:</p>'
        '<ul>'
        '<li>Auskunft (Artikel 15)</li>'
        '<li>Berichtigung (Artikel 16)</li>'
        '<li>Löschung (Artikel 17)</li>'
        '<li>Einschränkung der Verarbeitung (Artikel 18)</li>'
        '<li>Unterrichtung über die Empfänger, denen eine Berichtigung, Löschung oder Einschränkung mitgeteilt wurde (Artikel 19)</li>'
        '<li>Datenübertragbarkeit (Artikel 20)</li>'
        '<li>Widerspruch (Artikel 21)</li>'
        '</ul>'
        '<p>Außerdem können Sie sich bei einer Datenschutz-Aufsichtsbehörde beschweren (Artikel 77). Welche zuständig ist, hängt vom Land ab, das den Vorsitz hat; sie steht oben auf dieser Seite, sobald das Land sie angegeben hat.</p>',
    ),
    (
        "datenschutz",
        "Was noch fehlt",
        '<p>Diese Angaben fehlen noch:</p>'
        '<ul>'
        '<li>wer die Aufgaben der oder des Datenschutzbeauftragten wahrnimmt</li>'
        '<li>die Rechtsgrundlagen der einzelnen Verarbeitungen</li>'
        '<li>welche Daten der Server protokolliert, wozu sie dienen und wann sie gelöscht werden</li>'
        '<li>die zuständige Aufsichtsbehörde</li>'
        '</ul>'
        '<p>Die Geschäftsstelle ergänzt sie.</p>',
        '<p>Diese Angaben fehlen noch:</p>'
        '<ul>'
        '<li>die Rechtsgrundlagen der einzelnen Verarbeitungen</li>'
        '<li>welche Daten der Server protokolliert, wozu sie dienen und wann sie gelöscht werden</li>'
        '</ul>'
        '<p>Die Geschäftsstelle ergänzt sie.</p>',
    ),
    (
        "barrierefreiheit",
        "Barrieren melden",
        '<p>Ist Ihnen eine Barriere aufgefallen, oder brauchen Sie einen Inhalt in einer anderen Form? Wenden Sie sich an die Geschäftsstelle; der Weg dorthin steht auf der Seite <a href="intern:/kontakt/">Kontakt</a>. Nennen Sie bitte die Adresse der Seite und beschreiben Sie kurz, was nicht geht.</p>',
        '<p>Ist Ihnen eine Barriere aufgefallen, oder brauchen Sie einen Inhalt in einer anderen Form? Wenden Sie sich an die Geschäftsstelle; wie Sie sie erreichen, steht oben auf dieser Seite und unter <a href="intern:/kontakt/">Kontakt</a>. Nennen Sie bitte die Adresse der Seite und beschreiben Sie kurz, was nicht geht.</p>',
    ),
    (
        "barrierefreiheit",
        "Durchsetzung",
        '<p>Erhalten Sie keine zufriedenstellende Antwort, kommt eine Schlichtungs- oder Durchsetzungsstelle in Betracht. Welche zuständig ist, hängt von dem Land ab, das den Vorsitz hat. Diese Angaben fehlen noch: ihr Name und ihre Anschrift. Die Geschäftsstelle ergänzt sie.</p>',
        '<p>Erhalten Sie keine zufriedenstellende Antwort, kommt eine Schlichtungs- oder Durchsetzungsstelle in Betracht. Welche zuständig ist, hängt von dem Land ab, das den Vorsitz hat: Sie steht oben auf dieser Seite, sobald das Land sie angegeben hat.</p>',
    ),
    (
        "kontakt",
        "Geschäftsstelle",
        '<p>Vorsitz und Geschäftsstelle liegen beim Land {{vorsitzland}}. Anschrift, E-Mail-Adresse und Telefonnummer stehen auf der Seite <a href="intern:/vorsitz/">Vorsitz</a>, sobald die Geschäftsstelle sie angegeben hat. Fehlen sie dort, liegen sie nicht vor.</p>',
        '<p>Vorsitz und Geschäftsstelle liegen beim Land {{vorsitzland}}. Wer den <a href="intern:/vorsitz/">Vorsitz</a> zu welcher Zeit hatte und als Nächstes hat, steht auf einer eigenen Seite.</p>',
    ),
]


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
            renew_texts(StandardPage.objects.get(pk=pk), slug, LoadedContent, Revision)


def renew_texts(page, slug, LoadedContent, Revision):
    texts = {
        (heading, plain(old)): new and linked(new, LoadedContent)
        for of_page, heading, old, new in SECTIONS
        if of_page == slug
    }
    body = renewed(list(page.body.raw_data), texts)
    if body is not None:
        page.body = body
        page.save(update_fields=["body"])
    latest = Revision.objects.filter(pk=page.latest_revision_id).first()
    body = renewed(json.loads(latest.content.get("body") or "[]"), texts) if latest else None
    if body is not None:
        latest.content["body"] = json.dumps(body)
        latest.save(update_fields=["content"])


def renewed(body, texts):
    """Return the body with the new texts, None when it holds none of the old ones."""
    found, changed = [], False
    for block in body:
        block = {**block}
        value = block["value"] if block["type"] == "section" else {}
        key = value.get("heading"), plain(value.get("text") or "")
        if key in texts:
            changed = True
            if texts[key] is None:
                continue
            block["value"] = {**value, "text": texts[key]}
        found.append(block)
    return found if changed else None


def plain(html):
    """Return the text as it compares: Wagtail's editor adds attributes, and a link may have been loaded as words."""
    html = re.sub(r"</?a\b[^>]*>", "", html)
    html = re.sub(r"<(\w+)[^>]*>", r"<\1>", html)
    return re.sub(r">\s+<", "><", html.strip())


def linked(html, LoadedContent):
    """Return the text with Wagtail's links to pages; of a page that is gone the words stay."""

    def link(match):
        loaded = LoadedContent.objects.filter(key=KEYS[match[1]], page__isnull=False).first()
        return f'<a linktype="page" id="{loaded.page_id}">{match[2]}</a>' if loaded else match[2]

    return re.sub(r'<a href="intern:([^"]+)">(.*?)</a>', link, html)


class Migration(migrations.Migration):

    dependencies = [
        ("intmk", "0003_duties_and_notice"),
    ]

    operations = [migrations.RunPython(tell_duties, migrations.RunPython.noop)]
