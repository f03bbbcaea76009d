"""Numbers: rounding, cutting to machine sizes, letters, and the legacy `#{...}`."""

from __future__ import annotations

from destinations.freemarker import number_values
from destinations.freemarker.arithmetic import number_of
from destinations.freemarker.builtins.catalogue import built_in
from destinations.freemarker.faults import Fault
from destinations.freemarker.number_format import legacy_number as print_legacy
from destinations.freemarker.run import Run, wrong_type
from destinations.freemarker.values import Blank, Moment, Number, Value, as_number

for _name, _function in (
    ("abs", number_values.absolute),
    ("ceiling", number_values.ceiling),
    ("floor", number_values.floor),
    ("round", number_values.round_half_up),
    ("int", number_values.cut_to_int),
    ("short", number_values.cut_to_short),
    ("byte", number_values.cut_to_byte),
    ("float", number_values.to_float),
    ("double", number_values.to_double),
):
    built_in(_name, of="number", gives="number")(_function)

for _name, _test in (("is_nan", number_values.is_nan), ("is_infinite", number_values.is_infinite)):
    built_in(_name, of="number", gives="boolean")(_test)

built_in("lower_abc", of="number", gives="text")(number_values.lower_abc)
built_in("upper_abc", of="number", gives="text")(number_values.upper_abc)


@built_in("long", gives="number")
def long(value: Value) -> Number:
    if isinstance(value, Moment):
        return value.millis
    number = as_number(value)
    if number is None:
        raise wrong_type(value, "a number or date", None)
    return number_values.cut_to_long(number)


def legacy_number(run: Run, value: Value, least: int | None, most: int | None, at: int) -> str:
    """`#{value; m<least>M<most>}`."""
    if isinstance(value, Blank):
        raise Fault("type", "This is an empty value, where a number is needed", at)
    number = number_of(value, at)
    if least is None and most is None:
        least, most = 0, 50
    elif most is None:
        most = least
    return print_legacy(number, least or 0, most or 0, run.settings.locale)
