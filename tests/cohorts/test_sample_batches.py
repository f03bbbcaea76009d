"""What a cohort destination's payload is tried on, and the templates that one can begin with."""

import json

import pytest
from django.urls import reverse

from cohorts.computation import compute
from cohorts.models import Sync
from destinations.payload_presets import COHORT_PRESETS
from destinations.payloads import compile_template, lint_template
from destinations.sample_batches import BUILT_IN_BATCH, offered_batches
from destinations.samples import offered_samples

pytestmark = pytest.mark.django_db

ODD = BUILT_IN_BATCH | {
    "cohort_name": 'Quo"ted, Łódź',
    "users": [
        {"user_id": 'a"b,\\c'},
        {"user_id": "b", "user_properties": {"n": 1.5, "t": True, "l": [1, {"a": None}], 's"': 'x"y', "z": None}},
    ],
}


@pytest.mark.parametrize("preset", COHORT_PRESETS, ids=lambda preset: preset.slug)
@pytest.mark.parametrize(
    "batch", [BUILT_IN_BATCH, ODD, ODD | {"users": [], "in_cohort": False}], ids=["usual", "odd", "empty"]
)
def test_presets_give_json(preset, batch):
    assert lint_template("freemarker", preset.template) == []
    sent = json.loads(compile_template("freemarker", preset.template)({"input": batch}))
    users = sent if preset.slug == "per-user" else sent["users"]
    assert [user["user_id"] for user in users] == [user["user_id"] for user in batch["users"]]
    if preset.slug == "properties":
        assert [user["user_properties"] for user in users] == [u.get("user_properties", {}) for u in batch["users"]]
    if preset.slug == "per-user" and users:
        assert users[0][f"cohort_{batch['cohort_name']}_k3x9mfp2"] is True


@pytest.fixture
def hook(make_destination):
    return make_destination(name="Audience", kind="cohort-webhook", url="http://127.0.0.1:8009/cohort")


def test_without_a_cohort_there_is_a_built_in_batch(hook, make_events):
    make_events()
    events, chosen = offered_samples(hook)
    assert (events, chosen.data) == ([], BUILT_IN_BATCH)


def test_batches_of_real_members_with_the_syncs_properties(hook, make_users, make_cohort):
    make_users("ann", "bob", "cat", "dan", plan="pro", city="Łódź")
    cohort = make_cohort()
    compute(cohort, "by hand")
    Sync.objects.create(cohort=cohort, destination=hook, properties=["city"])
    labels = [one.label for one in offered_batches(hook)]
    assert labels == ["Paying: entering", "Paying: leaving"]
    entering = offered_samples(hook)[1].data
    assert entering["in_cohort"] is True
    assert entering["users"][0] == {"user_id": "ann", "user_properties": {"city": "Łódź"}}
    assert len(entering["users"]) == 3
    assert offered_samples(hook, f"batch-{cohort.public_id}-exit")[1].data["in_cohort"] is False


def test_a_destination_of_events_is_offered_none(make_destination, make_users, make_cohort):
    make_users("ann", plan="pro")
    compute(make_cohort(), "by hand")
    assert offered_batches(make_destination()) == []


def test_the_tabs_offer_them(hook, make_users, make_cohort, admin_client, project):
    make_users("ann", plan="pro")
    compute(make_cohort(), "by hand")
    for door in ("destination_payload", "destination_test"):
        page = admin_client.get(reverse(door, args=[project.slug, hook.pk])).content.decode()
        assert "Paying: entering" in page
        assert "&quot;ann&quot;" in page or "ann" in page
    page = admin_client.get(reverse("destination_payload", args=[project.slug, hook.pk]) + "?preset=per-user")
    assert "“A list of users, the cohort as a property” is in the editor." in page.content.decode()
    assert not hook.template
