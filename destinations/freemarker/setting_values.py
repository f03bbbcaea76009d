"""Checking what `<#setting>` is given."""

from __future__ import annotations

from destinations.freemarker.faults import Fault
from destinations.freemarker.run import Run
from destinations.freemarker.value_errors import quoted
from destinations.freemarker.values import Value

_C_FORMATS = ("JavaScript or JSON", "JSON", "JavaScript", "Java", "XS", "legacy")


def checked(run: Run, name: str, value: Value) -> object:
    """The value that the setting takes. Raises Fault."""
    if name == "classic_compatible":
        if value is False or value == "false":
            return False
        raise Fault("other", "classic_compatible can only be false: a missing value is always an error here")
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = run.text(value)
    if name == "boolean_format":
        _check_boolean_format(text)
    elif name == "c_format" and text not in _C_FORMATS:
        raise Fault("other", f"There is no c_format named {quoted(text)}", tip=f"there are: {', '.join(_C_FORMATS)}")
    return text


def _check_boolean_format(text: str) -> None:
    comma = "," in text
    if text != "c" and not comma:
        raise Fault("other", f"{quoted(text)} is no boolean_format", tip='write two words, "yes,no", or "c"')
