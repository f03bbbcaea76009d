"""Checking what `<#setting>` is given."""

from __future__ import annotations

from destinations.freemarker.faults import Fault
from destinations.freemarker.number_format import check_number_format
from destinations.freemarker.settings import Settings
from destinations.freemarker.value_errors import quoted
from destinations.freemarker.values import Value, described

_C_FORMATS = ("JavaScript or JSON", "JSON", "JavaScript", "Java", "XS", "legacy")


def checked(name: str, value: Value, settings: Settings) -> object:
    """The value that the setting takes. Raises Fault."""
    if name == "classic_compatible":
        if value is False or value == "false":
            return False
        raise Fault("other", "classic_compatible can only be false: a missing value is always an error here")
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = str.__str__(value)
    else:
        raise Fault("type", f"A setting takes a string, not {described(value)}")
    if name == "number_format":
        check_number_format(text, settings.locale)
    elif name == "boolean_format":
        _check_boolean_format(text)
    elif name == "c_format" and text not in _C_FORMATS:
        raise Fault("other", f"There is no c_format named {quoted(text)}", tip=f"there are: {', '.join(_C_FORMATS)}")
    return text


def _check_boolean_format(text: str) -> None:
    yes, comma, no = text.partition(",")
    if text != "c" and (not comma or not yes or not no):
        raise Fault("other", f"{quoted(text)} is no boolean_format", tip='write two words, "yes,no", or "c"')
