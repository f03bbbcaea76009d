"""Cohorts and syncs in a file."""

import re
from pathlib import Path

import pytest
import yaml
from django.utils.timezone import now

from cohorts import jobs
from cohorts.models import Cohort, Member, Run, Sync
from destinations.models import Destination
from events.models import Project
from tests.streamhub.test_projects import apply, dump, refusal

pytestmark = pytest.mark.django_db

SHOP = """\
projects:
  - name: Shop
    time_zone: Europe/Warsaw
    cohorts:
      - name: Paying friends
        definition:
          conditions:
            - {in_cohort: Friends}
            - {not_in_cohort: Idle}
            - {property: user_properties.plan, operator: is, value: 5}
        cadence: {daily_at: 06:30}
        syncs:
          - {destination: Hook, properties: [plan, on], cadence: {every_minutes: 15}, batch_size: 500}
      - name: Idle
        description: Nothing for a month
        definition: {conditions: [{did_not: 2024, from: 2026-01-01, to: 2026-02-01}]}
      - name: Friends
        users: [ann, 007, 1e5, "o'brien", ünï]
    destinations:
      - name: Hook
        url: https://example.com/hook
        filter:
          conditions:
            - {property: cohorts, operator: in list, value: [Friends, Idle, someid]}
"""


def test_a_file_is_applied_in_any_order_and_repeating_it_changes_nothing(tmp_path):
    report = apply(tmp_path, SHOP)
    assert report == [
        "project Shop: created",
        "cohort Shop / Friends: created",
        "cohort Shop / Idle: created",
        "cohort Shop / Paying friends: created",
        "destination Shop / Hook: created",
        "sync Shop / Paying friends to Hook: created",
    ]
    assert sorted(Member.objects.values_list("identity", flat=True)) == sorted(
        ["u:007", "u:1e5", "u:ann", "u:o'brien", "u:ünï"]
    )
    paying = Cohort.objects.get(name="Paying friends")
    assert paying.next_at <= now(), "it is computed soon"
    sync = Sync.objects.get()
    assert (sync.batch_size, sync.properties) == (500, ["plan", "on"])
    assert Run.objects.get().cause == "a file was applied"
    friends, idle = Cohort.objects.get(name="Friends"), Cohort.objects.get(name="Idle")
    value = Destination.objects.get().filter["conditions"][0]["value"]
    assert value == [friends.public_id, idle.public_id, "someid"]
    assert {line.rpartition(": ")[2] for line in apply(tmp_path, SHOP)} == {"unchanged"}


def test_what_is_dumped_makes_the_same(tmp_path):
    apply(tmp_path, SHOP)
    dumped = dump()
    (project,) = yaml.safe_load(dumped)["projects"]
    assert project["time_zone"] == "Europe/Warsaw"
    assert [cohort["name"] for cohort in project["cohorts"]] == ["Friends", "Idle", "Paying friends"]
    assert project["cohorts"][2]["cadence"] == {"daily_at": "06:30"}
    assert project["destinations"][0]["filter"]["conditions"][0]["value"] == ["Friends", "Idle", "someid"]
    assert {line.rpartition(": ")[2] for line in apply(tmp_path, dumped, "same.yaml")} == {"unchanged"}
    Project.objects.all().delete()
    assert {line.rpartition(": ")[2] for line in apply(tmp_path, dumped, "anew.yaml")} == {"created"}
    assert dump().replace("api_key", "") == dumped.replace("api_key", "")


def test_only_a_changed_definition_is_computed_soon(tmp_path):
    apply(tmp_path, SHOP)
    jobs.tend_cohorts()
    idle = Cohort.objects.get(name="Idle")
    assert (idle.next_at, idle.computed_at is not None) == (None, True)
    apply(tmp_path, SHOP.replace("for a month", "for long"))
    assert Cohort.objects.get(name="Idle").next_at is None
    apply(tmp_path, SHOP.replace("did_not: 2024", "did_not: 2025"))
    assert Cohort.objects.get(name="Idle").next_at <= now()


def test_another_time_zone_moves_what_is_daily(tmp_path):
    apply(tmp_path, SHOP)
    jobs.tend_cohorts()
    before = Cohort.objects.get(name="Paying friends").next_at
    assert apply(tmp_path, SHOP.replace("Europe/Warsaw", "Asia/Tokyo"))[0] == "project Shop: changed"
    after = Cohort.objects.get(name="Paying friends").next_at
    assert (before.hour in (4, 5), after.hour, after.minute) == (True, 21, 30)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Europe/Warsaw", "Mars/Base", "shop.yaml:3: projects.0.time_zone: “Mars/Base” is no time zone."),
        (
            "in_cohort: Friends",
            "in_cohort: Nobody",
            "shop.yaml:8: projects.0.cohorts.0.definition.conditions.0.in_cohort",
        ),
        ("destination: Hook", "destination: Other", "shop.yaml:13: projects.0.cohorts.0.syncs.0.destination"),
        ("daily_at: 06:30", "daily_at: 26:30", "shop.yaml:11: projects.0.cohorts.0.cadence.daily_at"),
        ("name: Idle", "name: Friends", "shop.yaml:17: projects.0.cohorts.2.name: “Friends” occurs twice"),
        ("did_not: 2024, from", "in_cohort: Paying friends}, {did: x, from", "It would be built on itself"),
        ("    cohorts:\n", "    cohorts: 5\n    was:\n", "projects.0.cohorts: Write a list of cohorts."),
        ("        syncs:\n", "        syncs: 5\n        was:\n", "projects.0.cohorts.0.was"),
        ("o'brien", "  ", "shop.yaml:18: projects.0.cohorts.2.users.3"),
    ],
    ids=lambda value: "",
)
def test_problems_have_their_line(tmp_path, old, new, told):
    assert told in refusal(tmp_path, SHOP.replace(old, new, 1))
    assert not Cohort.objects.exists()


def test_a_circle_through_cohorts_that_exist(tmp_path):
    apply(tmp_path, SHOP)
    told = refusal(tmp_path, SHOP.replace("did_not: 2024, from", "in_cohort: Paying friends}, {did: x, from"))
    assert "It would be built on itself: Idle → Paying friends → Idle" in told


def test_the_declaration_in_the_operators_page_applies(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    text = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1]
    assert "cohort Shop / Paying friends: created" in apply(tmp_path, text)
    assert {line.rpartition(": ")[2] for line in apply(tmp_path, text)} == {"unchanged"}
