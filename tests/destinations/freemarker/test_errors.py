"""What authors read when a template is wrong: thirty and more typical mistakes, word for word.

`python -m tests.destinations.freemarker.test_errors` writes the gallery anew, to be read before it is committed.
"""

from pathlib import Path

import pytest

from destinations.freemarker import Template, TemplateError

GALLERY = Path(__file__).with_name("error_gallery.txt")

DATA = {
    "input": {
        "user_id": "u-1",
        "platform": "iOS",
        "event_properties": {"revenue": 59.97, "items": [{"sku": "S1"}], "count": 1234},
        "user_properties": {"vip": True},
        "event_time": "2022-02-28 20:07:01",
    }
}

MISTAKES = [
    '{\n  "company": "${input.user_properties.company.name}"\n}',
    "${input.user_properties.email}",
    "Hello ${name}",
    "<#if (input.platform)!'' == 'iOS'>apple</#if>",
    "<#if input.event_properties.count > 10>many</#if>",
    '{"vip": ${input.user_properties.vip}}',
    "${input.event_properties.items}",
    "${input.user_properties}",
    "${input.platform * 2}",
    '<#if input.event_properties.count == "1234">x</#if>',
    "<#if input.platform>x</#if>",
    "<#list input.user_properties as property>${property}</#list>",
    "<#list input.platform as letter>${letter}</#list>",
    "${input.event_time?datetime}",
    '${"1,234"?number}',
    "${input.platform.length}",
    '<#if input.platform == "iOS">\n  apple\n<#list input.event_properties.items as item>\n',
    "<#if true>\n</#list>",
    "<#if a??>1<#elif b??>2</#if>",
    "${input.platform?uppercase}",
    '{"id": "${input.user_id", "b": 1}',
    "${input.a?? and input.b??}",
    "<#assign input.platform = 1>",
    '<@card title="x"/>',
    "<#macro card title>${title}</#macro>\n<@card/>",
    '<#macro card title>${title}</#macro>\n<@card titel="x"/>',
    '${input.platform?replace("\\d", "", "r")}',
    '<#include "other.ftl">',
    '${"java.lang.Runtime"?new()}',
    "<#list 1.. as x>${x}</#list>",
    "${input.event_properties.revenue / 0}",
    "${input.platform[10]}",
    '<#setting number_fromat="0">',
    '<#stop "unsupported event: " + input.platform>',
    '<#if(input.platform == "x")>a</#if>',
    "< #list input.users as user></#list>",
    '${input.event_properties.revenue?string("0.0.0")}',
    '${["b", 1]?sort?join(",")}',
    "${!}",
    "${input.event_properties.items?map(item -> item.name.first)?join(',')}",
    '<#switch input.platform>text<#case "iOS">a</#switch>',
    "${input.platform?index}",
    '${input.platform?matches("(a")?c}',
    '${input.platform?contains(input.event_properties.count)?c}',
]  # fmt: skip


def gallery() -> str:
    return "\n\n".join(f"{source}\n\n{_indented(_error(source))}" for source in MISTAKES) + "\n"


def _error(source: str) -> str:
    try:
        Template(source, settings="strict").render(DATA)
    except TemplateError as error:
        return f"[{error.kind}] {error}"
    return "renders"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def test_errors_read_well() -> None:
    assert gallery() == GALLERY.read_text(encoding="utf-8")


def test_messages_hold_nothing_of_python() -> None:
    text = gallery()
    for word in ("Traceback", "object at", "NoneType", "Decimal(", "<class", "jinja", "renders", "dict", "__"):
        assert word not in text


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_by_every_line_break(line_break: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template(f"a{line_break}{line_break}  ${{nope}}").render({})
    assert (caught.value.line, caught.value.column) == (3, 5)


def test_an_error_in_a_macro_is_where_the_macro_fails() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("<#macro m>\n${nope}\n</#macro>\n\n<@m/>").render({})
    assert caught.value.line == 2


def test_an_error_in_nested_content_is_where_the_content_fails() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("<#macro m>\n<#nested>\n</#macro>\n<@m>\n\n${nope}</@m>").render({})
    assert caught.value.line == 6


def test_long_lines_are_cut_around_the_place() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("x" * 500 + "${nope}" + "y" * 500).render({})
    quoted, caret = str(caught.value).split("\n")[3:5]
    assert len(quoted) < 120
    assert quoted[caret.index("^") :].startswith("nope")


def test_the_name_of_the_template_is_told() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("${nope}", name="order-webhook").render({})
    assert "Template: order-webhook, line 1, column 3" in str(caught.value)


if __name__ == "__main__":
    GALLERY.write_text(gallery(), encoding="utf-8")


def test_half_a_surrogate_pair_does_not_reach_a_message() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("\ud83d ${\ud83d}")
    assert str(caught.value).encode("utf-8")


@pytest.mark.parametrize(
    ("line", "column", "headline"),
    [(2, 5, "Line 2, column 5: It is wrong."), (2, None, "Line 2: It is wrong."), (None, None, "It is wrong.")],
)
def test_the_headline_begins_with_the_place(line, column, headline):
    assert TemplateError("other", "It is wrong.", line, column).headline == headline


def test_in_a_list_it_names_what_is_to_blame_on_one_line():
    error = TemplateError("missing", "It is missing", 2, 5, "a\n  .b")
    assert error.brief == "Line 2: It is missing: a .b"
    assert len(TemplateError("missing", "It is missing", 2, 5, "x" * 5_000).brief) < 150
    assert TemplateError("other", "It is wrong.").brief == "It is wrong."
