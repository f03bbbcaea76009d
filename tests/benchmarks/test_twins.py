"""The bench compares like with like: every twin renders its template's payload."""

from __future__ import annotations

import json

import pytest

from destinations import jinja
from tests.benchmarks.templates import Case, cases
from tests.benchmarks.twins import TWINS


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_twin_renders_the_expected_payload(case: Case) -> None:
    assert json.loads(jinja.Template(TWINS[case.id]).render(case.exact)) == json.loads(case.expected)
