"""The upgrade to roles: whoever could sign in keeps what they could do."""

from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import User

from events.models import Membership

migration = import_module("events.migrations.0005_members_of_before")


def test_everybody_stays_in_every_project(project):
    ada = User.objects.create_user("ada")
    for name, flags in {"gone": {"is_active": False}, "staff": {"is_staff": True}}.items():
        User.objects.create_user(name, **flags)
    for _ in range(2):
        migration.keep_access(apps, None)
    assert list(Membership.objects.values_list("project", "user", "role")) == [(project.pk, ada.pk, "admin")]
