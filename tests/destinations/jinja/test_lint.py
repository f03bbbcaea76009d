# ruff: noqa: E501 - one case to a line
"""Templates that render today and break tomorrow."""

from __future__ import annotations

import pytest

from destinations.jinja import TemplateError, lint

FINDINGS = [
    ('{"a": "{{ input.city }}"}', [(1, 11, "input.city stands in a quoted text")]),
    ('{"a": "x {{ input.city | default("") | upper }} y"}', [(1, 13, "unescaped")]),
    ('{"a": "{{ input.a ~ "b" }}", "b": "{{ "x" if input.b else input.c }}"}', [(1, 11, "input.a ~"), (1, 39, "unescaped")]),
    ('{"a": "\\"{{ input.city }}\\""}', [(1, 13, "unescaped")]),
    ('{"a": "{{ input.a | tojson }}"}', [(1, 11, "brings quotes of its own")]),
    ('{% for u in input.users %}{"a": "{{ u.id }}"}{% endfor %}', [(1, 37, "u.id stands")]),
    ('{ {% if input.a is defined %}"a": "{{ input.a }}"{% else %}"b": "{{ input.b }}"{% endif %}, "c": {{ input.c }} }', [(1, 39, "input.a"), (1, 69, "input.b")]),
    ("{{ inptu.a }}", [(1, 4, "no variable inptu")]),
    ("{{ parameters.api_kye }}", [(1, 4, "no parameter api_kye")]),
    ("a\n{% set x = 1 %}{% macro m() %}{% endmacro %}", [(2, 4, "x is set and never used"), (2, 19, "m is set and never used")]),
    # Nothing to say
    ('{"a": "{{ input.city | json_string }}", "b": {{ input.city | tojson }}, "c": {{ input.n }}}', []),
    ('{"a": "{{ input.time | date }}", "n": "{{ input.tags | length }}", "s": "{{ "x" }}"}', []),
    ('{% set kind = {"a": "b"}[input.event_type] %}{"a": "{{ kind }}"}', []),
    ('{% set text %}"{{ input.city }}{% endset %}{"text": {{ text | tojson }}}', []),
    ("Dear {{ input.name }}, \"{{ input.city }}\"", []),
    ("{{ parameters.api_key }}{{ mappedFields.a }}{{ mappedProperties | tojson }}{{ range(3) }}", []),
    ("{% set ns = namespace(n=0) %}{% set ns.n = 1 %}{{ ns.n }}", []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), FINDINGS)
def test_findings(source: str, expected: list[tuple[int, int, str]]) -> None:
    found = lint(source, parameters=["api_key"])

    assert [(finding.line, finding.column) for finding in found] == [(line, column) for line, column, _ in expected]
    for finding, (_, _, words) in zip(found, expected, strict=True):
        assert words in finding.message
        assert finding.tip


def test_a_template_that_cannot_be_read_raises() -> None:
    with pytest.raises(TemplateError):
        lint("{% if x %}")
