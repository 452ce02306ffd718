"""What stands on the tables of `intmk`, of a new database in one step; why the migrations that it replaces stay: docs/decisions.md, 52."""

import conferences.models.translated_pages
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import intmk.language.phone_numbers
import modelcluster.fields
import modelsearch.index
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

SERVICE = wagtail.fields.StreamField([('teaser', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Titel', 'max_length': 80}), 1: ('wagtail.blocks.TextBlock', (), {'label': 'Text', 'max_length': 240, 'required': False}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Seite', 'required': False}), 3: ('wagtail.blocks.URLBlock', (), {'help_text': 'Nur wenn keine Seite gewählt ist, mit https://', 'label': 'oder Adresse im Netz', 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1), ('page', 2), ('url', 3)]], {})}, help_text='Verweise in der Seitenleiste, höchstens fünf.', verbose_name='Service')
BODY = wagtail.fields.StreamField([('section', 2), ('quote', 5), ('notice', 8), ('picture', 11), ('table', 12), ('downloads', 16), ('video', 18)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'help_text': 'Erscheint im Inhaltsverzeichnis. Leer nur beim einleitenden Abschnitt.', 'label': 'Überschrift', 'max_length': 120, 'required': False}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['h3', 'bold', 'italic', 'ol', 'ul', 'link', 'document-link'], 'label': 'Text'}), 2: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1)]], {}), 3: ('wagtail.blocks.TextBlock', (), {'help_text': 'Ohne Anführungszeichen; die Website setzt sie.', 'label': 'Zitat'}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'Quelle', 'max_length': 200}), 5: ('wagtail.blocks.StructBlock', [[('text', 3), ('attribution', 4)]], {}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Überschrift', 'max_length': 120}), 7: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ul', 'link'], 'label': 'Text'}), 8: ('wagtail.blocks.StructBlock', [[('heading', 6), ('text', 7)]], {}), 9: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Bild'}), 10: ('wagtail.blocks.CharBlock', (), {'help_text': 'Leer: die Bildunterschrift aus der Bilddatenbank.', 'label': 'Bildunterschrift', 'max_length': 500, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('image', 9), ('caption', 10)]], {}), 12: ('wagtail.contrib.table_block.blocks.TableBlock', (), {'description': 'Eine Tabelle mit Kopfzeile und Tabellenüberschrift.', 'group': 'Text', 'icon': 'table', 'label': 'Tabelle', 'preview_value': {'cell': [], 'data': [['Land', 'Amtszeit'], ['Hamburg', '2021/22']], 'first_col_is_header': False, 'first_row_is_table_header': True, 'mergeCells': [], 'table_caption': 'Beispiel'}, 'template': 'blocks/table.html'}), 13: ('wagtail.blocks.CharBlock', (), {'default': 'Dokumente', 'label': 'Überschrift', 'max_length': 120}), 14: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Dokument'}), 15: ('wagtail.blocks.ListBlock', (14,), {'label': 'Dokumente', 'min_num': 1}), 16: ('wagtail.blocks.StructBlock', [[('heading', 13), ('documents', 15)]], {}), 17: ('wagtail.snippets.blocks.SnippetChooserBlock', ('intmk.SiteVideo',), {'label': 'Video'}), 18: ('wagtail.blocks.StructBlock', [[('video', 17)]], {})}, verbose_name='Text')


