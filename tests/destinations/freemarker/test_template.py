"""A template as the program sees it: settings, data, threads, and what both profiles print."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from destinations.freemarker import PAYLOAD, STRICT, Settings, Template, TemplateError

PROFILES = [
    (None, "${1234.5} ${true}", "1234.5 true"),
    ("payload", "${1234.5} ${true}", "1234.5 true"),
    (PAYLOAD, "${1234.5} ${true}", "1234.5 true"),
    ("strict", "${1234.5}", "1,234.5"),
    (STRICT, "${1234.5}", "1,234.5"),
    ({"profile": "strict"}, "${1234.5}", "1,234.5"),
    ({"number_format": "0.00"}, "${1234.5} ${true}", "1234.50 true"),
    ({"profile": "strict", "boolean_format": "yes,no"}, "${1234.5} ${true}", "1,234.5 yes"),
    ({"time_zone": "Europe/Paris"}, "${0?number_to_datetime?iso_local}", "1970-01-01T01:00:00+01:00"),
    (Settings(locale="de_DE"), "${1234.5}", "1.234,5"),
    ({"profile": "strict", "tag_syntax": "angle_bracket", "whitespace_stripping": True}, "${1234.5}", "1,234.5"),
    ({"incompatible_improvements": "2.3.32", "classic_compatible": False}, "${1234.5}", "1234.5"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "source", "expected"), PROFILES)
def test_settings(settings: Any, source: str, expected: str) -> None:
    assert Template(source, settings=settings).render({}) == expected


@pytest.mark.parametrize(
    "settings", ["lenient", {"number_fromat": "0"}, {"classic_compatible": True}, {"tag_syntax": "square_bracket"}]
)
def test_unknown_settings_are_refused(settings: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        Template("x", settings=settings)


DATA = [
    (0.1, "0.1"),
    (1.0, "1"),
    (1e21, "1000000000000000000000"),
    (1e-7, "1E-7"),
    (-0.0, "0"),
    (123456789.12345679, "123456789.12345679"),
    (Decimal("1.50"), "1.5"),
    (2**70, str(2**70)),
    (True, "true"),
    ("text", '"text"'),
    ('q"\\\n', '"q\\"\\\\\\n"'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), DATA)
def test_json_values(value: object, expected: str) -> None:
    assert Template("${x?c} ${UtilClass.toJsonString(x)}").render({"x": value}) == f"{expected} {expected}"


def test_floats_are_exact_decimals() -> None:
    assert Template("${x + y} ${x * 3}").render({"x": 0.1, "y": 0.2}) == "0.3 0.3"


def test_all_of_a_value_as_json() -> None:
    value = {"a": [1, None, {"z": "é\n\x1f/<"}], "b": {}, "c": [], "d": True, "e": 1.5}
    expected = '{"a":[1,null,{"z":"é\\n\\u001F/<"}],"b":{},"c":[],"d":true,"e":1.5}'
    assert Template("${UtilClass.toJson(x)}").render({"x": value}) == expected
    assert Template("${UtilClass.toJson(x)} ${UtilClass.toJson(x.y!)}").render({"x": {}}) == '{} ""'
    assert Template("${UtilClass.toJson(nope)}").render({}) == "null"
    assert Template("${UtilClass.toJson(0?number_to_datetime)}").render({}) == '"1970-01-01T00:00:00Z"'


def test_halves_of_characters_meet_again() -> None:
    assert Template("${s[0]}${s[1]}|${s[0]}|${s?length}").render({"s": "😀"}) == "😀|?|2"


def test_data_must_be_a_hash() -> None:
    with pytest.raises(TemplateError):
        Template("x").render([1])  # type: ignore[arg-type]


def test_many_threads_render_one_template() -> None:
    source = '<#assign n = 0><#list xs as x><#assign n += x></#list><#setting number_format="0.0">${n} ${id}'
    template = Template(source)

    def render(number: int) -> bool:
        return template.render({"xs": list(range(number)), "id": number}) == f"{sum(range(number))}.0 {number}.0"

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(render, range(200)))


def test_renderings_do_not_see_each_other() -> None:
    template = Template("${(n)!'none'}<#assign n = 1><#global g = 2>")
    assert [template.render({}), template.render({})] == ["none", "none"]


def test_the_same_source_is_compiled_once() -> None:
    assert Template("${1 + 1}").tree is Template("${1 + 1}", settings="strict").tree
