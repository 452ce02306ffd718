from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0018_what_is_claimed")]

    operations = [
        migrations.AddField(
            model_name="land",
            name="privacy_act",
            field=models.CharField(
                blank=True,
                help_text="Steht auf der Seite Datenschutz nach „in Verbindung mit“, z. B. „§ 3 des Datenschutzgesetzes“.",
                max_length=200,
                verbose_name="Rechtsgrundlage im Datenschutzrecht des Landes",
            ),
        ),
    ]
