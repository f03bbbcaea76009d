# ruff: noqa: E501, ISC004 - one case to a line
"""Templates that try to hang, to exhaust memory or to reach Python. Run as a program, it prints what became of each.

The program gives each template a thread, as a web server would, and reports how far its memory grew at most.
"""

from __future__ import annotations

import json
import resource
import threading
import time

from destinations.jinja import Template, TemplateError

ADDRESS_SPACE = 1024 * 1024 * 1024
"""The last wall: beyond it Python raises MemoryError. Threads reserve some of it for their stacks."""

DATA = {"input": {"email": '"},{"admin":true', "tags": ["a", "b"]}, "x": "a" * 1000}

SHARED = "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
DEEP = "{% set ns = namespace(x=[]) %}{% for i in range(50000) %}{% set ns.x = [ns.x] %}{% endfor %}"
MEGABYTE = "{% set m = 'a' * 1000000 %}"

ATTACKS: dict[str, tuple[str, str]] = {
    # name: (template, kinds that may answer)
    "J1": ("{{ ''.__class__.__mro__ }}", "refused"),
    "J2": ("{{ ''|attr('__class__') }}", "refused"),
    "J3": ("{{ cycler.__init__.__globals__ }}", "refused"),
    "J4": ("{{ '{0.__class__}'.format(1) }}", "refused"),
    "J5": ("{{ '{:500000000}'.format(1) }}", "refused"),
    "J6": ("{{ ['x']|map(attribute='__class__')|list }}", "refused"),
    "J7": ("{{ input.update({'a': 1}) }}", "refused"),
    "J8": ("{{ 'a' * 10**9 }}", "limit"),
    "J9": ("{{ 9**9**9 }}", "limit"),
    "J10 center": ("{{ 'a'|center(10**9) }}", "refused"),
    "J10 ljust": ("{{ 'a'.ljust(10**9) }}", "refused"),
    "J10 zfill": ("{{ 'a'.zfill(10**9) }}", "refused"),
    "J10 indent": ("{{ 'a'|indent(10**9) }}", "refused"),
    "J10 expandtabs": ("{{ '\t'.expandtabs(10**9) }}", "refused"),
    "J10 percent": ("{{ '%1000000000d' % 1 }}", "refused"),
    "J11": ("{% set x = 'a' %}" + "{% set x = x ~ x %}" * 40, "limit"),
    "J12": ("{% set x = 'a' %}" + "{% set x %}{{x}}{{x}}{% endset %}" * 40, "limit"),
    "J13": ("{% set x = 'a' %}" + "{% set x = x|replace('a', 'aa') %}" * 40, "limit"),
    "J14": ("{{ range(9999)|join(range(9999)|join) }}", "limit"),
    "J15": (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}"
        "{% endfor %}{% endfor %}{% endfor %}",
        "limit",
    ),
    "J16": ("{{ [1]|slice(10**8)|list }}", "refused"),
    "J17": ("{{ lipsum(n=100000) }}", "refused"),
    "J18": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "limit"),
    "J19": ("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "limit"),
    "J20": ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "parse limit"),
    "J21": ("{% if 1 %}" * 200 + "{% endif %}" * 200, "parse limit"),
    "J22": ("{% for a in [1] %}" * 30 + "{% endfor %}" * 30, "parse limit"),
    "J23": ("{{ " + "+".join(["1"] * 20_000) + " }}", "parse limit"),
    "J24 include": ("{% include 'x' %}", "refused"),
    "J24 import": ("{% import 'x' as y %}", "refused"),
    "J24 from": ("{% from 'x' import y %}", "refused"),
    "J24 extends": ("{% extends 'x' %}", "refused"),
    "J24 block": ("{% block x %}{% endblock %}", "refused"),
    "J25 division": ("{{ 1/0 }}", "other"),
    "J25 addition": ("{{ 'a'+1 }}", "other"),
    "J25 digits": ("{{ 10**5000 }}", "other"),
    "J26 method": ("{{ ''.upper }}", "type"),
    "J26 self": ("{{ self }}", "type"),
    # Reaching Python
    "globals of a macro": ("{% macro m() %}{% endmacro %}{{ m.__globals__ }}", "refused"),
    "function of a macro": ("{% macro m() %}{% endmacro %}{{ m._func }}", "refused"),
    "environment of a macro": ("{% macro m() %}{% endmacro %}{{ m['_environment'] }}", "refused"),
    "context of self": ("{{ self._TemplateReference__context }}", "refused"),
    "blocks of self": ("{{ self['x'] }}", "refused"),
    "iterator of a loop": ("{% for i in [1] %}{{ loop._iterator }}{% endfor %}", "refused"),
    "attributes of a namespace": ("{{ namespace()._Namespace__attrs }}", "refused"),
    "class of a namespace": ("{{ namespace()['__class__'] }}", "refused"),
    "run of a method": ("{{ ''.upper.run }}", "refused"),
    "subject of a global": ("{{ range.subject }}", "refused"),
    "sort by a dunder": ("{{ ['x']|sort(attribute='__class__') }}", "refused"),
    "sum of a dunder": ("{{ ['x']|sum(attribute='__doc__') }}", "refused"),
    "dunder in a path": ("{{ [{'a': 'x'}]|map(attribute='a.__class__')|list }}", "refused"),
    "dunder of missing": ("{{ nothing.__class__ }}", "refused"),
    "list append": ("{{ input.tags.append('c') }}", "refused"),
    "dict pop": ("{{ input.pop('email') }}", "refused"),
    "internal filter by name": ("{{ [1]|map('(attribute)', 'real', ('', 1, 1))|list }}", "other"),
    "markup": ("{% autoescape true %}{{ x }}{% endautoescape %}", "refused"),
    "extensions": ("{% do 1 %}", "parse"),
    "call a value": ("{{ input() }}", "type"),
    "inner argument of strip": ("{{ '{:500000000}'.strip(1, 'format') }}", "other"),
    "inner argument of split": ("{{ '{0.__class__}'.split(1, side='format') }}", "other"),
    "inner argument of a global": ("{{ range(budget=1) }}", "other"),
    "context of a filter": ("{{ 'a'|upper(context=1) }}", "other"),
    "environment of a loop": ("{% for i in [1] %}{{ [loop]|map(attribute='_undefined') }}{% endfor %}", "refused"),
    "loop variables": ("{% macro m() %}{% endmacro %}{{ m(_loop_vars={}) }}{{ dict(_block_vars=1) }}", "rendered"),
    "complex": ("{{ (-8) ** 0.5 }}", "other"),
    # Growth
    "text doubled by +": ("{% set x = 'a' %}" + "{% set x = x + x %}" * 40, "limit"),
    "list doubled by +": ("{% set x = [1] %}" + "{% set x = x + x %}" * 60, "limit"),
    "list times a number": ("{{ [1] * 10**9 }}", "limit"),
    "number times text": ("{{ 10**9 * 'a' }}", "limit"),
    "squaring": ("{% set x = 99 %}" + "{% set x = x * x %}" * 40, "limit"),
    "power": ("{{ 2 ** (2 ** 40) }}", "limit"),
    "join method": ("{{ ('a' * 100000).join(range(1000)|map('string')|list) }}", "limit"),
    "replace nothing": (MEGABYTE + "{{ m|replace('', 'bbbb') }}", "limit"),
    "replace method": (MEGABYTE + "{{ m.replace('a', 'bbbb') }}", "limit"),
    "split to letters": (MEGABYTE + "{{ m.replace('a', 'a ')[:1000000].split() }}", "limit"),
    "lines": ("{{ ('\n' * 1000000).splitlines()|length }}", "limit"),
    "many megabytes kept": (
        MEGABYTE + "{% set ns = namespace(l=[]) %}{% for i in range(500) %}{% set ns.l = [ns.l, m[1:]] %}{% endfor %}",
        "limit",
    ),
    "many lists kept": (
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l"
        + ", 1" * 5000
        + "] %}{% endfor %}",
        "limit",
    ),
    "many macro texts kept": (
        "{% macro m() %}" + "x" * 100_000 + "{% endmacro %}{% set l = [" + "m(), " * 5000 + "] %}",
        "limit",
    ),
    "upper of long text": (MEGABYTE + "{% for i in range(9999) %}{% set y = m|upper %}{% endfor %}", "limit"),
    "urlencode": ("{{ ('ä' * 500000)|urlencode }}", "limit"),
    "spread": ("{{ dict(*range(10**9)) }}", "limit"),
    "spread into a macro": ("{% macro m() %}{{ varargs|length }}{% endmacro %}{{ m(*range(10**8)) }}", "limit"),
    "output of a loop": ("{% for i in range(99999) %}0123456789012345678901234567890{% endfor %}", "limit"),
    "constant text in a loop": ("{% for i in range(99999) %}" + "x" * 100_000 + "{% endfor %}", "limit"),
    "constant text in a set block": (
        "{% set x %}{% for i in range(99999) %}" + "x" * 100_000 + "{% endfor %}{% endset %}",
        "limit",
    ),
    "constant text in a macro": (
        "{% macro m() %}{% for i in range(99999) %}" + "x" * 1000 + "{% endfor %}{% endmacro %}{{ m() }}",
        "limit",
    ),
    "empty output": ("{% for i in range(99999) %}" + "{{ '' }}" * 3000 + "{% endfor %}", "limit"),
    "filter block": (
        "{% filter upper %}{% for i in range(99999) %}" + "x" * 1000 + "{% endfor %}{% endfilter %}",
        "limit",
    ),
    "macros defined in a loop": (
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% macro m() %}{% endmacro %}"
        "{% set ns.l = [ns.l, m] %}{% endfor %}",
        "limit",
    ),
    # Time
    "empty loop": ("{% for i in range(10**15) %}{% endfor %}", "limit"),
    "endless range": ("{{ range(10**30) }}", "limit"),
    "loop with a large body": (
        "{% for i in range(99999) %}" + "{% if i %}{% endif %}" * 3000 + "{% endfor %}",
        "limit rendered",
    ),
    "membership in a loop": (
        "{% set l = range(90000)|list %}{% for i in range(99999) %}{{ 'a' in l }}{% endfor %}",
        "limit",
    ),
    "strip a long set": (MEGABYTE + "{{ m.strip('b' * 999999 ~ 'a') }}", "limit"),
    "trim a long set": (MEGABYTE + "{{ m|trim('b' * 999999 ~ 'a') }}", "limit"),
    "sort long equal texts": (
        MEGABYTE + "{% set a = m[1:] ~ 'b' %}{% set b = m[2:] ~ 'ab' %}{{ (([a, b] * 30000)|sort)|length }}",
        "limit",
    ),
    "compare shared lists": (SHARED + "{{ ns.x == ns.y }}", "limit"),
    "find a shared list": (SHARED + "{{ ns.x in [ns.y] }}", "limit"),
    "index of a shared list": (SHARED + "{{ [ns.y].index(ns.x) }}", "limit"),
    "test a shared list": (SHARED + "{{ ns.x is eq ns.y }}", "limit"),
    "print a shared list": (SHARED + "{{ ns.x }}", "limit"),
    "json of a shared list": (SHARED + "{{ ns.x|tojson }}", "limit"),
    "json of a shared list, indented": (SHARED + "{{ ns.x|tojson(indent=8) }}", "limit"),
    "join a shared list": (SHARED + "{{ ns.x|join }}", "limit"),
    "order shared lists": (SHARED + "{{ [ns.x, ns.y]|sort }}", "other"),
    "shared list as a key": (SHARED + "{{ {ns.x: 1} }}", "other"),
    "shared tuple as a key": (
        "{% set ns = namespace(x=1) %}{% macro m() %}{% set ns.x = varargs %}{% endmacro %}"
        "{% for i in range(60) %}{{ m(ns.x, ns.x) }}{% endfor %}{{ {ns.x: 1} }}",
        "other",
    ),
    "changed with shared lists": (
        SHARED + "{% for i in [ns.x, ns.y] %}{{ loop.changed(i) }}{% endfor %}",
        "limit",
    ),
    "print a deep list": (DEEP + "{{ ns.x }}", "limit"),
    "compare a deep list": (DEEP + "{{ ns.x == [ns.x] }}", "limit"),
    "mutual recursion": (
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "limit missing",
    ),
    "recursion by caller": (
        "{% macro a() %}{% call a() %}{{ caller() }}{% endcall %}{% endmacro %}{{ a() }}",
        "limit",
    ),
    "digits from text": ("{{ ('9' * 100000)|int + 1 and (1/0) }}", "other"),
    # Compiling
    "too long": ("x" * (256 * 1024 + 1), "limit"),
    "many tags": ("{{a}}" * 52_000, "limit"),
    "many ifs": ("{% if a %}{% endif %}" * 12_000, "limit"),
    "many names": ("".join(f"{{% set a{n} = 1 %}}" for n in range(9_000)), "limit"),
    "many macros": ("".join(f"{{% macro a{n}() %}}{{% endmacro %}}" for n in range(6_000)), "limit"),
    "long elif": ("{% if a %}" + "{% elif a %}" * 20_000 + "{% endif %}", "limit missing"),
    "long attribute chain": ("{{ a" + ".b" * 100_000 + " }}", "limit"),
    "long filter chain": ("{{ a" + "|trim" * 50_000 + " }}", "limit"),
    "many nots": ("{{ " + "not " * 50_000 + "a }}", "limit"),
    "many signs": ("{{ " + "-" * 100_000 + "1 }}", "limit parse"),
    "many brackets": ("{{ " + "[" * 100_000 + " }}", "limit parse"),
    "many conditions": ("{{ " + "1 if a else " * 15_000 + "1 }}", "limit"),
    "many comparisons": ("{{ " + "1 < " * 50_000 + "1 }}", "limit"),
    "many texts joined": ("{{ " + "a ~ " * 50_000 + "a }}", "limit"),
    "95 brackets": ("{{ " + "[" * 95 + "1" + "]" * 95 + " }}", "limit"),
    "long number": ("{{ " + "9" * 10_000 + " }}", "limit parse"),
    "float beyond": ("{{ 1e999 }}", "limit"),
    "comments left open": ("{#" * 100_000, "parse"),
    "quotes left open": ("{{ " + "'" * 99_999, "parse limit"),
    "raw left open": ("{% raw %}" * 20_000, "parse"),
}


def attack(source: str) -> tuple[str, float]:
    """The kind of its error, `rendered`, or the name of a stray exception; and the seconds of this thread's work."""
    started = time.thread_time()
    try:
        Template(source).render(DATA)
        outcome = "rendered"
    except TemplateError as error:
        outcome = error.kind if str(error) else "silent"
    except BaseException as error:
        outcome = type(error).__name__
    return outcome, time.thread_time() - started


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    Template("{{ 1 }}").render({})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results: dict[str, dict[str, object]] = {}
    for name, (source, _) in ATTACKS.items():
        outcomes: list[tuple[str, float]] = []
        thread = threading.Thread(target=lambda s=source, o=outcomes: o.append(attack(s)), daemon=True)
        thread.start()
        thread.join(60)
        outcome, seconds = outcomes[0] if outcomes else ("never ended", 60)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        results[name] = {"outcome": outcome, "seconds": seconds, "kib": grown}
        if not outcomes:
            break
    print(json.dumps(results))


if __name__ == "__main__":
    main()
