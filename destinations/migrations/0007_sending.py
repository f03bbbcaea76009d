from django.db import migrations

import events.fields


class Migration(migrations.Migration):
    dependencies = [("destinations", "0006_signing_and_auth")]
    operations = [
        migrations.AddField(
            model_name="destination",
            name="sending",
            field=events.fields.JSONTextField(blank=True, db_default={}, default=dict),
        ),
    ]
