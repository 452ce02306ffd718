"""The tables, the text search and the trigger of a new database in one step; why the migrations that it replaces stay: docs/decisions.md, 52."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import intmk.media.documents.models
import intmk.media.documents.upload
import intmk.media.files
import intmk.media.images.models
import intmk.media.videos.captions
import intmk.media.videos.models
import intmk.media.videos.upload
import modelcluster.fields
import modelsearch.index
import taggit.managers
import uuid
import wagtail.fields
import wagtail.images.models
import wagtail.models.media
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

SERVICE = wagtail.fields.StreamField([('teaser', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Titel', 'max_length': 80}), 1: ('wagtail.blocks.TextBlock', (), {'label': 'Text', 'max_length': 240, 'required': False}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Seite', 'required': False}), 3: ('wagtail.blocks.URLBlock', (), {'help_text': 'Nur wenn keine Seite gewählt ist, mit https://', 'label': 'oder Adresse im Netz', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1), ('page', 2), ('url', 3)]], {})}, help_text='Verweise in der Seitenleiste, höchstens fünf.', verbose_name='Service')
BODY = wagtail.fields.StreamField([('section', 2), ('quote', 5), ('notice', 8), ('picture', 11), ('table', 12), ('downloads', 16), ('video', 18)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'help_text': 'Erscheint im Inhaltsverzeichnis. Leer nur beim einleitenden Abschnitt.', 'label': 'Überschrift', 'max_length': 120, 'required': False}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['h3', 'bold', 'italic', 'ol', 'ul', 'link', 'document-link'], 'label': 'Text'}), 2: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1)]], {}), 3: ('wagtail.blocks.TextBlock', (), {'help_text': 'Ohne Anführungszeichen; die Website setzt sie.', 'label': 'Zitat'}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'Quelle', 'max_length': 200}), 5: ('wagtail.blocks.StructBlock', [[('text', 3), ('attribution', 4)]], {}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Überschrift', 'max_length': 120}), 7: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'link'], 'label': 'Text'}), 8: ('wagtail.blocks.StructBlock', [[('heading', 6), ('text', 7)]], {}), 9: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Bild'}), 10: ('wagtail.blocks.CharBlock', (), {'help_text': 'Leer: die Bildunterschrift aus der Bilddatenbank.', 'label': 'Bildunterschrift', 'max_length': 500, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('image', 9), ('caption', 10)]], {}), 12: ('wagtail.contrib.table_block.blocks.TableBlock', (), {'description': 'Eine Tabelle mit Kopfzeile und Tabellenüberschrift.', 'group': 'Text', 'icon': 'table', 'label': 'Tabelle', 'preview_value': {'cell': [], 'data': [['Land', 'Amtszeit'], ['Hamburg', '2021/22']], 'first_col_is_header': False, 'first_row_is_table_header': True, 'mergeCells': [], 'table_caption': 'Beispiel'}, 'template': 'blocks/table.html'}), 13: ('wagtail.blocks.CharBlock', (), {'default': 'Dokumente', 'label': 'Überschrift', 'max_length': 120}), 14: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Dokument'}), 15: ('wagtail.blocks.ListBlock', (14,), {'label': 'Dokumente', 'min_num': 1}), 16: ('wagtail.blocks.StructBlock', [[('heading', 13), ('documents', 15)]], {}), 17: ('wagtail.snippets.blocks.SnippetChooserBlock', ('intmk.SiteVideo',), {'label': 'Video'}), 18: ('wagtail.blocks.StructBlock', [[('video', 17)]], {})}, verbose_name='Text')

# Keeps intmk_publicaddress. A trigger, since Wagtail gives the pages below another address in one statement, of which
# Django's signals know nothing. No column is named in its condition: Wagtail's migrations could not change it then.
TRIGGER = r"""
CREATE FUNCTION remember_public_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE intmk_publicaddress SET page_id = NULL, gone_at = COALESCE(gone_at, now()) WHERE page_id = OLD.id;
    ELSIF NEW.live AND NEW.depth > 1 THEN
        IF TG_OP = 'UPDATE' AND OLD.live AND OLD.url_path = NEW.url_path AND OLD.title = NEW.title THEN
            RETURN NULL;
        END IF;
        INSERT INTO intmk_publicaddress (path, title, page_id)
            VALUES (left('/' || rtrim(regexp_replace(NEW.url_path, '^/[^/]*/', ''), '/'), 1000), NEW.title, NEW.id)
            ON CONFLICT (path) DO UPDATE SET page_id = NEW.id;
        UPDATE intmk_publicaddress SET title = NEW.title, gone_at = NULL
            WHERE page_id = NEW.id AND (title <> NEW.title OR gone_at IS NOT NULL);
    ELSIF TG_OP = 'UPDATE' AND OLD.live THEN
        UPDATE intmk_publicaddress SET gone_at = now() WHERE page_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER remember_public_address AFTER INSERT OR UPDATE OR DELETE ON wagtailcore_page
    FOR EACH ROW EXECUTE FUNCTION remember_public_address();
