"""No template reaches Python: what its code can name, and what the attempts get."""

import ast
import re
from decimal import Decimal

import pytest

from destinations.freemarker import Template, TemplateError
from destinations.freemarker.compiled import compile_template
from destinations.freemarker.engine_names import NAMES
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.source import Source
from tests.destinations.freemarker.test_cases import read
from tests.destinations.freemarker.test_errors import MISTAKES
from tests.destinations.freemarker.test_limits import BOMBS

COUNTED = re.compile(r"[a-z]\d+|K\d+")
FIXED = {"R", "N", "G", "D", "S", "o", "content", "template"}
"""The rendering, its variables, the data, a scope for ?eval, the output; macro content; the whole function."""

ATTRIBUTES = {
    # of dicts and lists
    "get",
    "append",
    "extend",
    # of the rendering
    "capture",
    "change",
    "counted",
    "depth",
    "enter",
    "errors",
    "escaped",
    "found",
    "globals",
    "items",
    "joined",
    "last_of",
    "listed",
    "made_items",
    "namespace",
    "number_text",
    "pairs",
    "pop",
    "recover",
    "release",
    "settings",
    "taken",
    "template_name",
    "text",
    "walk",
    # of its settings
    "c_format",
    "locale",
    "time_zone",
    "url_escaping_charset",
    # of a return from afar
    "value",
}

NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Nonlocal, ast.Return, ast.Raise, ast.Pass, ast.Break,
    ast.Continue, ast.Expr, ast.Assign, ast.AugAssign, ast.NamedExpr, ast.For, ast.While, ast.If, ast.IfExp, ast.Try,
    ast.ExceptHandler, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub,
    ast.Mod, ast.Compare, ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Call, ast.Name,
    ast.Load, ast.Store, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Lambda,
)  # fmt: skip

HOSTILE = [
    "${__import__} ${__builtins__} ${R} ${template} ${o} ${K0} ${D}",
    "<#assign __builtins__ = 1 R = 2 K0 = 3 template = 4>${R}",
    '<#assign "K0" = 1 "import os" = 2>${.vars["import os"]}',
    "<#macro eval exec...>${eval}</#macro><@eval 1/>",
    "<#macro m __class__>${__class__}</#macro><@m __class__=1/>",
    "<#function type x><#return x></#function>${type(1)}",
    "<#list 1..2 as enumerate>${enumerate}</#list>",
    '${x?map(lambda -> lambda)?join("\'")}',
    "${x?map(__x -> __x.__class__)}",
    '${"\\x27\\x22\\x5c\\x0a\\x7b\\x7d%s{0}#1"}',
    "#{1;m1M2} ${\"'''\"} ${'\"\"\"'} \"\"\" ''' #{2}\n#3\n",
    "<#assign ünïcode = 1>${ünïcode}",
    "${a\\-b\\.c\\:d\\#e}",
    "<@m ; __x, y>${__x}</@m><#macro m><#nested 1, 2></#macro>",
    "<#setting locale='__import__(\"os\")'>${1}",
    "<#escape x as x?replace('\"', \"'\")>${y}</#escape>",
]


def sources() -> list[str]:
    cases = [case.values[0]["template"] for name in ("cases.jsonl", "bench.jsonl") for case in read(name)]
    return [*cases, *MISTAKES, *HOSTILE, *(bomb[1] for bomb in BOMBS if len(bomb[1]) < 5_000)]


def test_generated_code_names_nothing_but_the_engine() -> None:
    walked = 0
    for source in sources():
        try:
            compiled = compile_template(Source(source))
        except (SyntaxFault, RecursionError):
            continue
        walked += 1
        for node in ast.walk(ast.parse(compiled.code)):
            assert isinstance(node, NODES), (source, ast.dump(node))
            if isinstance(node, ast.Name):
                assert node.id in NAMES or node.id in FIXED or COUNTED.fullmatch(node.id), (source, node.id)
            elif isinstance(node, ast.arg):
                assert node.arg in FIXED or COUNTED.fullmatch(node.arg), (source, node.arg)
            elif isinstance(node, ast.FunctionDef):
                assert node.name in FIXED or COUNTED.fullmatch(node.name), (source, node.name)
            elif isinstance(node, ast.Attribute):
                assert node.attr in ATTRIBUTES, (source, node.attr)
            elif isinstance(node, ast.Constant):
                assert node.value in (None, "") or isinstance(node.value, int), (source, node.value)
            elif isinstance(node, ast.Call):
                assert not node.keywords, (source, ast.dump(node))
        for constant in compiled.constants.values():
            assert isinstance(constant, str | int | Decimal | tuple)
    assert walked > 600


