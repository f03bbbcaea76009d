"""Rate limit and concurrency: agreed by all workers, kept while Redis forgets or is away."""

import threading
import time
from itertools import pairwise

import django_rq
import pytest
from django.db import connection

from delivery import agreement
from delivery.lanes import Lanes
from delivery.models import Delivery, State
from delivery.places import TTL, Ask, Places
from delivery.rate_limits import RateLimits, Want, capacity
from delivery.routing import Router
from delivery.transports import make_transport
from destinations.addresses import parse_networks
from destinations.sending_rules import RateLimit
from tests.delivery.road import run_fresh
from tests.receiver import receiver
from tests.redis_elsewhere import redis_at

LOOPBACK = parse_networks("127.0.0.0/8")


@pytest.fixture
def transport():
    transport = make_transport(allowed_networks=LOOPBACK)
    yield transport
    transport.close()


@pytest.fixture
def redis_is_away(monkeypatch):
    redis_at(monkeypatch)


def flush():
    django_rq.get_connection("default").flushdb()


class TestPlaces:
    def test_one_worker_has_all(self):
        assert Places().renew([Ask(1, 10, 0), Ask(2, 3, 0)]) == {1: 10, 2: 3}

    def test_a_second_one_gets_its_share_as_the_first_one_makes_room(self):
        first, second = Places(), Places()
        first.renew([Ask(1, 10, 0)])
        assert second.renew([Ask(1, 10, 0)]) == {1: 0}
        assert first.renew([Ask(1, 10, 8)]) == {1: 8}
        assert second.renew([Ask(1, 10, 0)]) == {1: 2}
        assert first.renew([Ask(1, 10, 0)]) == {1: 5}
        assert second.renew([Ask(1, 10, 2)]) == {1: 5}

    @pytest.mark.parametrize("concurrency", [1, 2, 3, 7, 100])
    def test_together_they_never_have_more_than_there_is(self, concurrency):
        workers, has = [Places() for _ in range(4)], [0] * 4
        for turn in range(40):
            number = turn * 7 % 4
            has[number] = workers[number].renew([Ask(1, concurrency, min(has[number], turn % 3))])[1]
            assert sum(has) <= concurrency

    def test_who_leaves_makes_room_at_once(self):
        first, second = Places(), Places()
        first.renew([Ask(1, 4, 0)])
        first.leave([1])
        assert second.renew([Ask(1, 4, 0)]) == {1: 4}

    def test_a_killed_worker_does_not_keep_its_places(self):
        dead, alive = Places(), Places()
        dead.renew([Ask(1, 4, 4)])
        assert alive.renew([Ask(1, 4, 0)]) == {1: 0}
        redis = django_rq.get_connection("default")
        (key,) = redis.keys("streamhub:places:*")
        assert 0 < redis.pttl(key) <= TTL * 1000
        for holder, value in redis.hgetall(key).items():
            places, ends = value.decode().split(":")
            redis.hset(key, holder, f"{places}:{int(ends) - int(TTL * 1000) - 1}")
        assert alive.renew([Ask(1, 4, 0)]) == {1: 4}

    def test_places_from_before_the_clock_was_set_back_are_free(self):
        Places().renew([Ask(1, 4, 4)])
        redis = django_rq.get_connection("default")
        (key,) = redis.keys("streamhub:places:*")
        for holder in redis.hkeys(key):
            redis.hset(key, holder, f"4:{int(time.time() * 1000) + 3_600_000}")
        assert Places().renew([Ask(1, 4, 0)]) == {1: 4}

    def test_what_is_under_way_stands_when_redis_forgets(self):
        first, second = Places(), Places()
        first.renew([Ask(1, 4, 0)])
        flush()
        assert first.renew([Ask(1, 4, 3)]) == {1: 4}
        assert second.renew([Ask(1, 4, 0)]) == {1: 0}

    def test_without_redis_each_keeps_to_its_share(self, monkeypatch):
        first, second = Places(), Places()
        first.renew([Ask(1, 9, 0)])
        second.renew([Ask(1, 9, 0)])
        first.renew([Ask(1, 9, 0)])
        monkeypatch.setattr(agreement.Agreement, "ask", lambda *a: None)
        assert (first.renew([Ask(1, 9, 0)]), second.renew([Ask(1, 9, 0), Ask(2, 1, 0)])) == ({1: 4}, {1: 4, 2: 1})


