"""Which white space of the source is not printed: lines that hold only tags, and what `#t` and its kin ask for.

Works on the finished tree, on its leaves in order. A definition or a capturing assignment is one leaf to what
stands around it; every other block is looked into. Follows the reference implementation step by step, since
later texts look at what earlier ones have already lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from destinations.freemarker import tree
from destinations.freemarker.source import Source

_SILENT = (tree.Macro, tree.Assign, tree.Setting, tree.Comment)
_ONE_LEAF = (tree.Macro, tree.Capture)
_PRINTING = (tree.Interpolation, tree.NumberInterpolation)
_TAB = 8
_NOT_BREAKING = "\u00a0\u2007\u202f"


@dataclass(slots=True, eq=False)
class _Element:
    """A statement, or a part of one such as a branch, with its lines. Texts change as they are stripped."""

    node: tree.Node | None
    begin_line: int = 0
    begin_column: int = 0
    end_line: int = 0
    children: list[_Element] = field(default_factory=list)
    parent: _Element | None = None
    before_only: bool = False
    """Seen by what stands before it, not by what follows: so the lone white space before a first `#case`."""

    @property
    def text(self) -> str:
        assert isinstance(self.node, tree.Text)
        return self.node.text

    @text.setter
    def text(self, text: str) -> None:
        assert isinstance(self.node, tree.Text)
        self.node.text = text

    def previous(self) -> _Element | None:
        return self._sibling(-1)

    def next(self) -> _Element | None:
        return self._sibling(1)

    def _sibling(self, step: int) -> _Element | None:
        if self.parent is None:
            return None
        siblings = self.parent.children
        position = siblings.index(self) + step
        if not 0 <= position < len(siblings) or (step < 0 and siblings[position].before_only):
            return None
        return siblings[position]

    def leaves_after(self) -> Iterator[_Element]:
        current: _Element | None = self
        while current is not None and (current := current._leaf(1)) is not None:
            yield current

    def leaves_before(self) -> Iterator[_Element]:
        current: _Element | None = self
        while current is not None and (current := current._leaf(-1)) is not None:
            yield current

    def _leaf(self, step: int) -> _Element | None:
        element: _Element | None = self
        while element is not None:
            if (sibling := element._sibling(step)) is not None:
                return sibling._outermost(step)
            element = element.parent
        return None

    def _outermost(self, step: int) -> _Element:
        element = self
        while element.children and not isinstance(element.node, _ONE_LEAF):
            element = element.children[0 if step > 0 else -1]
        return element

    @property
    def is_text(self) -> bool:
        return isinstance(self.node, tree.Text)

    @property
    def is_top_level(self) -> bool:
        return self.parent is None or self.parent.parent is None


def strip(body: list[tree.Statement], source: Source, *, enabled: bool = True) -> None:
    """Remove from the texts of a template what is not to be printed. `enabled` is `strip_whitespace`."""
    if len(body) == 1 and isinstance(body[0], tree.Text):
        return
    root = _Element(None)
    _add(root, body, source)
    _clean(root, enabled)


def _add(parent: _Element, statements: list[tree.Statement], source: Source) -> None:
    for statement in statements:
        element = _placed(statement, parent, source)
        if isinstance(statement, tree.If | tree.List | tree.Switch | tree.Attempt):
            for node, body in _parts(statement):
                part = _placed(node, element, source)
                part.node = None
                if isinstance(statement, tree.Attempt) and node is statement and not body:
                    part.node = tree.Text(0, 0, "")  # it stands on no line, and goes like any empty text
                    part.begin_line = part.end_line = 0
                part.before_only = isinstance(statement, tree.Switch) and body is statement.lead and len(body) == 1
                _add(part, body, source)
        else:
            _add(element, _body(statement), source)


def _placed(node: tree.Node, parent: _Element, source: Source) -> _Element:
    line, column = source.position(node.start)
    if isinstance(node, tree.Text) and node.text.startswith("\t"):
        column = _TAB  # a text that begins with a tab does not begin at column 1
    element = _Element(node, line, column, source.line(max(node.end - 1, node.start)), [], parent)
    parent.children.append(element)
    return element


def _parts(statement: tree.Statement) -> list[tuple[tree.Node, list[tree.Statement]]]:
    """The branches of a statement, with the node that says where each stands; empty ones that say nothing are out."""
    match statement:
        case tree.If() if len(statement.branches) == 1:
            return [(statement, statement.branches[0].body)]
        case tree.If():
            return [(branch, branch.body) for branch in statement.branches]
        case tree.Switch():
            parts: list[tuple[tree.Node, list[tree.Statement]]] = [(case, case.body) for case in statement.cases]
            return [(statement, statement.lead), *parts] if statement.lead else parts
        case tree.List(otherwise=tree.Branch() as otherwise):
            return [(statement, statement.body), (otherwise, otherwise.body)]
        case tree.List():
            return [(statement, statement.body)] if statement.body else []
        case tree.Attempt():
            return [(statement, statement.body), (statement.recovery, statement.recovery.body)]
    return []


def _body(statement: tree.Statement) -> list[tree.Statement]:
    match statement:
        case tree.MacroCall():
            return statement.content or []
        case tree.Items() | tree.Sep() | tree.Capture() | tree.Macro() | tree.Compress() | tree.Group():
            return statement.body
    return []


def _clean(parent: _Element, enabled: bool) -> None:
    for child in list(parent.children):
        if child.is_text:
            _clean_text(child, enabled)
        else:
            _clean(child, enabled)
    position = 0
    while position < len(parent.children):
        if _is_ignorable(parent.children[position], enabled):
            dropped = parent.children.pop(position)
            if dropped.is_text:
                dropped.text = ""
        else:
            position += 1


def _clean_text(text: _Element, enabled: bool) -> None:
    if not text.text:
        return
    left_decided = _trim_left(text)
    right_decided = _trim_right(text)
    if not enabled or not text.text or (text.is_top_level and text.previous() is None):
        return
    trailing = 0 if left_decided else _trailing(text)
    opening = 0 if right_decided else _opening(text)
    if not opening and not trailing:
        return
    text.text = text.text[opening : len(text.text) - trailing] if opening + trailing < len(text.text) else ""
    if opening:
        text.begin_line += 1
        text.begin_column = 1


def _trim_left(text: _Element) -> bool:
    """Obey `#t`, `#lt` and `#nt` later on the line; returns whether there was one."""
    decided = False
    for leaf in text.leaves_after():
        if leaf.begin_line != text.end_line:
            break
        if not isinstance(leaf.node, tree.Trim) or leaf.node.kind == "rt":
            continue
        decided = True
        last = _last_break(text.text)
        if leaf.node.kind != "nt" and (last >= 0 or text.begin_column == 1):
            text.text = text.text[: last + 1] + _without_leading(text.text[last + 1 :])
    return decided


def _trim_right(text: _Element) -> bool:
    """Obey `#t`, `#rt` and `#nt` earlier on the line; returns whether there was one."""
    decided = False
    for leaf in text.leaves_before():
        if leaf.end_line != text.begin_line:
            break
        if not isinstance(leaf.node, tree.Trim) or leaf.node.kind == "lt":
            continue
        decided = True
        if leaf.node.kind == "nt":
            continue
        end = _after_first_break(text.text)
        if not end:
            return False
        opening, rest = text.text[:end], text.text[end:]
        if _is_blank(opening):
            text.text = rest
            text.begin_line += 1
            text.begin_column = 1
        else:
            if _is_blank(rest) and _may_lose_rest(text):
                rest = ""
            text.text = _without_trailing(opening) + rest
    return decided


def _may_lose_rest(text: _Element) -> bool:
    may = True
    for leaf in text.leaves_after():
        if leaf.begin_line != text.end_line:
            break
        if _prints_at_start(leaf):
            may = False
        if isinstance(leaf.node, tree.Trim) and leaf.node.kind in {"t", "lt"}:
            return True
    return may


def _opening(text: _Element) -> int:
    """How many characters go at the start: up to the first line break, if the line before them prints nothing."""
    end = _after_first_break(text.text)
    if (not end and text.begin_column != 1) or not _is_blank(text.text[:end]):
        return 0
    for leaf in text.leaves_before():
        if leaf.end_line != text.begin_line:
            break
        if _prints_at_end(leaf):
            return 0
    return end


def _trailing(text: _Element) -> int:
    """How many characters go at the end: after the last line break, if the line after them prints nothing."""
    last = _last_break(text.text)
    if (last < 0 and text.begin_column != 1) or not _is_blank(text.text[last + 1 :]):
        return 0
    for leaf in text.leaves_after():
        if leaf.begin_line != text.end_line:
            break
        if _prints_at_start(leaf):
            return 0
    return len(text.text) - (last + 1)


def _prints_at_start(leaf: _Element) -> bool:
    """Something visible, or white space only, stands before its first line break."""
    if not leaf.is_text:
        return isinstance(leaf.node, _PRINTING)
    return not _is_ignorable(leaf, True) and _prints(leaf.text)


def _prints_at_end(leaf: _Element) -> bool:
    if not leaf.is_text:
        return isinstance(leaf.node, _PRINTING)
    return not _is_ignorable(leaf, True) and _prints(reversed(leaf.text))


def _prints(characters: Iterator[str] | str) -> bool:
    for character in characters:
        if character in "\r\n":
            return False
        if not _is_white(character):
            return True
    return True


def _is_ignorable(element: _Element, enabled: bool) -> bool:
    if not element.is_text:
        return isinstance(element.node, tree.Trim) or (isinstance(element.node, tree.Compress) and not element.children)
    if not element.text:
        return True
    if not enabled or not _is_blank(element.text):
        return False
    return _is_silent(element, element.previous()) and _is_silent(element, element.next())


def _is_silent(text: _Element, neighbour: _Element | None) -> bool:
    return text.is_top_level if neighbour is None else isinstance(neighbour.node, _SILENT)


def _is_blank(text: str) -> bool:
    return not text or max(text) <= " "


def _is_white(character: str) -> bool:
    return character.isspace() and character not in _NOT_BREAKING and character != "\x85"


def _without_leading(text: str) -> str:
    if _is_blank(text):
        return ""
    start = 0
    while _is_white(text[start]):
        start += 1
    return text[start:]


def _without_trailing(text: str) -> str:
    end = len(text)
    while end and _is_white(text[end - 1]):
        end -= 1
    return text[:end]


def _last_break(text: str) -> int:
    return max(text.rfind("\n"), text.rfind("\r"))


def _after_first_break(text: str) -> int:
    """The offset after the first line break, 0 without one."""
    for position, character in enumerate(text):
        if character in "\r\n":
            return position + (2 if text[position : position + 2] == "\r\n" else 1)
    return 0
