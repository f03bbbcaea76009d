# ruff: noqa: E501 - one case to a line
"""Hostile templates end in an error, soon, and take nothing with them."""

import time
from dataclasses import replace
from typing import Any

import pytest

from destinations.freemarker import Limits, Template, TemplateError
from tests.destinations.freemarker.test_cases import read

SECONDS = 3


def outcome(source: str, data: dict[str, Any], **options: Any) -> TemplateError | None:
    """How a rendering fails, if it does; it must end soon either way."""
    started = time.process_time()
    error: TemplateError | None = None
    try:
        Template(source, **options).render(data)
    except TemplateError as raised:
        error = raised
    assert time.process_time() - started < SECONDS
    return error


@pytest.mark.parametrize("case", read("limits.jsonl"))
def test_ends_in_a_limit(case: dict[str, Any]) -> None:
    error = outcome(case["template"], case["data"], settings="strict")
    assert case.get("or_ok") if error is None else error.kind == "limit"


BOMBS = [
    ("nested lists", "<#assign x = [1]><#list 1..9999999 as i><#assign x = [x]></#list>", {}),
    ("nested hashes", '<#assign x = {}><#list 1..9999999 as i><#assign x = {"k": x}></#list>', {}),
    ("doubled lists as JSON", "<#assign x = [1]><#list 1..60 as i><#assign x = [x, x]></#list>${UtilClass.toJsonString(x)}", {}),
    ("deep list as JSON", "<#assign x = []><#list 1..5000 as i><#assign x = [x]></#list>${UtilClass.toJsonString(x)}", {}),
    ("deep JSON text", '${("["?right_pad(9000, "["))?eval_json?size}', {}),
    ("deep evaluation", '${("("?right_pad(9000, "("))?eval}', {}),
    ("evaluation of itself", '<#assign s = "s?eval">${s?eval}', {}),
    ("growing text by replacing", '<#assign s = "aaaa"><#list 1..30 as i><#assign s = s?replace("a", "aaaa")></#list>', {}),
    ("growing text by capture", '<#assign s = "ab"><#list 1..40 as i><#assign s>${s}${s}</#assign></#list>', {}),
    ("growing text in a literal", '<#assign s = "ab"><#list 1..40 as i><#assign s = "${s}${s}"></#list>', {}),
    ("many large texts", '<#assign s = ""?right_pad(999999)><#list 1..9999 as i><#assign x = s + i></#list>', {}),
    ("text printed many times", "<#list 1..99 as i>" + "${s}" * 300 + "</#list>", {"s": "x" * 1_000_000}),
    ("text printed in a row", "${s}" * 3000, {"s": "x" * 1_000_000}),
    ("captures within captures", "<#macro m><#assign x>${s}<@m/></#assign></#macro><@m/>", {"s": "x" * 500_000}),
    ("growing numbers", "<#assign n = 9><#list 1..40 as i><#assign n = n * n></#list>", {}),
    ("growing fractions", "<#assign n = 1.1><#list 1..99 as i><#assign n = n * 99999999999></#list>", {}),
    ("endless filter", "${(1..)?filter(x -> false)?first}", {}),
    ("endless map", "${(1..)?map(x -> x)?size}", {}),
    ("endless take", "<#list (1..)?take_while(x -> true) as x></#list>", {}),
    ("endless content test", "${(1..)?filter(x -> false)?has_content?c}", {}),
    ("chained maps", "<#assign r = (1..)><#list 1..99999 as i><#assign r = r?map(x -> x)></#list>${r?first}", {}),
    ("functions calling each other", "<#function a n><#return b(n)></#function><#function b n><#return a(n)></#function>${a(1)}", {}),
    ("recursion through nested content", "<#macro a><@b><#nested></@b></#macro><#macro b><@a><#nested></@a></#macro><@a>x</@a>", {}),
    ("recursion in an attempt", "<#macro m><#attempt><@m/><#recover><@m/></#attempt></#macro><@m/>", {}),
    ("pattern of a million repetitions", '${s?matches("(a{1,1000}){1,1000}")?c}', {"s": "a" * 5000}),
    ("short ranges within each other", "<#list 1..3 as x>" * 60 + "</#list>" * 60, {}),
    ("nested quantifiers", '${s?replace("(x+x+)+y", "", "r")}', {"s": "x" * 5000}),
    ("number of many digits", '${"1"?right_pad(5000, "0")?number}', {}),
    ("wide number format", '${1?string("0"?right_pad(900000, "0"))}', {}),
    ("chunk filled to the brim", "${[1]?chunk(999999999, 0)?size}", {}),
    ("sum of endless ranges", "${((1..) + (1..))?size}", {}),
    ("sequence of ranges", "${(0..999999999)?reverse?first}", {}),
    ("slice of a range", "${(0..999999999)[0..99999999]?size}", {}),
    ("loops in loops", "<#list 1..9999 as a><#list 1..9999 as b><#break></#list><#list 1..9999 as b></#list></#list>", {}),
    ("open parentheses", "${" + "(" * 10_000 + "1" + ")" * 10_000 + "}", {}),
    ("open brackets", "${" + "[" * 10_000 + "]" * 10_000 + "?size}", {}),
    ("open blocks", "<#if true>" * 3_000 + "</#if>" * 3_000, {}),
    ("long chains", "${a" + ".a" * 50_000 + "}", {}),
    ("long sums", "${1" + "+1" * 50_000 + "}", {}),
    ("many negations", "${(" + "!" * 200_000 + "true)?c}", {}),
    ("too much source", "x" * 300_000, {}),
]  # fmt: skip


