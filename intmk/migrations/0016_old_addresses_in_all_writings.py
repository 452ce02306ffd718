"""Old addresses are found in other writings, too: each gets the key that all its writings share."""

from django.db import migrations, models

from intmk.addresses.writing import loose_key


def fill(apps, schema_editor) -> None:
    addresses = apps.get_model("intmk", "OldAddress")._base_manager
    for pk, address in addresses.values_list("pk", "address"):
        try:
            addresses.filter(pk=pk).update(loose_key=loose_key(address))
        except ValueError:  # stored past the form, and no address
            continue


class Migration(migrations.Migration):
    dependencies = [("intmk", "0015_readable_texts")]

    operations = [
        migrations.AddField(
            model_name="oldaddress",
            name="loose_key",
            field=models.CharField(
                db_index=True, default="", editable=False, max_length=500, verbose_name="Schlüssel aller Schreibweisen"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
