from django.db import migrations


def add_first_versions(apps, schema_editor):
    """What was set up before there were versions is version 1."""
    destinations = apps.get_model("destinations", "Destination").objects.only("transformation", "updated_at")
    first = apps.get_model("destinations", "TransformationVersion")
    for one in destinations.iterator():
        if one.transformation:
            first.objects.create(
                destination=one, number=1, transformation=one.transformation, created_at=one.updated_at
            )
    rules = {}
    for rule in apps.get_model("destinations", "EventRule").objects.order_by("pk").iterator():
        given = {name: value for name in ("to", "category") if (value := getattr(rule, name))}
        rules.setdefault(rule.project_id, []).append({"types": rule.types} | (given or {"drop": True}))
    first = apps.get_model("destinations", "EventRulesVersion")
    for project, given in rules.items():
        first.objects.create(project_id=project, number=1, rules=given)


class Migration(migrations.Migration):
    dependencies = [("destinations", "0018_versions_of_transformations")]

    operations = [migrations.RunPython(add_first_versions, migrations.RunPython.noop, elidable=True)]
