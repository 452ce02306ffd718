import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conferences', '0001_initial'),
        ('intmk', '0007_old_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='publicaddress',
            name='theme',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conferences.theme', verbose_name='Handlungsfeld'),
        ),
    ]
