"""URL templates: FreeMarker whose every inserted value is escaped for its place, and whose host cannot be moved. (pure)

Scheme, host and port are plain text or parameters of type `url` or `choice` (a `url` only at the very beginning): those
were checked when they were saved and go in as they are. Behind the host every value is percent-coded, so that it can
neither add a path segment nor a query key; `?url_path` is the way to several segments.
"""

import re
from typing import Any

from destinations.freemarker import Template, TemplateError, tree
from destinations.kind.definition import Kind, Parameter

# What may stand in a URL template besides text and values: what inserts text elsewhere would be escaped twice.
ALLOWED = (
    tree.Text, tree.Comment, tree.Interpolation, tree.NumberInterpolation, tree.If, tree.Switch, tree.Assign, tree.Trim,
    tree.List, tree.Sep, tree.Break,
)  # fmt: skip
_CODED = frozenset({"url", "url_path"})
_AUTHORITY_ENDS = re.compile(r"[/?#]")
_DOTS = re.compile(r"/(\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)


class BadURLTemplate(ValueError):
    """A URL template that is refused; the message says why. `line` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class URLTemplate:
    """`kind.request.url`, compiled. Raises TemplateError, or BadURLTemplate for one whose host could be moved."""

    def __init__(self, kind: Kind) -> None:
        source = kind.request.url
        root = Template(source, name="URL").tree
        _check_statements(root, source)
        end = _Beginning(kind, source).read(root.body)
        self._base = Template(source[:end], name="URL")
        self._template = Template(_escaped(root, source, end), name="URL")

    def base(self, scope: dict[str, Any]) -> str:
        """`https://api.example.com`, without a slash at its end."""
        return self._base.render(scope).removesuffix("/")

    def render(self, scope: dict[str, Any]) -> str:
        """Raises TemplateError, also for a value that would climb out of its path."""
        base, whole = self._base.render(scope), self._template.render(scope)
        rest = "".join(whole[len(base) :].split("\n")).strip()
        if rest.startswith("/"):
            base = base.removesuffix("/")
        if found := _DOTS.search(rest.partition("?")[0]):
            raise TemplateError("other", f"The URL’s path has a segment “{found[0][1:]}”, which would change it")
        return base + rest


def _check_statements(root: tree.Root, source: str) -> None:
    for node in tree.descendants(root):
        if isinstance(node, tree.Statement) and not isinstance(node, ALLOWED):
            words = "A URL takes text, ${values}, #if, #switch, #list and #assign; this is none of them."
            raise BadURLTemplate(words, _line(source, node.start))


class _Beginning:
    """Reads a URL template's scheme, host and port."""

    def __init__(self, kind: Kind, source: str) -> None:
        self.kind, self.source = kind, source
        self.text = ""  # so far, a parameter of type url standing as https://host and a choice as itself

    def read(self, body: list[tree.Statement]) -> int:
        """Where the path begins, as an offset into the source."""
        for node in body:
            if isinstance(node, tree.Text):
                end = self._text(node)
                if end is not None:
                    return end
            elif isinstance(node, tree.Interpolation):
                if self._value(node).type == "url":
                    return node.end  # its checked form has a path, if only /
            elif not isinstance(node, tree.Comment):
                raise self._refusal("Conditions come after the host, not in it.", node)
        return len(self.source)

    def _text(self, node: tree.Text) -> int | None:
        before = len(self.text)
        self.text += self.source[node.start : node.end]
        if "://" in self.text and not self.text.startswith(("https://", "http://")):
            raise self._refusal("The URL must begin with https:// or http://.", node)
        found = _AUTHORITY_ENDS.search(self.text, _host_start(self.text))
        if found is None:
            return None
        if "://" not in self.text:
            raise self._refusal("The URL must begin with https:// or a parameter of type url or choice.", node)
        return node.start + max(0, found.start() - before)

    def _value(self, node: tree.Interpolation) -> Parameter:
        parameter = self.kind.parameter(_parameter_name(node.expression))
        if parameter is None or parameter.type not in ("url", "choice"):
            raise self._refusal(
                "Only a parameter of type url or choice can stand in the host: anything else could lead elsewhere.",
                node,
            )
        whole = parameter.type == "choice" and all(
            choice.value.startswith(("https://", "http://")) for choice in parameter.choices
        )
        if parameter.type == "url" or whole:
            if self.text:
                raise self._refusal(f"{parameter.name} is a whole URL and must stand at the very beginning.", node)
            if not parameter.required and parameter.default is None:
                raise self._refusal(f"{parameter.name} begins the URL, so it must be required or have a default.", node)
            self.text = "https://host"
            return parameter
        if not self.text.startswith(("https://", "http://")):
            raise self._refusal("The URL must begin with https:// before this parameter.", node)
        for choice in parameter.choices:
            if _AUTHORITY_ENDS.search(choice.value) or "@" in choice.value:
                raise self._refusal(f"The choice “{choice.value}” stands in the host and is no part of one.", node)
        self.text += "host"
        return parameter

    def _refusal(self, message: str, node: tree.Node) -> BadURLTemplate:
        return BadURLTemplate(message, _line(self.source, node.start))


def _host_start(text: str) -> int:
    """Where to look for the host's end: behind the scheme's slashes, or as long as they may still come, nowhere."""
    if "://" in text:
        return text.index("://") + 3
    return len(text) if "https://".startswith(text) or "http://".startswith(text) else 0


def _parameter_name(expression: tree.Expression) -> str:
    match expression:
        case tree.Dot(target=tree.Variable(name="parameters"), key=key):
            return key
        case tree.Index(target=tree.Variable(name="parameters"), key=tree.String(value=key)):
            return key
        case _:
            return ""


def _escaped(root: tree.Root, source: str, end: int) -> str:
    """The source with `?url` behind every value of the path and the query."""
    pieces, at = [], 0
    values = [node for node in tree.descendants(root) if isinstance(node, tree.Interpolation) and node.start >= end]
    for node in sorted(values, key=lambda one: one.start):
        expression = node.expression
        if isinstance(expression, tree.BuiltIn) and expression.name in _CODED:
            continue
        if _is_in_text(root, node):
            continue
        pieces += [source[at : expression.start], "(", source[expression.start : expression.end], ")?url"]
        at = expression.end
    return "".join([*pieces, source[at:]])


def _is_in_text(root: tree.Root, wanted: tree.Interpolation) -> bool:
    """Whether it stands inside a string, whose own value is escaped."""
    strings = (node for node in tree.descendants(root) if isinstance(node, tree.Interpolated))
    return any(string.start < wanted.start < string.end for string in strings)


def _line(source: str, offset: int) -> int:
    return source.count("\n", 0, offset) + 1
