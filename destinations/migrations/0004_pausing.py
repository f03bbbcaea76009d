from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("destinations", "0003_first_versions")]
    operations = [
        migrations.AddField(
            model_name="destination",
            name="paused_at",
            field=models.DateTimeField(default=None, editable=False, null=True),
        ),
    ]