@pytest.mark.parametrize(("template", "data"), [bomb[1:] for bomb in BOMBS], ids=[bomb[0] for bomb in BOMBS])
def test_no_template_runs_away(template: str, data: dict[str, Any]) -> None:
    error = outcome(template, data)
    assert error is None or error.kind in {"limit", "other"}
    assert error is None or str(error)


def test_a_limit_cannot_be_recovered() -> None:
    template = Template("<#attempt><#list 1.. as x>a</#list><#recover>caught</#attempt>")
    with pytest.raises(TemplateError) as caught:
        template.render({})
    assert caught.value.kind == "limit"


LOWERED = [
    ("template_characters", 10, "x" * 11),
    ("depth", 5, "${((((((1))))))}"),
    ("output_characters", 5, "123456"),
    ("steps", 2_000, "<#list 1..5000 as x></#list>"),
    ("wall_seconds", 0.001, "<#list 1..1000000 as x></#list>"),
    ("string_characters", 5, '<#assign x = ""?left_pad(6)>'),
    ("sequence_items", 5, "${(1..6)?join(',')}"),
    ("made_bytes", 1_000, "${(1..100)?join(',')}"),
    ("number_digits", 5, '${"123456"?number}'),
    ("pattern_characters", 5, '${"a"?matches("aaaaaa")?c}'),
    ("eval_characters", 5, '${"1 + 1 + 1"?eval}'),
    ("eval_depth", 1, "${'\"1\"?eval'?eval}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "template"), LOWERED)
def test_every_limit_can_be_lowered(name: str, value: float, template: str) -> None:
    assert Template(template).render({}) is not None
    with pytest.raises(TemplateError) as caught:
        Template(template, limits=replace(Limits(), **{name: value})).render({})
    assert caught.value.kind == "limit"


def test_allowed_work_is_done() -> None:
    deep = "${" + "(" * 100 + "1" + ")" * 100 + "}" + "<#if true>" * 60 + "x" + "</#if>" * 60
    assert Template(deep).render({}) == "1x"
    loops = "".join(f"<#list 1..2 as v{i}>" for i in range(8)) + "${v0 + v7}" + "</#list>" * 8
    assert len(Template(loops).render({})) == 256
    nested = "".join(f"<#list [{i}] as v{i}>" for i in range(60)) + "${v0}${v59}" + "</#list>" * 60
    assert Template(nested).render({}) == "059"
    recursion = "<#function f n><#if n == 0><#return 0></#if><#return 1 + f(n - 1)></#function>${f(150)}"
    assert Template(recursion).render({}) == "150"
    assert Template("<#list 1..300000 as x></#list>ok").render({}) == "ok"
