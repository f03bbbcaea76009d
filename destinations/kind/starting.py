"""What a destination of a kind is until its user says otherwise, as keys of the specification. (pure)"""

from typing import Any

from destinations.filter_rules import TOPICS, USUAL_TOPICS
from destinations.kind.definition import COHORTS, EVENTS, Kind

COHORT_SENDING = {"concurrency": 4}  # batches under way at once


def starting_values(kind: Kind) -> dict[str, Any]:
    """Nothing for a plain kind, whose users say everything."""
    if kind.is_plain:
        return {}
    request = kind.request
    payload: dict[str, Any] = {"mode": "raw"}
    if request.template and request.body in ("template", "mapped"):
        payload = {"mode": "template", "language": request.language, "template": request.template}
    fields = {field.name: field.suggested for field in kind.mappings if field.suggested}
    topics = [topic for topic in TOPICS if topic in kind.topics]
    narrow = kind.section == EVENTS and topics and set(topics) != set(USUAL_TOPICS)
    return {
        "payload": payload,
        "mappings": {"fields": fields} if fields else {},
        "filter": {"topics": topics} if narrow else {},
        "sending": _sending(kind),
    }


def _sending(kind: Kind) -> dict[str, Any]:
    at_once = COHORT_SENDING if kind.section == COHORTS else {}
    return at_once | ({"rate_limit": _rate(kind.pace)} if kind.pace else {})


def _rate(pace: float) -> dict[str, Any]:
    if pace >= 1:
        return {"requests": int(min(pace, 10_000)), "per": "second"}
    return {"requests": max(1, int(pace * 60)), "per": "minute"}
