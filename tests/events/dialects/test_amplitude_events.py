"""What an accepted event looks like: the export shape."""

from datetime import UTC, datetime

import pytest
import time_machine

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
NOON_TEXT = "2026-03-01 12:00:00.250"
SENT_AT = 1772366400000  # 12:00:00.000
SENT_AT_TEXT = "2026-03-01 12:00:00.000"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_every_field(stored, project):
    event = stored(
        event_type="Order Placed", user_id="user-1", device_id="device-1", time=SENT_AT, insert_id="insert-1",
        event_id=7, session_id=SENT_AT, library="amplitude-python/1.3.0", platform="Web", os_name="Chrome",
        os_version="131", device_brand="Brand", device_manufacturer="Maker", device_model="Model", carrier="Telco",
        country="Germany", region="Berlin", city="Berlin", dma="none", language="de-AT", app_version="4.1",
        ip="203.0.113.9", location_lat=52.5, location_lng=13, idfa="idfa-1", adid="adid-1",
        event_properties={"total": 5}, user_properties={"plan": "pro"}, groups={"company": "Acme"},
        plan={"branch": "main"}, idfv="idfv-1", android_id="android-1", user_agent="Mozilla", partner_id="partner",
        ingestion_metadata={"source_name": "shop"}, unheard_of="dropped", extra={"a": 1},
    )  # fmt: skip
    assert event.data == {
        "event_type": "Order Placed", "user_id": "user-1", "device_id": "device-1", "$insert_id": "insert-1",
        "event_time": SENT_AT_TEXT, "client_event_time": SENT_AT_TEXT, "client_upload_time": NOON_TEXT,
        "server_received_time": NOON_TEXT, "server_upload_time": NOON_TEXT, "processed_time": NOON_TEXT,
        "uuid": str(event.uuid), "app": project.pk, "event_id": 7, "session_id": SENT_AT,
        "library": "amplitude-python/1.3.0", "platform": "Web", "os_name": "Chrome", "os_version": "131",
        "device_brand": "Brand", "device_manufacturer": "Maker", "device_model": "Model", "device_carrier": "Telco",
        "country": "Germany", "region": "Berlin", "city": "Berlin", "dma": "none", "language": "German",
        "version_name": "4.1", "ip_address": "203.0.113.9", "location_lat": 52.5, "location_lng": 13,
        "idfa": "idfa-1", "adid": "adid-1", "event_properties": {"total": 5}, "user_properties": {"plan": "pro"},
        "groups": {"company": ["Acme"]}, "plan": {"branch": "main"},
        "data": {
            "idfv": "idfv-1", "android_id": "android-1", "user_agent": "Mozilla", "partner_id": "partner",
            "ingestion_metadata": {"source_name": "shop"},
        },
    }  # fmt: skip
    assert (event.topic, event.event_type, event.user_id, event.device_id) == (
        "event.track", "Order Placed", "user-1", "device-1",
    )  # fmt: skip
    assert (event.event_time, event.received_at) == (NOON.replace(microsecond=0), NOON)
    assert event.notes is None


def test_only_what_an_event_has_is_stored(stored):
    assert set(stored(city=None, event_properties={}, groups=None).data) == {
        "event_type", "user_id", "event_time", "client_event_time", "client_upload_time", "server_received_time",
        "server_upload_time", "processed_time", "uuid", "app", "library",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, {"library": "http/2.0", "event_time": NOON_TEXT, "client_event_time": NOON_TEXT}),
        ({"time": float(SENT_AT)}, {"event_time": SENT_AT_TEXT}),
        ({"time": 0}, {"event_time": "1970-01-01 00:00:00.000"}),
        ({"user_id": 123456}, {"user_id": "123456"}),
        ({"user_id": 10**30}, {"user_id": str(10**30)}),
        ({"insert_id": 5}, {"$insert_id": "5"}),
        ({"app_version": 5}, {"version_name": "5"}),
        ({"session_id": -1}, {"session_id": -1}),
        ({"ip": "$remote"}, {"ip_address": "127.0.0.1"}),
        ({"language": "english"}, {"language": "English"}),
        ({"groups": {"team": ["a", "b"], "n": 5, "none": None}}, {"groups": {"team": ["a", "b"], "n": ["5"]}}),
        ({"price": 2.5, "quantity": 4}, {"event_properties": {"$price": 2.5, "$quantity": 4, "$revenue": 10.0}}),
        ({"price": -2}, {"event_properties": {"$price": -2, "$revenue": -2}}),
        ({"revenue": 5}, {"event_properties": {"$revenue": 5}}),
        ({"price": 2, "revenue": 5}, {"event_properties": {"$price": 2, "$revenue": 5}}),
        (
            {"price": 2, "quantity": 3, "revenue": 5, "productId": "p", "revenueType": "t", "currency": "EUR"},
            {
                "event_properties": {
                    "$price": 2, "$quantity": 3, "$revenue": 6, "$productId": "p", "$revenueType": "t",
                    "$currency": "EUR",
                }
            },
        ),
        ({"revenue": 5, "event_properties": {"a": 1}}, {"event_properties": {"a": 1, "$revenue": 5}}),
    ],
)  # fmt: skip
def test_how_fields_are_kept(stored, fields, kept):
    data = stored(**fields).data
    assert {name: data[name] for name in kept} == kept


