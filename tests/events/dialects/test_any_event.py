"""Events put together at random from the fields that exist: taken or refused in words, never an error."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.dialects.amplitude_fields import FIELDS
from events.identify import NAMES
from events.models import Event
from events.shape import FIELDS as SHAPE

KEYS = st.one_of(st.text(max_size=8), st.sampled_from(sorted(NAMES)))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**90), 10**90),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
NAMES_ON_THE_WIRE = sorted([*FIELDS, "event_type", "user_id", "device_id", "time", "insert_id"])
EVENTS = st.builds(
    lambda kind, user, more: {"event_type": kind, "user_id": user} | more,
    st.sampled_from(["x", "$identify", "$groupidentify"]),
    st.sampled_from(["user-1", "user-2"]),
    st.dictionaries(st.sampled_from(NAMES_ON_THE_WIRE), VALUES, max_size=4),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=st.lists(EVENTS, min_size=1, max_size=4))
def test_any_event(post, events):
    before = Event.objects.count()
    answer = post(events)
    if answer.status_code == 200:
        assert Event.objects.count() == before + answer.json()["events_ingested"]
        for event in Event.objects.order_by("-pk")[: len(events)]:
            assert event.input.keys() >= set(SHAPE)
    else:
        assert answer.status_code == 400
        assert Event.objects.count() == before
        assert answer.json()["error"]
