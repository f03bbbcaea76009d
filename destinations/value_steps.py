"""Steps that make one value into another, without a template: lower-case, cast, hash, look up … (pure)

A list of `{step: NAME, setting: …}`, done in order:

| step | settings | what it makes |
| --- | --- | --- |
| `lower`, `upper`, `trim` | | of texts; other values stay |
| `cast` | `to`: text, number, integer, boolean, json | null where it cannot be; `json`: also a list or object as text |
| `sha256` | `trim`, `lower`: true or false | the digest of the value as text, in hex; null of an empty text |
| `date` | `format`: iso, date, unix, unix_ms, or as strftime | of ISO text or an epoch, in UTC; null of anything else |
| `lookup` | `table`: {value: new value}, `default` | what the table has, else the default, or the value as it was |
| `constant` | `value` | the same for every event, also where there is no value |
| `default` | `value` | where there is no value, or an empty text |

But for `constant` and `default`, null stays null, and a list is changed item by item (`cast` to json takes it whole).
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from destinations.filter_values import number_in, shortened, written
from events.checking import BadPart, Place
from events.jsontext import dumps

Step = dict[str, Any]
Change = Callable[[Any], Any]

MOST_STEPS = 100
MOST_LISTED = 1_000
MOST_CHARACTERS = 1_024
MOST_CONSTANT = 10_000  # characters as JSON
TYPES = ("text", "number", "integer", "boolean", "json")
DATES = ("iso", "date", "unix", "unix_ms")
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


class BadSteps(BadPart):
    """Steps that are refused."""


class BadSetting(ValueError):
    """A setting that is refused; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A step: what makes it, and the check of each setting, that gives it as it is stored or raises BadSetting."""

    make: Callable[[Step], Change]
    settings: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()


def check_value_steps(given: Any) -> list[Step]:
    """The steps as they are stored. Raises BadSteps."""
    problems: list[tuple[Place, str]] = []
    checked = [
        check_one(one, VALUE_STEPS, (), (number,), problems) for number, one in enumerate(listed(given, problems))
    ]
    if problems:
        raise BadSteps(problems)
    return checked


def compile_value_steps(steps: list[Step]) -> Change:
    """From a value to a value. `steps`: as `check_value_steps` returned them."""
    changes = [value_change(step) for step in steps]

    def change(value: Any) -> Any:
        for one in changes:
            value = one(value)
        return value

    return change


def value_change(step: Step) -> Change:
    """One checked step. Keys that are no setting of it do not matter."""
    return VALUE_STEPS[step["step"]].make(step)


def listed(given: Any, problems: list[tuple[Place, str]]) -> list[dict[Any, Any]]:
    """The items of what should be a list of steps, none where it is something else."""
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        problems.append(((), "Write a list of steps: [{step: lower, …}, …]."))
        return []
    if len(given) > MOST_STEPS:
        problems.append(((), f"There are {len(given):,} steps; at most {MOST_STEPS} are allowed."))
    return given


def check_one(
    given: dict[Any, Any],
    known: dict[str, Definition],
    beside: tuple[str, ...],
    place: Place,
    problems: list[tuple[Place, str]],
) -> Step:
    """One step as it is stored; what is wrong is added to `problems`. `beside`: keys that are checked elsewhere."""
    name = given.get("step")
    definition = known.get(name) if isinstance(name, str) else None
    if definition is None:
        told = f"“{shortened(str(name), 60)}” is no step." if name else "The step is missing."
        problems.append(((*place, "step"), f"{told} Known: {', '.join(known)}."))
        return {}
    step: Step = {"step": name}
    for key, value in given.items():
        if key in definition.settings:
            try:
                step[key] = definition.settings[key](value)
            except BadSetting as error:
                problems.append(((*place, key), str(error)))
        elif key != "step" and key not in beside:
            allowed = ", ".join(("step", *beside, *definition.settings))
            problems.append(((*place, str(key)), f"“{name}” takes no “{key}”. Known: {allowed}."))
    for key in definition.required:
        if key not in given:
            problems.append(((*place, key), f"“{name}” needs “{key}”."))
    return step


def name_setting(value: Any) -> str:
    """A property's new name."""
    if not isinstance(value, str) or not value.strip():
        raise BadSetting("Write the new name.")
    if len(value) > MOST_CHARACTERS:
        raise BadSetting(f"The name has {len(value):,} characters; at most {MOST_CHARACTERS:,} are allowed.")
    return value.strip()


def _each(change: Change) -> Change:
    """Nothing of nothing, a list item by item."""

    def of_any(value: Any) -> Any:
        if value is None:
            return None
        return [of_any(one) for one in value] if type(value) is list else change(value)

    return of_any


