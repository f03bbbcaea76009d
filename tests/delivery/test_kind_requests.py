"""Destinations of a kind on the road: the request, the answer's meaning, what is skipped, and no secret in the log."""

import json

import pytest

from delivery.kind_requests import NotSent
from delivery.requests import RequestBuilder
from delivery.transports.seam import Outcome
from delivery.trial_request import CannotSend, trial_request
from destinations.models import Destination
from destinations.payloads import TemplateError
from destinations.specification import save

pytestmark = pytest.mark.django_db

EVENT = {
    "uuid": "7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4",
    "event_type": "Order Completed",
    "event_time": "2026-03-14 09:26:53.589",
    "user_id": "u_90210",
    "event_properties": {"order_id": "58213"},
}
BRAZE = {"endpoint": "https://rest.fra-01.braze.eu", "api_key": "key-1234567890"}


def made(project, kind, parameters, **given) -> Destination:
    destination = save(project, {"name": kind, "kind": kind, "parameters": parameters} | given)[0]
    return Destination.objects.get(pk=destination.pk)


def test_url_headers_and_body_are_the_kinds(project):
    builder = RequestBuilder(made(project, "braze", BRAZE, headers=[{"name": "X-Team", "value": "data"}]))
    request = builder.build(EVENT)
    assert request.url == "https://rest.fra-01.braze.eu/users/track"
    headers = dict(request.headers)
    assert headers["Authorization"] == "Bearer key-1234567890"
    assert headers["X-Team"] == "data"
    assert [name for name, _ in request.headers].count("Content-Type") == 1
    assert json.loads(request.body)["events"][0]["external_id"] == "u_90210"
    assert "key-1234567890" not in builder.shown(request)


def test_a_template_of_ones_own(project):
    payload = {"mode": "template", "template": '{"app": "${parameters.api_key}", "id": "${mappedFields.external_id}"}'}
    request = RequestBuilder(made(project, "braze", BRAZE, payload=payload)).build(EVENT)
    assert json.loads(request.body) == {"app": "key-1234567890", "id": "u_90210"}


def test_secrets_in_urls_are_hidden(project):
    url = "https://hooks.slack.com/services/T000/B000/secret"
    destination = made(project, "slack", {"webhook_url": url})
    trial = trial_request(destination, EVENT)
    assert "B000" not in trial.command()
    assert "https://hooks.slack.com/hidden" in trial.command()
    assert url in trial.command(with_secrets=True)
    ga4 = {"host": "www.google-analytics.com", "measurement_id": "G-1", "api_secret": "s3cr3t/+"}
    trial = trial_request(made(project, "ga4", ga4, mappings={"fields": {"client_id": "user_id"}}), EVENT)
    assert "s3cr3t" not in trial.command()


def test_an_event_without_what_is_required_is_skipped(project):
    destination = made(project, "braze", BRAZE)
    with pytest.raises(NotSent, match="External id is empty") as raised:
        RequestBuilder(destination).build(EVENT | {"user_id": None})
    assert raised.value.kind == "skipped"
    with pytest.raises(CannotSend, match="Skipped: External id is empty"):
        trial_request(destination, EVENT | {"user_id": None})


def test_a_body_that_is_too_big(project):
    destination = made(
        project,
        "onesignal",
        {"app_id": "a", "api_key": "k"},
        mappings={"fields": {"external_id": "user_id"}, "properties": {"event": ["note"]}},
    )
    with pytest.raises(NotSent, match="OneSignal takes at most 2,024"):
        RequestBuilder(destination).build(EVENT | {"event_properties": {"note": "x" * 3000}})


ANSWERS = {
    "done": (201, b'{"message":"success"}', "done", ""),
    "queued": (202, b'{"message":"queued"}', "done", ""),
    "an item was refused": (201, b'{"message":"success","errors":[{"type":"x"}]}', "final", "errors is not empty"),
    "another success": (200, b"{}", "retry", ""),
    "a wrong key": (401, b"", "final", ""),
    "too many": (429, b"", "retry", ""),
    "a broken receiver": (503, b"", "retry", ""),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_answer_means(project, name):
    status, body, verdict, words = ANSWERS[name]
    builder = RequestBuilder(made(project, "braze", BRAZE))
    outcome = Outcome(builder.build(EVENT), [], status=status, body=body)
    builder.judge(outcome)
    assert outcome.verdict == verdict
    assert outcome.ok == (verdict == "done")
    assert words in outcome.error


def test_a_kind_that_is_gone_sends_nothing(make_destination):
    destination = make_destination()
    destination.kind = "fax"
    with pytest.raises(TemplateError, match="no kind “fax” any more"):
        RequestBuilder(destination)


def test_a_plain_kind_has_no_rule(make_destination):
    builder = RequestBuilder(make_destination())
    outcome = Outcome(builder.build(EVENT), [], status=204)
    builder.judge(outcome)
    assert outcome.verdict == ""
    assert outcome.ok
