import pytest

from destinations.samples import (
    BUILT_IN,
    BUILT_IN_DATA,
    MOST_SAVED,
    OFFERED,
    BadSample,
    chosen_sample,
    completions,
    drop_sample,
    field_names,
    keep_sample,
    offered_samples,
    read_sample,
    recent_events,
)
from events.models import Event, Project


@pytest.fixture
def destination(make_destination):
    return make_destination()


@pytest.mark.django_db
def test_samples_offer_each_event_type_first(destination, make_events):
    for event_type in ("A", "B", "A", "A"):
        make_events(1, event_type)
    assert [event.event_type for event in recent_events(destination)] == ["A", "B", "A", "A"]


@pytest.mark.django_db
def test_samples_offer_only_what_passes_the_filter(make_destination, make_events):
    make_events(2, "A")
    make_events(2, "B")
    destination = make_destination(filter={"event_types": ["A"]})
    assert {event.event_type for event in recent_events(destination)} == {"A"}


@pytest.mark.django_db
def test_a_sample_is_an_event_of_the_project_or_the_built_in_one(destination, make_events):
    (event,) = make_events(1, "Signed Up")
    assert chosen_sample(destination, str(event.pk)).data == Event.objects.get().data
    for choice in ("built-in", "", "x", "999999", "9" * 40, "²", "saved-", "saved-x", "saved-7"):
        assert chosen_sample(destination, choice).data is BUILT_IN_DATA
    destination.project = Project.objects.create(name="Other")
    assert chosen_sample(destination, str(event.pk)).data is BUILT_IN_DATA


@pytest.mark.django_db
def test_an_older_event_can_be_asked_for(destination, make_events):
    assert offered_samples(destination)[1].value == BUILT_IN
    (oldest,) = make_events()
    newest = make_events(30)[-1]
    assert offered_samples(destination)[1].value == str(newest.pk)
    events, chosen = offered_samples(destination, str(oldest.pk))
    assert (events[0], chosen.value, len(events)) == (oldest, str(oldest.pk), OFFERED)
    for nonsense in ("x", "0", "9" * 30, "pasted"):
        assert offered_samples(destination, nonsense)[1].value == str(newest.pk)
    assert offered_samples(destination, BUILT_IN)[1].value == BUILT_IN


@pytest.mark.django_db
def test_samples_are_kept_by_name_and_replaced(destination, make_destination):
    keep_sample(destination, " VIP ", '{"event_type": "A"}')
    kept = keep_sample(destination, "VIP", '{"event_type": "B", "big": 12345678901234567890123}')
    assert destination.samples.get() == kept
    chosen = chosen_sample(destination, f"saved-{kept.pk}")
    assert (chosen.data["event_type"], chosen.data["big"]) == ("B", 12345678901234567890123)
    assert chosen_sample(make_destination(), f"saved-{kept.pk}").data is BUILT_IN_DATA
    assert not drop_sample(make_destination(), f"saved-{kept.pk}")
    assert drop_sample(destination, f"saved-{kept.pk}")
    assert not destination.samples.exists()


BAD = {
    "not json": ("{", "The sample is not JSON: line 1, column 2"),
    "a list": ("[]", "The sample is not one event."),
    "nothing": ("", "The sample is not JSON"),
    "too long": (f'{{"a": "{"x" * 1_000_000}"}}', "at most 1,000,000"),
}


@pytest.mark.parametrize("name", BAD)
def test_pasted_text_that_is_no_event_is_refused_in_words(name):
    text, words = BAD[name]
    with pytest.raises(BadSample, match=words):
        read_sample(text)


@pytest.mark.django_db
def test_samples_need_a_name_and_have_a_bound(destination, monkeypatch):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(BadSample, match="1 to 60 characters"):
            keep_sample(destination, name, "{}")
    monkeypatch.setattr("destinations.samples.MOST_SAVED", 1)
    keep_sample(destination, "A", "{}")
    keep_sample(destination, "A", '{"b": 1}')
    with pytest.raises(BadSample, match="Delete one first"):
        keep_sample(destination, "B", "{}")
    assert MOST_SAVED == 100


def test_every_path_of_the_samples_is_suggested():
    first = {"event_type": "A", "event_properties": {"order id": 1, "nested": {"deep": 1}}}
    names = field_names([first, {"event_type": "B", "user_properties": {"plan": 1}}])
    assert "input.event_type" in names
    assert 'input.event_properties["order id"]' in names
    assert "input.event_properties.nested.deep" in names
    assert "input.user_properties.plan" in names
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_what_else_a_template_is_given_is_suggested_too(destination):
    assert {"parameters", "mappedFields", "mappedProperties", "input.event_type"} <= set(completions(destination, []))


@pytest.mark.django_db
def test_names_of_the_mappings_are_suggested(make_destination):
    chosen = {"event": ["total", "order id"], "user": ["plan", "total"], "group": ["company.seats"]}
    destination = make_destination(mappings={"properties": chosen})
    destination.mappings["fields"] = {"email": "user_properties.email"}
    suggested = completions(destination, [])
    assert [name for name in suggested if name.startswith("mapped")] == [
        "mappedProperties",
        "mappedFields",
        "mappedProperties.total",
        'mappedProperties["order id"]',
        "mappedProperties.plan",
        "mappedProperties.seats",
        "mappedFields.email",
    ]
