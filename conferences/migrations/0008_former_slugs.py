import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conferences', '0007_order_of_circulars'),
    ]

    operations = [
        migrations.AddField(
            model_name='theme',
            name='former_slugs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), blank=True, default=list, editable=False, size=None),
        ),
    ]