class TestTokens:
    def test_they_fall_due_one_after_another(self):
        moment = time.monotonic()
        grant = RateLimits().take([Want(1, RateLimit(5, "second"), 20)])[1]
        assert len(grant.due) == 6
        assert all(later - earlier == pytest.approx(0.2) for earlier, later in pairwise(grant.due))
        assert grant.due[0] == pytest.approx(moment, abs=0.1)

    def test_two_workers_take_from_one_bucket(self):
        limit = RateLimit(1, "minute")
        assert len(RateLimits().take([Want(1, limit, 3)])[1].due) == 1
        refused = RateLimits().take([Want(1, limit, 3)])[1]
        assert refused.due == []
        assert refused.again - time.monotonic() == pytest.approx(59, abs=1)

    def test_each_destination_has_its_own(self):
        wants = [Want(1, RateLimit(1, "minute"), 1), Want(2, RateLimit(1, "minute"), 1)]
        assert [len(grant.due) for grant in RateLimits().take(wants).values()] == [1, 1]

    def test_when_redis_forgets_it_begins_anew(self):
        limits, want = RateLimits(), Want(1, RateLimit(1, "minute"), 1)
        limits.take([want])
        flush()
        assert len(limits.take([want])[1].due) == 1

    def test_a_clock_that_is_set_back_does_not_stop_it(self):
        hour = int((time.time() + 3600) * 1e6)
        django_rq.get_connection("default").set("streamhub:rate:1", hour)
        assert len(RateLimits().take([Want(1, RateLimit(1, "second"), 1)])[1].due) == 1

    def test_without_redis_a_worker_paces_itself(self, redis_is_away):
        limits, limit = RateLimits(), RateLimit(10, "second")
        assert len(limits.take([Want(1, limit, 99, workers=2)])[1].due) == 6
        assert limits.take([Want(1, limit, 99, workers=2)])[1].due == []

    @pytest.mark.parametrize(("requests", "per", "tokens"), [(1, "second", 1), (60, "minute", 1), (100, "second", 11)])
    def test_a_burst_is_at_most_a_tenth_of_a_second(self, requests, per, tokens):
        assert capacity(RateLimit(requests, per)) == tokens


@pytest.mark.django_db(transaction=True)
class TestRoad:
    def test_a_rate_limit_is_kept_and_uses_up_no_attempt(self, transport, make_destination, make_events):
        moments: list[float] = []
        with receiver(lambda number: moments.append(time.monotonic()) or 200) as hook:
            make_destination(url=hook.url, sending={"rate_limit": {"requests": 10, "per": "second"}})
            make_events(15)
            run_fresh(transport)
        assert len(hook.requests) == 15
        assert moments[-1] - moments[0] >= 1.25
        assert set(Delivery.objects.values_list("state", "attempts_made")) == {(State.DELIVERED, 1)}
        assert not Delivery.objects.filter(lease_until__isnull=False).exists()

    def test_what_waits_for_its_limit_is_not_leased_and_delays_no_other_lane(
        self, transport, make_destination, make_events
    ):
        with receiver() as slow, receiver() as quick:
            limited = make_destination(url=slow.url, sending={"rate_limit": {"requests": 1, "per": "minute"}})
            make_destination(url=quick.url)
            make_events(50)
            run_fresh(transport)
            assert (len(slow.requests), len(quick.requests)) == (1, 50)
        waiting = Delivery.objects.filter(destination=limited, state=State.QUEUED)
        assert set(waiting.values_list("attempts_made", "lease_until")) == {(0, None)}
        assert waiting.count() == 49

    def test_with_a_rate_limit_a_failed_request_is_not_repeated_within_its_attempt(
        self, transport, make_destination, make_events
    ):
        with receiver(lambda number: 503) as hook:
            make_destination(url=hook.url, sending={"rate_limit": {"requests": 100, "per": "second"}})
            make_events(1)
            run_fresh(transport)
        assert len(hook.requests) == 1

    @pytest.mark.parametrize(("concurrency", "workers"), [(1, 1), (3, 2), (1, 3)])
    def test_requests_under_way_are_counted_over_all_workers(self, make_destination, make_events, concurrency, workers):
        lock, under_way, most = threading.Lock(), [0], [0]

        def answer(number):
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.02)
            with lock:
                under_way[0] -= 1
            return 200

        with receiver(lambda number: 200) as hook:
            hook.take = lambda request: (hook.requests.append(request), answer(0))[1]
            make_destination(url=hook.url, sending={"concurrency": concurrency})
            make_events(30)
            Router().route()
            threads = [threading.Thread(target=_work) for _ in range(workers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(hook.requests) == 30
        assert most[0] == concurrency
        assert Delivery.objects.filter(state=State.DELIVERED).count() == 30

    def test_deliveries_go_on_without_redis(self, transport, make_destination, make_events, redis_is_away):
        with receiver() as hook:
            make_destination(url=hook.url, sending={"rate_limit": {"requests": 50, "per": "second"}})
            make_destination(url=hook.url)
            make_events(5)
            run_fresh(transport)
            assert len(hook.requests) == 10

    def test_receivers_that_hang_do_not_fill_all_places(self, make_destination, make_events, monkeypatch):
        monkeypatch.setattr("delivery.room.MOST_UNDER_WAY", 30)
        monkeypatch.setattr("delivery.room.SLOW_UNDER_WAY", 15)
        transport = make_transport(allowed_networks=LOOPBACK)
        with receiver(lambda number: None) as dead, receiver() as alive:
            for _ in range(5):
                make_destination(url=dead.url, timeouts={"total": 60})
            healthy = make_destination(url=alive.url)
            make_events(12)
            thread = threading.Thread(target=_work, args=(transport,))
            thread.start()
            end = time.monotonic() + 40  # all of the others still hang then
            while len(alive.requests) < 12 and time.monotonic() < end:
                time.sleep(0.02)
            arrived = len(alive.requests)
            dead.released.set()
            thread.join()
        assert arrived == 12, "the healthy lane waited for the hanging ones"
        assert Delivery.objects.filter(destination=healthy, state=State.DELIVERED).count() == 12


def _work(transport=None) -> None:
    transport = transport or make_transport(allowed_networks=LOOPBACK)
    Lanes(State.QUEUED, transport, Router()).run()
    while Delivery.objects.filter(state=State.QUEUED).exists():  # as a worker is woken again for what others give back
        Lanes(State.QUEUED, transport, Router()).run()
    transport.close()
    connection.close()
