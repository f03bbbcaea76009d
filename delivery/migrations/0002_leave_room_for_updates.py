"""PostgreSQL only: a delivery is updated twice in its life, so its pages keep room for that, and the tables that work
as queues are cleaned up early rather than when a fifth of them is dead."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

QUEUES = ("delivery_delivery", "events_outbox")


def set_storage(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    editor.execute("ALTER TABLE delivery_delivery SET (fillfactor = 70)")
    for table in QUEUES:
        editor.execute(
            f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)"
        )


def reset_storage(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    editor.execute("ALTER TABLE delivery_delivery RESET (fillfactor)")
    for table in QUEUES:
        editor.execute(f"ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)")


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("events", "0001_initial")]
    operations = [migrations.RunPython(set_storage, reset_storage)]
