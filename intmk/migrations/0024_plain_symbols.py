import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intmk", "0023_name_of_found_records")]

    operations = [
        migrations.AlterField(
            model_name="standardpage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("section", 3),
                    ("quote", 6),
                    ("notice", 9),
                    ("picture", 12),
                    ("table", 13),
                    ("downloads", 17),
                    ("video", 19),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Erscheint im Inhaltsverzeichnis. Leer nur beim einleitenden Abschnitt.",
                            "label": "Überschrift",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    1: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {"features": ["h3", "bold", "italic", "ol", "ul", "link", "document-link"], "label": "Text"},
                    ),
                    2: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("treffen", "Treffen"),
                                ("menschen", "Menschen"),
                                ("gespraech", "Gespräch"),
                                ("wege", "Ziel und Wege"),
                                ("kalender", "Kalender"),
                                ("wechsel", "Wechsel im Vorsitz"),
                                ("beschluss", "Beschluss"),
                                ("lesen", "Lesen"),
                                ("website", "Website"),
                                ("menue", "Menü"),
                                ("suche", "Suche"),
                                ("alle", "Für alle"),
                                ("barriere", "Barriere"),
                                ("pruefen", "Prüfung"),
                                ("fehlt", "Noch nicht fertig"),
                                ("brief", "Brief"),
                                ("hilfe", "Hilfe"),
                                ("gebaerden", "Gebärden-Sprache"),
                            ],
                            "help_text": "Für Leichte Sprache: Ein Bildzeichen beim Abschnitt zeigt, worum es geht.",
                            "label": "Bildzeichen",
                            "required": False,
                        },
                    ),
                    3: ("wagtail.blocks.StructBlock", [[("heading", 0), ("text", 1), ("symbol", 2)]], {}),
                    4: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Ohne Anführungszeichen; die Website setzt sie.", "label": "Zitat"},
                    ),
                    5: ("wagtail.blocks.CharBlock", (), {"label": "Quelle", "max_length": 200}),
                    6: ("wagtail.blocks.StructBlock", [[("text", 4), ("attribution", 5)]], {}),
                    7: ("wagtail.blocks.CharBlock", (), {"label": "Überschrift", "max_length": 120}),
                    8: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {"features": ["bold", "italic", "ul", "link"], "label": "Text"},
                    ),
                    9: ("wagtail.blocks.StructBlock", [[("heading", 7), ("text", 8)]], {}),
                    10: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "Bild"}),
                    11: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Leer: die Bildunterschrift aus der Bilddatenbank.",
                            "label": "Bildunterschrift",
                            "max_length": 500,
                            "required": False,
                        },
                    ),
                    12: ("wagtail.blocks.StructBlock", [[("image", 10), ("caption", 11)]], {}),
                    13: (
                        "wagtail.contrib.table_block.blocks.TableBlock",
                        (),
                        {
                            "description": "Eine Tabelle mit Kopfzeile und Tabellenüberschrift.",
                            "group": "Text",
                            "icon": "table",
                            "label": "Tabelle",
                            "preview_value": {
                                "cell": [],
                                "data": [["Land", "Amtszeit"], ["Hamburg", "2021/22"]],
                                "first_col_is_header": False,
                                "first_row_is_table_header": True,
                                "mergeCells": [],
                                "table_caption": "Beispiel",
                            },
                            "template": "blocks/table.html",
                        },
                    ),
                    14: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"default": "Dokumente", "label": "Überschrift", "max_length": 120},
                    ),
                    15: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "Dokument"}),
                    16: ("wagtail.blocks.ListBlock", (15,), {"label": "Dokumente", "min_num": 1}),
                    17: ("wagtail.blocks.StructBlock", [[("heading", 14), ("documents", 16)]], {}),
                    18: ("wagtail.snippets.blocks.SnippetChooserBlock", ("intmk.SiteVideo",), {"label": "Video"}),
                    19: ("wagtail.blocks.StructBlock", [[("video", 18)]], {}),
                },
                verbose_name="Text",
            ),
        ),
    ]
