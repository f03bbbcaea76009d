"""The bodies of several events as the body of one request. (pure)"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from destinations.batch_rules import JOINED, LINES, LIST, OBJECT, BatchForm
from events.jsontext import dumps, loads

NDJSON = "application/x-ndjson"


class CannotJoin(ValueError):
    """A body that can't stand in a batch; the message says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one body gives to a batch's: `count` items. `rest`: what else is in it, the same in all of the batch."""

    items: bytes
    rest: bytes = b""
    count: int = 1


def piece_of(form: BatchForm, body: bytes) -> Piece:
    """Raises CannotJoin."""
    if form.format == JOINED:
        return _list_within(body, form.key)
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise CannotJoin(f"The body is not JSON, so it can’t stand in a batch: {error}.") from None
    if form.format == LINES:
        return Piece(body.replace(b"\r", b" ").replace(b"\n", b" "))  # inside of strings JSON has no line breaks
    return Piece(body)


def joined(form: BatchForm, pieces: Sequence[Piece]) -> bytes:
    """The batch's body, the pieces in their order."""
    parts = [piece.items for piece in pieces if piece.items]
    if form.format == LINES:
        return b"\n".join(parts) + b"\n"
    items = b"[" + b",".join(parts) + b"]"
    if form.format == LIST or not form.key:
        return items
    rest = pieces[0].rest[1:-1]
    return b"{%s%s:%s}" % (rest + b"," if rest else b"", dumps(form.key).encode(), items)


def _list_within(body: bytes, key: str) -> Piece:
    try:
        data: Any = loads(body)
    except ValueError as error:
        raise CannotJoin(f"The body is not JSON, so it can’t stand in a batch: {error}.") from None
    found = data.pop(key, None) if key and isinstance(data, dict) else None if key else data
    if not isinstance(found, list):
        where = f"under “{key}”" if key else "as a whole"
        raise CannotJoin(f"The body has no list {where} that could be joined with those of others.")
    return Piece(dumps(found)[1:-1].encode(), dumps(data).encode() if key else b"", len(found))


__all__ = ["NDJSON", "OBJECT", "CannotJoin", "Piece", "joined", "piece_of"]
