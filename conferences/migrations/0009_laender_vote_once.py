"""A Land has one vote on a resolution, whoever stores it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0008_former_slugs")]

    operations = [
        migrations.AddConstraint(
            model_name="resolutionvote",
            constraint=models.UniqueConstraint(
                deferrable=models.Deferrable.DEFERRED,
                fields=("resolution", "land"),
                name="laender_vote_once",
                violation_error_message="Ein Land hat nur eine Stimme.",
            ),
        ),
    ]
