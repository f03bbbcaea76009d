import pytest
from django.db import connection

from streamhub.database_options import SQLITE, options_for

ENGINE = "django.db.backends."


@pytest.mark.parametrize(
    ("database", "options"),
    [
        ({"ENGINE": f"{ENGINE}sqlite3"}, SQLITE),
        ({"ENGINE": f"{ENGINE}postgresql"}, {"options": "-c jit=off"}),
        (
            {"ENGINE": f"{ENGINE}postgresql", "OPTIONS": {"sslmode": "require", "options": "-c jit=on"}},
            {"sslmode": "require", "options": "-c jit=off -c jit=on"},
        ),
    ],
    ids=["SQLite", "PostgreSQL", "with options of its own"],
)
def test_ours_and_then_the_given_ones(database, options):
    assert options_for(database) == options


def test_what_got_its_200_survives_a_power_cut():
    assert "PRAGMA synchronous=FULL" in SQLITE["init_command"]


@pytest.mark.django_db
def test_connections_have_them():
    sql, value = ("SHOW jit", "off") if connection.vendor == "postgresql" else ("PRAGMA temp_store", 2)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.fetchone() == (value,)