TWO_MINUTES_LATE = "2026-03-01T11:58:00.250Z"


@pytest.mark.parametrize(
    ("uploaded", "event_time"),
    [
        (None, SENT_AT_TEXT),
        ("2026-03-01T12:00:00.000Z", SENT_AT_TEXT),
        ("2026-03-01T11:59:00.251Z", SENT_AT_TEXT),  # just under a minute
        ("2026-03-01T11:59:00.250Z", "2026-03-01 12:01:00.000"),
        (TWO_MINUTES_LATE, "2026-03-01 12:02:00.000"),
        ("2026-03-01T12:02:00.250Z", "2026-03-01 11:58:00.000"),
        ("2026-03-01T12:58:00.250+01:00", "2026-03-01 12:02:00.000"),
        ("2026-03-01T11:58:00.250", "2026-03-01 12:02:00.000"),
        (SENT_AT - 120_000, "2026-03-01 12:02:00.250"),
        ("soon", SENT_AT_TEXT),
        ("", SENT_AT_TEXT),
        ({"a": 1}, SENT_AT_TEXT),
        (True, SENT_AT_TEXT),
        (1e300, SENT_AT_TEXT),
        ("2026-02-30T12:00:00Z", SENT_AT_TEXT),
        ("9999-12-31T23:59:59-14:00", SENT_AT_TEXT),
        ("0001-01-01T00:00:00+14:00", SENT_AT_TEXT),
    ],
)
def test_wrong_client_clocks_are_corrected(stored, uploaded, event_time):
    event = stored(time=SENT_AT, top={"client_upload_time": uploaded})
    assert event.data["event_time"] == event_time
    assert event.data["client_event_time"] == SENT_AT_TEXT
    assert f"{event.event_time:%H:%M:%S}" == event_time[11:19]


def test_the_upload_time_is_kept_and_is_the_time_of_events_without_one(stored):
    data = stored(top={"client_upload_time": TWO_MINUTES_LATE}).data
    assert data["client_upload_time"] == data["client_event_time"] == "2026-03-01 11:58:00.250"
    assert data["event_time"] == NOON_TEXT


@pytest.mark.parametrize(
    ("fields", "notes"),
    [
        (
            {"event_properties": {"a": "x" * 1025, "b": ["y" * 5000], "c": "z" * 1024}},
            ["2 texts cut at 1,024 characters"],
        ),
        ({"event_type": "x" * 20_000}, ["1 text cut at 1,024 characters"]),
        ({"event_properties": {"a": "x\0y"}}, ["1 character replaced"]),
        ({"event_properties": {"a\0": "\0"}, "city": "\ud800"}, ["3 characters replaced"]),
        ({"price": 1e308, "quantity": 1000}, ["revenue left out: price times quantity is not a finite number"]),
        ({"idfa": "00000000-0000-0000-0000-000000000000"}, ["idfa left out: all zeros"]),
        (
            {"groups": {f"type {n}": "x" for n in range(7)}},
            ["2 groups left out: 5 types and 10 names are the most an event has"],
        ),
        (
            {"groups": {"team": list(range(12))}},
            ["2 groups left out: 5 types and 10 names are the most an event has"],
        ),
        (
            {"groups": {"x" * 129: "a", "b": "x" * 513}},
            ["1 group left out: 5 types and 10 names are the most an event has"],
        ),
    ],
)
def test_what_was_changed_is_noted(stored, fields, notes):
    assert stored(**fields).notes == notes


def test_long_texts_are_cut(stored):
    event = stored(event_type="x" * 2000, event_properties={"a": [{"b": "ü" * 2000}]})
    assert event.event_type == "x" * 1024
    assert event.data["event_properties"] == {"a": [{"b": "ü" * 1024}]}
