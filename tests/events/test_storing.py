"""Ingest's database work is done in few threads; the many that wait keep no connection."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident

import orjson
import pytest
from django.db import connection
from django.test import RequestFactory

from events import storing
from events.models import Event, EventCount, Project
from events.urls import urlpatterns
from streamhub.request_threads import INGEST_PATHS


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1, initializer=storing._mark) as pool:
        monkeypatch.setattr(storing, "_threads", pool)
        yield pool
        pool.submit(lambda: connection.close()).result()


def _in_request_thread(work):
    """(what it returns, whether it left a connection to the database behind)"""

    def run():
        try:
            return work(), connection.connection is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_work_is_done_in_another_thread(threads: ThreadPoolExecutor) -> None:
    assert storing.do(get_ident) == threads.submit(get_ident).result() != get_ident()


def test_work_that_asks_for_more_goes_on_where_it_is(threads: ThreadPoolExecutor) -> None:
    assert storing.do(lambda: storing.do(get_ident)) == threads.submit(get_ident).result()


def test_what_goes_wrong_is_told_to_who_asked(threads: ThreadPoolExecutor) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        storing.do(fail)


@pytest.mark.django_db
def test_a_transaction_goes_on_in_its_own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(storing, "_threads", pool)
        assert storing.do(get_ident) == get_ident()


POSTS = {
    "/2/httpapi": {"api_key": "%s", "events": [{"event_type": "a", "user_id": "user-1"}]},
    "/batch": {"api_key": "%s", "events": [{"event_type": "a", "user_id": "user-1"}]},
    "/v1/track": {"writeKey": "%s", "event": "a", "userId": "user-1"},
    "/v1/batch": {"writeKey": "%s", "batch": [{"type": "track", "event": "a", "userId": "user-1"}]},
}


@pytest.mark.parametrize("path", POSTS)
def test_requests_leave_no_connection_behind(path: str, threads: ThreadPoolExecutor) -> None:
    project = Project.objects.create(name="Shop")
    view = next(one.callback for one in urlpatterns if one.pattern.regex.match(path[1:]))
    kwargs = {"wire_type": "track"} if path == "/v1/track" else {}

    def post(body: bytes) -> int:
        request = RequestFactory().post(path, body, content_type="application/json")
        return view(request, **kwargs).status_code

    text = orjson.dumps(POSTS[path]).decode()
    good, bad_key, bad = (text % project.api_key, text % "no-such-key", (text % project.api_key)[:-1])
    assert _in_request_thread(lambda: post(good.encode())) == (200, False)
    status, left = _in_request_thread(lambda: post(bad_key.encode()))
    assert (status >= 400, left) == (True, False)
    status, left = _in_request_thread(lambda: post(bad.encode()))
    assert (status >= 400, left) == (True, False)
    refused = (text % project.api_key).replace('"user-1"', "null")
    status, left = _in_request_thread(lambda: post(refused.encode()))
    assert left is False
    assert Event.objects.count() == 1
    assert EventCount.objects.filter(project=project, refused__gt=0).exists() == (status >= 400)


def test_all_addresses_of_events_are_answered_by_threads_that_wait() -> None:
    """Those that store; the others only read what is remembered."""
    storing_names = {"httpapi", "batch", "identify", "groupidentify", "single", "beacon", "fields", "data"}
    patterns = [one for one in urlpatterns if one.callback.__name__ in storing_names]
    assert len(patterns) == 9
    for one in patterns:
        start = "/" + one.pattern._regex[1:].partition("(?")[0].removesuffix("/?$")
        assert start.startswith(INGEST_PATHS), start
