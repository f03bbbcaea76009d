"""A Segment-spec message as it came: checked, and completed with what the server knows of it."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from typing import Any
from uuid import UUID, uuid4

from events.dialects.jsonbody import clean
from events.dialects.segment_answers import NO_IDS, Refused
from events.dialects.segment_times import Times, iso, parsed, read_times
from events.identify import is_number
from events.notes import counted

MAX_ID = 512  # characters
Sent = dict[str, Any]


class Discarded(Exception):
    """This message cannot be stored, whatever the others of its request are like; the text says why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the messages of one request share. `batch`: the object around them, of a single message {}."""

    received: datetime
    address: str = ""
    batch: Sent = field(default_factory=dict)
    unclean: bool = True


@dataclass(slots=True)
class Message:
    """`sent`: the message with everything that is to be passed on; `type` in lower case, ids None where absent."""

    sent: Sent
    type: str
    user_id: str | None
    anonymous_id: str | None
    id: str
    times: Times
    notes: list[str]

    def object(self, name: str) -> dict[str, Any]:
        """A part that has to be an object: {} where it is none."""
        value = self.sent.get(name)
        return value if isinstance(value, dict) else {}


def refuse_without_ids(messages: list[Any]) -> None:
    """One message of nobody spoils its whole request: SDKs know this answer, and that they must not repeat it."""
    for number, message in enumerate(messages):
        if isinstance(message, dict) and not any(
            message.get(key) not in (None, "") for key in ("userId", "anonymousId")
        ):
            raise Refused(400, NO_IDS, f"message {number + 1} of {len(messages)}" if len(messages) > 1 else "")


def read_message(given: Any, arrival: Arrival, of_path: str = "") -> Message:
    """`of_path`: the type that the address says, which counts more than the message's own. Raises Discarded."""
    if not isinstance(given, dict):
        raise Discarded("It is no object.")
    notes: list[str] = []
    sent = _with_batch(given, arrival.batch)
    sent.pop("writeKey", None)
    if arrival.unclean:
        sent, replaced = clean(sent)
        if replaced:
            notes.append(f"{counted(replaced, 'character')} replaced")
    if of_path:
        sent["type"] = of_path
    message_type = sent.get("type")
    if not isinstance(message_type, str) or not message_type.strip():
        raise Discarded("It has no type.")
    user_id, anonymous_id = _id(sent, "userId"), _id(sent, "anonymousId")
    message_id = _message_id(sent)
    times = read_times(sent, arrival.batch.get("sentAt"), arrival.received, notes)
    _complete(sent, arrival, times, user_id, anonymous_id)
    return Message(sent, message_type.strip().lower(), user_id, anonymous_id, message_id, times, notes)


def _with_batch(message: Sent, batch: Sent) -> Sent:
    """With the batch's `context` and `integrations` below its own, as Segment merges them."""
    sent = dict(message)
    for name in ("context", "integrations"):
        common = batch.get(name)
        if isinstance(common, dict) and common and isinstance(sent.get(name) or {}, dict):
            sent[name] = common | (sent.get(name) or {})
    return sent


def _id(sent: Sent, name: str) -> str | None:
    """SDKs make text of numbers; so do we, for those that don't."""
    value = sent.get(name)
    if value is None or value == "":
        return None
    if is_number(value):
        value = sent[name] = str(value)
    if not isinstance(value, str):
        raise Discarded(f"{name} is neither text nor number.")
    if len(value) > MAX_ID:
        raise Discarded(f"{name} has {len(value):,} characters; at most {MAX_ID} are taken.")
    return value


def _message_id(sent: Sent) -> str:
    value = sent.get("messageId")
    text = str(value).strip() if isinstance(value, str) or is_number(value) else ""
    sent["messageId"] = text or str(uuid4())
    return sent["messageId"]


def _complete(sent: Sent, arrival: Arrival, times: Times, user_id: str | None, anonymous_id: str | None) -> None:
    """Times that are there and are times stay as they were written."""
    for name, moment in (
        ("originalTimestamp", times.original),
        ("sentAt", times.sent),
        ("timestamp", times.happened),
        ("receivedAt", arrival.received),
    ):
        if parsed(sent.get(name)) is None:
            sent[name] = iso(moment)
    if arrival.address and not sent.get("request_ip"):
        sent["request_ip"] = arrival.address
    sent["rudderId"] = rudder_id(user_id, anonymous_id)


def rudder_id(user_id: str | None, anonymous_id: str | None) -> str:
    """The same for all messages of one pair of ids."""
    digest = md5(f"{user_id or ''}:{anonymous_id or ''}".encode(), usedforsecurity=False).digest()
    return str(UUID(bytes=digest, version=3))
