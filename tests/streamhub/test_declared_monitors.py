"""Monitors, channels and categories of annotations in a declaration."""

from pathlib import PurePath

import pytest
import yaml

from cohorts.models import Cohort
from delivery.models import Channel, Monitor
from streamhub.declaration import Declaration, DeclarationError
from streamhub.projects import apply, dump

pytestmark = pytest.mark.django_db

FILE = """
projects:
  - name: Shop
    annotation_categories: [Releases, 2026]
    cohorts:
      - {name: Beta, users: [ann]}
    destinations:
      - {name: CRM, url: https://example.com/hook}
    alert_channels:
      - {name: Ops, kind: chat, address: https://hooks.example.com/s3cr3t, health: true}
      - {name: Team, kind: email, address: team@example.com}
    monitors:
      - {name: Slow, metric: p95, destination: CRM, condition: above, threshold: 2000, window: 300, channels: [Ops]}
      - {name: Beta grows, metric: cohort, cohort: Beta, condition: rises, threshold: 50, window: 86400}
"""


def declared(text: str) -> Declaration:
    return Declaration(PurePath("hub.yaml"), text)


def test_applied_twice_the_second_changes_nothing():
    report = apply(declared(FILE))
    assert "monitor Shop / Slow: created" in report
    assert "channel Shop / Ops: created" in report
    assert all(line.endswith("unchanged") for line in apply(declared(FILE)))
    slow = Monitor.objects.get(name="Slow")
    assert (slow.destination.name, slow.channels.get().name) == ("CRM", "Ops")
    assert Monitor.objects.get(name="Beta grows").cohort == Cohort.objects.get().public_id
    assert list(slow.project.annotation_categories.values_list("name", flat=True)) == ["2026", "Releases"]


def test_dumped_it_can_be_applied_again_without_the_secret():
    apply(declared(FILE))
    text = yaml.safe_dump(dump(), allow_unicode=True)
    assert "s3cr3t" not in text
    assert all(line.endswith("unchanged") for line in apply(declared(text)))
    assert Channel.objects.get(name="Ops").address == "https://hooks.example.com/s3cr3t"
    assert "s3cr3t" in yaml.safe_dump(dump(with_secrets=True))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("metric: p95", "metric: p96", "hub.yaml:13: projects.0.monitors.0.metric: Choose one of"),
        ("channels: [Ops]", "channels: [Nobody]", "hub.yaml:13: projects.0.monitors.0.channels: There is no channel"),
        ("cohort: Beta", "cohort: Gamma", "hub.yaml:14: projects.0.monitors.1.cohort: There is no cohort “Gamma”"),
        ("address: team@example.com", "address: team", "hub.yaml:11: projects.0.alert_channels.1.address: This is no"),
        ("name: Team", "name: Ops", "hub.yaml:11: projects.0.alert_channels.1.name: “Ops” occurs twice"),
        ("[Releases, 2026]", "Releases", "hub.yaml:4: projects.0.annotation_categories: Write a list."),
    ],
)
def test_what_is_wrong_is_named_by_its_line(before, after, message):
    with pytest.raises(DeclarationError) as refused:
        apply(declared(FILE.replace(before, after)))
    assert message in str(refused.value)
    assert not Monitor.objects.exists()
