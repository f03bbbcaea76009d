from datetime import timedelta

import pytest
from django.utils.timezone import now

from events.accept import DEDUP_WINDOW
from events.models import Event, Outbox, SeenInsertId

EVENT = {"event_type": "Order Placed", "user_id": "user-1", "device_id": "device-1", "insert_id": "one"}


@pytest.mark.parametrize(
    ("other", "stored"),
    [
        ({}, 1),
        ({"insert_id": "two"}, 2),
        ({"device_id": "device-2"}, 2),
        ({"user_id": "user-2"}, 1),  # the device counts where there is one
        ({"event_type": "Other"}, 1),
        ({"insert_id": None}, 2),
        ({"insert_id": ""}, 2),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_copies_are_dropped(post, other, stored, together):
    requests = [[EVENT, EVENT | other]] if together else [[EVENT], [EVENT | other]]
    answers = [post(request).json() for request in requests]
    assert [answer["code"] for answer in answers] == [200] * len(requests)
    assert sum(answer["events_ingested"] for answer in answers) == stored
    assert Event.objects.count() == Outbox.objects.count() == stored


def test_users_without_a_device_are_told_apart(post):
    one = {"event_type": "x", "user_id": "user-1", "insert_id": "one"}
    post([one, one | {"user_id": "user-2"}, one])
    assert Event.objects.count() == 2


def test_a_copy_after_the_window_is_a_new_event(post):
    post([EVENT])
    SeenInsertId.objects.update(seen_at=now() - DEDUP_WINDOW - timedelta(minutes=1))
    assert post([EVENT]).json()["events_ingested"] == 1
    assert post([EVENT]).json()["events_ingested"] == 0


def test_a_copy_changes_no_profile(post, stored):
    copy = EVENT | {"event_type": "$identify", "user_properties": {"$add": {"n": 1}}}
    for _ in range(3):
        post([copy, copy])
    assert stored().data["user_properties"] == {"n": 1}


def test_events_keep_their_order(post):
    post([{"event_type": f"type {n}", "user_id": "user-1", "insert_id": f"{n}" if n % 3 else None} for n in range(20)])
    assert [event.event_type for event in Event.objects.order_by("pk")] == [f"type {n}" for n in range(20)]


def test_one_request_is_few_statements(post, django_assert_max_num_queries):
    events = [{"event_type": "x", "user_id": f"user-{n:04d}", "insert_id": str(n)} for n in range(500)]
    with django_assert_max_num_queries(14):
        post(events, "/batch")
    assert Event.objects.count() == 500
