"""The tables of a new database in one step; why the migrations that it replaces stay: docs/decisions.md, 52."""

import django.db.models.deletion
import modelcluster.fields
import wagtail.fields
from django.db import migrations, models

SERVICE = wagtail.fields.StreamField([('teaser', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Titel', 'max_length': 80}), 1: ('wagtail.blocks.TextBlock', (), {'label': 'Text', 'max_length': 240, 'required': False}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Seite', 'required': False}), 3: ('wagtail.blocks.URLBlock', (), {'help_text': 'Nur wenn keine Seite gewählt ist, mit https://', 'label': 'oder Adresse im Netz', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1), ('page', 2), ('url', 3)]], {})}, help_text='Verweise in der Seitenleiste, höchstens fünf.', verbose_name='Service')


class Migration(migrations.Migration):

    replaces = [('history', '0001_initial'), ('history', '0002_initial'), ('history', '0003_videos')]

    initial = True

    dependencies = [
        ('intmk', '0001_initial'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='AboutPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
                ('body', wagtail.fields.StreamField([('section', 2), ('quote', 5), ('notice', 8), ('picture', 11), ('table', 12), ('downloads', 16), ('video', 18)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'help_text': 'Erscheint im Inhaltsverzeichnis. Leer nur beim einleitenden Abschnitt.', 'label': 'Überschrift', 'max_length': 120, 'required': False}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['h3', 'bold', 'italic', 'ol', 'ul', 'link', 'document-link'], 'label': 'Text'}), 2: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1)]], {}), 3: ('wagtail.blocks.TextBlock', (), {'help_text': 'Ohne Anführungszeichen; die Website setzt sie.', 'label': 'Zitat'}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'Quelle', 'max_length': 200}), 5: ('wagtail.blocks.StructBlock', [[('text', 3), ('attribution', 4)]], {}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Überschrift', 'max_length': 120}), 7: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'link'], 'label': 'Text'}), 8: ('wagtail.blocks.StructBlock', [[('heading', 6), ('text', 7)]], {}), 9: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Bild'}), 10: ('wagtail.blocks.CharBlock', (), {'help_text': 'Leer: die Bildunterschrift aus der Bilddatenbank.', 'label': 'Bildunterschrift', 'max_length': 500, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('image', 9), ('caption', 10)]], {}), 12: ('wagtail.contrib.table_block.blocks.TableBlock', (), {'description': 'Eine Tabelle mit Kopfzeile und Tabellenüberschrift.', 'group': 'Text', 'icon': 'table', 'label': 'Tabelle', 'preview_value': {'cell': [], 'data': [['Land', 'Amtszeit'], ['Hamburg', '2021/22']], 'first_col_is_header': False, 'first_row_is_table_header': True, 'mergeCells': [], 'table_caption': 'Beispiel'}, 'template': 'blocks/table.html'}), 13: ('wagtail.blocks.CharBlock', (), {'default': 'Dokumente', 'label': 'Überschrift', 'max_length': 120}), 14: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Dokument'}), 15: ('wagtail.blocks.ListBlock', (14,), {'label': 'Dokumente', 'min_num': 1}), 16: ('wagtail.blocks.StructBlock', [[('heading', 13), ('documents', 15)]], {}), 17: ('wagtail.snippets.blocks.SnippetChooserBlock', ('intmk.SiteVideo',), {'label': 'Video'}), 18: ('wagtail.blocks.StructBlock', [[('video', 17)]], {})}, verbose_name='Text')),
            ],
            options={
                'verbose_name': 'Aufgaben und Ziele',
                'verbose_name_plural': 'Aufgaben und Ziele',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('source', models.CharField(blank=True, choices=[('official', 'amtliche Quelle'), ('press', 'Presse oder Sekundärquelle'), ('derived', 'nach der Regel abgeleitet'), ('disputed', 'Quellen widersprechen sich')], default='', help_text='Wird auf der Website neben der Angabe genannt.', max_length=10, verbose_name='Quellenlage')),
                ('source_note', models.CharField(blank=True, help_text='Ein Satz für Leserinnen und Leser: worauf die Angabe beruht, was umstritten oder abgeleitet ist.', max_length=500, verbose_name='Quellenhinweis')),
                ('day', models.DateField(help_text='Bei Monat oder Jahr genügt der Erste davon.', verbose_name='Datum')),
                ('precision', models.CharField(choices=[('exact', 'Tag'), ('month', 'Monat'), ('year', 'Jahr')], default='exact', max_length=20, verbose_name='Genauigkeit')),
                ('title', models.CharField(max_length=120, verbose_name='Titel')),
                ('text', wagtail.fields.RichTextField(blank=True, verbose_name='Text')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.sitedocument', verbose_name='oder Dokument')),
                ('image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.siteimage', verbose_name='Bild')),
                ('page', models.ForeignKey(blank=True, help_text='Worauf der Titel verweist. Ist es eine Konferenz, steht sie nur einmal in der Zeitleiste: hier.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.page', verbose_name='Seite')),
            ],
            options={
                'verbose_name': 'Meilenstein',
                'verbose_name_plural': 'Meilensteine',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TimelinePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
            ],
            options={
                'verbose_name': 'Geschichte',
                'verbose_name_plural': 'Geschichte',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.AddField('milestone', 'timeline', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='history.timelinepage', verbose_name='Zeitleiste')),
    ]
