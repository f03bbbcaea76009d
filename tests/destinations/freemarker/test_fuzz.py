# ruff: noqa: RUF005 - long lists in two lines
"""Templates at random: none may hang, eat memory, or raise anything but TemplateError.

`FREEMARKER_FUZZ=200000` raises the number of templates from the few that every test run tries.
"""

import os
import re
import resource
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from destinations.freemarker import Template, TemplateError, lint, references
from destinations.freemarker.builtins.catalogue import BUILT_INS
from destinations.freemarker.settings import NAMES
from destinations.freemarker.specials import SPECIALS
from tests.destinations.freemarker.test_cases import read

EXAMPLES = int(os.environ.get("FREEMARKER_FUZZ", "150"))
SECONDS = 4
MEMORY = 64 * 1024 * 1024

many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

DATA: dict[str, Any] = {
    "input": {
        "user_id": "u-1",
        "event_type": 'Order "Completed"\n',
        "event_time": "2022-02-28 20:07:01.795",
        "in_cohort": True,
        "n": 1234567,
        "f": 0.1,
        "tags": ["a", None, "b", 3, False],
        "users": [{"user_id": "a", "age": 3}, {"user_id": "b", "age": None}],
        "user_properties": {"email": None, "a b": {"c": [1, [2, {"d": "😀é"}]]}},
    },
    "x": "text 12",
    "y": 5,
    "z": {},
    "parameters": {"api_key": "k"},
}

NAMES_READ = st.sampled_from(
    ["x", "y", "z", "input", "nope", "parameters", "input.tags", "input.users", "input.n", "input.f", "v", "k"]
    + ["input.user_properties", "input.event_type", "input.event_time", "input.in_cohort", "UtilClass", "m", "g"]
)
LITERALS = st.sampled_from(
    ["1", "0", "2.5", "007", "99999999999", "true", "false", '"a"', "'b c'", 'r"\\d+"', '"${x}"', "[]", "{}", '"😀"']
    + ["[1, 2, 3]", '{"a": 1, "b": [2]}', '"1e3"', '"2022-02-28"', '"yyyy-MM-dd"', '"(a+)+$"', "(1..3)", "(5..)", '""']
)
BINARY = st.sampled_from("+ - * / % == != && || lt lte gt gte .. ..< ..* ! , -> ?? = | & #".split())  # noqa: SIM905
BUILT_IN_NAMES = st.sampled_from(sorted(BUILT_INS))


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(inner, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(inner, BINARY, inner).map(" ".join),
        st.tuples(inner, BUILT_IN_NAMES).map("?".join),
        st.tuples(inner, BUILT_IN_NAMES, arguments).map(lambda t: f"{t[0]}?{t[1]}({t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, st.sampled_from(["a", "size", "users", "__class__", "toJsonString"])).map(".".join),
        st.tuples(inner, arguments).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}?map(v -> {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}?filter(v -> ({t[1]})??)"),
        inner.map(lambda e: f"({e})"),
        inner.map(lambda e: f"-{e}"),
        inner.map(lambda e: f"!{e}"),
        inner.map(lambda e: f"({e})!"),
        inner.map(lambda e: f"({e})??"),
        inner.map(lambda e: f"[{e}, {e}]"),
        inner.map(lambda e: f'{{"k": {e}}}'),
        inner.map(lambda e: f'"a${{{e}}}b"'),
        st.sampled_from(sorted(SPECIALS)).map(lambda name: f".{name}"),
    )


EXPRESSIONS = st.recursive(st.one_of(NAMES_READ, LITERALS), _expressions, max_leaves=8)
TEXTS = st.sampled_from(
    ["\n", " ", "  ", "a", '{"k": "', '"}', "\r\n", "<", "$", "#{", "${", "}", "<#", "\u00a0", "😀"]
)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    e = EXPRESSIONS
    return st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(e, inner, inner).map(lambda t: f"<#if {t[0]}>{t[1]}<#else>{t[2]}</#if>"),
        st.tuples(e, inner).map(lambda t: f"<#list {t[0]} as v>{t[1]}<#sep>,</#list>"),
        st.tuples(e, inner).map(lambda t: f"<#list {t[0]} as k, v>${{k}}{t[1]}${{v?index}}<#else>-</#list>"),
        st.tuples(e, inner).map(lambda t: f"<#list {t[0]}>{t[1]}<#items as v>{t[1]}</#items></#list>"),
        st.tuples(e, inner).map(lambda t: f"<#switch {t[0]}><#case 1>{t[1]}<#break><#default>{t[1]}</#switch>"),
        inner.map(lambda b: f"<#assign v>{b}</#assign>"),
        inner.map(lambda b: f"<#attempt>{b}<#recover>${{.error}}{b}</#attempt>"),
        inner.map(lambda b: f"<#compress>{b}</#compress>"),
        inner.map(lambda b: f"<#macro m p=1 q...>{b}<#nested p></#macro>"),
        inner.map(lambda b: f"<#function g p=1>{b}<#return p></#function>"),
        inner.map(lambda b: f"<@m 1; v>{b}</@m>"),
        inner.map(lambda b: f"<@m p=2>{b}</@m>"),
        inner.map(lambda b: f'<#outputformat "HTML">{b}</#outputformat>'),
        st.tuples(e, inner).map(lambda t: f"<#escape x as {t[0]}>{t[1]}</#escape>"),
    )