def test_generated_code_runs_without_builtins() -> None:
    compiled = compile_template(Source("${1}"))
    assert compiled.run.__globals__["__builtins__"] == {}


ESCAPES = [
    "${x.__class__}",
    "${x['__class__']}",
    "${x.__init__.__globals__}",
    "${s.__class__}",
    "${s.format}",
    "${s['join']}",
    "${n.real}",
    "${l.append}",
    "${l.__len__}",
    "${h.items()}",
    "${h.get('a')}",
    "${h.keys()}",
    "${f.__code__}<#function f><#return 1></#function>",
    "${m.body}<#macro m></#macro>",
    "${UtilClass.__class__}",
    "${UtilClass.toJsonString.__self__}",
    "${UtilClass.methods}",
    "${statics['java.lang.Runtime']}",
    "${statics.java}",
    "${l.iterator().items}",
    "${(1..3).first}",
    '${"a"?matches("a").whole}',
    "${.now.millis}",
    "${.vars.R}",
    "${.data_model.__class__}",
    "${.main.__builtins__}",
    "${\"__import__('os')\"?eval}",
    '${"x.__class__"?eval}',
    "${o}",
    "${o.secret}",
    "${o?c}",
    "${o?string}",
    "${o?keys?size}",
    "${UtilClass.toJsonString(o)}",
    "${o?has_content?then(o.secret, o.secret)}",
]


class Host:
    """An object that no JSON holds."""

    secret = "s3cret"

    def __str__(self) -> str:
        return self.secret

    __repr__ = __str__


@pytest.mark.parametrize("source", ESCAPES)
def test_nothing_of_the_host_can_be_read(source: str) -> None:
    data = {"x": {"a": 1}, "s": "text", "n": 1, "l": [1], "h": {"a": 1}, "o": Host()}
    with pytest.raises(TemplateError) as caught:
        Template(source).render(data)
    assert caught.value.kind in {"missing", "type", "other"}
    assert "s3cret" not in str(caught.value)
    assert "Host" not in str(caught.value)


def test_names_of_attributes_are_ordinary_keys() -> None:
    data = {"x": {"__class__": "plain", "get": "too", "items": "also"}, "__builtins__": "mine"}
    template = Template('${x.__class__} ${x.get} ${x["items"]} ${__builtins__}')
    assert template.render(data) == "plain too also mine"


def test_what_data_hold_is_never_read_as_template() -> None:
    data = {"x": '${1 + 1} <#if true>a</#if> #{2} {{ 3 }} {% raw %} K0 """'}
    assert Template("${x} ${x?upper_case?lower_case}").render(data).startswith(data["x"])


REFUSALS = [
    '${"freemarker.template.utility.Execute"?new()("id")}',
    "${x?api.class}",
    '<#include "/etc/passwd">',
    '<#import "x.ftl" as x>',
    '<#assign t = "${1}"?interpret>',
    "<#visit x>",
    "<#recurse>",
    "<#transform x></#transform>",
    "${x?parent}",
    "${x?absolute_template_name('a')}",
    "${.get_optional_template('x')}",
    "<#if false>${x?api}</#if>",
    "<#attempt>${x?new()}<#recover>caught</#attempt>",
    "before <#list [] as y>${y?children}</#list>",
]  # fmt: skip


@pytest.mark.parametrize("source", REFUSALS)
def test_refused_features_parse_and_never_run(source: str) -> None:
    template = Template(source)
    with pytest.raises(TemplateError) as caught:
        template.render({"x": "a"})
    assert (caught.value.kind, caught.value.line) == ("refused", 1)


def test_evaluated_text_is_refused_the_same() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("${'x?api'?eval}").render({"x": "a"})
    assert caught.value.kind == "refused"


def test_objects_have_no_api() -> None:
    assert Template("${x?has_api?c}").render({"x": "a"}) == "false"
