"""The Activity tab: charts from the counters over a chosen stretch of time, and the newest deliveries."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.timezone import now

from delivery.activity import Counts
from delivery.activity_charts import responses
from delivery.models import Attempt, Delivery, State
from tests.delivery import recount

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def destination(make_destination):
    return make_destination(name="Order webhook")


@pytest.fixture
def sent(make_events, destination):
    """Writes down an attempt that was answered with `status` after `ms`, `minutes` ago."""

    def make(status=200, ms=120, minutes=0, event_type="Order Placed", to=destination):
        moment = now() - timedelta(minutes=minutes)
        delivery = Delivery.objects.create(
            project=to.project,
            destination=to,
            event=make_events(1, event_type)[0],
            state=State.DELIVERED if status == 200 else State.FAILED,
            attempts_made=1,
            created_at=moment,
            last_status=status,
        )
        Attempt.objects.create(
            delivery=delivery, number=1, started_at=moment, duration_ms=ms, status=status, tries=[{"ms": ms}]
        )
        recount.add(delivery)
        return delivery

    return make


@pytest.fixture
def tab(admin_client, destination):
    def open_tab(chosen="", headers=None):
        url = reverse("destination_activity", args=[destination.project.slug, destination.pk])
        response = admin_client.get(url, {"range": chosen} if chosen else {}, headers=headers)
        assert response.status_code == 200
        return response

    return open_tab


def test_responses_and_answer_times(tab, sent):
    for status, ms in [(200, 30), (200, 31), (200, 32), (503, 900)]:
        sent(status, ms)
    text = tab().content.decode()
    assert "<b>3</b> " in text
    assert "(75.0 %)" in text
    assert "(25.0 %)" in text
    assert "Answer time in the last 24 hours: half within 30 ms, 95 % within 950 ms." in text
    assert ".0 ms" not in text
    assert "Show as table" in text


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, ["1h", "24h", "7d"]), (90, ["24h", "7d"]), (3 * 24 * 60, ["7d"]), (9 * 24 * 60, [])],
    ids=["now", "today", "this week", "before"],
)
def test_ranges(tab, sent, minutes, shown):
    sent(minutes=minutes)
    assert [key for key in ("1h", "24h", "7d") if tab(key).context["attempts"]] == shown


@pytest.mark.parametrize("asked", ["", "24h", "nonsense"])
def test_a_day_unless_asked_otherwise(tab, asked):
    text = tab(asked).content.decode()
    assert '<a href="?range=24h" aria-current="true">24 h</a>' in text
    assert text.count('<a href="?range=') == text.count('<a href="?range=24h" aria-current') + 2 == 3


@pytest.mark.parametrize(("asked", "words"), [("1h", "last hour"), ("24h", "last 24 hours"), ("7d", "last 7 days")])
def test_nothing_sent(tab, asked, words):
    text = tab(asked).content.decode()
    assert f"Nothing sent in the {words}." in text
    assert "Latest deliveries" not in text


def test_older_deliveries_are_listed_all_the_same(tab, sent):
    sent(minutes=9 * 24 * 60)
    text = tab().content.decode()
    assert "Nothing sent in the last 24 hours." in text
    assert "Latest deliveries" in text


def test_latest_deliveries(tab, sent, destination, make_destination):
    for number in range(12):
        sent(ms=1500, event_type=f"Event {number}")
    sent(event_type="Elsewhere", to=make_destination(name="Another"))
    text = tab().content.decode()
    for words in ("Event 11", "Event 2<", "1.5 s", f"/deliveries/?destination={destination.pk}"):
        assert words in text
    assert "Event 1<" not in text
    assert "Elsewhere" not in text


def test_polls_for_the_range_on_show(tab, sent):
    sent()
    fragment = tab("7d", headers=HTMX)
    text = fragment.content.decode()
    assert text.startswith('<div class="sh-stack" id="activity"')
    assert '?range=7d" hx-trigger="sh:tick" hx-swap="outerHTML" data-poll="15000"' in text
    assert "HX-Request" in fragment["Vary"]
    assert "<main" in tab(headers=HTMX | {"HX-History-Restore-Request": "true"}).content.decode()


def test_of_another_project_is_not_found(admin_client, destination):
    assert admin_client.get(reverse("destination_activity", args=["elsewhere", destination.pk])).status_code == 404


def test_a_cost_that_does_not_grow(tab, sent, django_assert_max_num_queries):
    for _ in range(12):
        sent()
    tab()
    with django_assert_max_num_queries(17):
        tab()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, []),
        ({"answers_2xx": 5}, [("2xx", "ok", "5", 100.0, "100 %")]),
        (
            {"answers_2xx": 99_999, "answers_none": 1},
            [("2xx", "ok", "99,999", 100.0, "99.9 %"), ("No answer", "bad", "1", 0.6, "0.1 %")],
        ),
        (
            {"answers_429": 1, "answers_4xx": 1},
            [("4xx", "bad", "1", 50.0, "50.0 %"), ("429", "warn", "1", 50.0, "50.0 %")],
        ),
    ],
    ids=["none", "all", "one of very many", "order"],
)
def test_shares(counts, said):
    found = responses(Counts(Counter(counts)))
    assert [(share.label, share.tone, share.count, share.percent, share.words) for share in found] == said
