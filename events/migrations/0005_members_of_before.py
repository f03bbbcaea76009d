"""Until now everybody who could sign in could do everything: they are made admins of the projects there are."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_access(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    user, project, membership = (
        apps.get_model(*path)
        for path in (settings.AUTH_USER_MODEL.split("."), ("events", "Project"), ("events", "Membership"))
    )
    people = user.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    membership.objects.bulk_create(
        [membership(project=each, user=person, role="admin") for each in project.objects.all() for person in people],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0004_kept_for_a_time")]

    operations = [migrations.RunPython(keep_access, migrations.RunPython.noop)]
