from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_counters")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="template_version",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
