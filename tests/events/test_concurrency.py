"""Requests for the same user at the same time: no update is lost, and nobody waits for ever."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from events.models import Event, Group, Profile, Project

ROUNDS, THREADS, USERS = 6, 6, 5


@pytest.mark.django_db(transaction=True)
def test_every_increment_counts():
    project = Project.objects.create(name="Busy")

    def send(number):
        order = range(USERS) if number % 2 else reversed(range(USERS))
        events = [
            {"event_type": "$identify", "user_id": f"user-{user}", "user_properties": {"$add": {"n": 1}}}
            for user in order
        ]
        events += [
            {"event_type": "$groupidentify", "groups": {"team": f"{user}"}, "group_properties": {"$add": {"n": 1}}}
            for user in range(USERS)
        ]
        try:
            return Client().post(
                "/batch", json.dumps({"api_key": project.api_key, "events": events}), content_type="application/json"
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(send, range(ROUNDS * THREADS)))
    assert {answer.status_code for answer in answers} == {200}
    assert [profile.properties for profile in Profile.objects.all()] == [{"n": ROUNDS * THREADS}] * USERS
    assert [group.properties for group in Group.objects.all()] == [{"n": ROUNDS * THREADS}] * USERS
    for user in range(USERS):
        shown = [e.data["user_properties"]["n"] for e in Event.objects.filter(user_id=f"user-{user}")]
        assert sorted(shown) == list(range(1, ROUNDS * THREADS + 1)), "each event shows the value at that event"
