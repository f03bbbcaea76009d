"""Spans of what the hub does, for a tracing system. Off unless a tracer is installed: then each costs one look."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_tracer: "Tracer | None" = None


def install(tracer: "Tracer | None") -> None:
    global _tracer
    _tracer = tracer


def are_on() -> bool:
    return _tracer is not None


def past(name: str, began: float, seconds: float, failed: bool = False, **about: Any) -> None:
    """A step that is over: it began at `began` (epoch seconds) and took `seconds`. `about`: its attributes."""
    if _tracer is None:
        return
    from opentelemetry.trace import StatusCode

    attributes = {key: value for key, value in about.items() if value is not None}
    one = _tracer.start_span(name, start_time=int(began * 1e9), attributes=attributes)
    if failed:
        one.set_status(StatusCode.ERROR)
    one.end(int((began + seconds) * 1e9))
