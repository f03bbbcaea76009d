"""Steps that change a whole event, without a template: rename, drop, set, cast, hash … one of its properties. (pure)

A list of `{step: NAME, property: PATH, setting: …}`, done in order. PATH is as in filters (event_paths.py):
`event_properties.total`, `user_properties.email`, `group_properties.company.plan`, `groups.company`, `platform`.

| step | settings | what it does |
| --- | --- | --- |
| `rename` | `to`: the new name, in the same object | a property that has that name already is replaced |
| `drop` | | takes the property out; a field such as `platform` becomes null |
| `constant`, `default` | `value` | sets it, making objects on the way that are missing |
| the others of value_steps.py | | change it where it is there |

`event_type` stays a text: it is neither renamed nor dropped, and takes only what makes a text of a text. Use
`check_steps(given)` -> the steps as they are stored, then `compile_steps(steps)` -> (data -> data), which never
changes the data that it is given.
"""

from collections.abc import Callable, Sequence
from typing import Any

from destinations.event_paths import path_problem
from destinations.event_writes import Data, Edit, writer
from destinations.value_steps import (
    VALUE_STEPS,
    BadSteps,
    Change,
    Definition,
    Place,
    Step,
    check_one,
    listed,
    name_setting,
    value_change,
)

SETS = ("constant", "default")  # also where there is no value
# What an event type may go through, and the settings that then have to be texts.
OF_EVENT_TYPE = ("lower", "upper", "trim", "sha256", "lookup", "constant")


def check_steps(
    given: Any, more: Sequence[str] = (), problem_of: Callable[[Any], str | None] = path_problem
) -> list[Step]:
    """The steps as they are stored; None is none. `more`: further paths, whose values may be changed but not moved.
    `problem_of`: the rule for paths, where what is changed has not the export's shape. Raises BadSteps, naming
    everything that is wrong and where."""
    problems: list[tuple[Place, str]] = []
    checked = [_checked(one, number, more, problem_of, problems) for number, one in enumerate(listed(given, problems))]
    if problems:
        raise BadSteps(problems)
    return checked


def compile_steps(steps: Sequence[Step]) -> Callable[[Data], Data]:
    """From an event's stored data to the changed event. `steps`: as `check_steps` returned them."""
    writes = [writer(step["property"], _edit(step), makes=step["step"] in SETS) for step in steps]

    def change(data: Data) -> Data:
        for write in writes:
            data = write(data)
        return data

    return change


def _checked(
    given: dict[Any, Any],
    number: int,
    more: Sequence[str],
    problem_of: Callable[[Any], str | None],
    problems: list[tuple[Place, str]],
) -> Step:
    step = check_one(given, EVENT_STEPS, ("property",), (number,), problems)
    path: Any = given.get("property")
    if wrong := None if path in more else problem_of(path):
        problems.append(((number, "property"), wrong))
    elif step and problem_of is path_problem and (wrong := _misfit(step, path, more)):
        problems.append(((number, "step"), wrong))
    return {"step": step["step"], "property": path} | step if step else {}


def _misfit(step: Step, path: str, more: Sequence[str]) -> str:
    """Why a step does not go with its property; "" where it does."""
    name = step["step"]
    if name == "rename" and ("." not in path or path in more):
        return f"{path} has its name from the shape of events and cannot be renamed."
    if name == "drop" and path in more:
        return f"{path} cannot be dropped. Leave it unmapped."
    if path == "event_type":
        texts = [step.get("value", ""), step.get("default", ""), *step.get("table", {}).values()]
        if name not in OF_EVENT_TYPE or not all(isinstance(text, str) for text in texts):
            return f"event_type has to stay a text. It takes {', '.join(OF_EVENT_TYPE)}, with texts."
        if name == "constant" and not step.get("value"):
            return "event_type cannot be empty."
    return ""


def _edit(step: Step) -> Edit:
    if step["step"] == "rename":
        return _renaming(step["to"])
    if step["step"] == "drop":
        return lambda held, name: {key: value for key, value in held.items() if key != name}
    change = value_change(step)
    if step["property"] == "event_type":  # never empty
        return _changing(lambda value: change(value) or value, always=False)
    return _changing(change, always=step["step"] in SETS)


def _renaming(new: str) -> Edit:
    """In the place where it stood. A name with dots that was reached through objects is renamed in the innermost."""

    def rename(held: dict[str, Any], name: str) -> dict[str, Any]:
        if name not in held or name == new:
            return held
        return {new if key == name else key: value for key, value in held.items() if key != new}

    return rename


def _changing(change: Change, *, always: bool) -> Edit:
    def edit(held: dict[str, Any], name: str) -> dict[str, Any]:
        return held | {name: change(held.get(name))} if always or name in held else held

    return edit


EVENT_STEPS: dict[str, Definition] = {
    "rename": Definition(lambda step: lambda value: value, {"to": name_setting}, ("to",)),
    "drop": Definition(lambda step: lambda value: value),
    **VALUE_STEPS,
}
