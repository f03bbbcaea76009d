"""Kinds that send messages: the request of each method, whose headers win, and what events may choose."""

import json

import pytest
from django.conf import settings

from delivery.kind_requests import NotSent
from delivery.requests import RequestBuilder
from delivery.trial_request import trial_request
from destinations.kind.rules import read_kind
from destinations.models import Destination
from destinations.signing_rules import STANDARD, new_secret
from destinations.specification import InvalidDestination, describe, save
from tests.destinations.messages.samples import MESSAGES, QUERIES, TRACK

pytestmark = pytest.mark.django_db

URL = "https://a.example/hook"
DATA = {"uuid": "7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4", "event_type": "Product Purchased"}


def made(project, **given) -> Destination:
    wanted = {"name": "Hook", "kind": "rudderstack-webhook", "url": URL, "enabled": True}
    return Destination.objects.get(pk=save(project, wanted | given)[0].pk)


def request_of(project, came_as=TRACK, transformed=None, **given):
    return RequestBuilder(made(project, **given)).build(DATA, came_as=came_as, transformed=transformed)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_with_a_body_the_message_is_it(project, method, name):
    request = request_of(project, MESSAGES[name], method=method)
    assert (request.method, request.url) == (method, URL)
    assert json.dumps(json.loads(request.body)) == json.dumps(MESSAGES[name])
    assert request.headers == (("Content-Type", "application/json"), ("User-Agent", "RudderLabs"))


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_without_a_body_it_is_the_query(project, method, name):
    request = request_of(project, MESSAGES[name], method=method)
    assert (request.method, request.url, request.body) == (method, f"{URL}?{QUERIES[name]}", b"")
    assert request.headers == (("User-Agent", "RudderLabs"),)


def test_a_message_with_nothing_left_is_an_empty_request(project):
    assert request_of(project, {"userId": None}).body == b""


STATIC = [{"name": "content-type", "value": "application/x.mine"}, {"name": "User-Agent", "value": "Mine"}]
USUAL = {"content-type": "application/json", "user-agent": "RudderLabs"}
PRECEDENCE = [
    ([], {}, USUAL),
    (STATIC, {}, {"content-type": "application/x.mine", "user-agent": "Mine"}),
    ([], {"Content-Type": "text/x"}, {"content-type": "text/x", "user-agent": "RudderLabs"}),
    (STATIC, {"CONTENT-TYPE": "text/x", "user-agent": ""}, {"content-type": "text/x", "user-agent": ""}),
    ([{"name": "X-A", "value": "1"}], {"x-a": 2, **USUAL}, {"x-a": "2", **USUAL}),
]  # fmt: skip


@pytest.mark.parametrize(("static", "dynamic", "sent"), PRECEDENCE)
def test_of_headers_with_one_name_the_strongest_is_sent(project, static, dynamic, sent):
    request = request_of(project, transformed=TRACK | {"header": dynamic}, headers=static)
    assert {name.lower(): value for name, value in request.headers} == sent
    assert len(request.headers) == len(sent)
    assert "header" not in json.loads(request.body)


def test_what_an_event_says_of_headers_and_path_is_not_heard(project):
    said = {"header": {"X-A": "1"}, "appendPath": "/x", "fullPath": "https://evil.example/"}
    request = request_of(project, TRACK | said | {"integrations": {"Webhook": {"fullPath": "https://evil.example/"}}})
    assert request.url == URL
    assert dict(request.headers).keys() == {"Content-Type", "User-Agent"}
    assert not json.loads(request.body).keys() & said.keys()


def test_nor_together_with_a_transformation(project):
    came_as = TRACK | {"appendPath": "/x", "integrations": {"Webhook": {"appendPath": "/y"}}}
    request = request_of(project, came_as, transformed=TRACK | {"integrations": came_as["integrations"]})
    assert request.url == URL


SECRETS = {
    "headers": [{"name": "X-Key", "value": "secret-12345", "secret": True}],
    "auth": {"kind": "bearer", "token": "token-12345"},
    "signing": {"scheme": STANDARD, "secrets": [{"value": new_secret(STANDARD)}]},
}


def test_where_it_is_switched_on_events_choose_within_limits(project):
    header = {
        "X-A": "1",
        "x-key": "mine",
        "AUTHORIZATION": "mine",
        "webhook-id": "mine",
        "svix-id": "mine",
        "Host": "b",
    }
    request = request_of(project, TRACK | {"header": header, "appendPath": "/x"}, event_controls=True, **SECRETS)
    assert request.url == URL + "/x"
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "User-Agent": "RudderLabs",
        "Authorization": "Bearer token-12345",
        "X-Key": "secret-12345",
        "X-A": "1",
    }


