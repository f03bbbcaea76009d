"""What the linter finds, and what it lets be."""

import pytest

from destinations.freemarker import Finding, TemplateError, lint

FINDINGS = [
    ('{"a": "${input.name}"}', 1, 8, "unescaped", "${input.name?json_string}"),
    ('{"a": "${input.name!}"}', 1, 8, "unescaped", "${(input.name!)?json_string}"),
    ('{"a": "${(input.name)!parameters.x}"}', 1, 8, "unescaped", "?json_string"),
    ('{"a": "${input.a + input.b}"}', 1, 8, "unescaped", "${(input.a + input.b)?json_string}"),
    ('{"a": "${input.name?upper_case}"}', 1, 8, "unescaped", "?json_string"),
    ('{"a": "<#list input.xs as x>${x}</#list>"}', 1, 29, "unescaped", "${x?json_string}"),
    ('{"a": ${input.name}}', 1, 7, "without quotes", "${input.name?c}"),
    ('{"a": ${input.name?json_string}}', 1, 7, "without quotes", '"${...}"'),
    ('{"a": [1, 2}', 1, 7, "never closed", "]"),
    ('{"a": 1}}', 1, 9, "closes nothing", "Remove"),
    ('{"a": <#if input.x??>{"b": 1<#else>2</#if>}', 1, 7, "another leaves alone", "same branch"),
    ('{"a": <#if input.x??>[</#if>1]}', 1, 7, "another leaves alone", "same branch"),
    ("[<#list input.xs as x>{</#list>]", 1, 2, "another leaves alone", "same branch"),
    ('${x!"a" + "b"}', 1, 3, 'x!("a" + "b")', '(x!"a")'),
    ('<#if x!"" == "y">z</#if>', 1, 6, 'x!("" == "y")', '(x!"")'),
    ("${n!0?c}", 1, 3, "n!(0?c)", "(n!0)"),
    ("<#if n > 5>many</#if>", 1, 1, "cut", "gt"),
    ("<#assign unused = 1>x", 1, 10, "never read", "Remove"),
    ("<#assign unused>x</#assign>", 1, 1, "never read", "Remove"),
    ("a\n  ${parameters.nope}", 2, 5, "no parameter named nope", "api_key"),
    ('<#include "x">', 1, 1, "never run", "Take it out"),
    ("${x?new()}", 1, 3, "never run", "Take it out"),
]

QUIET = [
    '{"a": "${input.name?json_string}", "b": ${input.n?c}, "c": ${UtilClass.toJsonString(input.x)}}',
    '{"a": "${input.time?datetime("yyyy")?string("MM")}", "b": "${input.url?url}", "c": ${input.xs?size}}',
    '{"a": [<#list input.xs as x>{"id": ${x.id?c}}<#sep>, </#list>]}',
    '{"a": <#if input.x??>{"b": 1}<#else>null</#if>}',
    '{"a": "<#if input.x??>on<#else>off</#if>", "b": ${input.xs?has_content?c}}',
    '<#assign name = "constant">{"a": "${name}"}',
    '{"a": "a } in a \\" text ["}',
    "Hello ${input.name}, you have ${input.n} points [",
    '${(x!"a") + "b"} ${x!"a"} ${x!y!"z"} ${x!y?upper_case}',
    "<#if (n > 5)>many</#if><#if n gt 5>b > a</#if>",
    "<#assign used = 1>${used}<#assign total = 0><#assign total += 1>${total}",
    '<#assign x = 1>${.vars["x"]}',
    "${parameters.api_key} ${parameters[input.key]}",
    '<@m/>{"a": [<#macro m>]</#macro>',
]


@pytest.mark.parametrize(("source", "line", "column", "message", "tip"), FINDINGS)
def test_finds(source: str, line: int, column: int, message: str, tip: str) -> None:
    found = [one for one in lint(source, parameters=["api_key"]) if message in one.message]
    assert [(one.line, one.column) for one in found] == [(line, column)]
    assert tip in found[0].tip


@pytest.mark.parametrize("source", QUIET)
def test_is_quiet(source: str) -> None:
    assert lint(source, parameters=["api_key"]) == []


def test_grouped_numbers_are_found_where_numbers_are_grouped() -> None:
    source = '{"a": ${input.n}, "b": ${input.xs?size}}'
    grouped = [one.column for one in lint(source, settings="strict") if "grouping" in one.message]
    assert grouped == [7]
    assert not [one for one in lint(source) if "grouping" in one.message]


def test_findings_come_in_the_order_of_the_source() -> None:
    found = lint('{"a": "${x}",\n "b": "${y}"}')
    assert found == sorted(found)
    assert all(isinstance(one, Finding) for one in found)


def test_a_template_that_cannot_be_read_raises() -> None:
    with pytest.raises(TemplateError):
        lint("<#if x>")
