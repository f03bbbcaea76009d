from django.db import migrations, models

import destinations.secrets
import events.fields


class Migration(migrations.Migration):
    dependencies = [
        ("destinations", "0005_mappings"),
    ]

    operations = [
        migrations.AddField(
            model_name="destination",
            name="auth",
            field=events.fields.JSONTextField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="destination",
            name="client_certificate",
            field=models.TextField(blank=True, db_default="", default="", help_text="PEM."),
        ),
        migrations.AddField(
            model_name="destination",
            name="id_header",
            field=models.CharField(db_default="webhook-id", default="webhook-id", max_length=256),
        ),
        migrations.AddField(
            model_name="destination",
            name="secrets",
            field=destinations.secrets.EncryptedTextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="destination",
            name="signing",
            field=events.fields.JSONTextField(blank=True, db_default={}, default=dict),
        ),
    ]
