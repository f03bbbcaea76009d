"""Tree to Python: one function per template, with a function inside for each macro, lambda and nested content.

The directives' and built-ins' files write their own parts with what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from destinations.freemarker import tree
from destinations.freemarker.helper_objects import SHARED
from destinations.freemarker.python_code import DEEPEST_PIECE, Constants, Function, Piece, Site
from destinations.freemarker.scope import Frame, Listing, LoopFrame, Scope, SwitchFrame

_MOST_INDENT = 40
_MOST_BLOCKS = 8


class Compiler:
    """Writes the Python of one template (or of one `?eval` expression)."""

    def __init__(self, root: tree.Node, *, evaluated: bool = False) -> None:
        self.root = root
        self.evaluated = evaluated
        """Names come from a dict handed over at run time, `S`, and then from the rendering."""
        self.constants = Constants()
        self.sites: list[Site] = []
        self.scope = Scope()
        self.function = Function("template", "R, D, o" if not evaluated else "R, S")
        self.owner = 0
        self.data_variables: dict[str, str] = {}
        self.listings: list[Listing] = []
        self.macros: dict[tree.Macro, str] = {}
        self.switches: list[SwitchFrame] = []
        self._count = 0
        self._survey()

    def _survey(self) -> None:
        """What holds for the template as a whole."""
        self.assigned: set[str] = set()
        self.set_globally: set[str] = set()
        self.definitions: dict[str, list[tree.Macro]] = {}
        self.breaks_in_content = False
        self.returns_in_content = False
        for node in tree.descendants(self.root):
            if isinstance(node, tree.Assign):
                names = {a.name for a in node.assignments}
                (self.set_globally if node.scope == "global" else self.assigned).update(names)
            elif isinstance(node, tree.Capture):
                (self.set_globally if node.scope == "global" else self.assigned).add(node.name)
            elif isinstance(node, tree.Macro):
                self.definitions.setdefault(node.name, []).append(node)
            elif isinstance(node, tree.MacroCall) and node.content:
                inside = [n for s in node.content for n in tree.descendants(s)]
                self.breaks_in_content |= any(isinstance(n, tree.Break | tree.Continue) for n in inside)
                self.returns_in_content |= any(isinstance(n, tree.Return) for n in inside)

    # Names for Python

    def fresh(self, prefix: str = "t") -> str:
        """A Python variable of its own."""
        self._count += 1
        return f"{prefix}{self._count}"

    def constant(self, value: str | tuple[str, ...]) -> str:
        return self.constants.name(value)

    def site(self, node: tree.Node) -> int:
        """The number by which run-time faults name a node."""
        self.sites.append(Site(node.start, node.end, self.owner))
        return len(self.sites) - 1

    # Writing

    def emit(self, line: str) -> None:
        self.function.emit(line)

    def mark(self, node: tree.Node) -> None:
        """What is emitted next belongs to this node."""
        self.function.emit(f"#{self.site(node)}")

    @contextmanager
    def indented(self) -> Iterator[None]:
        self.function.flush()
        self.function.indent += 1
        yield
        self.function.flush()
        self.function.indent -= 1

    @contextmanager
    def python_block(self) -> Iterator[None]:
        """An indented loop or try, of which Python nests only so many."""
        self.function.blocks += 1
        with self.indented():
            yield
        self.function.blocks -= 1

    @contextmanager
    def python_function(self, name: str, parameters: str, buffer: str | None = None) -> Iterator[Function]:
        """Write into a new inner function, which is placed before the current lines at the end."""
        outer = self.function
        self.function = Function(name, parameters, outer, buffer or outer.buffer)
        yield self.function
        outer.inner += self.function.source()
        self.function = outer

    @contextmanager
    def buffered(self) -> Iterator[str]:
        """Print into a new buffer while inside; yields the buffer's variable."""
        outer, buffer = self.function.buffer, self.fresh("o")
        self.emit(f"{buffer} = R.capture()")
        self.emit("try:")
        with self.python_block():
            self.function.buffer = buffer
            yield buffer
            self.emit("pass")
            self.function.buffer = outer
        self.emit(f"finally: R.release({buffer})")

    @contextmanager
    def set_aside(self, levels: int) -> Iterator[list[str]]:
        """Write lines some levels deeper into a list, for a loop that is only known after its body."""
        function = self.function
        function.flush()
        lines: list[str] = []
        kept, function.lines = function.lines, lines
        function.indent += levels
        function.blocks += levels
        yield lines
        function.flush()
        function.indent -= levels
        function.blocks -= levels
        function.lines = kept
        if not lines:
            lines.append(" " * (function.indent + levels) + "pass")

    @contextmanager
    def framed(self, frame: Frame) -> Iterator[None]:
        self.scope.frames.append(frame)
        yield
        self.scope.frames.pop()

    def block(self, statements: list[tree.Statement]) -> None:
        """The statements, in a function of their own where Python would nest too deep."""
        from destinations.freemarker.directives import COMPILERS

        if self.function.indent > _MOST_INDENT or self.function.blocks >= _MOST_BLOCKS:
            name = self.fresh("b")
            with self.python_function(name, ""):
                self.block(statements)
            self.emit(f"{name}()")
            return
        before = self.owner
        for statement in statements:
            self.owner = statement.start
            COMPILERS[type(statement)](self, statement)
            self.owner = before
        self.function.flush()

    def body(self, statements: list[tree.Statement]) -> None:
        """An indented block that may be empty."""
        with self.indented():
            count = len(self.function.lines)
            self.block(statements)
            if len(self.function.lines) == count:
                self.emit("pass")

    def assign_local(self, variable: str, code: str, owner: Function) -> None:
        """Set a variable that belongs to `owner`, from wherever the code is being written."""
        self.bind(variable, owner)
        self.emit(f"{variable} = {code}")

    def bind(self, variable: str, owner: Function) -> None:
        function: Function | None = self.function
        while function is not None and function is not owner:
            function.rebound.add(variable)
            function = function.outer

    # Expressions

    def expression(self, node: tree.Expression) -> Piece:
        """The Python of an expression; a deep one is moved to a function of its own."""
        from destinations.freemarker.formulas import FORMULAS

        return self.shallow(FORMULAS[type(node)](self, node))

    def shallow(self, piece: Piece) -> Piece:
        if piece.depth <= DEEPEST_PIECE:
            return piece
        name = self.fresh("e")
        self.function.inner += [f"def {name}():", f" return ({piece.code})"]
        return Piece(f"{name}()", piece.kind, 1)

    def combined(self, code: str, kind: str, *parts: Piece) -> Piece:
        """A piece made of others."""
        return self.shallow(Piece(code, kind, 1 + max((p.depth for p in parts), default=0)))

    # Variables of the template

    def lookup(self, name: str) -> Piece:
        """The value of a name as seen from here."""
        parts: list[str] = []
        for frame in self.scope.visible():
            if isinstance(frame, LoopFrame) and frame.variables:
                first = next(iter(frame.variables))
                if name == f"{first}_index":
                    frame.uses_index = True
                    return self._fallback(parts, Piece(frame.index, "number"))
                if name == f"{first}_has_next":
                    frame.uses_index = frame.uses_last = True
                    return self._fallback(parts, Piece(f"({frame.index} < {frame.last})", "boolean"))
            if name in frame.variables:
                variable = frame.variables[name]
                if name in frame.certain:
                    return self._fallback(parts, Piece(variable, "present"))
                parts.append(variable)
        return self._fallback(parts, self._template_variable(name, rare=bool(parts)))

    def _fallback(self, variables: list[str], last: Piece) -> Piece:
        code = last.code
        for variable in reversed(variables):
            code = f"({variable} if {variable} is not None else {code})"
        return Piece(code, last.kind, 1 + len(variables) // 4)

    def _template_variable(self, name: str, *, rare: bool) -> Piece:
        key = self.constant(name)
        if self.evaluated:
            return Piece(f"R.found({key}, S)")
        code = f"D.get({key})" if rare and name not in SHARED else self._data_variable(name)
        if name in self.set_globally:
            code = f"G.get({key}, {code})"
        if name in self.assigned or name in self.definitions:
            code = f"N.get({key}, {code})"
        return Piece(code)

    def _data_variable(self, name: str) -> str:
        if name not in self.data_variables:
            self.data_variables[name] = self.fresh("d")
        return self.data_variables[name]

    def snapshot(self) -> str:
        """The Python of a dict of all names that loops and definitions bind here, with values."""
        pairs = ", ".join(f"{self.constant(name)}: {self.lookup(name).code}" for name in self.scope.names())
        return "{" + pairs + "}"

    # The whole

    def template(self, body: list[tree.Statement]) -> str:
        """The source of the template's function."""
        from destinations.freemarker.directives.macro import hoist

        hoist(self)
        self.block(body)
        function = self.function
        start = ["N = R.namespace", "G = R.globals"]
        for name, variable in self.data_variables.items():
            shared = f", {SHARED[name]}" if name in SHARED else ""
            start.append(f"{variable} = D.get({self.constant(name)}{shared})")
        function.inner = start + function.inner
        return "\n".join(function.source()) + "\n"

    def evaluated_expression(self, expression: tree.Expression) -> str:
        piece = self.expression(expression)
        self.emit(f"return ({piece.code})")
        return "\n".join(self.function.source()) + "\n"
