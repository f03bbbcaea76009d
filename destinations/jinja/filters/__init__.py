"""The filter table: what an author may write after `|`, and what to write instead of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from destinations.jinja.filters.numeric import NUMERIC
from destinations.jinja.filters.payload import PAYLOAD
from destinations.jinja.filters.selecting import SELECTING, applicable
from destinations.jinja.filters.sequences import SEQUENCE
from destinations.jinja.filters.strings import STRING
from destinations.jinja.filters.times import TIME

FILTERS: dict[str, Callable[..., Any]] = {**STRING, **SEQUENCE, **SELECTING, **NUMERIC, **PAYLOAD, **TIME}
applicable(FILTERS)

REFUSED_FILTERS = {
    "attr": "Write x.name or x[name].",
    "batch": "Slice the list: x[0:10].",
    "center": "Pad in the receiving system.",
    "filesizeformat": "Compute the size with / and round.",
    "format": "Join the parts with ~.",
    "indent": "Write x|tojson(indent=2) for indented JSON.",
    "pprint": "Write x|tojson(indent=2).",
    "random": "A payload must come out the same on every retry.",
    "slice": "Slice the list: x[0:10].",
    "striptags": "Strip tags before the event is sent.",
    "urlize": "Payloads are not HTML.",
    "wordwrap": "Wrap in the receiving system.",
    "xmlattr": "Payloads are not HTML.",
}
"""Stock filters that are not offered, with the way out."""
