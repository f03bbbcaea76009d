"""What the page about the cohorts API says is what the code does."""

import re
from pathlib import Path

from cohorts import specification
from cohorts.api import door, download, given_ids
from cohorts.api.urls import urlpatterns
from cohorts.user_ids import MOST_CHARACTERS
from events.api import limits

PAGE = (Path(__file__).parents[2] / "docs" / "cohorts-api.md").read_text()


def rows(table):
    text = PAGE.partition(f"<!-- {table} -->\n")[2].partition(f"<!-- /{table} -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def test_every_address_is_named():
    named = [re.sub("COHORT|REQUEST", "x1", row[0].strip("`").split()[1][1:]) for row in rows("addresses")]
    found = [next(p.name for p in urlpatterns if p.pattern.match(address)) for address in named]
    assert found == [pattern.name for pattern in urlpatterns]


def test_limits():
    assert [int(row[1].replace(",", "")) for row in rows("limits")] == [
        door.LIMITS.requests,
        door.LIMITS.at_once,
        given_ids.MOST_IDS,
        specification.MOST_MEMBERS,
        download.MOST_A_MONTH,
        download.FILES_AT_ONCE,
    ]
    assert (limits.WINDOW, download.MONTH.days, download.VALID.days) == (600, 30, 7)
    assert f"{door.MOST_BYTES // 2**20} MiB" in PAGE
    assert f"1 to {MOST_CHARACTERS} characters" in PAGE
