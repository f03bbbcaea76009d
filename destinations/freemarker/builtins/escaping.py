"""Text as it must be written in JSON, JavaScript, HTML, URLs; and markup."""

from __future__ import annotations

from collections.abc import Callable

from destinations.freemarker import escapes, truncation
from destinations.freemarker.builtins.catalogue import built_in
from destinations.freemarker.builtins.strings import sized
from destinations.freemarker.faults import Fault
from destinations.freemarker.run import Run, escape
from destinations.freemarker.values import Markup, Value

for _name, _function in (
    ("json_string", escapes.json_string),
    ("js_string", escapes.js_string),
    ("j_string", escapes.j_string),
    ("html", escapes.html),
    ("web_safe", escapes.html),
    ("xhtml", escapes.html),
    ("xml", escapes.xml),
    ("rtf", escapes.rtf),
):
    built_in(_name, of="text", gives="text", with_run=True)(sized(_function))


@built_in("url", of="text", takes=("printed?",), gives="text", with_run=True, may_be_bare=True)
def url(run: Run, value: str, charset: str | None = None) -> str:
    return run.made(escapes.url(value, charset or _charset(run)))


@built_in("url_path", of="text", takes=("printed?",), gives="text", with_run=True, may_be_bare=True)
def url_path(run: Run, value: str, charset: str | None = None) -> str:
    return run.made(escapes.url_path(value, charset or _charset(run)))


def _charset(run: Run) -> str:
    return run.settings.url_escaping_charset or "UTF-8"


@built_in("esc", takes=("text",), gives="present", with_run=True)
def esc(run: Run, value: Value, output_format: str) -> Markup:
    return Markup(run.made(run.escaped(value, output_format)), output_format)


@built_in("no_esc", takes=("text",), gives="present", with_run=True)
def no_esc(run: Run, value: Value, output_format: str) -> Markup:
    if isinstance(value, Markup):
        return value
    return Markup(run.text(value), output_format)


@built_in("markup_string", gives="text")
def markup_string(value: Value) -> str:
    if not isinstance(value, Markup):
        raise Fault("type", "?markup_string works on markup only")
    return value.text


def _markup_truncation(function: Callable[..., truncation.Truncated]) -> Callable[..., Markup]:
    def truncated(run: Run, value: str, length: int, end: Value = None, end_length: int | None = None) -> Markup:
        if isinstance(end, Markup):
            end, mark = "", end.text
        else:
            mark = ""
        plain, own_mark = function(value, length, end, end_length)
        return Markup(run.made(escape(plain, "HTML") + (own_mark or mark)), "HTML")

    return truncated


for _name, _truncate in (
    ("truncate_m", truncation.truncate_m),
    ("truncate_w_m", truncation.truncate_w_m),
    ("truncate_c_m", truncation.truncate_c_m),
):
    built_in(_name, of="text", takes=("int", "maybe?", "int?"), gives="present", with_run=True)(
        _markup_truncation(_truncate)
    )
