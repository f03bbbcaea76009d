# ruff: noqa: E501 - one case to a line
"""What payload templates put out."""

from __future__ import annotations

import json
import threading
from decimal import Decimal
from typing import Any

import pytest

from destinations.freemarker.limits import Limits
from destinations.jinja import Template, TemplateError

DATA: dict[str, Any] = {
    "input": {
        "user_id": "u-1",
        "event_type": 'Say "hi" <b>',
        "event_time": "2023-08-16 17:26:03.123",
        "revenue": Decimal("59.90"),
        "rate": 0.5,
        "amplitude_id": 12345678901234567890123,
        "vip": True,
        "coupon": None,
        "city": "Zürich",
        "items": [{"sku": "A", "price": 2}, {"sku": "b", "price": 1}],
        "user_properties": {"plan": "pro", "keys": "mine", "Sign Up Date": "2021-03-04"},
        "tags": ["x", "y"],
        "empty": [],
    },
    "parameters": {"api_key": "secret"},
}

RENDERINGS = [
    # Values as JSON writes them
    ("{{ input.user_id }}", "u-1"),
    ("{{ input.vip }} {{ input.coupon }}", "true null"),
    ("{{ true }} {{ none }} {{ not true }}", "true null false"),
    ("{{ input.revenue }} {{ input.rate }}", "59.90 0.5"),
    ("{{ input.amplitude_id }}", "12345678901234567890123"),
    ("{{ input.tags }}", '["x","y"]'),
    ("{{ input.user_properties }}", '{"plan":"pro","keys":"mine","Sign Up Date":"2021-03-04"}'),
    ("{{ range(3) }}", "[0,1,2]"),
    ("{{ 1e20 }} {{ 1.0 }}", "1e+20 1.0"),
    ("{{ input.event_type }}", 'Say "hi" <b>'),
    # JSON
    ("{{ input.event_type | tojson }}", '"Say \\"hi\\" <b>"'),
    ('"{{ input.event_type | json_string }}"', '"Say \\"hi\\" <b>"'),
    ("{{ input.city | tojson }}", '"Zürich"'),
    ("{{ input.coupon | tojson }} {{ input.vip | tojson }} {{ input.revenue | tojson }}", "null true 59.90"),
    ("{{ {'b': 1, 'a': [1, none]} | tojson }}", '{"b":1,"a":[1,null]}'),
    ("{{ [1, {}] | tojson(indent=2) }}", "[\n  1,\n  {}\n]"),
    ("{{ [] | tojson }}{{ {} | tojson }}", "[]{}"),
    # Data keys go before methods
    ("{{ input.items | length }}", "2"),
    ("{{ input.user_properties.keys }}", "mine"),
    ("{{ input.user_properties['Sign Up Date'] }}", "2021-03-04"),
    ("{% for k, v in input.user_properties.items() %}{{ k }}={{ v }};{% endfor %}", "plan=pro;keys=mine;Sign Up Date=2021-03-04;"),
    ("{% for k in input.user_properties %}{{ k }};{% endfor %}", "plan;keys;Sign Up Date;"),
    ("{{ input.items[0].sku }}{{ input.items[-1]['sku'] }}", "Ab"),
    ("{{ input.get('nope', 'other') }}", "other"),
    # Missing values
    ("{{ input.nope | default('-') }}", "-"),
    ("{{ nope | d('-') }}", "-"),
    ("{{ input.coupon | default('-') }} {{ input.coupon | default('-', true) }}", "null -"),
    ("{{ input.nope is defined }} {{ input.vip is defined }}", "false true"),
    ("{% if input.user_properties.email is defined %}a{% else %}b{% endif %}", "b"),
    ("{{ 'a' if false }}{{ ('a' if false) | default('b') }}", "b"),
    ("{{ input.items[9] | default('none') }}", "none"),
    # Tags
    ("{% set p = input.user_properties %}{{ p.plan }}", "pro"),
    ("{% set x %}a{{ input.user_id }}{% endset %}[{{ x }}]", "[au-1]"),
    ("{% set a, b = 1, 2 %}{{ a + b }}", "3"),
    ("{% for i in input.items %}{{ loop.index }}:{{ i.sku }}{% if not loop.last %}, {% endif %}{% endfor %}", "1:A, 2:b"),
    ("{% for i in input.empty %}x{% else %}none{% endfor %}", "none"),
    ("{% for i in range(5) if i is odd %}{{ i }}{{ loop.length }}{% endfor %}", "1232"),
    ("{% for t in [1, [2, [3]]] recursive %}{{ loop(t) if t is sequence else t }}{% endfor %}", "123"),
    ("{% for t in input.tags %}{{ loop.cycle('a', 'b') }}{{ loop.previtem | default('-') }}{% endfor %}", "a-bx"),
    ("{% for t in [1, 1, 2] %}{{ loop.changed(t) }} {% endfor %}", "true false true "),
    ("{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "3"),
    ("{% macro m(a, b='B') %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }}", '1B[]{}'),
    ("{% macro m() %}<{{ caller(1) }}>{% endmacro %}{% call(x) m() %}in{{ x }}{% endcall %}", "<in1>"),
    ("{% macro j(v) %}{% if v is sequence and v is not string %}[{% for x in v %}{{ j(x) }}{% endfor %}]{% else %}{{ v }}{% endif %}{% endmacro %}{{ j([1, [2]]) }}", "[1[2]]"),
    ("{% filter upper %}a{{ 'b' }}{% endfilter %}", "AB"),
    ("{% filter length %}abc{% endfilter %}{% set x %}{% filter wordcount %}a b{% endfilter %}{% endset %}{{ x }}", "32"),
    ("{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'a-b-c'.rsplit('-', 1) }}|{{ 'a b  c'.split(none, 1) }}", 'a | a|["a-b","c"]|["a","b  c"]'),
    ("{% with a = 1 %}{{ a }}{% endwith %}", "1"),
    ("{% raw %}{{ x }}{% endraw %}{# note #}", "{{ x }}"),
    ("a\n{%- if true %} b{% endif %}\n", "a b"),
    # Operators
    ("{{ 1 + 2 * 3 - 4 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 10 }} {{ 7 / 2 }}", "3 3 3 1024 3.5"),
    ("{{ 'a' + 'b' }} {{ 'a' ~ 1 ~ true ~ none }} {{ [1] + [2] }} {{ 'ab' * 2 }}", "ab a1truenull [1,2] abab"),
    ("{{ input.revenue * 2 }} {{ input.revenue + 0.1 }} {{ input.revenue / 3 }}", "119.80 60.00 19.96666666666666666666666666666667"),
    ("{{ 1 < 2 <= 2 }} {{ 'a' == 'a' }} {{ 1 != 1.0 }} {{ [1, {'a': 2}] == [1, {'a': 2}] }}", "true true false true"),
    ("{{ 'x' in input.tags }} {{ 'z' not in input.tags }} {{ 'a' in 'cab' }} {{ 'plan' in input.user_properties }}", "true true true true"),
    ("{{ 1 and 0 }} {{ '' or 'b' }} {{ not '' }}", "0 b true"),
    ("{{ input.event_time[:10] }} {{ input.tags[1:] }} {{ 'abc'[::-1] }} {{ range(9)[2:4] }}", '2023-08-16 ["y"] cba [2,3]'),
    ("{{ -input.rate }} {{ 9007199254740993 + 1 }}", "-0.5 9007199254740994"),
    # Methods
    ("{{ 'Ab'.upper() }} {{ ' a '.strip() }} {{ 'a,b'.split(',') }} {{ 'abc'.startswith('a') }}", 'AB a ["a","b"] true'),
    ("{{ 'a-b'.replace('-', '+') }} {{ ','.join(input.tags) }} {{ 'a b'.split() }}", 'a+b x,y ["a","b"]'),
    ("{{ input.tags.index('y') }} {{ input.tags.count('x') }}", "1 1"),
    ("{{ dict(a=1, **{'b': 2}) }} {{ dict([['k', 'v']]) }}", '{"a":1,"b":2} {"k":"v"}'),
    # Filters on text
    ("{{ 'ab cd' | upper }} {{ 'AB' | lower }} {{ 'aB' | capitalize }} {{ 'ab-cd e' | title }}", "AB CD ab Ab Ab-Cd E"),
    ("{{ ' a ' | trim }}|{{ 'xax' | trim('x') }}", "a|a"),
    ("{{ 'aaa' | replace('a', 'b', 2) }}", "bba"),
    ("{{ 'one two three' | truncate(9, leeway=0) }} {{ 'abcdef' | truncate(4, true, '…', 0) }}", "one... abc…"),
    ("{{ 'a b/ü&' | urlencode }} {{ {'a': 'b c', 'd': 1} | urlencode }}", "a%20b/%C3%BC%26 a=b+c&d=1"),
    ("{{ '<a href=\"x\">' | e }}", "&lt;a href=&#34;x&#34;&gt;"),
    ("{{ 'a b c' | wordcount }} {{ 5 | string + 'x' }}", "3 5x"),
    ("{{ 'abc' | sha256 }}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("{{ 'user:pass' | base64 }}", "dXNlcjpwYXNz"),
    # Filters on lists
    ("{{ input.tags | join(', ') }} {{ input.items | join('+', attribute='sku') }}", "x, y A+b"),
    ("{{ input.tags | first }}{{ input.tags | last }}{{ 'abc' | first }}", "xya"),
    ("{{ input.items | map(attribute='sku') | list }} {{ input.tags | map('upper') }}", '["A","b"] ["X","Y"]'),
    ("{{ input.items | map(attribute='nope', default='?') }}", '["?","?"]'),
    ("{{ input.items | selectattr('price', 'gt', 1) | map(attribute='sku') }}", '["A"]'),
    ("{{ input.items | rejectattr('price', 'eq', 2) | length }}", "1"),
    ("{{ [1, 2, 3] | select('odd') }} {{ [0, 1] | reject }} {{ [0, 1] | select }}", "[1,3] [0] [1]"),
    ("{{ input.items | sort(attribute='price') | map(attribute='sku') }}", '["b","A"]'),
    ("{{ ['b', 'A'] | sort }} {{ ['b', 'A'] | sort(case_sensitive=true, reverse=true) }}", '["A","b"] ["b","A"]'),
    ("{{ [3, 1, 2] | min }}{{ [3, 1, 2] | max }}{{ [3, 1, 2] | sum }}", "136"),
    ("{{ input.items | sum(attribute='price') }} {{ input.items | map(attribute='price') | sum(start=10) }}", "3 13"),
    ("{{ [1, 2, 1, 'a', 'A'] | unique }} {{ [1, 2] | reverse }} {{ 'ab' | reverse }}", '[1,2,"a"] [2,1] ba'),
    ("{% for g in input.items | groupby('price') %}{{ g.grouper }}={{ g.list | length }} {% endfor %}", "1=1 2=1 "),
    ("{% for k, v in {'b': 1, 'a': 2} | dictsort %}{{ k }}{{ v }}{% endfor %}", "a2b1"),
    ("{% for k, v in input.user_properties | items %}{{ k[0] }}{% endfor %}", "pkS"),
    # Filters on numbers
    ("{{ '42' | int }} {{ 'x' | int(7) }} {{ 'ff' | int(0, 16) }} {{ '3.9' | int }} {{ none | int }}", "42 7 255 3 0"),
    ("{{ '1.5' | float }} {{ 'x' | float(2) }} {{ -3 | abs }}", "1.5 2 3"),
    ("{{ 2.567 | round(1) }} {{ 2.1 | round(method='ceil') }} {{ input.revenue | round(1) }}", "2.6 3.0 59.9"),
    # Dates
    ("{{ input.event_time | date('%d.%m.%Y, %H:%M') }}", "16.08.2023, 17:26"),
    ("{{ input.event_time | date }} {{ input.event_time | date('%H:%M:%S.%3f') }}", "2023-08-16T17:26:03Z 17:26:03.123"),
    ("{{ input.event_time | epoch }} {{ input.event_time | epoch_ms }}", "1692206763 1692206763123"),
    ("{{ 1692206763123 | date }} {{ '1692206763' | date }}", "2023-08-16T17:26:03Z 2023-08-16T17:26:03Z"),
    ("{{ '2023-08-16T17:26:03+02:00' | date('%H:%M') }}", "15:26"),
    # Tests
    ("{{ 1 is number }} {{ true is number }} {{ 'a' is string }} {{ {} is mapping }} {{ none is none }}", "true false true true true"),
    ("{{ 4 is divisibleby 2 }} {{ 3 is even }} {{ 1 is eq 1 }} {{ 'a' is in ['a'] }} {{ true is boolean }}", "true false true true true"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), RENDERINGS)
def test_renders(source: str, expected: str) -> None:
    assert Template(source).render(DATA) == expected


def test_data_stay_as_they_were() -> None:
    before = json.dumps(DATA, default=str)

    Template("{% set x = input.items | sort(attribute='price') %}{{ x + input.tags }}").render(DATA)

    assert json.dumps(DATA, default=str) == before


def test_data_may_use_the_names_of_globals() -> None:
    assert Template("{{ range }}{{ dict }}").render({"range": 1, "dict": 2}) == "12"


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert Template("{{ x }}ü{{ x | tojson }}").render({"x": "a\ud800"}) == 'a?ü"a?"'


def test_windows_and_old_line_ends_become_newlines() -> None:
    assert Template("a\r\nb\rc").render({}) == "a\nb\nc"


def test_a_compiled_template_serves_many_threads() -> None:
    template = Template("{% macro m(n) %}{{ n }}{% endmacro %}{% for i in xs %}{{ m(i) }},{% endfor %}")
    results: dict[int, set[str]] = {}

    def render(number: int) -> None:
        results[number] = {template.render({"xs": [number] * 50}) for _ in range(50)}

    threads = [threading.Thread(target=render, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {number: {f"{number}," * 50} for number in range(8)}


def test_a_limit_can_be_lowered_for_one_template() -> None:
    source = "{% for i in range(50) %}x{% endfor %}"

    assert Template(source).render({}) == "x" * 50
    for limits in (Limits(steps=20), Limits(output_characters=20), Limits(sequence_items=20)):
        narrow = Template(source if limits.sequence_items > 20 else "{{ range(50)|list }}", limits=limits)
        with pytest.raises(TemplateError) as caught:
            narrow.render({})
        assert caught.value.kind == "limit"


def test_a_budget_starts_anew_for_each_rendering() -> None:
    template = Template("{% for i in range(90) %}{% endfor %}", limits=Limits(steps=100))

    assert [template.render({}) for _ in range(3)] == ["", "", ""]
