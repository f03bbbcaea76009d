"""What a kind says of its receiver's answers. (pure)"""

from typing import Any

from destinations.kind.definition import Answers, BodyCheck
from destinations.kind.problems import Place, Problem
from destinations.kind.shapes import Shape

KEYS = ("success", "body", "body_retries", "final", "refused", "others")
AGAIN, TAKEN = "again", "taken"
TESTS = ("equals", "empty", "missing")


def read_answers(given: Any, problems: list[Problem]) -> Answers:
    shape = Shape({} if given is None else given, ("answers",), problems, KEYS)
    return Answers(
        success=_statuses(shape, "success") or ("2xx",),
        body=shape.each("body", lambda item, place: _body_check(item, place, problems), most=10),
        body_retries=shape.flag("body_retries"),
        final=_statuses(shape, "final") or ("4xx",),
        refused=tuple(tuple(path.split(".")) for path in shape.texts("refused", most=10)),
        others_taken=_others(shape) == TAKEN,
    )


def _others(shape: Shape) -> str:
    if "others" in shape.given and not shape.given.get("refused"):
        shape.problem("Say under “refused” where answers name the events that they refuse.", "others")
    return shape.choice("others", (AGAIN, TAKEN), AGAIN)


def _statuses(shape: Shape, key: str) -> tuple[int | str, ...]:
    def one(item: Any, place: Place) -> int | str:
        is_number = isinstance(item, int) and not isinstance(item, bool) and 100 <= item <= 599
        if not is_number and item not in ("2xx", "3xx", "4xx", "5xx"):
            shape.problems.append(Problem(place, f"“{item}” is no status: write a number, or 4xx for all of them."))
        return item if isinstance(item, int) else str(item)

    return shape.each(key, one, most=50)


def _body_check(given: Any, place: Place, problems: list[Problem]) -> BodyCheck:
    shape = Shape(given, place, problems, ("path", *TESTS))
    path = shape.text("path")
    tests = [test for test in TESTS if test in shape.given]
    if len(tests) != 1:
        shape.problem("Write one of equals, empty, missing: {path: errors, missing: true}.")
        return BodyCheck((), "missing", True)
    test, value = tests[0], shape.given[tests[0]]
    if test != "equals" and not isinstance(value, bool):
        shape.problem("Write true or false.", test)
    return BodyCheck(tuple(path.split(".")) if path else (), test, value)
