from django.db import migrations

import events.fields


class Migration(migrations.Migration):
    dependencies = [("destinations", "0004_pausing")]
    operations = [
        migrations.AddField(
            model_name="destination",
            name="mappings",
            field=events.fields.JSONTextField(blank=True, default=dict),
        ),
    ]
