# ruff: noqa: E501 - one case to a line
"""Which data a template reads, and where."""

import pytest

from destinations.freemarker import TemplateError
from destinations.freemarker.reading import Reference, references

READINGS = [
    ("${input.user_id}", ["input.user_id"]),
    ("${input.user_properties['Sign Up Date']}", ["input.user_properties.Sign Up Date"]),
    ("${input.items[0].sku}", ["input.items.sku"]),
    ("${input.user_properties[parameters.key]}", ["input.user_properties", "parameters.key"]),
    ("${input.email!parameters.email?lower_case}", ["input.email", "parameters.email"]),
    ("<#if input.a?? && input.b?has_content>${mappedFields.c}</#if>", ["input.a", "input.b", "mappedFields.c"]),
    ('"${"a ${input.a} b"}"', ["input.a"]),
    ("<#list input.users as u>${u.id}${u?index}<#sep>, </#list>", ["input.users", "input.users.id", "input.users"]),
    ("<#list input.users>[<#items as u>${u.id}</#items>]<#else>${input.b}</#list>", ["input.users", "input.users.id", "input.b"]),
    ("<#list input.user_properties as k, v>${k}${v}</#list>", ["input.user_properties"]),
    ("<#list input.user_properties?keys as k>${k}</#list>", ["input.user_properties"]),
    ("<#assign p = input.user_properties>${p.email}", ["input.user_properties", "input.user_properties.email"]),
    ("<#assign p = input.a!{}>${p.b}", ["input.a", "input.a.b"]),
    ("<#assign n = 1>${n}", []),
    ("<#assign n>${input.a}</#assign>${n}", ["input.a"]),
    ("<@m input.e/><#macro m a b=input.c>${a}${b}${input.d}</#macro>", ["input.e", "input.c", "input.d"]),
    ("<#function f x><#return x + input.a></#function>${f(input.b)}", ["input.a", "input.b"]),
    ("${input.tags?filter(t -> t.on)?first.name}", ["input.tags", "input.tags.on", "input.tags.name"]),
    ("${input.tags[1..]?join(parameters.a)}", ["input.tags", "parameters.a"]),
    ("${(input.a.b)!'none'}${.now}", ["input.a.b"]),
    ("${UtilClass.toJsonString(input.a)}", ["input.a"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "paths"), READINGS)
def test_lists_what_is_read(source: str, paths: list[str]) -> None:
    assert sorted({".".join(one.path) for one in references(source)}) == sorted(set(paths))


def test_places_are_where_the_path_starts() -> None:
    source = '{\n  "a": ${input.a},\n  "b": ${parameters.b} ${input.a}\n}'
    assert references(source) == [
        Reference(("input", "a"), 2, 10),
        Reference(("parameters", "b"), 3, 10),
        Reference(("input", "a"), 3, 26),
    ]


def test_a_template_that_cannot_be_read_raises() -> None:
    with pytest.raises(TemplateError) as caught:
        references("<#if x>")
    assert caught.value.kind == "parse"
