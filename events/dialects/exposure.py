"""Exposures: a user has seen a variant of an experiment. SDKs send `$exposure`; it is kept, as Amplitude keeps it, as
`[Experiment] Exposure`, and the variant becomes a property of the user."""

from typing import Any

from events.accept import Incoming

TOPIC = "experiment.exposure"
EVENT_TYPE = "[Experiment] Exposure"
SENT_AS = ("$exposure", EVENT_TYPE)
FLAG_KEY, VARIANT, EXPERIMENT_KEY = "[Experiment] Flag Key", "[Experiment] Variant", "[Experiment] Experiment Key"
RENAMED = {"flag_key": FLAG_KEY, "variant": VARIANT, "experiment_key": EXPERIMENT_KEY}
NO_FLAG = "no flag_key: not an exposure"


def complete(incoming: Incoming) -> None:
    """Brings the event into its final form. One that names no flag is none: it stays the event that was sent."""
    sent = incoming.data.get("event_properties", {})
    properties = {RENAMED.get(name, name): value for name, value in sent.items()}
    flag = properties.get(FLAG_KEY)
    if not isinstance(flag, str) or not flag:
        incoming.topic = "event.track"
        incoming.notes.append(NO_FLAG)
        return
    incoming.event_type = EVENT_TYPE
    incoming.data |= {"type": TOPIC, "event_type": EVENT_TYPE, "event_properties": properties}
    incoming.user_operations = assigned(incoming.user_operations, flag, properties.get(VARIANT))


def assigned(operations: dict[str, Any] | None, flag: str, variant: Any) -> dict[str, Any]:
    """The operations with the one that notes the variant at the user: without a variant he leaves the experiment."""
    operations, name = dict(operations or {}), f"[Experiment] {flag}"
    operation, value = ("$unset", "-") if variant in (None, "") else ("$set", variant)
    others = operations.get(operation)
    operations[operation] = {**(others if isinstance(others, dict) else {}), name: value}
    return operations
