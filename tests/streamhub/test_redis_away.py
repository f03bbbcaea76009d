"""What the hub does, and how long it waits, while Redis is away or says nothing."""

import json
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import pytest
from django.test import Client
from django.urls import reverse
from django_rq.settings import QUEUES
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Refused
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as Silent

from events import hub_redis as place
from events.hub_redis import PATIENCE, REST, AskOnce, hub_redis
from events.models import Event, Outbox, Project
from streamhub import embedded_redis
from tests.redis_elsewhere import mute_redis, redis_at


def test_a_sender_waits_once_and_nothing_is_lost(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"api_key": project.api_key, "events": [{"event_type": "Order Placed", "user_id": "user-1"}]})
    with mute_redis(monkeypatch) as asked:
        begun = time.monotonic()
        for text in (body, body, "{"):
            Client().post("/2/httpapi", text, content_type="application/json")
        assert Client().get("/readyz").json()["redis"] == "doesn't answer (TimeoutError)"
        assert PATIENCE <= time.monotonic() - begun < 4 * PATIENCE
        assert asked() == 1
    assert Event.objects.count() == Outbox.objects.count() == 2


def test_one_that_is_stopped_and_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A kept connection is what says nothing, and what answers again."""
    monkeypatch.setattr(place, "REST", 600.0)
    program = embedded_redis.program()
    assert program
    for queue in QUEUES.values():
        monkeypatch.setitem(queue, "URL", f"unix://{embedded_redis.socket_path(tmp_path)}")
    with subprocess.Popen(embedded_redis.command(program, tmp_path), stdout=subprocess.DEVNULL) as server:
        try:
            _until_it_answers()
            server.send_signal(SIGSTOP)
            with pytest.raises(Silent, match="Timeout reading"):
                hub_redis().ping()
            with pytest.raises(Silent, match="a moment ago"):
                hub_redis().ping()
            server.send_signal(SIGCONT)
            hub_redis().get_connection_kwargs()["retry"]._rests_until = time.monotonic()  # some time later
            _until_it_answers()
        finally:
            server.send_signal(SIGCONT)
            server.terminate()


def _until_it_answers() -> None:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            assert hub_redis().ping()
            return
        except RedisError:
            time.sleep(0.02)
    raise AssertionError("Redis did not come back")


class TestAskingOnce:
    @pytest.fixture
    def asking(self, monkeypatch: pytest.MonkeyPatch) -> AskOnce:
        self.moment = 100.0
        self.thread = 1
        monkeypatch.setattr(place.time, "monotonic", lambda: self.moment)
        monkeypatch.setattr(place, "get_ident", lambda: self.thread)
        return AskOnce(NoBackoff(), 0)

    def ask(self, asking: AskOnce, error: Exception | None = None) -> bool:
        """Whether it was asked at all."""
        asked = []

        def do() -> None:
            asked.append(True)
            if error:
                raise error

        with suppress(RedisError):
            asking.call_with_retry(do, lambda error: None)
        return bool(asked)

    def test_is_left_alone_for_a_while_after_saying_nothing(self, asking: AskOnce) -> None:
        assert self.ask(asking, Silent())
        self.moment += REST - 0.1
        assert not self.ask(asking)
        self.moment += 0.2
        assert self.ask(asking)
        assert self.ask(asking)

    def test_a_refused_connection_costs_nothing_and_is_tried_each_time(self, asking: AskOnce) -> None:
        assert self.ask(asking, Refused())
        assert self.ask(asking, Refused())

    def test_one_thread_looks_whether_it_is_back(self, asking: AskOnce) -> None:
        assert self.ask(asking, Silent())
        self.moment += REST + 0.1

        def look() -> None:
            self.thread = 2
            assert not self.ask(asking)
            self.thread = 1
            assert self.ask(asking)  # connecting is asking, too

        asking.call_with_retry(look, lambda error: None)
        self.thread = 2
        assert self.ask(asking)


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _away(self, empty_redis: None, monkeypatch: pytest.MonkeyPatch) -> None:
        redis_at(monkeypatch)

    def test_pages_of_what_it_keeps_say_so(self, member_client: Client, project: Project) -> None:
        for door in ("inbox_page", "events_refused"):
            answer = member_client.get(reverse(door, args=[project.slug]))
            assert answer.status_code == 503
            assert "Redis doesn’t answer." in answer.content.decode()

    def test_their_polls_and_buttons_too(self, member_client: Client, project: Project) -> None:
        poll = member_client.get(reverse("inbox_page", args=[project.slug]), headers={"HX-Request": "true"})
        assert (poll.status_code, poll.content) == (503, b"")
        assert "HX-Trigger" not in poll
        button = member_client.post(reverse("inbox_clear", args=[project.slug]), headers={"HX-Request": "true"})
        assert "Nothing was changed" in json.loads(button["HX-Trigger"])["toast"]["text"]

    @pytest.mark.parametrize("door", ["events", "overview", "deliveries", "webhooks", "queues"])
    def test_other_pages_are_shown(self, door: str, member_client: Client, project: Project) -> None:
        assert member_client.get(reverse(door, args=[project.slug])).status_code == 200

    def test_the_inbox_asks_to_come_again(self, project: Project) -> None:
        answer = Client().post(reverse("inbox", args=[project.inbox_token]), {"a": 1})
        assert (answer.status_code, answer.json()["ok"]) == (503, False)