def _of_text(change: Callable[[str], str]) -> Callable[[Step], Change]:
    made = _each(lambda value: change(value) if type(value) is str else value)
    return lambda step: made


def _cast(step: Step) -> Change:
    if step["to"] == "json":
        return lambda value: None if value is None else dumps(value)
    return _each(_CASTS[step["to"]])


def _number(value: Any) -> int | float | None:
    if type(value) is bool:
        return int(value)
    if type(value) in (int, float):
        return value
    return number_in(value.strip()) if type(value) is str else None


def _integer(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _boolean(value: Any) -> bool | None:
    if type(value) in (bool, int, float):
        return bool(value)
    text = value.strip().lower() if type(value) is str else None
    return True if text in TRUE else False if text in FALSE else None


_CASTS: dict[str, Change] = {"text": written, "number": _number, "integer": _integer, "boolean": _boolean}


def _sha256(step: Step) -> Change:
    trim, lower = step.get("trim", False), step.get("lower", False)

    def digest(value: Any) -> str | None:
        text = written(value)
        text = text.strip() if trim else text
        text = text.lower() if lower else text
        return sha256(text.encode("utf-8", "replace")).hexdigest() if text else None

    return _each(digest)


def _date(step: Step) -> Change:
    """By the same rules as the filter of Jinja2 templates."""
    from destinations.jinja.faults import Fault
    from destinations.jinja.filters import times

    form = step["format"]
    made: dict[str, Change] = {
        "iso": lambda value: times.date(value, "%Y-%m-%dT%H:%M:%S.%3fZ"),
        "date": lambda value: times.date(value, "%Y-%m-%d"),
        "unix": times.epoch,
        "unix_ms": times.epoch_ms,
    }
    write = made.get(form, lambda value: times.date(value, form))

    def dated(value: Any) -> Any:
        with suppress(Fault):
            return write(value)
        return None

    return _each(dated)


def _lookup(step: Step) -> Change:
    table = step["table"]
    if "default" not in step:
        return _each(lambda value: table.get(written(value), value))
    return _each(lambda value: table.get(written(value), step["default"]))


def _constant(step: Step) -> Change:
    return lambda value: step["value"]


def _default(step: Step) -> Change:
    return lambda value: step["value"] if value is None or value == "" else value


def _type(value: Any) -> str:
    if value not in TYPES:
        raise BadSetting(f"“{shortened(str(value), 60)}” is not one of {', '.join(TYPES)}.")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadSetting("Write true or false.")
    return value


def _date_format(value: Any) -> str:
    if isinstance(value, str) and (value in DATES or ("%" in value and _prints(value))):
        return value
    raise BadSetting(f"Write one of {', '.join(DATES)}, or how the date is written: “%d.%m.%Y %H:%M”.")


def _prints(form: str) -> bool:
    return _date({"format": form})(0) is not None


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise BadSetting("Write {value: new value, …}.")
    if len(value) > MOST_LISTED:
        raise BadSetting(f"The table has {len(value):,} values; at most {MOST_LISTED:,} are allowed.")
    table = {written(key): _scalar(found) for key, found in value.items()}
    if any(len(text) > MOST_CHARACTERS for text in (*table, *map(written, table.values()))):
        raise BadSetting(f"A value has more than {MOST_CHARACTERS:,} characters.")
    return table


def _scalar(value: Any) -> Any:
    if value is not None and not isinstance(value, (str, int, float)):
        raise BadSetting("New values are texts, numbers, true, false or null.")
    return _constant_value(value)


def _constant_value(value: Any) -> Any:
    """What JSON can say."""
    try:
        text = dumps(value)
    except (TypeError, ValueError):
        raise BadSetting("Write a text, a number, true, false, a list or an object.") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise BadSetting("Write a number that is finite.")
    if len(text) > MOST_CONSTANT:
        raise BadSetting(f"The value has {len(text):,} characters; at most {MOST_CONSTANT:,} are allowed.")
    return value


VALUE_STEPS: dict[str, Definition] = {
    "lower": Definition(_of_text(str.lower)),
    "upper": Definition(_of_text(str.upper)),
    "trim": Definition(_of_text(str.strip)),
    "cast": Definition(_cast, {"to": _type}, ("to",)),
    "sha256": Definition(_sha256, {"trim": _flag, "lower": _flag}),
    "date": Definition(_date, {"format": _date_format}, ("format",)),
    "lookup": Definition(_lookup, {"table": _table, "default": _scalar}, ("table",)),
    "constant": Definition(_constant, {"value": _constant_value}, ("value",)),
    "default": Definition(_default, {"value": _constant_value}, ("value",)),
}
