"""Destinations of a kind with parameters: what is asked for, kept, shown and refused."""

import pytest

from destinations import specification
from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.specification import InvalidDestination, describe, missing, save
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db

BRAZE = {"endpoint": "https://rest.fra-01.braze.eu", "api_key": "key-1234567890"}
SLACK_URL = "https://hooks.slack.com/services/T000/B000/XXXX"


def braze(project, **given):
    return save(project, {"name": "Braze", "kind": "braze", "parameters": BRAZE} | given)[0]


def problems(project, given, existing=None):
    with pytest.raises(InvalidDestination) as raised:
        save(project, given, existing)
    return {problem.field: problem.message for problem in raised.value.problems}


def test_a_new_one_starts_as_its_kind_says(project):
    made = save(project, {"name": "Braze", "kind": "braze"})[0]
    assert made.method == "POST"
    assert made.url == ""
    assert made.mappings == {"fields": {"external_id": "user_id"}}
    assert made.filter == {"topics": ["event.track"]}
    assert made.sending["rate_limit"]["requests"] == 1000
    assert "external_id" in made.template
    assert {p.field for p in missing(made)} == {"parameters.endpoint", "parameters.api_key"}


def test_it_is_complete(project):
    made = braze(project, enabled=True)
    assert made.url == "https://rest.fra-01.braze.eu/users/track"
    assert missing(made) == []


def test_a_required_mapping_holds_it_back(project):
    made = braze(project, mappings={})
    assert "external_id is required" in missing(made)[0].message
    assert missing(made)[0].field == "mappings.fields.external_id"
    with pytest.raises(InvalidDestination):
        specification.set_enabled(made, True)


def test_what_is_stored_is_encrypted(project):
    made = braze(project)
    raw = Destination.objects.filter(pk=made.pk).extra(select={"raw": "parameters"}).values_list("raw")[0][0]
    assert "key-1234567890" not in str(raw)
    assert parameters_of(Destination.objects.get(pk=made.pk)) == BRAZE | {"update_only": False}


def test_described_without_its_secrets_and_saved_again(project):
    made = braze(project)
    described = describe(Destination.objects.get(pk=made.pk))
    assert described["parameters"] == BRAZE | {"api_key": None, "update_only": False}
    assert "url" not in described
    assert save(project, described, made)[1] == "unchanged"
    assert stored(made)["parameters"]["api_key"] == "key-1234567890"


def test_applying_little_twice_changes_nothing(project):
    given = {"name": "Braze", "kind": "braze", "parameters": BRAZE}
    made = save(project, given)[0]
    assert save(project, given, made)[1] == "unchanged"


def test_a_cleared_mapping_stays_cleared(project):
    made = braze(project, mappings={})
    assert save(project, describe(made) | {"name": "Other"}, made)[0].mappings == {}


def test_a_secret_is_typed_again_when_the_host_changes(project):
    made = braze(project)
    given = describe(made) | {"parameters": {"endpoint": "https://rest.iad-01.braze.com", "api_key": None}}
    assert "typed again" in problems(project, given, made)["parameters.api_key"]
    given["parameters"]["api_key"] = "other"
    assert save(project, given, made)[0].url == "https://rest.iad-01.braze.com/users/track"


def test_a_secret_does_not_get_past_the_rule_by_way_of_no_host(project):
    made = braze(project)
    given = describe(made) | {"parameters": {"endpoint": "", "api_key": None}}
    assert "typed again" in problems(project, given, made)["parameters.api_key"]


def test_a_secret_url_is_not_shown(project):
    made = save(project, {"name": "Slack", "kind": "slack", "parameters": {"webhook_url": SLACK_URL}})[0]
    assert made.url == "https://hooks.slack.com/hidden"
    assert describe(made)["parameters"] == {"webhook_url": None}
    assert save(project, describe(made), made)[1] == "unchanged"


SHOWN = {
    "a secret in the query": (
        {"kind": "ga4", "parameters": {"host": "www.google-analytics.com", "measurement_id": "G-1", "api_secret": "s"}},
        "https://www.google-analytics.com/mp/collect?measurement_id=G-1&api_secret=hidden",
    ),
    "an event has a say": (
        {"kind": "iterable-list", "parameters": {"endpoint": "https://api.iterable.com", "api_key": "k", "list_id": 1}},
        "https://api.iterable.com/*",
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_url_that_pages_show(project, name):
    given, url = SHOWN[name]
    assert save(project, {"name": "Any"} | given)[0].url == url


REFUSED = {
    "no such parameter": ({"kind": "braze", "parameters": {"colour": "red"}}, "parameters.colour", "none of its"),
    "no such choice": (
        {"kind": "braze", "parameters": {"endpoint": "https://x.com"}},
        "parameters.endpoint",
        "not one of",
    ),
    "a host that is not the service's": (
        {"kind": "teams", "parameters": {"webhook_url": "https://example.com/"}},
        "parameters.webhook_url",
        "must lead to",
    ),
    "an address that must not be sent to": (
        {"kind": "posthog", "parameters": {"host": "http://169.254.169.254"}},
        "parameters.host",
        "Use a public address",
    ),
    "no number": ({"kind": "iterable-list", "parameters": {"list_id": "x"}}, "parameters.list_id", "not a number"),
    "a part that leaves its place": (
        {"kind": "onesignal", "parameters": {"app_id": "../x"}},
        "parameters.app_id",
        "becomes a part of the URL",
    ),
    "no object": ({"kind": "braze", "parameters": []}, "parameters", "Write {name"),
    "a URL of one's own": ({"kind": "braze", "parameters": BRAZE, "url": "https://x.com/"}, "url", "Leave it out"),
    "a header of the kind": (
        {"kind": "braze", "parameters": BRAZE, "headers": [{"name": "authorization", "value": "x"}]},
        "headers",
        "the kind sets it",
    ),
    "parameters of a plain kind": ({"kind": "webhook", "parameters": {"a": "b"}}, "parameters", "has no parameters"),
    "no such field": (
        {"kind": "braze", "parameters": BRAZE, "mappings": {"fields": {"email": "user_id"}}},
        "mappings.fields.email",
        "none of its fields",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(project, name):
    given, field, words = REFUSED[name]
    assert words in problems(project, {"name": "Any"} | given)[field]


def test_turning_it_into_a_plain_one_forgets_them(project):
    made = braze(project)
    changed = save(project, {"name": "Braze", "kind": "webhook", "url": "https://example.com/"}, made)[0]
    assert changed.parameters == ""
