"""Requests to begin with, and ways to spoil them. (pure)

A request: {"method", "path", "headers": {name: value}, "body": JSON value, or "text": text} - `path` may hold {names}
that the run fills in.
"""

import base64
import copy
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
# What is not what it should be, most of it once the cause of a failure somewhere.
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**99, 0.1, -0.0, 1e308, 1e-320,
    "", " ", "0", "null", "\0", "a\0b", "\ud800", "\udfff\ud800", "😀", "\u202e", "é" * 600, "x" * 2_000, "x" * 70_000,
    "../../etc/passwd", "{{7*7}}", "${7*7}", "<script>", "'; DROP TABLE x;--", "%00", "%s%n", "=1+1", "\r\nX-Evil: 1",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30", "soon", "0000-00-00T00:00:00Z",
    "+292278994-08-17T07:12:55.807Z", "NaN", "Infinity", "-1e400", [], {}, [None], [[]], [{}], {"": ""}, {"a": None},
    {"$set": {"a": 1}}, {"\0": 1}, {"\ud800": 1}, {"x" * 2_000: 1}, [1, "a", None, {}], ["x"] * 300,
    {str(n): n for n in range(300)},
]  # fmt: skip
KEYS = [
    "",
    "\0",
    "id",
    "name",
    "type",
    "user_id",
    "userId",
    "$set",
    "context",
    "traits",
    "kind",
    "enabled",
    "__proto__",
]
HEADERS: list[tuple[str, str]] = [
    ("Content-Encoding", "gzip"), ("Content-Encoding", "br"), ("Content-Encoding", "gzip, gzip"),
    ("Content-Type", "text/plain"), ("Content-Type", "multipart/form-data; boundary=x"), ("Content-Type", "x/\udcff"),
    ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Type", "application/json; charset=nope"),
    ("Authorization", "Basic"), ("Authorization", "Basic !!!"), ("Authorization", "Basic AAAA"), ("Authorization", ""),
    ("Authorization", "Bearer \0"), ("X-Forwarded-For", "<script>"), ("Origin", "null"), ("If-Match", "*"),
    ("If-None-Match", '"x", W/"y"'), ("Accept", "*/*;q=x"), ("Range", "bytes=0-"), ("AnonymousId", "x" * 900),
]  # fmt: skip
RAW = [
    b"", b"\0", b"\xff\xfe{\0}\0", b"{", b"[]", b"null", b'"x"', b"{}{}", b"[" * 100_000,
    b'{"a":' * 150 + b"1" + b"}" * 150,
    b'{"a": NaN}', b'{"a": 1e400}', b'{"a": ' + b"9" * 5_000 + b"}", b"\xef\xbb\xbf{}",
    b"a=b&c=%zz&%00", b"\xed\xa0\x80",
]  # fmt: skip


@dataclass(slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    def as_json(self) -> dict[str, Any]:
        """For the corpus."""
        return {
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "base64": base64.b64encode(self.content).decode(),
        }


def seeds() -> list[dict[str, Any]]:
    return [seed for file in sorted(CORPUS.glob("seeds-*.json")) for seed in json.loads(file.read_text())]


def found() -> list[Request]:
    """Inputs that once failed."""
    stored = json.loads((CORPUS / "found.json").read_text())
    return [Request(one["method"], one["path"], one["headers"], base64.b64decode(one["base64"])) for one in stored]


def spoiled(seed: dict[str, Any], random: Random) -> Request:
    """The seed with some of it changed."""
    body = copy.deepcopy(seed.get("body"))
    changes = random.choice((0, 1, 1, 1, 2, 3, 6))
    for _ in range(changes if isinstance(body, (dict, list)) else 0):
        body = _with_one_change(body, random)
    content = seed["text"].encode() if "text" in seed else b"" if body is None else _written(body)
    request = Request(seed["method"], seed["path"], dict(seed.get("headers", {})), content)
    for spoil, chance in SPOILS:
        if random.random() < chance:
            spoil(request, random)
    return request


def _written(body: Any) -> bytes:
    return json.dumps(body).encode()


def _with_one_change(body: Any, random: Random) -> Any:
    """Somewhere inside: another value, a key gone, doubled or new, or the whole nested deeper."""
    places = list(_places(body))
    holder, key = random.choice(places) if places else (None, None)
    if holder is None or random.random() < 0.05:
        return random.choice([body, {"batch": body}, [body], {"events": body}, random.choice(VALUES)])
    what = random.random()
    if what < 0.7:
        holder[key] = copy.deepcopy(random.choice(VALUES))
    elif what < 0.8:
        del holder[key]
    elif what < 0.9 and isinstance(holder, dict):
        holder[random.choice(KEYS)] = copy.deepcopy(random.choice(VALUES))
    elif isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[:50]))
    else:
        for _ in range(random.choice((1, 30, 110))):
            holder[key] = {"a": holder[key]}
    return body


def _places(value: Any) -> Any:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(inner):
        yield value, key
        yield from _places(one)


# -- spoiling what is around the body -----------------------------------------------------------------------------
def _cut(request: Request, random: Random) -> None:
    request.content = request.content[: random.randrange(len(request.content) + 1)]


def _flip(request: Request, random: Random) -> None:
    content = bytearray(request.content)
    for _ in range(random.choice((1, 3, 20))):
        if content:
            content[random.randrange(len(content))] = random.randrange(256)
    request.content = bytes(content)


def _raw(request: Request, random: Random) -> None:
    request.content = random.choice(RAW)


def _zip(request: Request, random: Random) -> None:
    request.content = gzip.compress(request.content)
    request.headers["Content-Encoding"] = "gzip"


def _header(request: Request, random: Random) -> None:
    name, value = random.choice(HEADERS)
    request.headers[name] = value


def _method(request: Request, random: Random) -> None:
    request.method = random.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"))


def _path(request: Request, random: Random) -> None:
    piece = random.choice(
        ("%00", "%ff", "%2e%2e", "x" * 600, "-1", str(10**25), "%F0%9F%98%80", "٣", "%0d%0a", "'", "//")
    )
    parts = request.path.partition("?")[0].split("/")
    parts[random.randrange(1, len(parts))] = piece
    request.path = "/".join(parts) + request.path[len(request.path.partition("?")[0]) :]


def _query(request: Request, random: Random) -> None:
    name = random.choice(("cursor", "limit", "state", "since", "until", "who", "q", "writeKey", "data", "name", "x"))
    value = random.choice(
        ("", "0", "-1", "1e9", "%00", "%ff", "%ED%A0%80", "x" * 3_000, "2026-13-01", "OTk5", "[]", "%")
    )
    request.path += f"{'&' if '?' in request.path else '?'}{name}={value}"


SPOILS: list[tuple[Callable[[Request, Random], None], float]] = [
    (_cut, 0.04), (_flip, 0.05), (_raw, 0.05), (_header, 0.15), (_method, 0.06), (_path, 0.07),
    (_query, 0.12), (_zip, 0.06),
]  # fmt: skip