"""
NO_TRIGGER = """
DROP TRIGGER remember_public_address ON wagtailcore_page;
DROP FUNCTION remember_public_address();
"""
# Of a new database the page with which Wagtail greets.
WHAT_IS_PUBLIC = r"""
INSERT INTO intmk_publicaddress (path, title, page_id)
    SELECT left('/' || rtrim(regexp_replace(url_path, '^/[^/]*/', ''), '/'), 1000), title, id
    FROM wagtailcore_page WHERE live AND depth > 1 ORDER BY id ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):

    replaces = [('intmk', '0001_initial'), ('intmk', '0002_initial'), ('intmk', '0003_duties_and_notice'), ('intmk', '0004_duties_of_pages'), ('intmk', '0005_documents'), ('intmk', '0006_search'), ('intmk', '0007_old_addresses'), ('intmk', '0008_theme_addresses'), ('intmk', '0009_videos'), ('intmk', '0010_glossary'), ('intmk', '0011_barrier_reports'), ('intmk', '0012_accessibility_statement'), ('intmk', '0013_text_of_the_statement'), ('intmk', '0014_placeholder_pictures'), ('intmk', '0015_readable_texts'), ('intmk', '0016_old_addresses_in_all_writings'), ('intmk', '0017_site_identity'), ('intmk', '0018_own_words'), ('intmk', '0019_public_files')]

    initial = True

    dependencies = [
        ('conferences', '0001_initial'),
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
                ('principle', models.CharField(help_text='Ohne Anführungszeichen.', max_length=120, verbose_name='Grundsatz')),
                ('principle_text', models.TextField(blank=True, max_length=400, verbose_name='Text zum Grundsatz')),
            ],
            options={
                'verbose_name': 'Startseite',
                'verbose_name_plural': 'Startseiten',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NewsIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
            ],
            options={
                'verbose_name': 'Liste der Meldungen',
                'verbose_name_plural': 'Listen der Meldungen',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='SiteImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('width', models.IntegerField(editable=False, verbose_name='width')),
                ('height', models.IntegerField(editable=False, verbose_name='height')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True, verbose_name='created at')),
                ('focal_point_x', models.PositiveIntegerField(blank=True, null=True)),
                ('focal_point_y', models.PositiveIntegerField(blank=True, null=True)),
                ('focal_point_width', models.PositiveIntegerField(blank=True, null=True)),
                ('focal_point_height', models.PositiveIntegerField(blank=True, null=True)),
                ('file_size', models.PositiveIntegerField(editable=False, null=True)),
                ('file_hash', models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
                ('former_names', models.JSONField(blank=True, default=list, editable=False, verbose_name='Frühere Dateinamen')),
                ('title', models.CharField(help_text='So heißt das Bild in der Bilddatenbank und beim Herunterladen; in Worten, kein Dateiname.', max_length=255, validators=[intmk.media.files.not_a_file_name], verbose_name='Titel')),
                ('file', intmk.media.images.models.PictureField(height_field='height', upload_to=wagtail.images.models.get_upload_to, verbose_name='Datei', width_field='width')),
                ('description', models.CharField(help_text='Beschreibt in einem Satz, was auf dem Bild zu sehen ist, für Menschen, die es nicht sehen: wie viele Personen, wo, wobei. Ohne „Bild von“; die Namen gehören in das Feld „Abgebildete Personen“.', max_length=255, validators=[intmk.media.images.models.says_enough, intmk.media.files.not_a_file_name], verbose_name='Alternativtext')),
                ('credit', models.CharField(help_text='Wer das Bild gemacht hat, ohne „©“; steht auf jeder Seite beim Bild.', max_length=200, validators=[intmk.media.images.models.is_name_alone], verbose_name='Bildnachweis (©)')),
                ('caption', models.CharField(blank=True, max_length=500, verbose_name='Bildunterschrift')),
                ('taken_on', models.DateField(blank=True, null=True, validators=[intmk.media.images.models.not_in_future], verbose_name='Aufnahmedatum')),
                ('people', models.TextField(blank=True, help_text='Von links nach rechts, eine Person je Zeile.', verbose_name='Abgebildete Personen')),
                ('licence', models.TextField(blank=True, help_text='Was mit dem Bild geschehen darf und wer es erlaubt hat. Steht beim Bildnachweis.', verbose_name='Lizenz oder Erlaubnis')),
                ('collection', models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.collection', verbose_name='collection')),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text=None, through='taggit.TaggedItem', to='taggit.Tag', verbose_name='tags')),
                ('uploaded_by_user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='uploaded by user')),
                ('is_placeholder', models.BooleanField(default=False, help_text='Eine Zeichnung, die für ein fehlendes Foto steht: Sie wird klein gezeigt, und die Presse bekommt sie nicht angeboten. Den Haken entfernen, sobald hier das Foto selbst hochgeladen ist.', verbose_name='Platzhalter')),
                ('released', models.BooleanField(default=False, help_text='Ohne Häkchen ist die Datei öffentlich, sobald und solange eine öffentliche Seite sie zeigt.', verbose_name='Schon jetzt öffentlich')),
            ],
            options={
                'verbose_name': 'Bild',
                'verbose_name_plural': 'Bilder',
                'abstract': False,
            },
            bases=(wagtail.images.models.ImageFileMixin, modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='SiteRendition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filter_spec', models.CharField(db_index=True, max_length=255)),
                ('file', wagtail.images.models.WagtailImageField(height_field='height', storage=wagtail.images.models.get_rendition_storage, upload_to=wagtail.images.models.get_rendition_upload_to, width_field='width')),
                ('width', models.IntegerField(editable=False)),
                ('height', models.IntegerField(editable=False)),
                ('focal_point_key', models.CharField(blank=True, default='', editable=False, max_length=16)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='intmk.siteimage', verbose_name='Bild')),
            ],
            options={
                'verbose_name': 'Bildfassung',
                'verbose_name_plural': 'Bildfassungen',
                'constraints': [models.UniqueConstraint(fields=('image', 'filter_spec', 'focal_point_key'), name='unique_site_rendition')],
            },
            bases=(wagtail.images.models.ImageFileMixin, models.Model),
        ),
        migrations.CreateModel(
            name='StandardPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
                ('body', BODY),
                ('place', models.CharField(blank=True, choices=[('', 'nirgends'), ('footer', 'in der Fußzeile'), ('languages', 'bei den Sprachen in der Kopfzeile')], default='', help_text='Wo die Website von selbst auf die Seite verweist.', max_length=10, verbose_name='Verlinkt')),
                ('duty', models.CharField(blank=True, choices=[('', 'keine'), ('imprint', 'Impressum'), ('privacy', 'Datenschutz'), ('accessibility', 'Barrierefreiheit'), ('contact', 'Kontakt')], default='', help_text='Welche Angaben des Landes im Vorsitz über dem Text stehen. Sie werden unter „Länder“ gepflegt und wechseln mit dem Vorsitz von selbst.', max_length=13, verbose_name='Pflichtangaben')),
            ],
            options={
                'verbose_name': 'Textseite',
                'verbose_name_plural': 'Textseiten',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='LoadedContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='Schlüssel')),
                ('loaded_at', models.DateTimeField(auto_now_add=True, verbose_name='Geladen am')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.page', verbose_name='Seite')),
            ],
            options={
                'verbose_name': 'geladener Inhalt',
                'verbose_name_plural': 'geladene Inhalte',
            },
        ),
        migrations.CreateModel(
            name='NewsPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
                ('body', BODY),
                ('kind', models.CharField(choices=[('press', 'Pressemitteilung'), ('news', 'Meldung')], default='press', max_length=5, verbose_name='Art')),
                ('date', models.DateField(default=django.utils.timezone.localdate, verbose_name='Datum')),
                ('conference', models.ForeignKey(blank=True, help_text='Wenn die Meldung zu einer Konferenz gehört.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='news', to='conferences.conferencepage', verbose_name='Konferenz')),
                ('themes', modelcluster.fields.ParentalManyToManyField(blank=True, to='conferences.theme', verbose_name='Handlungsfelder')),
                ('image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.siteimage', verbose_name='Bild')),
            ],
            options={
                'verbose_name': 'Meldung',
                'verbose_name_plural': 'Meldungen',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='SiteDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('file_size', models.PositiveBigIntegerField(editable=False, null=True)),
                ('file_hash', models.CharField(blank=True, editable=False, max_length=40)),
                ('former_names', models.JSONField(blank=True, default=list, editable=False, verbose_name='Frühere Dateinamen')),
                ('title', models.CharField(help_text='So heißt das Dokument auf der Website; in Worten, kein Dateiname.', max_length=255, validators=[intmk.media.files.not_a_file_name], verbose_name='Titel')),
                ('file', intmk.media.documents.models.DocumentField(upload_to='documents', validators=[intmk.media.documents.upload.check_document], verbose_name='Datei')),
                ('collection', models.ForeignKey(default=wagtail.models.media.get_root_collection_id, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.collection', verbose_name='collection')),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text=None, through='taggit.TaggedItem', to='taggit.Tag', verbose_name='tags')),
                ('uploaded_by_user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='uploaded by user')),
                ('accessible', models.CharField(choices=[('unknown', 'unbekannt'), ('yes', 'ja'), ('no', 'nein')], default='unknown', help_text='„ja“ nur nach einer Prüfung, zum Beispiel mit dem PDF Accessibility Checker.', max_length=7, verbose_name='Barrierefrei')),
                ('declared_language', models.CharField(blank=True, editable=False, max_length=20, verbose_name='Sprache laut Datei')),
                ('language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'Englisch'), ('fr', 'Französisch'), ('tr', 'Türkisch'), ('ar', 'Arabisch'), ('ru', 'Russisch'), ('uk', 'Ukrainisch'), ('pl', 'Polnisch')], default='de', max_length=2, verbose_name='Sprache')),
                ('page_count', models.PositiveIntegerField(editable=False, null=True, verbose_name='Seiten')),
                ('released', models.BooleanField(default=False, help_text='Ohne Häkchen ist die Datei öffentlich, sobald und solange eine öffentliche Seite sie zeigt.', verbose_name='Schon jetzt öffentlich')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256')),
                ('tagged', models.BooleanField(editable=False, null=True, verbose_name='Laut Datei mit Tags')),
                ('text_state', models.CharField(blank=True, choices=[('', 'kein PDF'), ('found', 'Text gefunden'), ('partial', 'Text nur zum Teil erfasst'), ('none', 'Scan ohne Text'), ('unread', 'Text nicht erfasst')], default='', editable=False, max_length=7, verbose_name='Text')),
                ('disclosed', models.JSONField(default=dict, editable=False, verbose_name='Was die Datei preisgibt')),
                ('read_by', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Gelesen von Fassung')),
                ('withheld', models.BooleanField(default=False, help_text='Mit Häkchen erscheint das Dokument nirgends auf der Website, auch nicht auf Seiten, die es nennen, und auch nicht seine früheren Fassungen.', verbose_name='Gesperrt')),
            ],
            options={
                'verbose_name': 'Dokument',
                'verbose_name_plural': 'Dokumente',
                'abstract': False,
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='SiteNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(blank=True, help_text='Höchstens 300 Zeichen, ohne Auszeichnung. Er steht sofort auf allen Seiten. Leer: kein Hinweis.', max_length=300, verbose_name='Text')),
                ('show_from', models.DateField(blank=True, help_text='Leer: ab sofort.', null=True, verbose_name='Erster Tag')),
                ('show_until', models.DateField(blank=True, help_text='An diesem Tag steht der Hinweis noch da. Leer: bis jemand den Text löscht.', null=True, verbose_name='Letzter Tag')),
                ('page', models.ForeignKey(blank=True, help_text='Auf welche Seite der Hinweis verweist. Eine Seite, die nicht öffentlich ist, wird nicht verlinkt.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.page', verbose_name='Seite dazu')),
            ],
            options={
                'verbose_name': 'Hinweis auf allen Seiten',
                'verbose_name_plural': 'Hinweise auf allen Seiten',
            },
        ),
        migrations.CreateModel(
            name='DocumentPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='Seite')),
                ('text', models.TextField(verbose_name='Text')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='intmk.sitedocument', verbose_name='Dokument')),
            ],
            options={
                'verbose_name': 'Seite eines Dokuments',
                'verbose_name_plural': 'Seiten von Dokumenten',
                'ordering': ['document', 'number'],
                'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='unique_document_page')],
            },
        ),
        migrations.CreateModel(
            name='DocumentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='Fassung')),
                ('file', models.FileField(upload_to='documents', verbose_name='Datei')),
                ('file_size', models.PositiveBigIntegerField(null=True, verbose_name='Größe in Byte')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('page_count', models.PositiveIntegerField(null=True, verbose_name='Seiten')),
                ('address_name', models.CharField(max_length=100, verbose_name='Dateiname')),
                ('replaced_at', models.DateTimeField(auto_now_add=True, verbose_name='Ersetzt am')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='intmk.sitedocument', verbose_name='Dokument')),
            ],
            options={
                'verbose_name': 'frühere Fassung eines Dokuments',
                'verbose_name_plural': 'frühere Fassungen von Dokumenten',
                'ordering': ['document', '-number'],
                'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='unique_document_version')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folded', models.CharField(max_length=80, unique=True, verbose_name='Schreibweise zum Vergleich')),
                ('word', models.CharField(max_length=80, verbose_name='Wort')),
            ],
            options={
                'verbose_name': 'Wort der Suche',
                'verbose_name_plural': 'Wörter der Suche',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['folded'], name='search_word_trigrams', opclasses=['gin_trgm_ops']), models.Index(fields=['folded'], name='search_word_begins', opclasses=['varchar_pattern_ops'])],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, unique=True, verbose_name='Schlüssel')),
                ('kind', models.CharField(choices=[('resolution', 'Beschlüsse'), ('conference', 'Konferenzen'), ('document', 'Dokumente'), ('actor', 'Personen und Länder'), ('page', 'Seiten')], max_length=10, verbose_name='Art')),
                ('label', models.CharField(max_length=120, verbose_name='Bezeichnung')),
                ('title', models.CharField(max_length=255, verbose_name='Titel')),
                ('title_key', models.CharField(max_length=200, verbose_name='Titel zum Vergleich')),
                ('context', models.CharField(blank=True, max_length=255, verbose_name='Zusammenhang')),
                ('text', models.TextField(blank=True, verbose_name='Text')),
                ('address', models.CharField(blank=True, help_text='Bei einer Seite, was ihrer Adresse folgt.', max_length=500, verbose_name='Adresse')),
                ('day', models.DateField(null=True, verbose_name='Datum')),
                ('vector', django.contrib.postgres.search.SearchVectorField(null=True, verbose_name='Wörter')),
                ('title_vector', django.contrib.postgres.search.SearchVectorField(null=True, verbose_name='Wörter des Titels')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intmk.sitedocument', verbose_name='Dokument')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.page', verbose_name='Seite')),
            ],
            options={
                'verbose_name': 'Eintrag der Suche',
                'verbose_name_plural': 'Einträge der Suche',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='search_vector'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['title_vector'], name='search_title_vector'), models.Index(fields=['title_key'], name='search_title_key', opclasses=['varchar_pattern_ops']), models.Index(models.OrderBy(models.F('day'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='search_newest')],
            },
        ),
        migrations.CreateModel(
            name='OldAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='Vollständig, z. B. https://www.example.org/2017/beschluss.pdf. Ohne den Namen der Website (/2017/beschluss.pdf) gilt sie für alle Websites, die hierher führen.', max_length=500, verbose_name='Alte Adresse')),
                ('key', models.CharField(editable=False, max_length=510, unique=True, verbose_name='Schlüssel')),
                ('description', models.CharField(max_length=250, verbose_name='Was dort stand')),
                ('archived_url', models.CharField(blank=True, help_text='Wo die alte Fassung noch zu lesen ist, z. B. in einem Webarchiv. Ohne Seite, Dokument und Archiv steht auf der Website „nicht mehr auffindbar“.', max_length=500, validators=[django.core.validators.URLValidator(['http', 'https'], message='Bitte eine vollständige Adresse angeben: https://…')], verbose_name='Adresse in einem Archiv')),
                ('note', models.CharField(blank=True, help_text='Steht öffentlich dabei.', max_length=300, verbose_name='Anmerkung')),
                ('target_document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.sitedocument', verbose_name='oder in diesem Dokument')),
                ('target_page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.page', verbose_name='Jetzt auf dieser Seite')),
                ('loose_key', models.CharField(db_index=True, default='', editable=False, max_length=500, verbose_name='Schlüssel aller Schreibweisen')),
            ],
            options={
                'verbose_name': 'alte Adresse',
                'verbose_name_plural': 'alte Adressen',
                'ordering': ['key'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='PublicAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=1000, unique=True, verbose_name='Adresse')),
                ('title', models.CharField(max_length=255, verbose_name='Titel')),
                ('gone_at', models.DateTimeField(null=True, verbose_name='Nicht mehr öffentlich seit')),
                ('page', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='wagtailcore.page', verbose_name='Seite')),
                ('theme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conferences.theme', verbose_name='Handlungsfeld')),
            ],
            options={
                'verbose_name': 'öffentliche Adresse',
                'verbose_name_plural': 'öffentliche Adressen',
            },
        ),
        migrations.CreateModel(
            name='SiteVideo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('former_names', models.JSONField(blank=True, default=list, editable=False, verbose_name='Frühere Dateinamen')),
                ('title', models.CharField(help_text='So heißt das Video auf der Website; in Worten, kein Dateiname.', max_length=255, validators=[intmk.media.files.not_a_file_name], verbose_name='Titel')),
                ('file', intmk.media.videos.models.VideoField(help_text='MP4 mit H.264, mindestens 320 × 240 Pixel und 25 Bilder in der Sekunde, höchstens 200 MB.', upload_to='videos', validators=[intmk.media.videos.upload.check_file], verbose_name='Datei')),
                ('language', models.CharField(choices=[('gsg', 'Deutsche Gebärdensprache'), ('de', 'Deutsch'), ('en', 'Englisch')], default='gsg', max_length=3, verbose_name='Sprache')),
                ('captions', models.TextField(blank=True, help_text='WebVTT. Nötig, sobald das Video Ton hat. Hier lassen sich Fehler in den Untertiteln verbessern.', validators=[intmk.media.videos.captions.check_captions], verbose_name='Untertitel')),
                ('captions_language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'Englisch')], default='de', max_length=2, verbose_name='Sprache der Untertitel')),
                ('transcript', wagtail.fields.RichTextField(help_text='Alles, was gesagt, gebärdet und gezeigt wird. Steht unter dem Video; die Suche findet ihn.', validators=[intmk.media.videos.models.has_text], verbose_name='Text zum Video')),
                ('released', models.BooleanField(default=False, help_text='Ohne Häkchen ist die Datei öffentlich, sobald und solange eine öffentliche Seite sie zeigt.', verbose_name='Schon jetzt öffentlich')),
                ('file_size', models.PositiveBigIntegerField(editable=False, verbose_name='Dateigröße')),
                ('file_hash', models.CharField(editable=False, max_length=40, verbose_name='SHA-1')),
                ('width', models.PositiveIntegerField(editable=False, verbose_name='Breite')),
                ('height', models.PositiveIntegerField(editable=False, verbose_name='Höhe')),
                ('milliseconds', models.PositiveIntegerField(editable=False, verbose_name='Länge')),
                ('has_sound', models.BooleanField(editable=False, verbose_name='Ton')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='Hinzugefügt')),
                ('poster', models.ForeignKey(blank=True, help_text='Zu sehen, bevor das Video läuft.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.siteimage', verbose_name='Standbild')),
                ('withheld', models.BooleanField(default=False, help_text='Mit Häkchen erscheint das Video nirgends auf der Website, auch nicht auf Seiten, die es nennen.', verbose_name='Gesperrt')),
            ],
            options={
                'verbose_name': 'Video',
                'verbose_name_plural': 'Videos',
                'ordering': ['title', 'pk'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='GlossaryTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=80, unique=True, verbose_name='Begriff')),
                ('slug', models.SlugField(help_text='Teil der Adresse, z. B. „umlaufbeschluss“ in /glossar/#umlaufbeschluss. Er bleibt für immer.', max_length=80, unique=True, verbose_name='Anker')),
                ('forms', models.TextField(blank=True, help_text='Eine je Zeile: Abkürzung, Mehrzahl, gebeugte Formen, z. B. „Umlaufbeschlüsse“. Groß- und Kleinschreibung zählt. Das erste dieser Wörter auf einer Seite wird dort zum Verweis auf die Erklärung.', verbose_name='Weitere Formen')),
                ('is_marked', models.BooleanField(default=True, help_text='Bei Wörtern abwählen, die auf fast jeder Seite stehen: Zu viele Verweise stören beim Lesen.', verbose_name='Auf Seiten verlinken')),
                ('short', models.CharField(help_text='Ein bis zwei Sätze ohne Auszeichnung, höchstens 300 Zeichen.', max_length=300, verbose_name='Kurze Erklärung')),
                ('explanation', wagtail.fields.RichTextField(blank=True, verbose_name='Mehr dazu')),
                ('archive_filter', models.CharField(blank=True, help_text='Was in der Adresse des Archivs hinter dem Fragezeichen steht, z. B. art=leitantrag.', max_length=100, validators=[django.core.validators.RegexValidator('^[\\w=&%+.-]+\\Z', 'Hier steht nur, was in der Adresse hinter dem „?“ kommt.')], verbose_name='Filter im Archiv')),
                ('see_also', models.ManyToManyField(blank=True, to='intmk.glossaryterm', verbose_name='Siehe auch')),
            ],
            options={
                'verbose_name': 'Begriff im Glossar',
                'verbose_name_plural': 'Begriffe im Glossar',
                'ordering': ['term'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='BarrierSender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender', models.CharField(db_index=True, editable=False, max_length=64, verbose_name='Absender')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False, verbose_name='Wann')),
            ],
            options={
                'verbose_name': 'Absender einer Meldung',
                'verbose_name_plural': 'Absender von Meldungen',
            },
        ),
        migrations.CreateModel(
            name='BarrierReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receipt', models.CharField(editable=False, max_length=20, unique=True, verbose_name='Eingangsnummer')),
                ('nonce', models.CharField(editable=False, max_length=64, unique=True, verbose_name='Kennung des Formulars')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='Eingegangen')),
                ('due_on', models.DateField(editable=False, verbose_name='Zu beantworten bis')),
                ('page', models.CharField(blank=True, editable=False, max_length=500, verbose_name='Seite')),
                ('text', models.TextField(editable=False, verbose_name='Was nicht funktioniert')),
                ('wanted_form', models.CharField(blank=True, choices=[('', 'keine Angabe'), ('text', 'als Text in einer E-Mail'), ('document', 'als barrierefreies Dokument'), ('large', 'in großer Schrift auf Papier'), ('spoken', 'am Telefon vorgelesen'), ('other', 'in einer anderen Form, die ich oben beschreibe')], default='', editable=False, max_length=10, verbose_name='Gewünschte Form')),
                ('name', models.CharField(blank=True, editable=False, max_length=100, verbose_name='Name')),
                ('email', models.CharField(blank=True, editable=False, max_length=254, verbose_name='E-Mail')),
                ('phone', models.CharField(blank=True, editable=False, max_length=40, verbose_name='Telefon')),
                ('state', models.CharField(choices=[('new', 'neu'), ('in_progress', 'in Bearbeitung'), ('answered', 'beantwortet'), ('no_action', 'kein Handlungsbedarf')], default='new', max_length=12, verbose_name='Stand')),
                ('answer', models.TextField(blank=True, help_text='Was geantwortet wurde oder warum nichts zu tun ist. Die Website verschickt den Text nicht; die Antwort selbst geht per E-Mail oder Telefon an die Person.', max_length=10000, verbose_name='Antwort oder Notiz')),
                ('answered_on', models.DateField(blank=True, help_text='Gehört zu „beantwortet“ und zu „kein Handlungsbedarf“.', null=True, verbose_name='Beantwortet am')),
                ('forgotten_on', models.DateField(editable=False, null=True, verbose_name='Angaben zur Person gelöscht am')),
                ('answered_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Beantwortet von')),
            ],
            options={
                'verbose_name': 'gemeldete Barriere',
                'verbose_name_plural': 'gemeldete Barrieren',
                'ordering': [models.Case(models.When(state__in=['new', 'in_progress'], then=0), default=1), models.Case(models.When(state__in=['new', 'in_progress'], then=models.F('due_on'))), models.OrderBy(models.F('received_at'), descending=True)],
            },
        ),
        migrations.CreateModel(
            name='BarrierMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.CharField(choices=[('secretariat', 'an die Geschäftsstelle'), ('reporter', 'Eingangsbestätigung')], editable=False, max_length=11, verbose_name='An wen')),
                ('sent_at', models.DateTimeField(editable=False, null=True, verbose_name='Verschickt')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Vergebliche Versuche')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='Nächster Versuch')),
                ('given_up', models.BooleanField(default=False, editable=False, verbose_name='Nicht zustellbar')),
                ('problem', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Woran es lag')),
                ('report', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='intmk.barrierreport', verbose_name='Meldung')),
            ],
            options={
                'verbose_name': 'E-Mail zu einer Barriere',
                'verbose_name_plural': 'E-Mails zu Barrieren',
                'ordering': ['-to'],
                'constraints': [models.UniqueConstraint(fields=('report', 'to'), name='one_barrier_mail_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='AccessibilityStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(blank=True, choices=[('full', 'vollständig vereinbar'), ('partial', 'teilweise vereinbar'), ('none', 'nicht vereinbar')], max_length=7, verbose_name='Stand der Vereinbarkeit')),
                ('standard', models.CharField(blank=True, help_text='Woran gemessen wurde, z. B. „EN 301 549 und WCAG 2.2, Stufe AA“.', max_length=200, verbose_name='Maßstab')),
                ('method', models.CharField(blank=True, choices=[('self', 'Selbstbewertung'), ('third_party', 'Bewertung durch Dritte')], max_length=11, verbose_name='Art der Bewertung')),
                ('assessor', models.CharField(blank=True, help_text='Bei einer Bewertung durch Dritte: wer sie vornahm.', max_length=200, verbose_name='Bewertet von')),
                ('method_note', models.TextField(blank=True, help_text='Ein bis drei Sätze, ohne Auszeichnung.', max_length=1000, verbose_name='Was geprüft wurde')),
                ('made_on', models.DateField(blank=True, null=True, verbose_name='Erstellt am')),
                ('reviewed_on', models.DateField(blank=True, help_text='Spätestens nach einem Jahr fällig; dann mahnt die Startseite der Redaktion.', null=True, verbose_name='Zuletzt überprüft am')),
            ],
            options={
                'verbose_name': 'Erklärung zur Barrierefreiheit',
                'verbose_name_plural': 'Erklärungen zur Barrierefreiheit',
            },
        ),
        migrations.CreateModel(
            name='InaccessiblePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('what', models.CharField(max_length=200, verbose_name='Was')),
                ('reason', models.CharField(choices=[('fault', 'nicht vereinbar mit den Anforderungen'), ('burden', 'unverhältnismäßige Belastung'), ('scope', 'nicht im Anwendungsbereich der Vorschriften')], max_length=6, verbose_name='Grund')),
                ('explanation', models.TextField(blank=True, max_length=600, verbose_name='Erläuterung')),
                ('alternative', models.CharField(blank=True, max_length=300, verbose_name='Was stattdessen hilft')),
                ('planned_until', models.DateField(blank=True, help_text='Leer: noch nicht absehbar.', null=True, verbose_name='Behoben bis')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.page', verbose_name='Seite')),
                ('statement', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='barriers', to='intmk.accessibilitystatement', verbose_name='Erklärung')),
            ],
            options={
                'verbose_name': 'nicht barrierefreier Teil',
                'verbose_name_plural': 'nicht barrierefreie Teile',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SiteIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='Kennung')),
                ('production', models.BooleanField(default=False, verbose_name='im Betrieb')),
                ('orphans_sought', models.DateField(default=django.utils.timezone.localdate, verbose_name='verwaiste Dateien zuletzt gesucht')),
            ],
            options={
                'verbose_name': 'Kennung der Website',
                'verbose_name_plural': 'Kennung der Website',
            },
        ),
        migrations.RunSQL(WHAT_IS_PUBLIC, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
