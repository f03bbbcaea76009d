"""Access tokens: fetched once for all, renewed in time, and never in the way of requests that need none."""

import time
from base64 import b64encode
from ipaddress import ip_network

import pytest

from delivery.oauth import tokens as module
from delivery.oauth.grant import make_grant
from delivery.oauth.tokens import Tokens
from delivery.oauth.transport import AuthorizedTransport
from delivery.transports import make_transport, send_many
from delivery.transports.seam import OutgoingRequest
from tests.delivery.token_server import token_server, tokens
from tests.receiver import receiver
from tests.redis_elsewhere import redis_at

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "client-secret-4711"


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make_authorized(clock):
    """Each is a process of its own, as far as tokens are concerned."""
    made = []

    def make(allowed=LOOPBACK, name="curl"):
        def plain():
            return make_transport("requests", allowed, max_connections=4)

        made.append(AuthorizedTransport(make_transport(name, LOOPBACK), Tokens(plain, clock=clock)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def transport(make_authorized):
    return make_authorized()


def grant_of(url, **changes):
    auth = {"kind": "oauth2", "token_url": url, "client_id": "hub", "scope": "", "audience": "", "client_auth": "basic"}
    return make_grant(1, auth | changes, SECRET)


def request(url, grant=None):
    def seal(one):
        return [("Authorization", f"Bearer {one.bearer}")] if one.bearer else []

    return OutgoingRequest("POST", url, [("Content-Type", "application/json")], b"{}", grant=grant, seal=seal)


def send(transport, *requests):
    return list(send_many(requests, transport))


def shown_tokens(hook):
    return [one.headers.get("Authorization", "").removeprefix("Bearer ") for one in hook.requests]


@pytest.mark.parametrize("client_auth", ["basic", "body"])
def test_one_token_for_many_requests(transport, client_auth):
    with token_server() as server, receiver() as hook:
        grant = grant_of(server.url, client_auth=client_auth, scope="events:write", audience="https://api.example")
        outcomes = send(transport, *(request(hook.url, grant) for _ in range(100)))
    assert {one.status for one in outcomes} == {200}
    assert set(shown_tokens(hook)) == {"token-1-abcdefgh"}
    (asked,) = server.asked
    assert (asked.pop("scope"), asked.pop("audience")) == ("events:write", "https://api.example")
    if client_auth == "body":
        assert asked == {"grant_type": "client_credentials", "client_id": "hub", "client_secret": SECRET}
        assert "Authorization" not in server.headers[0]
    else:
        assert asked == {"grant_type": "client_credentials"}
        assert server.headers[0]["Authorization"] == "Basic " + b64encode(f"hub:{SECRET}".encode()).decode()


def test_processes_share_a_token_and_redis_sees_it_encrypted_only(make_authorized):
    import django_rq

    with token_server() as server, receiver() as hook:
        for _ in range(3):
            send(make_authorized(), request(hook.url, grant_of(server.url)))
    assert len(server.asked) == 1
    redis = django_rq.get_connection("default")
    for key in redis.keys("streamhub:access-token*"):
        assert b"token-1" not in redis.get(key)
        assert SECRET.encode() not in key + redis.get(key)


def test_who_finds_the_lock_taken_waits_for_the_other(make_authorized):
    with token_server() as server, receiver() as hook:
        grant = grant_of(server.url)
        first, second = make_authorized(), make_authorized()
        first.submit(request(hook.url, grant))
        second.submit(request(hook.url, grant))
        outcomes = []
        while len(outcomes) < 2:
            outcomes += second.wait(0.01) + first.wait(0.01)
    assert [one.status for one in outcomes] == [200, 200]
    assert len(server.asked) == 1


def test_a_fetcher_that_died_is_replaced(make_authorized, clock):
    with token_server() as server, receiver() as hook:
        transport, grant = make_authorized(), grant_of(server.url)
        assert transport._tokens._store.lock(grant.key)  # by a process that is gone
        transport.submit(request(hook.url, grant))
        assert transport.wait(0.2) == []
        import django_rq

        django_rq.get_connection("default").flushdb()  # the lock ends
        clock.ahead = 13
        (outcome,) = send_many([], transport)
    assert outcome.ok
    assert len(server.asked) == 1


def test_it_is_renewed_before_its_end_while_the_old_one_is_in_use(transport, clock):
    with token_server(tokens(expires_in=600)) as server, receiver() as hook:
        grant = grant_of(server.url)
        send(transport, request(hook.url, grant))
        clock.ahead = 0.85 * 540
        send(transport, request(hook.url, grant))  # still with the first, the second is fetched beside it
        deadline = time.monotonic() + 5
        while len(server.asked) < 2 and time.monotonic() < deadline:
            transport._tokens.tend(0.05)
        transport._tokens.tend(0.5)
        send(transport, request(hook.url, grant))
    assert shown_tokens(hook) == ["token-1-abcdefgh", "token-1-abcdefgh", "token-2-abcdefgh"]


def test_an_expired_token_is_never_sent(transport, clock):
    with token_server(tokens(expires_in=600)) as server, receiver() as hook:
        grant = grant_of(server.url)
        send(transport, request(hook.url, grant))
        clock.ahead = 541
        send(transport, request(hook.url, grant))
    assert shown_tokens(hook) == ["token-1-abcdefgh", "token-2-abcdefgh"]


@pytest.mark.parametrize("name", ["curl", "requests"])
def test_after_one_401_another_token_is_tried_within_the_attempt(make_authorized, clock, name):
    transport = make_authorized(name=name)
    with token_server() as server, receiver(lambda number: 401 if number == 2 else 200) as hook:
        grant = grant_of(server.url)
        send(transport, request(hook.url, grant))
        clock.ahead = 60
        (outcome,) = send(transport, request(hook.url, grant))
    assert (outcome.status, [one.status for one in outcome.tries]) == (200, [401, 200])
    assert outcome.tries[0].answer.body == b'{"ok": true}'
    assert shown_tokens(hook) == ["token-1-abcdefgh", "token-1-abcdefgh", "token-2-abcdefgh"]


def test_a_second_401_is_the_answer(transport, clock):
    with token_server() as server, receiver(lambda number: 401 if number > 1 else 200) as hook:
        grant = grant_of(server.url)
        send(transport, request(hook.url, grant))
        clock.ahead = 60
        (outcome,) = send(transport, request(hook.url, grant))
        (again,) = send(transport, request(hook.url, grant))  # the token is young, so it is not the token's fault
    assert (outcome.status, len(outcome.tries)) == (401, 2)
    assert (again.status, len(again.tries)) == (401, 1)
    assert len(server.asked) == 2


def test_many_401s_at_once_fetch_one_token(transport, clock):
    with receiver(lambda number: 401 if 1 < number < 22 else 200) as hook:

        def once_all_were_refused(number):
            end = time.monotonic() + 10
            while number == 2 and len(hook.requests) < 21 and time.monotonic() < end:
                time.sleep(0.005)
            return tokens(expires_in=3600)(number)

        with token_server(once_all_were_refused) as server:
            grant = grant_of(server.url)
            send(transport, request(hook.url, grant))
            clock.ahead = 60
            outcomes = send(transport, *(request(hook.url, grant) for _ in range(20)))
    assert len(server.asked) == 2
    assert all(one.ok for one in outcomes)


FAILURES = {
    "invalid client": (
        (401, {"error": "invalid_client", "error_description": f"no client with {SECRET}"}),
        "answered 401: invalid_client (no client with ••••••••4711).",
    ),
    "broken": ((503, b"down for\nrepairs"), "answered 503: down for repairs"),
    "not JSON": ((200, b"<html>Sign in</html>"), "did not answer in JSON. It began with: <html>Sign in</html>"),
    "no token": ((200, {"ok": True}), 'gave no access_token. It began with: {"ok": true}'),
    "two lines": ((200, {"access_token": "a\r\nX-Evil: 1"}), "gave an access_token that cannot stand in a header."),
    "number": ((200, {"access_token": 5}), "gave an access_token that cannot stand in a header."),
    "mac": ((200, {"access_token": "abc", "token_type": "mac"}), "gave a token of the type “mac”; only bearer"),
    "redirect": (
        (302, b""),
        "answered 302: redirects are not followed. Use the URL it leads to: https://elsewhere.example/token",
    ),
    "too long": ((200, b'{"access_token": "' + b"a" * 70_000 + b'"}'), "gave an answer of more than 64 kB"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_without_a_token_nothing_is_sent_and_the_attempt_says_why(transport, clock, case):
    answer, words = FAILURES[case]
    with token_server(lambda number: answer) as server, receiver() as hook:
        grant = grant_of(server.url)
        (outcome,) = send(transport, request(hook.url, grant))
        send(transport, request(hook.url, grant))
        assert len(server.asked) == 1  # left alone for a while
        clock.ahead = 11
        send(transport, request(hook.url, grant))
        assert len(server.asked) == 2
    assert hook.requests == []
    assert (outcome.error_kind, outcome.status, outcome.tries) == ("token", None, [])
    assert words in outcome.error
    assert outcome.error.startswith("The token endpoint 127.0.0.1:")
    assert SECRET not in outcome.error


def test_a_failure_to_renew_does_not_take_away_what_still_holds(transport, clock):
    def answers(number):
        return tokens(expires_in=600)(number) if number == 1 else (500, b"")

    with token_server(answers) as server, receiver() as hook:
        grant = grant_of(server.url)
        send(transport, request(hook.url, grant))
        clock.ahead = 500
        outcomes = send(transport, *(request(hook.url, grant) for _ in range(3)))
        transport._tokens.tend(1.0)
        outcomes += send(transport, request(hook.url, grant))
    assert {one.status for one in outcomes} == {200}


def test_a_refused_address_is_final(make_authorized):
    with token_server() as server, receiver() as hook:
        transport = make_authorized(allowed=())
        (outcome,) = send(transport, request(hook.url, grant_of(server.url)))
        assert server.asked == hook.requests == []
    assert (outcome.error_kind, outcome.permanent) == ("refused_address", True)


def test_a_token_endpoint_that_is_down(transport):
    with token_server() as server:
        url = server.url
    with receiver() as hook:
        (outcome,) = send(transport, request(hook.url, grant_of(url)))
    assert outcome.error_kind == "token"
    assert "nothing listens on that port" in outcome.error


def test_others_go_on_while_a_token_endpoint_hangs(transport):
    with token_server(lambda number: None) as server, receiver() as hook:
        held = request("http://127.0.0.1:9/never", grant_of(server.url))
        transport.submit(held)
        began = time.monotonic()
        for _ in range(5):
            transport.submit(request(hook.url))
            outcomes = []
            while not outcomes:
                outcomes = transport.wait(1.0)
            assert outcomes[0].ok
        assert time.monotonic() - began < 2
        assert transport.in_flight == 1


def test_a_hanging_token_endpoint_is_given_up(transport, monkeypatch):
    monkeypatch.setattr("delivery.oauth.grant.FETCH_SECONDS", 0.3)
    with token_server(lambda number: None) as server, receiver() as hook:
        (outcome,) = send(transport, request(hook.url, grant_of(server.url)))
    assert outcome.error_kind == "token"
    assert "No answer within 0.3 s." in outcome.error


def test_without_redis_each_process_fetches_its_own(transport, monkeypatch):
    redis_at(monkeypatch)
    with token_server() as server, receiver() as hook:
        outcomes = send(transport, *(request(hook.url, grant_of(server.url)) for _ in range(3)))
    assert {one.status for one in outcomes} == {200}
    assert len(server.asked) == 1


def test_the_token_is_blanked_in_what_comes_back(transport):
    with token_server() as server, receiver() as hook:
        hook.answer = b'{"you sent": "Bearer token-1-abcdefgh"}'
        (outcome,) = send(transport, request(hook.url, grant_of(server.url)))
    assert outcome.body == '{"you sent": "Bearer ••••••••efgh"}'.encode()


def test_life_that_is_not_told(transport, clock):
    with token_server(tokens(expires_in="soon")) as server, receiver() as hook:
        send(transport, request(hook.url, grant_of(server.url)))
        clock.ahead = 3600
        send(transport, request(hook.url, grant_of(server.url)))
    assert len(server.asked) == 2


def test_the_constants_that_the_documentation_names():
    assert (module.FAILED_SECONDS, module.YOUNG_SECONDS) == (10, 10)
