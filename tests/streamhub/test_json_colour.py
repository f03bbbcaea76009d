"""JSON indented and in colour, digit for digit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamhub.templatetags.json_colour import COLOURED, is_json, json_colour, json_indented


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a":1.10,"b":[],"c":{}}', '{\n  "a": 1.10,\n  "b": [],\n  "c": {}\n}'),
        ("[1,[2,3]]", "[\n  1,\n  [\n    2,\n    3\n  ]\n]"),
        ("[12345678901234567890, 1E400]", "[\n  12345678901234567890,\n  1E400\n]"),
        (r'{"a,b:[\"]":"\u00e9, {}"}', '{\n  "a,b:[\\"]": "\\u00e9, {}"\n}'),
        ("plain, not JSON", "plain, not JSON"),
        ("17", "17"),
        ('{"a": NaN}', '{"a": NaN}'),
        ("", ""),
    ],
)
def test_indents_text(text: str, shown: str) -> None:
    assert json_indented(text) == shown


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_agrees_with_the_standard_library(value: object) -> None:
    assert json_indented([value]) == json.dumps([value], indent=2, ensure_ascii=False)


def test_colours() -> None:
    assert json_colour('{"k":["s",1,null]}') == (
        '{\n  <span class="k">&quot;k&quot;</span>: [\n    <span class="s">&quot;s&quot;</span>,\n'
        '    <span class="n">1</span>,\n    <span class="w">null</span>\n  ]\n}'
    )


@pytest.mark.parametrize("text", ["<b>no</b>", '{"<b>": "</pre><script>"}', '["&amp;"]'])
def test_escapes(text: str) -> None:
    shown = json_colour(text).replace('<span class="k">', "").replace('<span class="s">', "").replace("</span>", "")
    assert "<" not in shown


def test_long_text_stays_plain() -> None:
    text = "[" + "1," * COLOURED + "1]"
    assert "<span" not in json_colour(text)


def test_deep_nesting_is_text() -> None:
    assert is_json("[" * 100_000) is False
