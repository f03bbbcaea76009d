"""What the reference implementation answers: its cases, one by one."""

import contextlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from destinations.freemarker import Template, TemplateError

CASES = Path(__file__).parent / "cases"

# The reference has no refusals: what it answers there is an error of another kind.
KINDS = {"refused": "other"}


def read(name: str) -> list[Any]:
    lines = (CASES / name).read_text(encoding="utf-8").split("\n")
    cases = [json.loads(line, parse_float=Decimal) for line in lines if line]
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.mark.parametrize("case", [*read("cases.jsonl"), *read("more.jsonl")])
def test_answers_as_the_reference(case: dict[str, Any]) -> None:
    if "expected" in case:
        assert Template(case["template"], settings="strict").render(case["data"]) == case["expected"]
        return
    with pytest.raises(TemplateError) as caught:
        Template(case["template"], settings="strict").render(case["data"])
    error = caught.value
    assert (KINDS.get(error.kind, error.kind), error.line) == (case["error_kind"], case["line"])
    assert error.__cause__ is None, "an error that nobody foresaw"


@pytest.mark.parametrize("case", read("bench.jsonl"))
def test_measured_templates_print_what_they_should(case: dict[str, Any]) -> None:
    assert Template(case["template"], settings="strict").render(case["data"]) == case["expected"]


def test_data_are_not_changed() -> None:
    for parameter in read("cases.jsonl"):
        case: Any = parameter.values[0]
        before = json.dumps(case["data"], default=str)
        with contextlib.suppress(TemplateError):
            Template(case["template"], settings="strict").render(case["data"])
        assert json.dumps(case["data"], default=str) == before
