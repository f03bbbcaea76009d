from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0004_attempt_template_version")]

    operations = [
        migrations.AddIndex(
            model_name="lanecount",
            index=models.Index(
                fields=["destination"],
                name="lane_counts_retrying",
                condition=models.Q(span=3600, retrying__gt=0),
            ),
        ),
    ]
