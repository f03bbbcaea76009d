# ruff: noqa: E501 - one case to a line
"""Which data a template reads, and where."""

from __future__ import annotations

import pytest

from destinations.jinja import Reference, TemplateError, references

READINGS = [
    ("{{ input.user_id }}", ["input.user_id"]),
    ("{{ input.user_properties['Sign Up Date'] }}", ["input.user_properties.Sign Up Date"]),
    ("{{ input.items[0].sku }}", ["input.items.sku"]),
    ("{{ input.user_properties[parameters.key] }}", ["input.user_properties", "parameters.key"]),
    ("{{ input.user_properties['a' ~ input.b].c }}", ["input.user_properties", "input.b"]),
    ("{{ input.email | default(parameters.email) | lower }}", ["input.email", "parameters.email"]),
    ("{{ input.tags | join(',') if input.tags is defined else mappedFields.tags }}", ["input.tags", "input.tags", "mappedFields.tags"]),
    ("{% for u in input.users %}{{ u.id }}{{ loop.index }}{% endfor %}", ["input.users", "input.users.id"]),
    ("{% for k, v in input.user_properties.items() %}{{ k }}{{ v }}{% endfor %}", ["input.user_properties"]),
    ("{% for k, v in input.user_properties | items %}{{ v.x }}{% endfor %}", ["input.user_properties"]),
    ("{% set p = input.user_properties %}{{ p.email }}", ["input.user_properties", "input.user_properties.email"]),
    ("{% set p = input.a | default({}) %}{{ p.b }}", ["input.a", "input.a.b"]),
    ("{% set n = 1 %}{{ n }}", []),
    ("{% set n %}{{ input.a }}{% endset %}{{ n }}", ["input.a"]),
    ("{% with p = input.a %}{{ p.b }}{% endwith %}{{ p }}", ["input.a", "input.a.b", "p"]),
    ("{% macro m(a, b=input.c) %}{{ a }}{{ b }}{{ input.d }}{% endmacro %}{{ m(input.e) }}", ["input.c", "input.d", "input.e"]),
    ("{% set ns = namespace(n=0) %}{% set ns.n = ns.n + input.a %}{{ range(3) }}", ["input.a"]),
    ("{% for i in input.a if i.b == parameters.c %}{% else %}{{ i }}{% endfor %}", ["input.a", "input.a.b", "parameters.c", "i"]),
    ("{{ input.name.upper() }}{{ input.title.replace(parameters.a, 'b') }}", ["input.name", "input.title", "parameters.a"]),
    ("{{ input.tags[1:] }}{{ input.tags[-1].x }}", ["input.tags", "input.tags.x"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "paths"), READINGS)
def test_lists_what_is_read(source: str, paths: list[str]) -> None:
    assert [".".join(reference.path) for reference in references(source)] == paths


def test_places_are_where_the_path_starts() -> None:
    source = '{\n  "a": {{ input.a }},\n  "b": {{ parameters.b }} {{ input.a }}\n}'

    assert references(source) == [
        Reference(("input", "a"), 2, 11),
        Reference(("parameters", "b"), 3, 11),
        Reference(("input", "a"), 3, 30),
    ]


def test_a_template_that_cannot_be_read_raises() -> None:
    with pytest.raises(TemplateError) as caught:
        references("{% if x %}")

    assert caught.value.kind == "parse"
