"""Exposures through the Segment dialect: a `track` call, as Experiment's clients make it with Segment's SDKs."""

import pytest

from events.models import Profile
from tests.events.dialects.segment import arrived, send
from tests.events.dialects.test_exposure import KEPT, SENT

__all__ = ["arrived", "send"]


@pytest.mark.parametrize(
    ("name", "properties"),
    [("$exposure", SENT), ("[Experiment] Exposure", KEPT), ("[Experiment] Exposure", SENT)],
)
def test_a_track_call(arrived, name, properties):
    event = arrived(event=name, properties=properties)
    assert (event.topic, event.event_type) == ("experiment.exposure", "[Experiment] Exposure")
    assert event.input["type"] == "experiment.exposure"
    assert event.input["event_type"] == "[Experiment] Exposure"
    assert event.input["event_properties"] == KEPT
    assert event.input["user_properties"] == Profile.objects.get().properties == {"[Experiment] checkout": "b"}
    assert (event.message["event"], event.message["properties"]) == (name, properties)
    arrived(event=name, properties={"flag_key": "checkout"})
    assert Profile.objects.get().properties == {}


@pytest.mark.parametrize(
    ("kind", "name", "notes"),
    [
        ("track", "$exposure", ["no flag_key: not an exposure"]),
        ("track", "Experiment Viewed", None),
        ("page", "$exposure", None),
    ],
)
def test_any_other_call(arrived, kind, name, notes):
    properties = {"variant": "b"} if notes else SENT
    event = arrived(kind, event=name, properties=properties)
    assert event.topic == {"track": "event.track", "page": "event.page"}[kind]
    assert event.input["event_properties"] == properties
    assert event.notes == notes
    assert Profile.objects.get().properties == {}
