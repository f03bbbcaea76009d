"""What the reference implementation answers to the cases that mutation and variation found."""

from typing import Any

import pytest

from destinations.freemarker import Template, TemplateError
from tests.destinations.freemarker.test_cases import KINDS, read


@pytest.mark.parametrize("case", read("more.jsonl"))
def test_answers_as_the_reference(case: dict[str, Any]) -> None:
    if "expected" in case:
        assert Template(case["template"], settings="strict").render(case["data"]) == case["expected"]
        return
    with pytest.raises(TemplateError) as caught:
        Template(case["template"], settings="strict").render(case["data"])
    error = caught.value
    assert (KINDS.get(error.kind, error.kind), error.line) == (case["error_kind"], case["line"])
    assert error.__cause__ is None, "an error that nobody foresaw"


def test_matches_print_as_booleans_in_payloads() -> None:
    source = '{"order": ${s?matches("Order.*")}}'
    assert Template(source).render({"s": "Order Completed"}) == '{"order": true}'
