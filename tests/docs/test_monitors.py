"""What the page about monitors says is what the code does."""

from pathlib import Path

import pytest
import yaml

from delivery.monitors.conditions import Condition
from delivery.monitors.metrics import LEAST_AMONG_ANY, TRAITS, WINDOWS, Metric
from delivery.monitors.notices import WAITS
from delivery.monitors.retention import KEPT
from delivery.monitors.specification import save_channel, save_monitor

PAGE = (Path(__file__).parents[2] / "docs" / "monitors.md").read_text()


def rows(table):
    text = PAGE.partition(f"<!-- {table} -->\n")[2].partition(f"<!-- /{table} -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


def test_metrics():
    per = [", ".join(WINDOWS[one] for one in TRAITS[metric].windows) for metric in Metric]
    assert [row[:3] for row in rows("metrics")] == [
        [metric.label, f"`{metric.value}`", windows] for metric, windows in zip(Metric, per, strict=True)
    ]


def test_conditions():
    assert [row[:2] for row in rows("conditions")] == [[one.label, f"`{one.value}`"] for one in Condition]


def test_numbers():
    assert [wait.total_seconds() for wait in WAITS] == [30, 120, 600, 1_800, 7_200]
    assert f"at least {LEAST_AMONG_ANY} deliveries or answers" in PAGE
    assert f"kept for {KEPT.days} days" in PAGE


@pytest.mark.django_db
def test_the_file_can_be_applied(project):
    given = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])["projects"][0]
    for channel in given["alert_channels"]:
        save_channel(project, channel | {"address": channel["address"].replace("…", "T0")})
    for monitor in given["monitors"]:
        save_monitor(project, monitor)
