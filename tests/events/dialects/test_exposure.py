"""Exposures through the Amplitude dialect: what is kept of them, and what the user is assigned."""

import pytest

from events.models import Event, Profile

SENT = {"flag_key": "checkout", "variant": "b", "experiment_key": "exp-1", "metadata": {"deployment_name": "web"}}
KEPT = {
    "[Experiment] Flag Key": "checkout",
    "[Experiment] Variant": "b",
    "[Experiment] Experiment Key": "exp-1",
    "metadata": {"deployment_name": "web"},
}


@pytest.fixture
def send(client, project):
    def send(*events):
        given = [{"user_id": "user_1001", "event_type": "$exposure"} | event for event in events]
        body = {"api_key": project.api_key, "events": given}
        answer = client.post("/2/httpapi", body, content_type="application/json")
        assert answer.status_code == 200
        return list(Event.objects.order_by("pk"))

    return send


@pytest.mark.parametrize(
    "sent",
    [
        {"event_properties": SENT},
        {"event_type": "[Experiment] Exposure", "event_properties": KEPT},
        {"event_type": "[Experiment] Exposure", "event_properties": SENT},
    ],
    ids=["exposure", "as it is kept", "half and half"],
)
def test_an_exposure(send, sent):
    (event,) = send(sent)
    assert (event.topic, event.event_type) == ("experiment.exposure", "[Experiment] Exposure")
    assert event.input["type"] == "experiment.exposure"
    assert event.input["event_type"] == "[Experiment] Exposure"
    assert event.input["event_properties"] == KEPT
    assert event.input["user_properties"] == Profile.objects.get().properties == {"[Experiment] checkout": "b"}
    assert event.notes is None


@pytest.mark.parametrize("gone", [{"variant": None}, {"variant": ""}, {}])
def test_without_a_variant_the_user_leaves(send, gone):
    send({"event_properties": SENT, "user_properties": {"$set": {"plan": "pro"}, "$unset": {"old": "-"}}})
    assert Profile.objects.get().properties == {"plan": "pro", "[Experiment] checkout": "b"}
    _, event = send({"event_properties": {"flag_key": "checkout"} | gone, "user_properties": {"seen": 2}})
    assert event.topic == "experiment.exposure"
    assert Profile.objects.get().properties == {"plan": "pro", "seen": 2}


def test_one_of_several_flags(send):
    send(*({"event_properties": {"flag_key": flag, "variant": "on"}} for flag in ("one", "two")))
    send({"event_properties": {"flag_key": "one", "variant": "off"}})
    assert Profile.objects.get().properties == {"[Experiment] one": "off", "[Experiment] two": "on"}


@pytest.mark.parametrize("properties", [{}, {"flag_key": ""}, {"flag_key": 5, "variant": "b"}, {"variant": "b"}])
def test_without_a_flag_it_is_any_event(send, properties):
    (event,) = send({"event_properties": properties})
    assert (event.topic, event.event_type) == ("event.track", "$exposure")
    assert event.input["event_properties"] == properties
    assert event.notes == ["no flag_key: not an exposure"]
    assert Profile.objects.get().properties == {}


def test_properties_that_may_not_be_stored_stay_out_of_the_profile(send):
    (event,) = send({"event_properties": SENT, "$skip_user_properties_sync": True})
    assert event.input["user_properties"] == {"[Experiment] checkout": "b"}
    assert not Profile.objects.exists()
