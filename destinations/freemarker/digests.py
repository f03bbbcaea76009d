"""`UtilClass.sha256(text)`: a digest for receivers that take personal data only hashed.

The options `"trim"` and `"lower"` bring the text into the form that receivers hash themselves.
"""

from __future__ import annotations

from hashlib import sha256 as _sha256

from destinations.freemarker.faults import Fault, Missing
from destinations.freemarker.run import Run
from destinations.freemarker.utf16 import joined
from destinations.freemarker.values import Value

OPTIONS = ("trim", "lower")


def sha256(run: Run, value: Value, *options: Value) -> str:
    """SHA-256 of the value's text in UTF-8, in lower-case hex."""
    for option in options:
        if option not in OPTIONS:
            raise Fault("other", f"sha256 takes the options {' and '.join(OPTIONS)}, as texts")
    if value is None:
        raise Missing("There is no text to hash", tip='give it a default: UtilClass.sha256(value!"")')
    text = run.text(value)
    run.steps += len(text) // 32
    if run.steps > run.mark:
        run.check()
    text = text.strip() if "trim" in options else text
    text = text.lower() if "lower" in options else text
    return _sha256(joined(text).encode("utf-8", "replace")).hexdigest()
