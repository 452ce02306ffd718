from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intmk', '0031_drafts_in_the_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='siteimage',
            name='was_public',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='war öffentlich'),
        ),
        migrations.AddField(
            model_name='siteimage',
            name='rendition_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=8, verbose_name='Schlüssel der Fassungen'),
        ),
    ]
