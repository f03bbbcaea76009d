"""`#macro`, `#function`, `#return` and `#nested`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import atom, expression, starts_expression
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.formulas import present
from destinations.freemarker.names import unescaped
from destinations.freemarker.parser import Parser
from destinations.freemarker.scope import DefinitionFrame


def parse(parser: Parser) -> tree.Macro:
    tag = parser.advance()
    if parser.definition:
        raise SyntaxFault(f"#{tag.value} cannot stand in another #{parser.definition}", tag.start, tag.end)
    name = _name(parser)
    parameters, rest = _parameters(parser)
    parser.expect_tag_end()
    outer = parser.loops, parser.breakables
    parser.loops, parser.breakables, parser.definition = [], [], tag.value
    body = parser.block()
    parser.loops, parser.breakables = outer
    parser.definition = None
    end = parser.close(tag, tag.value)
    return tree.Macro(tag.start, end.end, name, parameters, rest, body, tag.value == "function")


def _name(parser: Parser) -> str:
    if parser.current.kind in {"string", "raw"}:
        literal = atom(parser)
        if isinstance(literal, tree.String):
            return literal.value
    return unescaped(parser.expect("name", None, "a name").value)


def _parameters(parser: Parser) -> tuple[list[tree.Parameter], str | None]:
    found: list[tree.Parameter] = []
    rest: str | None = None
    enclosed = parser.accept("operator", "(")
    while token := parser.accept("name"):
        name = unescaped(token.value)
        if rest is not None:
            raise SyntaxFault("A parameter that takes the rest must be the last", token.start, token.end)
        if parser.accept("operator", "..."):
            if any(parameter.name == name for parameter in found):
                raise SyntaxFault(f"There are two parameters named {name}", token.start, token.end)
            rest = name
        elif parser.accept("operator", "="):
            default = expression(parser)
            _add(found, tree.Parameter(token.start, default.end, name, default))
        else:
            if found and found[-1].default is not None:
                message = "A parameter without a default cannot follow one with a default"
                raise SyntaxFault(message, token.start, token.end, "put required parameters first")
            _add(found, tree.Parameter(token.start, token.end, name, None))
        parser.accept("operator", ",")
    if enclosed:
        parser.expect("operator", ")", ")")
    return found, rest


def _add(found: list[tree.Parameter], parameter: tree.Parameter) -> None:
    """A name that is given twice keeps its place and takes the later default."""
    for i, earlier in enumerate(found):
        if earlier.name == parameter.name:
            found[i] = parameter
            return
    found.append(parameter)


def parse_nested(parser: Parser) -> tree.Nested:
    tag = parser.advance()
    if parser.definition != "macro":
        raise SyntaxFault("#nested may only stand in a #macro", tag.start, tag.end)
    arguments: list[tree.Expression] = []
    while starts_expression(parser):
        arguments.append(expression(parser))
        parser.accept("operator", ",")
    if parser.current.kind not in {"tag_end", "empty_end"}:
        raise parser.unexpected("the end of the tag was expected")
    return tree.Nested(tag.start, parser.advance().end, arguments)


def parse_return(parser: Parser) -> tree.Return:
    tag = parser.advance()
    if parser.definition is None:
        raise SyntaxFault("#return may only stand in a #macro or #function", tag.start, tag.end)
    value = None
    if parser.current.kind not in {"tag_end", "empty_end"}:
        if parser.definition == "macro":
            raise SyntaxFault("A macro returns no value", tag.start, tag.end, "make it a #function, or write <#return>")
        value = expression(parser)
    elif parser.definition == "function":
        raise SyntaxFault("#return in a function needs a value", tag.start, tag.end, "write <#return value>")
    if parser.current.kind not in {"tag_end", "empty_end"}:
        raise parser.unexpected("the end of the tag was expected")
    return tree.Return(tag.start, parser.advance().end, value)


# To Python


def compile_macro(c: Compiler, node: tree.Macro) -> None:
    """The definition is already made (see `hoist`); running past it binds its name again."""
    if len(c.definitions[node.name]) > 1 or node.name in c.assigned:
        c.emit(f"N[{c.constant(node.name)}] = {c.macros[node]}")


def hoist(c: Compiler) -> None:
    """Make all definitions before anything runs; of two with one name the last one holds."""
    for nodes in c.definitions.values():
        for node in nodes:
            c.macros[node] = c.fresh("m")
    for nodes in c.definitions.values():
        for node in nodes:
            _define(c, node)


def _define(c: Compiler, node: tree.Macro) -> None:
    body, name = c.fresh("f"), c.constant(node.name)
    names = [p.name for p in node.parameters] + ([node.rest] if node.rest is not None else [])
    variables = {given: c.fresh("v") for given in names}
    parameters = "".join(f", {variables[given]}" for given in names)
    for local in _locals(node):
        variables.setdefault(local, c.fresh("v"))
    c.owner = node.start
    with c.python_function(body, f"o, content{parameters}") as function:
        frame = DefinitionFrame(
            "definition", variables, function, arguments=tuple(names), rest=node.rest, is_function=node.is_function
        )
        function.buffer = "o"
        for local in _locals(node):
            if local not in names:
                c.emit(f"{variables[local]} = None")
        c.mark(node)
        c.emit("R.enter()")
        _require(c, node, frame)
        with c.framed(frame):
            _defaults(c, node, frame)
            frame.certain = frozenset(names)
            _body(c, node, frame)
        c.emit("R.depth -= 1")
    rest = "None" if node.rest is None else c.constant(node.rest)
    listed = c.constants.name(tuple(p.name for p in node.parameters))
    c.function.inner += [
        f"{c.macros[node]} = Definition({name}, {listed}, {rest}, {node.is_function}, {body})",
        f"N[{name}] = {c.macros[node]}",
    ]


def _require(c: Compiler, node: tree.Macro, frame: DefinitionFrame) -> None:
    """A required parameter that is missing is an error of the definition's place."""
    for parameter in node.parameters:
        if parameter.default is None:
            arguments = f"{c.constant(node.name)}, {c.constant(parameter.name)}, {node.is_function}"
            c.emit(f"if {frame.variables[parameter.name]} is None: required({arguments})")


