"""Counters of the road. On PostgreSQL their pages stay half empty: a row is updated many times where it stands."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("delivery_lanecount",)


def leave_room(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0002_leave_room_for_updates"),
        ("destinations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LaneCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "destination_id", "span", "start", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("span", models.SmallIntegerField()),
                ("start", models.DateTimeField()),
                ("created", models.IntegerField(db_default=0)),
                ("retrying", models.IntegerField(db_default=0)),
                ("delivered", models.IntegerField(db_default=0)),
                ("delivered_first", models.IntegerField(db_default=0)),
                ("failed", models.IntegerField(db_default=0)),
                ("expired", models.IntegerField(db_default=0)),
                ("answers_2xx", models.IntegerField(db_default=0)),
                ("answers_3xx", models.IntegerField(db_default=0)),
                ("answers_4xx", models.IntegerField(db_default=0)),
                ("answers_429", models.IntegerField(db_default=0)),
                ("answers_5xx", models.IntegerField(db_default=0)),
                ("answers_none", models.IntegerField(db_default=0)),
                ("took_5ms", models.IntegerField(db_default=0)),
                ("took_10ms", models.IntegerField(db_default=0)),
                ("took_20ms", models.IntegerField(db_default=0)),
                ("took_35ms", models.IntegerField(db_default=0)),
                ("took_50ms", models.IntegerField(db_default=0)),
                ("took_75ms", models.IntegerField(db_default=0)),
                ("took_100ms", models.IntegerField(db_default=0)),
                ("took_150ms", models.IntegerField(db_default=0)),
                ("took_200ms", models.IntegerField(db_default=0)),
                ("took_350ms", models.IntegerField(db_default=0)),
                ("took_500ms", models.IntegerField(db_default=0)),
                ("took_750ms", models.IntegerField(db_default=0)),
                ("took_1000ms", models.IntegerField(db_default=0)),
                ("took_1500ms", models.IntegerField(db_default=0)),
                ("took_2000ms", models.IntegerField(db_default=0)),
                ("took_3500ms", models.IntegerField(db_default=0)),
                ("took_5000ms", models.IntegerField(db_default=0)),
                ("took_7500ms", models.IntegerField(db_default=0)),
                ("took_10000ms", models.IntegerField(db_default=0)),
                ("took_15000ms", models.IntegerField(db_default=0)),
                ("took_30000ms", models.IntegerField(db_default=0)),
                ("took_longer", models.IntegerField(db_default=0)),
                (
                    "destination",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="destinations.destination",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["span", "start"], name="lane_counts_by_age")],
            },
        ),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