class Migration(migrations.Migration):

    replaces = [('conferences', '0002_initial'), ('conferences', '0003_handover_duties_portraits'), ('conferences', '0004_handover_mails'), ('conferences', '0005_resolutions'), ('conferences', '0006_identifiers'), ('conferences', '0007_order_of_circulars'), ('conferences', '0008_former_slugs'), ('conferences', '0009_laender_vote_once'), ('conferences', '0010_order_of_resolutions'), ('conferences', '0011_videos'), ('conferences', '0012_translated_pages'), ('conferences', '0013_unsent_forms'), ('conferences', '0014_phone_numbers'), ('conferences', '0015_dates_of_written_votes'), ('conferences', '0016_source_file_withheld')]

    dependencies = [
        ('conferences', '0001_initial'),
        ('intmk', '0008_theme_addresses'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField('conferencedocument', 'document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intmk.sitedocument', verbose_name='Dokument')),
        migrations.AddField('conferencepage', 'chair_term', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conferences', to='conferences.chairterm', verbose_name='Amtszeit des Vorsitzes')),
        migrations.AddField('conferencemeeting', 'conference', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='conferences.conferencepage', verbose_name='Konferenz')),
        migrations.AddField('conferenceguest', 'conference', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='guests', to='conferences.conferencepage', verbose_name='Konferenz')),
        migrations.AddField('conferencedocument', 'conference', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='conferences.conferencepage', verbose_name='Konferenz')),
        migrations.AddField('conferencephoto', 'conference', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='conferences.conferencepage', verbose_name='Konferenz')),
        migrations.AddField('conferencephoto', 'image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intmk.siteimage', verbose_name='Bild')),
        migrations.AddField('conferencepressrelease', 'conference', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='press_releases', to='conferences.conferencepage', verbose_name='Konferenz')),
        migrations.AddField('conferencepressrelease', 'page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intmk.newspage', verbose_name='Meldung')),
        migrations.AddField('conferencepage', 'host_land', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hosted_conferences', to='conferences.land', verbose_name='Gastgebendes Land')),
        migrations.AddField('chairterm', 'land', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chair_terms', to='conferences.land', verbose_name='Land')),
        migrations.AddField('chairpage', 'before_laender', modelcluster.fields.ParentalManyToManyField(blank=True, to='conferences.land', verbose_name='Federführende Länder vor dem Turnus')),
        migrations.AddField('conferencepage', 'themes', modelcluster.fields.ParentalManyToManyField(blank=True, to='conferences.theme', verbose_name='Handlungsfelder')),
        migrations.AddConstraint('chairterm', django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('start'), models.F('end'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='chair_terms_do_not_overlap', violation_error_message='Diese Amtszeit überschneidet sich mit einer anderen.')),
        migrations.AddConstraint('chairterm', models.CheckConstraint(condition=models.Q(('end__gte', models.F('start'))), name='chair_term_ends_after_start', violation_error_message='Der letzte Tag liegt vor dem ersten.')),
        migrations.AddConstraint('conferencepage', models.UniqueConstraint(fields=('number',), name='conference_numbers_are_unique', violation_error_message='Diese Nummer hat schon eine andere Konferenz.')),
        migrations.AddConstraint('conferencepage', models.CheckConstraint(condition=models.Q(models.Q(('kind', 'main'), ('number__isnull', False)), models.Q(('kind', 'special'), ('number__isnull', True)), _connector='OR'), name='main_conferences_have_a_number', violation_error_message='Hauptkonferenzen haben eine Nummer, Sonderkonferenzen keine.')),
        migrations.AddField('chairperson', 'ministry', models.CharField(blank=True, help_text='Wie es zu dieser Zeit hieß. Leer, wenn nicht bekannt.', max_length=200, verbose_name='Ministerium')),
        migrations.AddField('chairperson', 'portrait', models.ForeignKey(blank=True, help_text='Alternativtext und Bildnachweis gehören zum Bild.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.siteimage', verbose_name='Porträt')),
        migrations.AddField('land', 'barrier_authority', models.TextField(blank=True, help_text='Wohin man sich wendet, wenn eine Meldung ohne Antwort bleibt. Name und Anschrift, Zeile für Zeile.', verbose_name='Durchsetzungsstelle für digitale Barrierefreiheit')),
        migrations.AddField('land', 'barrier_statement_checked', models.DateField(blank=True, help_text='Die Erklärung ist jedes Jahr zu prüfen, zuerst bei der Übernahme des Vorsitzes.', null=True, verbose_name='Erklärung zur Barrierefreiheit geprüft am')),
        migrations.AddField('land', 'privacy_authority', models.TextField(blank=True, help_text='Name und Anschrift, Zeile für Zeile.', verbose_name='Aufsichtsbehörde für den Datenschutz')),
        migrations.AddField('land', 'privacy_officer', models.TextField(blank=True, help_text='Name oder Stelle mit Anschrift, Zeile für Zeile.', verbose_name='Datenschutzbeauftragte Person')),
        migrations.AddField('land', 'responsible_person', models.CharField(blank=True, help_text='Name und Amt der Person, die das Impressum nennt (§ 18 Abs. 2 MStV).', max_length=200, verbose_name='Verantwortlich für den Inhalt')),
        migrations.AddField('land', 'security_email', models.EmailField(blank=True, help_text='Steht in security.txt. Leer: die E-Mail der Geschäftsstelle.', max_length=254, verbose_name='E-Mail für Sicherheitshinweise')),
        migrations.CreateModel(
            name='KeptForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='Gesendet')),
                ('address', models.CharField(editable=False, max_length=300, verbose_name='Adresse des Formulars')),
                ('fields', models.JSONField(default=list, editable=False, verbose_name='Eingaben')),
                ('account', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='kept_forms', to=settings.AUTH_USER_MODEL, verbose_name='Konto')),
                ('sent', models.JSONField(editable=False, help_text='Nur wenn die Anmeldung beendet war: Dann sieht es niemand sonst, und es lässt sich erneut senden.', null=True, verbose_name='Formular wie gesendet')),
            ],
            options={
                'verbose_name': 'Aufgehobene Eingabe',
                'verbose_name_plural': 'Aufgehobene Eingaben',
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField(editable=False, verbose_name='Erster Tag')),
                ('settled_at', models.DateTimeField(auto_now_add=True, verbose_name='Rechte übergegangen')),
                ('open_items', models.JSONField(default=list, editable=False, help_text='Die Punkte der Übergabeliste, die nicht erledigt waren.', verbose_name='Was offen war')),
                ('mailed_at', models.DateTimeField(editable=False, null=True, verbose_name='Beide Länder benachrichtigt')),
                ('former_land', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handovers_given', to='conferences.land', verbose_name='Bisher')),
                ('land', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='handovers_taken', to='conferences.land', verbose_name='Neu im Vorsitz')),
                ('mails', models.JSONField(default=dict, editable=False, help_text='Zu jedem Land, das an der Reihe war, an wie viele Adressen die Mail ging; 0: Es war keine bekannt.', verbose_name='Verschickte Mails')),
            ],
            options={
                'verbose_name': 'Übergabe',
                'verbose_name_plural': 'Übergaben',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Addressee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='Name')),
                ('abbreviation', models.CharField(blank=True, help_text='z. B. „BAMF“', max_length=20, verbose_name='Abkürzung')),
                ('slug', models.SlugField(help_text='Kleinbuchstaben und Bindestriche, z. B. „bamf“.', unique=True, verbose_name='Adressteil')),
                ('kind', models.CharField(choices=[('federation', 'Bund'), ('ministry', 'Bundesministerium'), ('authority', 'Bundesbehörde'), ('premiers', 'Ministerpräsidentenkonferenz'), ('conference', 'andere Fachministerkonferenz'), ('laender', 'Länder'), ('municipalities', 'Kommunen'), ('working_group', 'Arbeitsgruppe'), ('other', 'Weitere')], max_length=15, verbose_name='Art')),
            ],
            options={
                'verbose_name': 'Adressat',
                'verbose_name_plural': 'Adressaten',
                'ordering': ['name'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='AgendaGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('item', models.CharField(help_text='z. B. 2.5', max_length=12, verbose_name='TOP')),
                ('reason', models.CharField(help_text='z. B. „zurückgezogen“ oder „Die Nummer wurde nicht vergeben.“', max_length=250, verbose_name='Grund')),
                ('conference', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='agenda_gaps', to='conferences.conferencepage', verbose_name='Konferenz')),
            ],
            options={
                'verbose_name': 'Fehlender TOP',
                'verbose_name_plural': 'Fehlende TOPs',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ResolutionPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('source', models.CharField(blank=True, choices=[('official', 'amtliche Quelle'), ('press', 'Presse oder Sekundärquelle'), ('derived', 'nach der Regel abgeleitet'), ('disputed', 'Quellen widersprechen sich')], default='', help_text='Wird auf der Website neben der Angabe genannt.', max_length=10, verbose_name='Quellenlage')),
                ('source_note', models.CharField(blank=True, help_text='Ein Satz für Leserinnen und Leser: worauf die Angabe beruht, was umstritten oder abgeleitet ist.', max_length=500, verbose_name='Quellenhinweis')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
                ('item', models.CharField(blank=True, help_text='Nummer auf der Tagesordnung, z. B. 2.4, 2.9b oder A3; sie ist auch die Adresse. Leer, wenn sie nicht bekannt ist und bei Umlaufbeschlüssen.', max_length=12, verbose_name='TOP')),
                ('item_key', models.CharField(db_collation='C', editable=False, max_length=60, verbose_name='Sortierung')),
                ('agenda_heading', models.CharField(blank=True, help_text='Worunter der TOP steht, mit Nummer, z. B. „2 Integration / Zusammenhalt“.', max_length=200, verbose_name='Überschrift in der Tagesordnung')),
                ('title_is_official', models.BooleanField(default=False, help_text='Ohne Haken sagt die Seite, dass der Titel eine Bezeichnung der Redaktion ist.', verbose_name='Titel im amtlichen Wortlaut')),
                ('kind', models.CharField(blank=True, choices=[('lead_motion', 'Leitantrag'), ('motion', 'Antrag'), ('resolution', 'Entschließung'), ('report', 'Bericht einer Arbeitsgruppe'), ('circular', 'Umlaufbeschluss'), ('note', 'Kenntnisnahme')], help_text='Leer: nicht bekannt.', max_length=11, verbose_name='Art')),
                ('circular_number', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Nummer des Umlaufbeschlusses')),
                ('circular_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Jahr des Umlaufbeschlusses')),
                ('decided_on', models.DateField(blank=True, help_text='Nur, wenn es nicht der Termin der Konferenz ist. Ein Umlaufbeschluss hat sonst keinen Tag.', null=True, verbose_name='Beschlossen am')),
                ('mover_kind', models.CharField(blank=True, choices=[('laender', 'einzelne Länder'), ('all', 'alle Länder'), ('chair', 'Vorsitz'), ('working_group', 'Arbeitsgruppe')], help_text='Leer: nicht bekannt.', max_length=13, verbose_name='Antragsteller')),
                ('mover_name', models.CharField(blank=True, max_length=200, verbose_name='Name der Arbeitsgruppe')),
                ('outcome', models.CharField(blank=True, choices=[('unanimous', 'einstimmig'), ('majority', 'mehrheitlich'), ('noted', 'zur Kenntnis genommen'), ('withdrawn', 'zurückgezogen'), ('adjourned', 'vertagt'), ('rejected', 'abgelehnt')], help_text='Leer: liegt nicht vor.', max_length=9, verbose_name='Ergebnis')),
                ('votes_yes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Ja')),
                ('votes_no', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Nein')),
                ('votes_abstained', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Enthaltung')),
                ('votes_source', models.CharField(blank=True, choices=[('official', 'amtliche Quelle'), ('press', 'Presse oder Sekundärquelle'), ('derived', 'nach der Regel abgeleitet'), ('disputed', 'Quellen widersprechen sich')], help_text='Leer: wie die Seite.', max_length=10, verbose_name='Quellenlage der Zahlen')),
                ('points', wagtail.fields.StreamField([('point', 0)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'ol', 'ul', 'link', 'document-link'], 'icon': 'list-ol', 'label': 'Punkt'})}, help_text='Jeder Punkt ein Block; die Nummern entstehen von selbst.', verbose_name='Beschlusstext')),
                ('reasons', wagtail.fields.RichTextField(blank=True, help_text='Erscheint nirgends, solange sie nicht freigegeben ist.', verbose_name='Begründung')),
                ('release', models.CharField(blank=True, choices=[('title', 'nur der Titel'), ('text', 'der Beschlusstext, nicht die Begründung'), ('reasons', 'Beschlusstext und Begründung')], help_text='Leer: nicht bekannt. Was nicht freigegeben ist, bleibt aus Seite, Suche und Daten heraus.', max_length=7, verbose_name='Freigegeben ist')),
                ('record_state', models.CharField(blank=True, choices=[('preliminary', 'vorläufig'), ('final', 'endgültig')], max_length=11, verbose_name='Fassung der Niederschrift')),
                ('record_date', models.DateField(blank=True, null=True, verbose_name='Stand der Niederschrift')),
                ('source_pages', models.CharField(blank=True, help_text='z. B. „3–5“', max_length=40, verbose_name='Seiten darin')),
                ('found_at', models.URLField(blank=True, help_text='Wo die Datei oder die Angabe gefunden wurde.', verbose_name='Fundstelle')),
                ('year', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='Jahr')),
                ('facets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, editable=False, size=None, verbose_name='Merkmale')),
                ('addressees', modelcluster.fields.ParentalManyToManyField(blank=True, related_name='resolutions', to='conferences.addressee', verbose_name='Adressaten')),
                ('conference', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='resolutions', to='conferences.conferencepage', verbose_name='Konferenz')),
                ('movers', modelcluster.fields.ParentalManyToManyField(blank=True, help_text='Bei „alle“: leer.', related_name='motions', to='conferences.land', verbose_name='Antragstellende Länder')),
                ('source_file', models.ForeignKey(blank=True, help_text='Das Protokoll oder der Beschluss als Datei. Enthält sie nicht Freigegebenes, dort „Gesperrt“ ankreuzen.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='resolutions', to='intmk.sitedocument', verbose_name='Quelldatei')),
                ('themes', modelcluster.fields.ParentalManyToManyField(blank=True, related_name='resolutions', to='conferences.theme', verbose_name='Handlungsfelder')),
                ('day', models.DateField(editable=False, null=True, verbose_name='Tag')),
                ('title_key', models.CharField(blank=True, db_collation='C', default='', editable=False, max_length=255, verbose_name='Sortierung des Titels')),
            ],
            options={
                'verbose_name': 'Beschluss',
                'verbose_name_plural': 'Beschlüsse',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['facets'], name='resolution_facets'), models.Index(models.OrderBy(models.F('year'), descending=True, nulls_last=True), models.OrderBy(models.F('day'), descending=True, nulls_last=True), models.OrderBy(models.F('item_key')), models.OrderBy(models.F('page_ptr')), name='resolution_newest'), models.Index(models.OrderBy(models.F('year')), models.OrderBy(models.F('day')), models.OrderBy(models.F('item_key')), models.OrderBy(models.F('page_ptr')), name='resolution_oldest'), models.Index(models.OrderBy(models.F('item_key')), models.OrderBy(models.F('year'), descending=True, nulls_last=True), models.OrderBy(models.F('day'), descending=True, nulls_last=True), models.OrderBy(models.F('page_ptr')), name='resolution_item'), models.Index(models.OrderBy(models.F('title_key')), models.OrderBy(models.F('page_ptr')), name='resolution_title')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('item', ''), _negated=True), fields=('conference', 'item_key'), name='agenda_items_are_unique', violation_error_message='Diesen TOP gibt es in dieser Konferenz schon.'), models.UniqueConstraint(fields=('circular_year', 'circular_number'), name='circular_numbers_are_unique', violation_error_message='Diesen Umlaufbeschluss gibt es schon.')],
            },
            bases=('wagtailcore.page', models.Model),
        ),
        migrations.CreateModel(
            name='ReportRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('asked', models.CharField(help_text='z. B. „Bund“ oder „AG Monitoring“', max_length=200, verbose_name='Wer berichten soll')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='Worüber')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='Fällig am')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='Beantwortet am')),
                ('answer_url', models.URLField(blank=True, verbose_name='oder Adresse des Berichts')),
                ('answer_note', models.CharField(blank=True, max_length=300, verbose_name='Anmerkung zur Antwort')),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='intmk.sitedocument', verbose_name='Bericht (Dokument)')),
                ('due_at', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conferences.conferencepage', verbose_name='oder fällig zur Konferenz')),
                ('resolution', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='report_requests', to='conferences.resolutionpage', verbose_name='Beschluss')),
            ],
            options={
                'verbose_name': 'Berichtsbitte',
                'verbose_name_plural': 'Berichtsbitten',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('state', models.CharField(choices=[('open', 'offen'), ('under_way', 'in Umsetzung'), ('partly', 'teilweise umgesetzt'), ('done', 'umgesetzt'), ('declined', 'nicht aufgegriffen'), ('overtaken', 'überholt')], max_length=9, verbose_name='Stand der Umsetzung')),
                ('day', models.DateField(verbose_name='Bekannt am')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='Was geschehen ist')),
                ('evidence', models.CharField(help_text='Worauf sich die Angabe stützt.', max_length=250, verbose_name='Beleg')),
                ('url', models.URLField(blank=True, verbose_name='Adresse des Belegs')),
                ('resolution', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='conferences.resolutionpage', verbose_name='Beschluss')),
            ],
            options={
                'verbose_name': 'Stand der Umsetzung',
                'verbose_name_plural': 'Stände der Umsetzung',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ResolutionReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('kind', models.CharField(choices=[('confirms', 'bestätigt'), ('amends', 'ändert'), ('replaces', 'ersetzt'), ('continues', 'führt fort')], max_length=9, verbose_name='Verhältnis')),
                ('elsewhere', models.CharField(blank=True, help_text='Gremium, Tag und Gegenstand, z. B. „Ministerpräsidentenkonferenz, 22. März 2007: Auftrag zum NIP“.', max_length=250, verbose_name='oder Beschluss anderswo')),
                ('url', models.URLField(blank=True, verbose_name='Adresse dazu')),
                ('resolution', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='conferences.resolutionpage', verbose_name='Beschluss')),
                ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='referenced_by', to='conferences.resolutionpage', verbose_name='Beschluss dieser Konferenz')),
            ],
            options={
                'verbose_name': 'Bezug auf einen anderen Beschluss',
                'verbose_name_plural': 'Bezüge auf andere Beschlüsse',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ResolutionStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('kind', models.CharField(choices=[('declaration', 'Protokollerklärung'), ('note', 'Protokollnotiz')], default='declaration', max_length=11, verbose_name='Art')),
                ('stance', models.CharField(blank=True, choices=[('for', 'zustimmend'), ('against', 'ablehnend'), ('mixed', 'teils zustimmend, teils ablehnend')], help_text='Leer: nicht bekannt.', max_length=7, verbose_name='Haltung')),
                ('summary', models.CharField(blank=True, help_text='In eigenen Worten. Wird immer gezeigt, auch wenn der Wortlaut nicht freigegeben ist.', max_length=300, verbose_name='Inhalt in einem Satz')),
                ('text', wagtail.fields.RichTextField(blank=True, verbose_name='Wortlaut')),
                ('is_released', models.BooleanField(default=False, help_text='Ohne Haken sieht die Öffentlichkeit nur, dass es die Erklärung gibt und wie sie sich stellt.', verbose_name='Wortlaut freigegeben')),
                ('anchor', models.SlugField(editable=False, max_length=60, verbose_name='Sprungmarke')),
                ('land', models.ForeignKey(help_text='Bei gemeinsamen Erklärungen je Land eine Zeile.', on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='conferences.land', verbose_name='Land')),
                ('resolution', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='conferences.resolutionpage', verbose_name='Beschluss')),
            ],
            options={
                'verbose_name': 'Protokollerklärung oder -notiz',
                'verbose_name_plural': 'Protokollerklärungen und -notizen',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ResolutionVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('vote', models.CharField(choices=[('yes', 'Ja'), ('no', 'Nein'), ('abstained', 'Enthaltung'), ('absent', 'nicht beteiligt')], max_length=9, verbose_name='Stimme')),
                ('land', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conferences.land', verbose_name='Land')),
                ('resolution', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='conferences.resolutionpage', verbose_name='Beschluss')),
            ],
            options={
                'verbose_name': 'Stimme eines Landes',
                'verbose_name_plural': 'Stimmen der Länder',
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('resolution', 'land'), name='laender_vote_once', violation_error_message='Ein Land hat nur eine Stimme.')],
            },
        ),
        migrations.CreateModel(
            name='ResolutionIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=300, unique=True, verbose_name='Kennung')),
                ('title', models.CharField(help_text='Wie er zuletzt veröffentlicht war.', max_length=255, verbose_name='Titel')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='Vergeben am')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='identifiers', to='conferences.resolutionpage', verbose_name='Beschluss')),
            ],
            options={
                'verbose_name': 'Kennung eines Beschlusses',
                'verbose_name_plural': 'Kennungen von Beschlüssen',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField('theme', 'former_slugs', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), blank=True, default=list, editable=False, size=None)),
        migrations.AlterField('chairpage', 'body', BODY),
        migrations.AlterField('conferencepage', 'body', BODY),
        migrations.CreateModel(
            name='TranslatedChairPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
                ('body', BODY),
                ('before_text', wagtail.fields.RichTextField(blank=True, verbose_name='Text zur Zeit vor dem Turnus')),
            ],
            options={
                'verbose_name': 'Vorsitz in anderer Sprache',
                'verbose_name_plural': 'Vorsitz in anderen Sprachen',
            },
            bases=(conferences.models.translated_pages.TranslationMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='TranslatedConferencesPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.', max_length=600, verbose_name='Einleitung')),
                ('service', SERVICE),
            ],
            options={
                'verbose_name': 'Liste der Konferenzen in anderer Sprache',
                'verbose_name_plural': 'Listen der Konferenzen in anderen Sprachen',
            },
            bases=(conferences.models.translated_pages.TranslationMixin, 'wagtailcore.page'),
        ),
        migrations.AlterField('land', 'secretariat_phone', models.CharField(blank=True, help_text='Mit Vorwahl, z. B. „+49 6131 16-0“. Stehen mehrere Nummern da, führt der Verweis zur ersten.', max_length=40, validators=[intmk.language.phone_numbers.check_phone], verbose_name='Telefon der Geschäftsstelle')),
    ]
