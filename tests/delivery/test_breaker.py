"""The breaker: warned of, held, probed, resumed - by the answers of real receivers and by the clock."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from delivery import breaker
from delivery.claims import Wish, claim
from delivery.lane_summary import lane_summary
from delivery.models import Delivery, LaneCount, LaneHealth, State
from delivery.routing import Router
from delivery.transports import make_transport
from destinations.addresses import parse_networks
from events.counters import MINUTE
from tests.delivery.road import run_fresh, run_retries
from tests.receiver import receiver


@pytest.fixture
def transport():
    transport = make_transport(allowed_networks=parse_networks("127.0.0.0/8"))
    yield transport
    transport.close()


@pytest.fixture
def count():
    """Counts attempts of a destination as the road does: good and bad ones in this minute."""

    def add(destination, good, bad, moment=None):
        start = breaker._minute(moment or now())
        row, _ = LaneCount.objects.get_or_create(destination=destination, span=MINUTE, start=start)
        row.answers_2xx += good
        row.answers_5xx += bad
        row.save()

    return add


@pytest.mark.django_db
class TestJudgement:
    @pytest.mark.parametrize(
        ("good", "bad", "level", "held"),
        [
            (0, 19, 0, False),
            (11, 9, 0, False),
            (10, 10, 50, False),
            (6, 14, 70, False),
            (2, 18, 90, False),
            (1, 19, 90, True),
            (0, 500, 90, True),
        ],
    )
    def test_by_the_share_that_fails(self, make_destination, count, good, bad, level, held):
        destination = make_destination()
        count(destination, good, bad)
        assert breaker.judge([destination.pk], now()) == ({destination.pk} if held else set())
        row = LaneHealth.objects.filter(pk=destination.pk).first()
        assert (row.level if row else 0) == level
        assert bool(row and row.held_since) == held
        if level:
            assert row.why == f"{bad:,} of the last {good + bad:,} attempts failed, most of them with 5xx."

    @pytest.mark.parametrize(("pause_at", "held"), [(60, True), (False, False)])
    def test_each_destination_has_its_threshold(self, make_destination, count, pause_at, held):
        destination = make_destination(sending={"pause_at": pause_at})
        count(destination, 6, 94)
        assert bool(breaker.judge([destination.pk], now())) == held

    def test_what_is_long_ago_does_not_count(self, make_destination, count):
        destination = make_destination()
        count(destination, 0, 100, now() - timedelta(minutes=7))
        assert breaker.judge([destination.pk], now()) == set()

    def test_a_warning_ends_with_what_it_is_about(self, make_destination, count):
        destination = make_destination()
        count(destination, 10, 12)
        breaker.judge([destination.pk], now())
        count(destination, 50, 0)
        breaker.judge([destination.pk], now())
        row = LaneHealth.objects.get()
        assert (row.level, row.why) == (0, "")

    def test_after_a_resume_it_counts_anew(self, make_destination, count):
        destination = make_destination()
        count(destination, 0, 100)
        breaker.judge([destination.pk], now())
        assert breaker.resume(destination.pk, now())
        assert breaker.judge([destination.pk], now()) == set()
        count(destination, 0, 20)
        assert breaker.judge([destination.pk], now()) == {destination.pk}
        assert not breaker.resume(10_000, now())


@pytest.mark.django_db
class TestProbes:
    @pytest.mark.parametrize(("probes", "seconds"), [(0, 30), (1, 60), (4, 480), (5, 900), (60, 900)])
    def test_they_grow_rarer(self, probes, seconds):
        assert breaker.interval(probes).total_seconds() == seconds

    def test_each_is_taken_once(self, make_destination, count):
        destination, moment = make_destination(), now()
        count(destination, 0, 100)
        breaker.judge([destination.pk], moment)
        due = moment + timedelta(seconds=30)
        assert [breaker.take_probe(destination.pk, at) for at in (moment, due, due)] == [False, True, False]
        assert breaker.due_probes([destination.pk], due + timedelta(seconds=59)) == []
        assert breaker.due_probes([destination.pk], due + timedelta(seconds=60)) == [destination.pk]

    def test_a_clock_that_is_set_back_does_not_put_them_off(self, make_destination, count):
        destination = make_destination()
        count(destination, 0, 100)
        breaker.judge([destination.pk], now())
        assert breaker.due_probes([destination.pk], now() - timedelta(hours=1)) == [destination.pk]


@pytest.mark.django_db(transaction=True)
class TestRoad:
    def test_a_receiver_that_fails_is_held_probed_and_resumed(self, transport, make_destination, make_events):
        up = [False]
        with receiver(lambda number: 200 if up[0] else 500) as hook:
            destination = make_destination(url=hook.url, sending={"retries": [3600], "concurrency": 5})
            make_events(60)
            run_fresh(transport)
            health = LaneHealth.objects.get()
            assert health.held_since
            tried = Delivery.objects.filter(attempts_made=1).count()
            assert tried == len(hook.requests) >= 20

            make_events(5)
            run_fresh(transport)
            assert len(hook.requests) == tried
            _probe_is_due()
            run_fresh(transport)
            assert len(hook.requests) == tried + 1
            health.refresh_from_db()
            assert (health.probes, bool(health.held_since)) == (1, True)

            up[0] = True
            _probe_is_due()
            run_fresh(transport)
            health.refresh_from_db()
            assert health.held_since is None
            states = Delivery.objects.filter(destination=destination).values_list("state", "attempts_made")
            assert not [one for one in states if one == (State.QUEUED, 0)]
            Delivery.objects.filter(state=State.RETRYING).update(next_attempt_at=now())
            run_retries(transport)
        assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
        assert max(Delivery.objects.values_list("attempts_made", flat=True)) == 2


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def held(self, make_destination, make_events, count):
        destination = make_destination(name="Orders to CRM")
        make_events(3)
        Router().route()
        count(destination, 0, 40)
        breaker.judge([destination.pk], now())
        return destination

    def test_it_says_since_when_why_how_many_and_what_next(self, admin_client, held):
        text = admin_client.get(held.get_absolute_url()).content.decode()
        for words in ("Held since", "40 of the last 40 attempts failed", "3 deliveries wait", "The next probe is due"):
            assert words in text
        assert lane_summary(held).health == "held"

    def test_a_person_resumes_at_once(self, admin_client, held):
        wish = Wish(held.pk, 10, 30.0)
        assert claim([wish], State.QUEUED) == []
        url = reverse("destination_resume", args=[held.project.slug, held.pk])
        assert "is sending again" in admin_client.post(url, follow=True).content.decode()
        assert len(claim([wish], State.QUEUED)) == 3
        assert "not held any more" in admin_client.post(url, follow=True).content.decode()

    def test_a_delivery_says_that_it_is_held(self, admin_client, held):
        delivery = Delivery.objects.first()
        assert delivery.shown_state == "held"
        url = reverse("delivery", args=[held.project.slug, delivery.pk])
        assert "this destination keeps failing" in admin_client.get(url).content.decode()

    def test_retrying_by_hand_says_what_it_waits_for(self, admin_client, held):
        delivery = Delivery.objects.first()
        url = reverse("delivery_retry", args=[held.project.slug, delivery.pk])
        text = admin_client.post(url, follow=True).content.decode()
        assert "Orders to CRM is held: this waits until a probe arrives." in text
        assert reverse("destination_resume", args=[held.project.slug, held.pk]) in text

    def test_the_overview_the_log_and_the_queues_name_the_hold(self, admin_client, held, make_events):
        def page(door):
            return admin_client.get(reverse(door, args=[held.project.slug])).content.decode()

        Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state=State.DELIVERED)
        overview = page("overview")
        assert "Orders to CRM is held: it keeps failing." in overview
        assert ">Held</span>" in overview
        Delivery.objects.filter(state=State.QUEUED).update(state=State.RETRYING, attempts_made=1)
        assert "after a probe" in page("deliveries")
        assert "Held" in page("queues")

    @pytest.mark.parametrize("door", ["deliveries", "destination_activity"])
    def test_lists_say_so_without_a_query_for_each_row(self, admin_client, held, door, django_assert_num_queries):
        arguments = [held.project.slug] if door == "deliveries" else [held.project.slug, held.pk]
        url = reverse(door, args=arguments)
        with CaptureQueriesContext(connection) as three:
            assert admin_client.get(url).content.decode().count(">Held</span>") >= 3
        Delivery.objects.filter(pk__gt=Delivery.objects.earliest("pk").pk).delete()
        with django_assert_num_queries(len(three)):
            admin_client.get(url)

    def test_the_reason_outlasts_the_minutes_it_was_counted_in(self, held):
        breaker.judge([held.pk], now() + timedelta(hours=1))
        health = LaneHealth.objects.get()
        assert (health.level, bool(health.held_since)) == (90, True)
        assert "40 of the last 40" in health.why

    def test_a_warning_is_shown(self, admin_client, make_destination, count):
        destination = make_destination()
        count(destination, 10, 10)
        breaker.judge([destination.pk], now())
        assert "At least 50 % of attempts fail" in admin_client.get(destination.get_absolute_url()).content.decode()


def _probe_is_due() -> None:
    LaneHealth.objects.update(next_probe_at=now())
