from django.db import migrations


def add_first_versions(apps, schema_editor):
    """What was set up before there were versions is version 1."""
    Destination = apps.get_model("destinations", "Destination")
    TemplateVersion = apps.get_model("destinations", "TemplateVersion")
    for destination in Destination.objects.filter(template_version=0).iterator():
        TemplateVersion.objects.create(
            destination=destination,
            number=1,
            mode=destination.payload_mode,
            language=destination.language,
            source="" if destination.payload_mode == "raw" else destination.template,
            created_at=destination.updated_at,
        )
    Destination.objects.filter(template_version=0).update(template_version=1)


class Migration(migrations.Migration):
    dependencies = [("destinations", "0002_template_versions_and_samples")]

    operations = [migrations.RunPython(add_first_versions, migrations.RunPython.noop, elidable=True)]
