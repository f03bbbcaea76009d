"""E-mails and chat messages: sent once, tried again, given up, and never with the chat's secret in what is shown."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import now

from delivery.models import Alert, Channel, Notice
from delivery.monitors import notices
from delivery.monitors.alerts import raise_alert
from delivery.monitors.notices import WAITS, send_due
from delivery.monitors.specification import save_channel
from tests.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_IS_SET_UP = True
    settings.ALLOWED_NETWORKS = (notices_network(),)


def notices_network():
    from ipaddress import ip_network

    return ip_network("127.0.0.0/8")


@pytest.fixture
def hook():
    with receiver() as received:
        yield received


def alert_for(project, channels, **more):
    text = "3 events, below 10 events."
    alert = Alert(project=project, kind="fired", name="Orders <low>", text=text, at=now(), **more)
    return raise_alert(alert, channels)


def email(project, name="Team"):
    return save_channel(project, {"name": name, "kind": "email", "address": f"{name}@example.com"})[0]


def chat(project, url):
    return save_channel(project, {"name": "Ops", "kind": "chat", "address": url})[0]


def test_an_email_says_what_happened_in_plain_words(project):
    alert_for(project, [email(project)], condition="below 10 events")
    assert send_due(now()) == 1
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("[Shop] Fired: Orders <low>", ["Team@example.com"])
    assert "Orders <low>: 3 events, below 10 events." in sent.body
    assert Notice.objects.get().state == "sent"
    assert send_due(now()) == 0


def test_a_header_cannot_be_smuggled_in_by_a_name(project):
    alert = alert_for(project, [email(project)])
    Alert.objects.filter(pk=alert.pk).update(name="Orders\nBcc: everybody@example.com")
    send_due(now())
    assert mail.outbox[0].subject == "[Shop] Fired: Orders Bcc: everybody@example.com"


def test_a_chat_gets_text_with_its_markup_escaped(project, hook, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://hub.example.com"]
    alert_for(project, [chat(project, hook.url)])
    assert send_due(now()) == 1
    (request,) = hook.requests
    text = json.loads(request.body)["text"]
    assert "*[Shop] Fired: Orders &lt;low&gt;*" in text
    assert "<https://hub.example.com/p/shop/monitors/alerts/>" in text
    assert request.headers["Content-Type"] == "application/json"
    assert Notice.objects.get().state == "sent"


def test_tried_again_at_growing_intervals_and_then_given_up(project, hook):
    hook.script = lambda number: 503
    alert_for(project, [chat(project, hook.url)])
    moment = now()
    for tries in range(1, len(WAITS) + 2):
        assert send_due(moment) == 1
        notice = Notice.objects.get()
        assert (notice.tries, notice.error) == (tries, "The chat answered HTTP 503.")
        assert send_due(now()) == 0
        moment = (notice.next_at or moment) + timedelta(seconds=1)
    assert (notice.state, notice.next_at) == ("failed", None)
    assert len(hook.requests) == len(WAITS) + 1


def test_a_chat_that_is_gone_is_given_up_at_once(project, hook):
    hook.script = lambda number: 404
    alert_for(project, [chat(project, hook.url)])
    send_due(now())
    assert Notice.objects.get().state == "failed"


def test_what_one_worker_has_in_hand_another_leaves_alone(project, monkeypatch):
    alert_for(project, [email(project)])
    monkeypatch.setattr(notices, "_mail", lambda mine: iter(()))  # it dies while sending
    assert send_due(now()) == 1
    monkeypatch.undo()
    assert send_due(now()) == 0
    assert send_due(now() + timedelta(minutes=6)) == 1


def test_private_addresses_are_refused_when_saved_and_when_sent(project, hook, settings):
    channel = chat(project, hook.url)
    settings.ALLOWED_NETWORKS = ()
    alert_for(project, [channel])
    send_due(now())
    assert not hook.requests
    notice = Notice.objects.get()
    assert notice.state == "failed"
    assert "loopback address" in notice.error
    assert "/hook" not in notice.error


def test_without_a_mail_server_it_says_what_to_do(project, settings):
    settings.EMAIL_IS_SET_UP = False
    alert_for(project, [email(project)])
    send_due(now())
    notice = Notice.objects.get()
    assert (notice.state, notice.error) == ("failed", notices.NO_MAIL)


def test_a_mail_server_that_is_away_does_not_lose_mail(project, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9,
    )  # fmt: skip
    alert_for(project, [email(project), email(project, "Boss")])
    send_due(now())
    assert {notice.state for notice in Notice.objects.all()} == {"waiting"}
    assert "cannot be reached" in Notice.objects.first().error


def test_a_deleted_channel_is_told_no_more(project):
    channel = email(project)
    alert_for(project, [channel])
    Channel.objects.all().delete()
    send_due(now())
    assert (Notice.objects.get().state, mail.outbox) == ("failed", [])