REFUSED = [
    ({"fullPath": "https://evil.example/hook"}, "another host"),
    ({"fullPath": "http://a.example/hook"}, "another host"),
    ({"fullPath": "https://a.example:8443/hook"}, "another host"),
    ({"fullPath": "https://a.example@evil.example/"}, "user name or password"),
    ({"fullPath": ""}, "URL is empty"),
    ({"integrations": {"Webhook": {"fullPath": "https://evil.example/"}}}, "another host"),
    ({"appendPath": "/../admin"}, "leave the path"),
    ({"appendPath": {"a": 1}}, "has to be text"),
    ({"header": {"X A": "1"}}, "not a header name"),
    ({"header": {"X-A": "1\r\nX-B: 2"}}, "line break"),
    ({"appendPath": "x" * 2_100}, "at most 2048"),
]


@pytest.mark.parametrize(("said", "words"), REFUSED)
def test_and_what_goes_beyond_is_refused_in_words(project, said, words):
    with pytest.raises(NotSent, match=words) as refused:
        request_of(project, TRACK | said, event_controls=True)
    assert refused.value.kind == "bad_request"


def test_a_transformation_may_lead_to_another_host_but_not_with_secrets(project):
    elsewhere = TRACK | {"fullPath": "https://b.example/x", "appendPath": "?q=cats"}
    assert request_of(project, transformed=elsewhere).url == "https://b.example/x?q=cats"
    for number, (name, value) in enumerate(SECRETS.items()):
        with pytest.raises(NotSent, match="must not get this destination’s secrets"):
            request_of(project, transformed=elsewhere, name=f"Hook {number}", **{name: value})


def test_an_address_inside_is_refused_whoever_asks(project):
    with pytest.raises(NotSent, match=r"10\.0\.0\.1"):
        request_of(project, transformed=TRACK | {"fullPath": "https://10.0.0.1/x"})


def test_headers_that_are_made_for_each_try_are_not_set_twice(project):
    with pytest.raises(NotSent, match="Webhook-Id, which is written"):
        request_of(project, transformed=TRACK | {"header": {"Webhook-Id": "mine"}})


def test_the_command_shows_what_is_sent_and_hides_what_a_transformation_authorizes(project):
    builder = RequestBuilder(made(project))
    request = builder.build(
        DATA, came_as=TRACK, transformed=TRACK | {"header": {"authorization": "Bearer abcdefgh", "X-A": "1"}}
    )
    shown = dict(json.loads(builder.shown(request)))
    assert shown["X-A"] == "1"
    assert "abcdefgh" not in shown["authorization"]


def test_a_get_request_as_a_command(project):
    command = trial_request(made(project, method="GET"), DATA, TRACK).command()
    assert f"{URL}?{QUERIES['track']}" in command
    assert "Content-Type" not in command
    assert "--data" not in command


def test_an_event_of_another_dialect_is_sent_as_the_message_that_says_the_same(project):
    request = request_of(project, None)
    body = json.loads(request.body)
    assert (body["type"], body["event"], body["messageId"]) == ("track", "Product Purchased", DATA["uuid"])


PORTAL_KIND = {
    "name": "Collector",
    "category": "Core",
    "summary": "Messages to a collector.",
    "parameters": [{"name": "base", "label": "Base", "type": "url", "required": True}],
    "request": {"url": "${parameters.base}", "body": "message", "method": "GET"},
}


def test_a_kind_with_a_url_of_its_own_can_send_messages(project):
    destination = Destination(
        project=project, kind="collector", url=URL, method="GET", parameters=json.dumps({"base": URL})
    )
    destination.kind_in_making = read_kind("collector", PORTAL_KIND)
    destination.__dict__["header_list"] = []
    request = RequestBuilder(destination).build(DATA, came_as=TRACK)
    assert request.url == f"{URL}?{QUERIES['track']}"
    assert dict(request.headers)["User-Agent"] == settings.WEBHOOK_USER_AGENT
    assert "Content-Type" not in dict(request.headers)


BAD = [
    ({"payload": {"mode": "template", "template": "{}"}}, "payload.mode"),
    ({"mappings": {"properties": {"event": ["a"]}}}, "mappings"),
    ({"event_controls": "yes"}, "event_controls"),
    ({"kind": "webhook", "event_controls": True}, "event_controls"),
]


@pytest.mark.parametrize(("given", "field"), BAD)
def test_what_does_not_fit_is_refused(project, given, field):
    with pytest.raises(InvalidDestination) as refused:
        made(project, **given)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_the_switch_is_described(project):
    assert describe(made(project, event_controls=True))["event_controls"] is True
    assert "event_controls" not in describe(made(project, name="Other"))
