"""RQ's entrances to monitors. Each is safe to run twice, and at any time."""

from datetime import datetime

from django.utils.timezone import now

from delivery.monitors.evaluation import evaluate, minute_of, write_gauges_down
from delivery.monitors.notices import AT_ONCE, send_due
from delivery.monitors.wake import JUDGE, SEND, taken, wake_notices

_written: datetime | None = None


def tend_monitors() -> None:
    """Judges every monitor; once a minute, what they look at is written down for their charts."""
    global _written
    taken(JUDGE)
    moment = now()
    evaluate(moment)
    if minute_of(moment) != _written:
        write_gauges_down(moment)
        _written = minute_of(moment)


def send_notices() -> None:
    """E-mails and chat messages that are due. They wait in a job of their own: a mail server may be slow."""
    taken(SEND)
    if send_due(now()) >= AT_ONCE:
        wake_notices()
