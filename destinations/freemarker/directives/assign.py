"""`#assign`, `#local` and `#global`, with a value or with captured content."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import atom, expression
from destinations.freemarker.faults import Missing, SyntaxFault
from destinations.freemarker.formulas import present
from destinations.freemarker.lexer import Token
from destinations.freemarker.names import unescaped
from destinations.freemarker.parser import Parser
from destinations.freemarker.values import Value

_OPERATORS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "++", "--"})
_ARITHMETIC = {"-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}
_ESCAPING = frozenset({"HTML", "XHTML", "XML"})


def parse(parser: Parser) -> tree.Assign | tree.Capture:
    tag = parser.advance()
    if tag.value == "local" and parser.definition is None:
        raise SyntaxFault("#local may only stand in a #macro or #function", tag.start, tag.end, "use #assign")
    assignments: list[tree.Assignment] = []
    while True:
        name, token = _name(parser)
        if not assignments and parser.current.kind == "tag_end":
            return _capture(parser, tag, name)
        if not assignments and parser.accept("keyword", "in"):
            _namespace(parser)
            return _capture(parser, tag, name)
        assignments.append(_assignment(parser, name, token))
        if comma := parser.accept("operator", ","):
            if parser.following.value not in _OPERATORS:
                message = "Found , where the end of the tag was expected"
                raise SyntaxFault(message, comma.start, comma.end, "after a comma comes one more: name = value")
            continue
        if parser.accept("keyword", "in"):
            _namespace(parser)
            break
        if parser.current.kind in {"tag_end", "empty_end"}:
            break
        if parser.following.value not in _OPERATORS:
            raise parser.unexpected("the end of the tag was expected")
    end = parser.advance().end
    return tree.Assign(tag.start, end, tag.value, assignments)


def _namespace(parser: Parser) -> None:
    """There is one namespace, so it only has to be there."""
    expression(parser)


def _name(parser: Parser) -> tuple[str, Token]:
    token = parser.current
    if token.kind == "name":
        parser.advance()
        return unescaped(token.value), token
    if token.kind in {"string", "raw"}:
        literal = atom(parser)
        return literal.value if isinstance(literal, tree.String) else token.value[1:-1], token
    raise parser.unexpected("the name of a variable was expected")


def _assignment(parser: Parser, name: str, token: Token) -> tree.Assignment:
    operator = parser.current
    if operator.kind != "operator" or operator.value not in _OPERATORS:
        tip = None
        if operator.value in {".", "["}:
            tip = "only whole variables can be set; build a new hash instead: h + {'key': value}"
        raise parser.unexpected("= was expected", tip)
    parser.advance()
    if operator.value in {"++", "--"}:
        return tree.Assignment(token.start, operator.end, name, operator.value, None)
    value = expression(parser)
    return tree.Assignment(token.start, value.end, name, operator.value, value)


def _capture(parser: Parser, tag: Token, name: str) -> tree.Capture:
    parser.expect_tag_end()
    body = parser.block()
    end = parser.close(tag, tag.value)
    escaping = parser.auto_escaping and parser.output_format in _ESCAPING
    return tree.Capture(tag.start, end.end, tag.value, name, body, parser.output_format if escaping else None)


# To Python


def compile_assign(c: Compiler, node: tree.Assign) -> None:
    for assignment in node.assignments:
        if assignment is not node.assignments[0]:
            c.owner = assignment.start
        c.mark(node if assignment is node.assignments[0] else assignment)
        store(c, node.scope, assignment.name, _value(c, node, assignment))


def _value(c: Compiler, node: tree.Assign, assignment: tree.Assignment) -> str:
    if assignment.operator == "=":
        assert assignment.value
        return present(c, assignment.value).code
    site = c.site(assignment)
    whole = c.site(node) if len(node.assignments) == 1 else site
    current = f"changed({_current(c, node.scope, assignment.name)}, {c.constant(node.scope)}, {whole})"
    if assignment.operator in {"++", "--"}:
        function = "add(R, " if assignment.operator == "++" else "subtract("
        return f"{function}number_of({current}, {site}), 1, {site}, {site})"
    assert assignment.value
    value = c.expression(assignment.value)
    sites = f"{site}, {c.site(assignment.value)}"
    if assignment.operator == "+=":
        return f"add(R, {current}, {value.code}, {sites})"
    return f"{_ARITHMETIC[assignment.operator[0]]}({current}, {value.code}, {sites})"


def _current(c: Compiler, scope: str, name: str) -> str:
    """The variable that `+=` changes: that of the very scope, wherever else the name has a meaning."""
    if scope == "local":
        frame = c.scope.definition()
        assert frame
        return frame.variables[name]
    return f"{'G' if scope == 'global' else 'N'}.get({c.constant(name)})"


def changed(value: Value, scope: str, at: int) -> Value:
    """The value that an operator such as `+=` starts from. Raises Missing."""
    if value is None:
        tip = f"#{scope} changes only what #{scope} has set; set it first: <#{scope} x = x>"
        raise Missing("The variable to change was not set by this directive", at, tip)
    return value


def store(c: Compiler, scope: str, name: str, code: str) -> None:
    """Set a variable of the template, of the globals or of the macro."""
    if scope == "local":
        frame = c.scope.definition()
        assert frame
        c.assign_local(frame.variables[name], code, frame.function)
    else:
        c.emit(f"{'G' if scope == 'global' else 'N'}[{c.constant(name)}] = {code}")


def compile_capture(c: Compiler, node: tree.Capture) -> None:
    c.mark(node)
    with c.buffered() as buffer:
        c.block(node.body)
    c.mark(node)
    code = f"R.taken({buffer})"
    if node.markup:
        code = f"Markup({code}, {c.constant(node.markup)})"
    store(c, node.scope, node.name, code)