def _locals(node: tree.Macro) -> list[str]:
    found: dict[str, None] = {}
    for statement in node.body:
        for inner in tree.descendants(statement):
            if isinstance(inner, tree.Assign) and inner.scope == "local":
                found.update((a.name, None) for a in inner.assignments)
            elif isinstance(inner, tree.Capture) and inner.scope == "local":
                found[inner.name] = None
    return list(found)


def _body(c: Compiler, node: tree.Macro, frame: DefinitionFrame) -> None:
    frame.catches = c.returns_in_content
    with c.set_aside(1) as lines:
        c.block(node.body)
    depth = c.fresh("n")
    if frame.catches:
        c.emit(f"{depth} = R.depth")
    c.emit("try:" if frame.catches else "if True:")
    c.function.lines += lines
    if frame.catches:
        returned = c.fresh("r")
        c.emit(f"except Returned as {returned}:")
        c.emit(f" R.depth = {depth} - 1")
        c.emit(f" return {returned}.value")


def _defaults(c: Compiler, node: tree.Macro, frame: DefinitionFrame) -> None:
    """Set what was not given. A default may need another that comes later, so each is tried until all are set."""
    defaulted = [p for p in node.parameters if p.default is not None]
    later = {p.name for p in defaulted[1:]}
    tangled = len(defaulted) > 1 and any(
        isinstance(n, tree.Variable) and n.name in later
        for p in defaulted
        if p.default is not None
        for n in tree.descendants(p.default)
    )
    for _ in range(len(defaulted) - 1 if tangled else 0):
        for parameter in defaulted:
            _default(c, parameter, frame, forgiving=True)
    for parameter in defaulted:
        _default(c, parameter, frame, forgiving=False)


def _default(c: Compiler, parameter: tree.Parameter, frame: DefinitionFrame, *, forgiving: bool) -> None:
    variable = frame.variables[parameter.name]
    assert parameter.default
    c.mark(parameter)
    c.emit(f"if {variable} is None:")
    with c.indented():
        if not forgiving:
            c.emit(f"{variable} = {present(c, parameter.default).code}")
            return
        c.emit("try:")
        with c.indented():
            c.emit(f"{variable} = {present(c, parameter.default).code}")
        c.emit("except Missing: pass")


def compile_nested(c: Compiler, node: tree.Nested) -> None:
    c.mark(node)
    arguments = "".join(c.expression(argument).code + ", " for argument in node.arguments)
    c.emit("if content is not None:")
    with c.indented():
        c.emit("R.enter()")
        c.emit(f"content({c.function.buffer}, ({arguments}))")
        c.emit("R.depth -= 1")


def compile_return(c: Compiler, node: tree.Return) -> None:
    c.mark(node)
    value = "None" if node.value is None else c.expression(node.value).code
    frame = c.scope.definition()
    if frame is not None and frame.function is c.function:
        result = c.fresh("t")
        c.emit(f"{result} = {value}")
        c.emit("R.depth -= 1")
        c.emit(f"return {result}")
    else:
        if frame is not None:
            frame.catches = True
        c.emit(f"raise Returned({value})")