LEAVES = st.one_of(
    TEXTS,
    EXPRESSIONS.map(lambda e: f"${{{e}}}"),
    EXPRESSIONS.map(lambda e: f"${{({e})!}}"),
    EXPRESSIONS.map(lambda e: f"#{{{e}; m1M3}}"),
    EXPRESSIONS.map(lambda e: f"<#assign v = {e}>"),
    EXPRESSIONS.map(lambda e: f"<#assign v += {e}>"),
    EXPRESSIONS.map(lambda e: f"<#global x = {e}>"),
    EXPRESSIONS.map(lambda e: f"<#local v = {e}>"),
    EXPRESSIONS.map(lambda e: f"<#stop {e}>"),
    EXPRESSIONS.map(lambda e: f"<@m {e}/>"),
    EXPRESSIONS.map(lambda e: f"<#return {e}>"),
    st.tuples(st.sampled_from(NAMES), EXPRESSIONS).map(lambda t: f"<#setting {t[0]}={t[1]}>"),
    st.sampled_from(["<#break>", "<#continue>", "<#t>", "<#lt>", "<#rt>", "<#nt>", "<#-- c -->", "<#nested>", "<@m/>"]),
    st.sampled_from(["<#return>", "<#noparse>${</#noparse>", "${g()}", "<#list 1.. as v>", "</#list>", "<#ftl>"]),
)
TEMPLATES = st.recursive(LEAVES, _blocks, max_leaves=25)

CASES = [case.values[0] for name in ("cases.jsonl", "limits.jsonl") for case in read(name)]
TOKEN = re.compile(r"<#--|-->|</?[#@]\w*|\$\{|#\{|\?\w+|\w+|\s+|.", re.DOTALL)
TOKENS = sorted({token for case in CASES for token in TOKEN.findall(case["template"])})


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    case = draw(st.sampled_from(CASES))
    tokens = TOKEN.findall(case["template"])
    for _ in range(draw(st.integers(1, 4))):
        position = draw(st.integers(0, len(tokens)))
        change = draw(st.sampled_from(["drop", "insert", "repeat", "replace", "swap"]))
        chosen = draw(st.sampled_from(TOKENS))
        if change == "insert":
            tokens.insert(position, chosen)
        elif change == "drop":
            del tokens[position : position + 1]
        elif change == "replace":
            tokens[position : position + 1] = [chosen]
        elif change == "repeat":
            tokens[position:position] = tokens[position : position + 1] * 2
        else:
            tokens[position : position + 2] = tokens[position : position + 2][::-1]
    return "".join(tokens), case["data"]


def survive(source: str, data: dict[str, Any], profile: str) -> None:
    started, before = time.process_time(), _peak()
    error: TemplateError | None = None
    try:
        template = Template(source, settings=profile)
        references(source)
        lint(source, parameters=["api_key"])
        template.render(data)
    except TemplateError as raised:
        error = raised
    assert error is None or str(error)
    assert error is None or error.__cause__ is None, f"an error that nobody foresaw: {error.__cause__!r}"
    assert time.process_time() - started < SECONDS, "too slow"
    assert _peak() - before < MEMORY, "too much memory"


def _peak() -> int:
    """The most memory that this process has ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@many
@given(TEMPLATES, st.sampled_from(["strict", "payload"]))
def test_templates_of_the_grammar(source: str, profile: str) -> None:
    survive(source, DATA, profile)


@many
@given(mutated(), st.sampled_from(["strict", "payload"]))
def test_mutations_of_the_cases(case: tuple[str, dict[str, Any]], profile: str) -> None:
    survive(*case, profile)


@many
@given(EXPRESSIONS)
def test_expressions_of_the_grammar(source: str) -> None:
    survive(f"${{({source})!}}|<#if ({source})??>1</#if>", DATA, "payload")


@many
@given(st.text(alphabet=st.sampled_from(list("<#@>/${}()[]!?.,:;=\"'\\ \n-+*%&|abx1")), max_size=60))
def test_noise(source: str) -> None:
    survive(source, DATA, "payload")
