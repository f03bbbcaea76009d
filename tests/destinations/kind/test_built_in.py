"""Every kind that comes with the hub: nothing wrong with it, and each sample makes exactly the request it says."""

import pytest

from destinations import catalog
from destinations.endpoint import check_url
from destinations.kind.check import as_json, check_path, render_sample
from destinations.kind.rendering import KindRequests, Skipped

SLUGS = catalog.slugs()
SAMPLES = [(slug, sample.name) for slug in SLUGS for sample in catalog.kind(slug).samples]
SECRET = "https://hooks.slack.com/services/T000/B000/XXXX"

# Names that break out of quotes, markup and JSON; and an event with next to nothing.
HARSH = {
    "hostile": {
        "event_type": '[Amplitude] "Page"\n<!channel> \\ & </script> ${x}',
        "event_time": "2026-03-14 09:26:53.589",
        "uuid": "7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4",
        "user_id": 'u"1\n<@U1>',
        "device_id": "d_1",
        "event_properties": {'a"b': 'c"\n', "nested": {"x": [1, None]}, "none": None},
        "user_properties": {"email": "a@example.com", "ga_client_id": "1.2"},
    },
    "bare": {
        "event_type": "Opened",
        "event_time": "2026-03-14 09:26:53.589",
        "uuid": "7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4",
    },
}


def sample_of(slug, name):
    return next(sample for sample in catalog.kind(slug).samples if sample.name == name)


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_wrong_with_it(slug):
    assert [str(problem) for problem in check_path(catalog.FOLDER / slug)] == []


@pytest.mark.parametrize(("slug", "name"), SAMPLES)
def test_a_sample_makes_its_request(slug, name):
    kind, sample = catalog.kind(slug), sample_of(slug, name)
    made = render_sample(kind, sample)
    assert {"method": made.method, "url": made.url, "headers": dict(made.headers)} | {
        "body": as_json(made.body)
    } == sample.request


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if not catalog.kind(slug).is_plain])
def test_it_says_what_a_user_has_to_know(slug):
    kind = catalog.kind(slug)
    assert kind.samples
    assert kind.logo
    assert kind.description
    assert kind.setup.startswith("1. ")
    assert all(parameter.label != parameter.name for parameter in kind.parameters)


@pytest.mark.parametrize("event", HARSH)
@pytest.mark.parametrize(
    "slug", [slug for slug in SLUGS if catalog.kind(slug).section == "events" and not catalog.kind(slug).is_plain]
)
def test_any_event_makes_valid_json_or_is_skipped(slug, event):
    kind = catalog.kind(slug)
    sample = kind.samples[0]
    mappings = sample.mappings | {"properties": {"event": [*HARSH["hostile"]["event_properties"]]}}
    requests = KindRequests(kind, render_values(kind, sample), mappings, check_url)
    try:
        body = requests.render(HARSH[event]).body
    except Skipped:
        assert event == "bare"
        return
    assert not isinstance(as_json(body), str)


def render_values(kind, sample):
    defaults = {p.name: p.default for p in kind.parameters if p.default is not None}
    return defaults | sample.parameters


def test_a_cohort_member_without_the_identifier_is_left_out():
    kind, sample = catalog.kind("customerio-segment"), sample_of("customerio-segment", "leave")
    event = sample.event | {"users": [{"user_id": "u_1", "user_properties": {}}, sample.event["users"][0]]}
    requests = KindRequests(kind, sample.parameters, {}, check_url)
    assert as_json(requests.render(event).body) == {"ids": ["buyer7@example.com"]}
    with pytest.raises(Skipped, match="No member"):
        requests.render(event | {"users": event["users"][:1]})
