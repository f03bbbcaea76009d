"""The pages of monitors and channels."""

import pytest
from django.urls import reverse

from delivery.models import Alert, Channel, Monitor, Notice
from delivery.monitors.backtest import look_back
from delivery.monitors.ready_made import READY_MADE
from events.models import AuditEntry

FORM = {
    "name": "Orders", "metric": "events", "event_type": "Order Placed", "destination": "", "cohort": "",
    "window": "3600",
    "condition": "below", "threshold": "10", "cooldown": "3600", "tells_recovery": "on",
}  # fmt: skip


def url(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def test_made_by_the_form(member_client, project):
    response = member_client.post(url("monitor_new", project), FORM)
    monitor = Monitor.objects.get()
    assert (response.status_code, response["Location"]) == (302, monitor.get_absolute_url())
    assert (monitor.event_type, monitor.threshold, monitor.window, monitor.created_by.username) == (
        "Order Placed", 10, 3600, "member",
    )  # fmt: skip
    page = member_client.get(monitor.get_absolute_url()).content.decode()
    assert "Events received (Order Placed) per hour" in page


def test_wrong_says_so_and_keeps_what_was_typed(member_client, project):
    given = FORM | {"condition": "band", "threshold": "90"}
    text = member_client.post(url("monitor_new", project), given).content.decode()
    assert "The band can be of 95, 98, 99 %." in text
    assert 'value="Order Placed"' in text


def test_the_preview_counts_how_often_it_would_have_fired(member_client, project, came_in, moment):
    for hours in (5, 20, 40):
        came_in(50, hours * 60)
    came_in(5, 100 * 60)
    given = FORM | {"condition": "above", "threshold": "10", "name": ""}
    text = member_client.post(url("monitor_preview", project), given).content.decode()
    assert "It would have fired <b>3 times</b> last week." in text
    assert "<svg" in text
    text = member_client.post(url("monitor_preview", project), given | {"threshold": "100"}).content.decode()
    assert "It would not have fired last week." in text
    text = member_client.post(url("monitor_preview", project), given | {"threshold": ""}).content.decode()
    assert "Number: This field is required." in text
    assert not Monitor.objects.exists()


@pytest.mark.django_db
def test_looking_back_keeps_to_the_cool_down(make_monitor, came_in, moment):
    for hours in (2, 4, 30):
        came_in(50, hours * 60)
    monitor = make_monitor(condition="above", threshold=10, window=3600, cooldown=4 * 3600)
    assert look_back(monitor, moment).fired == 2
    monitor.cooldown = 0
    assert look_back(monitor, moment).fired == 3


@pytest.mark.django_db
def test_looking_back_at_minutes_reaches_as_far_as_they_are_kept(make_monitor, came_in, moment):
    came_in(50, 10)
    came_in(50, 100)
    past = look_back(make_monitor(condition="above", threshold=10, window=60, cooldown=0), moment)
    assert (past.fired, past.words, len(past.points)) == (2, "in the last 3 hours", 180)


@pytest.mark.parametrize("ready", READY_MADE, ids=lambda one: one.slug)
def test_ready_made_ones_are_added_by_one_click(member_client, project, ready):
    Channel.objects.create(project=project, name="Team", kind="email", address="team@example.com")
    member_client.post(url("monitor_ready", project, ready.slug))
    monitor = Monitor.objects.get()
    assert (monitor.name, [one.name for one in monitor.channels.all()]) == (ready.name, ["Team"])
    assert f"ready/{ready.slug}/" not in member_client.get(url("monitors", project)).content.decode()


def test_acts(member_client, project, make_monitor):
    monitor = make_monitor(name="M")
    act = url("monitor_act", project, monitor.pk)
    member_client.post(act, {"act": "off"})
    assert not Monitor.objects.get().enabled
    member_client.post(act, {"act": "on"})
    member_client.post(act, {"act": "mute", "hours": "8"})
    assert Monitor.objects.get().is_muted
    assert "It is muted" in member_client.get(monitor.get_absolute_url()).content.decode()
    member_client.post(act, {"act": "unmute"})
    assert not Monitor.objects.get().is_muted
    member_client.post(act, {"act": "test"})
    assert Alert.objects.get().kind == "test"
    assert member_client.post(act, {"act": "dance"}).status_code == 400
    assert member_client.post(act, {"act": "mute", "hours": "7"}).status_code == 400
    member_client.post(act, {"act": "delete"})
    assert not Monitor.objects.exists()
    actions = list(AuditEntry.objects.filter(object_type="monitor").order_by("pk").values_list("action", flat=True))
    assert actions == ["created", "switched off", "switched on", "muted", "unmuted", "deleted"]


def test_failures_to_tell_stand_on_the_monitors_page(member_client, project, make_monitor):
    channel = Channel.objects.create(project=project, name="Team", kind="email", address="team@example.com")
    monitor = make_monitor(name="M", channels=["Team"])
    member_client.post(url("monitor_act", project, monitor.pk), {"act": "test"})
    Notice.objects.update(state="failed", error="The mail server answered 550.")
    for page in (monitor.get_absolute_url(), url("monitor_alerts", project), url("alert_channel", project, channel.pk)):
        assert "Team: The mail server answered 550." in member_client.get(page).content.decode()


def test_channels_are_added_changed_tested_and_deleted(member_client, project):
    secret = "https://hooks.example.com/services/s3cr3t"
    given = {"name": "Ops", "kind": "chat", "address": secret, "health": "on"}
    member_client.post(url("alert_channels", project), given)
    channel = Channel.objects.get()
    page = url("alert_channel", project, channel.pk)
    assert "s3cr3t" not in member_client.get(page).content.decode()
    member_client.post(page, {"name": "Ops 2", "kind": "chat", "address": ""})
    channel.refresh_from_db()
    assert (channel.name, channel.address, channel.health) == ("Ops 2", secret, False)
    act = url("alert_channel_act", project, channel.pk)
    member_client.post(act, {"act": "test"})
    assert Notice.objects.get().channel == channel
    member_client.post(act, {"act": "delete"})
    assert not Channel.objects.exists()
