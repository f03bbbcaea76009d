from django.db import migrations

# A text as a moment, null where it names none: a cast would end the whole statement at the first odd text.
CREATE = r"""
CREATE OR REPLACE FUNCTION streamhub_moment(value text) RETURNS timestamptz AS $$
BEGIN
    IF value !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$'
    THEN RETURN NULL;
    END IF;
    IF value ~ '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$' AND length(value) > 10 THEN
        RETURN value::timestamptz;
    END IF;
    RETURN (value || '+00')::timestamptz;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$ LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS streamhub_moment(text)")


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
