# ruff: noqa: E501 - one case to a line
"""Typical mistakes: the kind, the place, and words that help."""

from __future__ import annotations

import pytest

from destinations.jinja import Template, TemplateError

DATA = {"input": {"user_id": "u-1", "items": [1, 2], "user_properties": {"plan": "pro"}, "none": None, "text": "abc"}}

MISTAKES = [
    # template, kind, line, column, in the message, in the tip
    ('{\n  "email": "{{ input.user_properties.email }}"\n}', "missing", 2, 16, "input.user_properties.email is missing", '| default("")'),
    ("{{ input.user_idd }}", "missing", 1, 4, "input.user_idd is missing", "user_id: did you mean that"),
    ("{{ inptu.user_id }}", "missing", 1, 4, "inptu is missing", "inptu is defined"),
    ("{{ input.profile.email | default('') }}", "missing", 1, 4, "input.profile is missing", "default"),
    ("a {{ input.a | default('') }} {{ input.a }}", "missing", 1, 34, "input.a is missing", "default"),
    ("{% if input.email %}{% endif %}", "missing", 1, 7, "input.email is missing", "is defined"),
    ("{% for x in input.nope %}{% endfor %}", "missing", 1, 13, "input.nope is missing", "default"),
    ("{{ input.items[5] }}", "missing", 1, 4, "input.items[5] is missing", "default"),
    ("{% macro m(a) %}{{ a }}{% endmacro %}\n{{ m() }}", "missing", 1, 20, "'a' was not provided", ""),
    ("{{ input.none.a }}", "missing", 1, 4, "input.none.a is missing", "default"),
    ("{{ ('a' if false) + 'b' }}", "missing", 1, 5, "inline if without else", "else"),
    ("{% for x in input.none %}{% endfor %}", "other", 1, 4, "walks a list, not null", "default([], true)"),
    ("{{ 1 }} {{ input.user_id + 1 }}", "other", 1, 12, "Text + a number", "~"),
    ("{{ input.text | round }}", "other", 1, 4, "round takes a number, not text", "|float"),
    ("{{ input.text | date }}", "other", 1, 4, "“abc” is not a date", "epoch"),
    ("{{ input.text|replace('a') }}", "other", 1, 4, "replace() missing 1 required", ""),
    ("{{ [1, 'a'] | sort }}", "other", 1, 4, "sort met values of different types", "map"),
    ("{{ 'a' < 1 }}", "other", 1, 4, "no order", "like with like"),
    ("{{ 1 / 0 }}", "other", 1, 4, "1 / 0 divides by zero", ""),
    ("{% set input.x = 1 %}", "other", 1, 8, "input.x cannot be set", "namespace(x=1)"),
    ("{% set a, b = [1] %}", "other", 1, 4, "not enough values", ""),
    ("{{ input.user_properties.keys }}", "type", 1, 4, "keys has no text", "parentheses"),
    ("{{ input.items() }}", "type", 1, 4, "A list cannot be called", "x|items"),
    ("{{ [namespace()] | tojson }}", "type", 1, 4, "has no text", ""),
    ("{{ input.items.append(1) }}", "refused", 1, 4, "append cannot be called", "count, index"),
    ("{{ input.text | indent }}", "refused", 1, 17, "filter indent is not available", "tojson(indent=2)"),
    ("{% include 'x' %}", "refused", 1, 4, "include is not available", "macro"),
    ("{{ input.user_id | uper }}", "parse", 1, 20, "no filter uper", "upper"),
    ("{% if false %}{{ 1 | uper }}{% endif %}", "parse", 1, 22, "no filter uper", "upper"),
    ("{{ 1 is oddd }}", "parse", 1, 6, "no test oddd", "odd"),
    ("a\n{% if input.user_id %}b", "parse", 2, 23, "innermost block that needs to be closed is 'if'", "{% end"),
    ("{% elseif x %}", "parse", 1, 4, "unknown tag 'elseif'", "elif"),
    ("{% foreach x in y %}", "parse", 1, 4, "unknown tag 'foreach'", "for item in items"),
    ("{% endif %}", "parse", 1, 4, "unknown tag 'endif'", "closes the tag"),
    ("{{ input.user_id }", "parse", 1, 18, "Unexpected '}'", ""),
    ("{{ input.user_id", "parse", 1, 10, "Unexpected end of template", "one expression"),
    ("{{ input.user_id == }}", "parse", 1, 21, "Unexpected 'end of print statement'", "one expression"),
    ("{% if input.user_id = 'a' %}{% endif %}", "parse", 1, 21, "got '='", "=="),
    ("{{ a && b }}", "parse", 1, 6, "char '&'", "and, or, not"),
    ("{{ ${input.user_id} }}", "parse", 1, 4, "char '$'", "{{ x }}"),
    ("{{ input.user_id! }}", "parse", 1, 17, "char '!'", "default('')"),
    ("{{ input.user_id?upper_case }}", "parse", 1, 17, "char '?'", "FreeMarker"),
    ("{{ [1, 2 }}", "parse", 1, 10, "expected ']'", ""),
    ("{{ }}", "parse", 1, 4, "Expected an expression", "one expression"),
    ("{% set x = 1 %}\r\n{{ x.y }}", "missing", 2, 4, "x.y is missing", ""),
]  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "line", "column", "message", "tip"), MISTAKES)
def test_mistake_is_named(source: str, kind: str, line: int, column: int, message: str, tip: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template(source).render(DATA)

    error = caught.value
    assert (error.kind, error.line, error.column) == (kind, line, column)
    assert message in error.message
    assert tip in (error.tip or "")


def test_an_error_reads_like_a_compilers() -> None:
    with pytest.raises(TemplateError) as caught:
        Template('{\n  "plan": "{{ input.user_properties.plann }}"\n}', name="braze.j2").render(DATA)

    assert str(caught.value) == (
        "input.user_properties.plann is missing.\n"
        "Expression: input.user_properties.plann\n"
        "Template: braze.j2, line 2, column 15\n"
        '  2 |   "plan": "{{ input.user_properties.plann }}"\n'
        "    |               ^\n"
        "Tip: There is plan: did you mean that? Otherwise: "
        'Write input.user_properties.plann | default("") for a replacement, '
        "or test it with {% if input.user_properties.plann is defined %}."
    )


def test_an_error_names_the_loop_variable_as_written() -> None:
    with pytest.raises(TemplateError, match=r"user\.email is missing"):
        Template("{% for user in users %}{{ user.email }}{% endfor %}").render({"users": [{}]})
