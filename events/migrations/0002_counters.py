"""Counters of what came in. On PostgreSQL their pages stay half empty: a row is updated many times where it stands."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = (
    "events_eventcount",
    "events_typecount",
)


def leave_room(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id", "span", "start", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("span", models.SmallIntegerField()),
                ("start", models.DateTimeField()),
                ("received", models.IntegerField(db_default=0)),
                ("duplicates", models.IntegerField(db_default=0)),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="events.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["span", "start"], name="event_counts_by_age")],
            },
        ),
        migrations.CreateModel(
            name="TypeCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id", "day", "event_type", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("event_type", models.CharField(max_length=255)),
                ("received", models.IntegerField(db_default=0)),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="events.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="type_counts_by_age")],
            },
        ),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
