"""Telling people: e-mails and chat messages, tried again at growing intervals until they arrive or are given up."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPResponseException
from urllib.parse import urljoin

import orjson
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils.timezone import now

from delivery.hub_transport import plain_transport
from delivery.models import Alert, Channel, Notice
from delivery.retries import ONE_TRY
from delivery.transports.seam import Outcome, OutgoingRequest, send_many
from destinations.secrets import SecretUnreadable, readable

log = logging.getLogger(__name__)

AT_ONCE = 50
WAITS = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1_800, 7_200))  # before each further try
LEASE = timedelta(minutes=5)  # a worker that dies in between leaves its notices to others after this
FINAL_STATUSES = frozenset({400, 401, 403, 404, 405, 410, 413})
NO_MAIL = "No mail server is set up. Ask who runs this installation to set STREAMHUB_EMAIL_URL."
SYMBOLS = {
    Alert.Kind.FIRED: "🔴", Alert.Kind.FAILING: "🔴", Alert.Kind.HELD: "🔴",
    Alert.Kind.RECOVERED: "🟢", Alert.Kind.HEALTHY: "🟢", Alert.Kind.TEST: "🔔",
}  # fmt: skip


def send_due(moment: datetime) -> int:
    """Sends what is due, some at a time. Returns how many were tried; each is counted as tried before it is."""
    due = Notice.objects.filter(state=Notice.State.WAITING, next_at__lte=moment)
    found = due.select_related("alert__project", "alert__destination", "channel").order_by("next_at")[:AT_ONCE]
    mine = [notice for notice in found if _claim(notice, moment)]
    mails = [one for one in mine if one.channel and one.channel.kind == Channel.Kind.EMAIL]
    chats = [one for one in mine if one.channel and one.channel.kind == Channel.Kind.CHAT]
    for notice in mine:
        if notice.channel is None:
            _failed(notice, "The channel was deleted.", final=True)
    for notice, error, final in (*_mail(mails), *_post(chats)):
        _failed(notice, error, final=final) if error else _sent(notice)
    return len(mine)


def _claim(notice: Notice, moment: datetime) -> bool:
    same = Notice.objects.filter(pk=notice.pk, state=Notice.State.WAITING, tries=notice.tries)
    notice.tries += 1
    return bool(same.update(tries=notice.tries, next_at=moment + LEASE))


def _sent(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SENT, sent_at=now(), next_at=None, error="")


def _failed(notice: Notice, error: str, *, final: bool) -> None:
    given_up = final or notice.tries > len(WAITS)
    Notice.objects.filter(pk=notice.pk).update(
        error=error[:300],
        state=Notice.State.FAILED if given_up else Notice.State.WAITING,
        next_at=None if given_up else now() + WAITS[notice.tries - 1],
    )


Told = tuple[Notice, str, bool]  # what went wrong, if anything did, and whether waiting cannot cure it


def _mail(notices: Sequence[Notice]) -> Iterator[Told]:
    """Over one connection. If the server cannot be reached, all of them wait."""
    if not notices:
        return
    if not settings.EMAIL_IS_SET_UP:
        yield from ((notice, NO_MAIL, True) for notice in notices)
        return
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        yield from ((notice, f"The mail server cannot be reached: {error}", False) for notice in notices)
        return
    for notice in notices:
        yield notice, *_send_mail(notice, connection)
    try:
        connection.close()
    except (OSError, SMTPException) as error:
        log.info("The mail server ended the connection (%s)", error)


def _send_mail(notice: Notice, connection: BaseEmailBackend) -> tuple[str, bool]:
    assert notice.channel
    alert = notice.alert
    try:
        body = "\n\n".join([text_of(alert), *filter(None, [link_of(alert)])])
        EmailMessage(
            subject_of(alert),
            body,
            to=[readable(notice.channel.address)],
            connection=connection,
        ).send()
    except SecretUnreadable as error:
        return str(error), True
    except SMTPResponseException as error:
        return f"The mail server answered {error.smtp_code}: {error.smtp_error!r}", 500 <= error.smtp_code < 600
    except (OSError, SMTPException, ValueError) as error:
        return f"The mail server did not take it: {error}", isinstance(error, ValueError)
    return "", False


def _post(notices: Sequence[Notice]) -> Iterator[Told]:
    requests = []
    for notice in notices:
        try:
            requests.append(_request(notice))
        except SecretUnreadable as error:
            yield notice, str(error), True
    if not requests:
        return
    transport = plain_transport(max_connections=16)
    try:
        for outcome in send_many(requests, transport):
            yield outcome.request.token, *_verdict(outcome)  # type: ignore[misc]
    finally:
        transport.close()


def _request(notice: Notice) -> OutgoingRequest:
    assert notice.channel
    headers = [("Content-Type", "application/json"), ("User-Agent", settings.WEBHOOK_USER_AGENT)]
    body = orjson.dumps({"text": chat_text(notice.alert)})
    return OutgoingRequest("POST", readable(notice.channel.address), headers, body, tries=ONE_TRY, token=notice)


def _verdict(outcome: Outcome) -> tuple[str, bool]:
    """Never with the URL, which is a secret."""
    if outcome.ok:
        return "", False
    if outcome.status is not None:
        return f"The chat answered HTTP {outcome.status}.", outcome.status in FINAL_STATUSES
    return outcome.error or "No answer came.", outcome.permanent


# -- words -----------------------------------------------------------------------------------------------------------
def subject_of(alert: Alert) -> str:
    """One line, whatever the names hold."""
    return " ".join(f"[{alert.project.name}] {alert.get_kind_display()}: {alert.name}".split())


def text_of(alert: Alert) -> str:
    condition = f"\n{alert.condition[:1].upper()}{alert.condition[1:]}" if alert.condition else ""
    return f"{alert.name}: {alert.text}{condition}\n{alert.at:%Y-%m-%d %H:%M:%S} UTC, project {alert.project.name}"


def chat_text(alert: Alert) -> str:
    """In the markup that Slack and its like read; what people named stays text."""
    escaped = [one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for one in (
        subject_of(alert), alert.text, alert.condition,
    )]  # fmt: skip
    link = link_of(alert)
    lines = [f"{SYMBOLS[Alert.Kind(alert.kind)]} *{escaped[0]}*", escaped[1], escaped[2], f"<{link}>" if link else ""]
    return "\n".join(line for line in lines if line)


def link_of(alert: Alert) -> str:
    """Where this hub's pages are reached from, as far as the settings say."""
    if not settings.CSRF_TRUSTED_ORIGINS:
        return ""
    slug = alert.project.slug
    if alert.monitor_id:
        path = reverse("monitor", args=[slug, alert.monitor_id])
    elif alert.destination_id:
        path = reverse("destination_activity", args=[slug, alert.destination_id])
    else:
        path = reverse("monitor_alerts", args=[slug])
    return urljoin(settings.CSRF_TRUSTED_ORIGINS[0], path)
