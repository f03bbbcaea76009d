"""The helpers that every template finds beside its data: `UtilClass` and `statics`."""

from __future__ import annotations

from destinations.freemarker.calls import call
from destinations.freemarker.digests import OPTIONS, sha256
from destinations.freemarker.json_text import to_json
from destinations.freemarker.run import Run
from destinations.freemarker.values import Helper, Method, Value

TO_JSON = Method("toJsonString", to_json, 1, 1, with_run=True)

SHA256 = Method("sha256", sha256, 1, 1 + len(OPTIONS), with_run=True)

UTIL = Helper({"toJsonString": TO_JSON, "toJson": TO_JSON, "sha256": SHA256})

STATICS = {"com.amplitude.integrations.connector.utils.FtlUtils": UTIL}

SHARED = {"UtilClass": "UTIL", "statics": "STATICS"}
"""The Python names under which compiled templates find them."""

SHARED_VALUES = {"UtilClass": UTIL, "statics": STATICS}


def call_json(run: Run, target: Value, argument: Value, at: int) -> Value:
    """`call` with one argument, for what is nearly always `toJsonString`."""
    return to_json(run, argument) if target is TO_JSON else call(run, target, (argument,), at)
