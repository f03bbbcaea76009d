"""The official SDK, unchanged, against a running server."""

from collections import Counter

import pytest
from amplitude import Amplitude, BaseEvent, EventOptions, Identify, Revenue

from events.models import Event, Group, Profile, Project

pytestmark = pytest.mark.django_db(transaction=True)


class Sender:
    """The SDK's client, with the answer to every event."""

    def __init__(self, address, api_key, path="/2/httpapi"):
        self.answers = []
        self.client = Amplitude(api_key)
        self.client.configuration.server_url = address + path
        self.client.configuration.flush_max_retries = 2
        self.client.configuration.callback = lambda event, code, message=None: self.answers.append(
            (event.event_type, code)
        )

    def wait(self):
        for future in self.client.flush():
            if future:
                future.result()

    def flush(self):
        self.wait()
        self.client.shutdown()


@pytest.fixture
def shop():
    return Project.objects.create(name="Shop")


def test_a_thousand_events_with_identifies(live_server, shop):
    sender = Sender(live_server.url, shop.api_key)
    user = EventOptions(user_id="user-1", device_id="device-1")
    sender.client.identify(Identify().set("plan", "pro").add("visits", 1).append("seen", "a"), user)
    sender.wait()  # the SDK posts batches side by side: only what waits for an answer comes in order
    for number in range(998):
        sender.client.track(BaseEvent("Viewed", user_id="user-1", device_id="device-1", event_properties={"n": number}))
    sender.wait()
    sender.client.identify(Identify().add("visits", 1).unset("plan"), user)
    sender.flush()
    assert Counter(sender.answers) == {("Viewed", 200): 998, ("$identify", 200): 2}
    assert {event.data["event_properties"]["n"] for event in Event.objects.filter(event_type="Viewed")} == set(
        range(998)
    )
    assert Profile.objects.get().properties == {"visits": 2, "seen": ["a"]}
    assert Event.objects.first().data["library"].startswith("amplitude-python/")


def test_an_exposure(live_server, shop):
    sender = Sender(live_server.url, shop.api_key)
    properties = {"flag_key": "checkout", "variant": "b"}
    sender.client.track(BaseEvent("$exposure", user_id="user-1", event_properties=properties))
    sender.flush()
    assert sender.answers == [("$exposure", 200)]
    assert (event := Event.objects.get()).topic == "experiment.exposure"
    assert event.event_type == "[Experiment] Exposure"
    assert Profile.objects.get().properties == {"[Experiment] checkout": "b"}


def test_revenue(live_server, shop):
    sender = Sender(live_server.url, shop.api_key, "/batch")
    revenue = Revenue(price=3.5, quantity=2, product_id="chair", revenue_type="purchase", properties={"a": 1})
    sender.client.revenue(revenue, EventOptions(user_id="user-1"))
    sender.flush()
    event = Event.objects.get()
    assert event.event_type == "revenue_amount"
    expected = {"$productId": "chair", "$quantity": 2, "$price": 3.5, "$revenueType": "purchase", "a": 1}
    assert event.data["event_properties"].items() >= expected.items()


def test_groups(live_server, shop):
    sender = Sender(live_server.url, shop.api_key)
    sender.client.group_identify("company", "Acme", Identify().set("size", 5))
    sender.client.set_group("company", ["Acme"], EventOptions(user_id="user-1"))
    sender.flush()
    later = Sender(live_server.url, shop.api_key)
    later.client.track(BaseEvent("Viewed", user_id="user-1"))
    later.flush()
    assert sorted(sender.answers) == [("$groupidentify", 200), ("$identify", 200)]
    assert Group.objects.get().properties == {"size": 5}
    shown = Event.objects.get(event_type="Viewed").data
    assert shown["groups"] == {"company": ["Acme"]}
    assert shown["group_properties"] == {"company": {"Acme": {"size": 5}}}


def test_bad_events_are_dropped_and_the_rest_arrives(live_server, shop):
    sender = Sender(live_server.url, shop.api_key)
    for number in range(10):
        sender.client.track(BaseEvent(f"Viewed {number}", user_id="user-1" if number % 5 else "abc"))
    sender.flush()
    assert Counter(code for _, code in sender.answers) == {200: 8, 400: 2}
    assert Event.objects.count() == 8


def test_a_wrong_key_ends_at_once(live_server, shop):
    sender = Sender(live_server.url, "0" * 32)
    sender.client.track(BaseEvent("Viewed", user_id="user-1"))
    sender.flush()
    assert not Event.objects.exists()
