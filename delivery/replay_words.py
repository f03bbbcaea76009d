"""What a replay is about, in words."""

from delivery.backfill import Window
from delivery.models import Replay, State
from delivery.selection import Selection

STATES = {
    State.EXPIRED: "gave up",
    State.FAILED: "failed",
    State.RETRYING: "waiting for a retry",
    State.CANCELLED: "cancelled",
    State.DELIVERED: "delivered",
}
MOMENT = "%b %-d, %H:%M UTC"


def about(replay: Replay) -> str:
    """In one line: "Deliveries to Orders that failed or gave up, received since Nov 20, 08:00 UTC"."""
    return _backfill(replay) if replay.kind == Replay.Kind.BACKFILL else _again(replay)


def _backfill(replay: Replay) -> str:
    window = Window.from_json(replay.selection)
    if window.event:
        return f"Event {window.event}, to {replay.destination}"
    return "".join(["Events without a delivery to ", str(replay.destination), *_times(window)])


def _again(replay: Replay) -> str:
    wanted = Selection.from_json(replay.selection)
    to = f" to {replay.destination}" if replay.destination else ""
    if wanted.picked:
        return f"{len(wanted.picked):,} chosen in the log"
    states = " or ".join(words for state, words in STATES.items() if state in wanted.states)
    since = f" since {wanted.ended_since:{MOMENT}}" if wanted.ended_since else ""
    more = [("of type", wanted.event_type), ("of", wanted.who), ("answered", wanted.answer), ("with", wanted.error)]
    rest = [f", {words} “{value}”" for words, value in more if value]
    return "".join([f"Deliveries{to}: {states}{since}", *_times(wanted), *rest])


def _times(of: Selection | Window) -> list[str]:
    since = f", received since {of.since:{MOMENT}}" if of.since else ""
    return [since, f", received before {of.until:{MOMENT}}" if of.until else ""]
