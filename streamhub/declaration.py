"""A file of projects as data, YAML or JSON, that knows the line of each value."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, Self

import yaml

# Values of these keys are text even where YAML would read a number, a date or a truth (api_key: 0123, name: On).
TEXT_KEYS = frozenset(
    {"name", "api_key", "secret_key", "kind", "url", "method", "value", "template", "language", "mode"}
    | {"until", "prefix", "content", "id_header"}
    | {"time_zone", "description", "did", "did_not", "in_cohort", "not_in_cohort", "from", "to", "daily_at"}
    | {"users", "destination", "properties", "types"}
    | {"cohort", "event_type", "address", "channels", "annotation_categories", "metric", "condition"}
    | {"username", "password", "token", "token_url", "client_id", "client_secret", "scope", "audience"}
)

# Of the steps that change values (destinations/event_steps.py): what they set or look up keeps its type.
STEP_TEXTS = frozenset({"to", "property", "format"})
STEP_VALUES = frozenset({"value", "default", "table"})

MOST_VALUES = 100_000
MOST_DEPTH = 100

Path_ = tuple[str | int, ...]


class DeclarationError(Exception):
    """The file cannot be applied; `str()` has one `file:line: message` per problem."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Declaration:
    """The file's value (`data`), and for a path into it the line where that stands."""

    def __init__(self, file: PurePath, text: str) -> None:
        self.file = file
        self._lines: dict[Path_, int] = {}
        self.data = self._read(text)

    @classmethod
    def read(cls, file: Path) -> Self:
        try:
            return cls.of(file, file.read_bytes())
        except OSError as error:
            raise DeclarationError([f"{file}: cannot be read: {error}"]) from None

    @classmethod
    def of(cls, file: PurePath, content: bytes) -> Self:
        """What a file of that name holds."""
        try:
            return cls(file, content.decode())
        except UnicodeDecodeError as error:
            raise DeclarationError([f"{file}: cannot be read: {error}"]) from None

    def place(self, path: Path_) -> str:
        """`file:line` of the value at `path`, or of the nearest thing around it that stands in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return f"{self.file}:{self._lines.get(path, 1)}"

    def _read(self, text: str) -> Any:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is None:
                return None
            _check_size(node)
            for path, line in _lines(node, ()):
                self._lines.setdefault(path, line)
            return json.loads(text) if self.file.suffix == ".json" else _value(node)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise DeclarationError([f"{self.file}:{line}: not valid YAML: {error.problem}"]) from None
        except yaml.YAMLError as error:
            raise DeclarationError([f"{self.file}:1: not valid YAML: {error}"]) from None
        except _TooMuch as error:
            raise DeclarationError([f"{self.file}:1: {error}"]) from None
        except RecursionError:
            raise DeclarationError([f"{self.file}:1: it is nested too deeply."]) from None
        except json.JSONDecodeError as error:
            raise DeclarationError([f"{self.file}:{error.lineno}: not valid JSON: {error.msg}"]) from None


class _TooMuch(ValueError):
    pass


def _check_size(node: yaml.Node) -> None:
    """A few lines of references to references can stand for more than any memory holds, or for themselves."""
    waiting, left = [(node, 0)], MOST_VALUES
    while waiting:
        current, depth = waiting.pop()
        left -= 1
        if left < 0 or depth > MOST_DEPTH:
            raise _TooMuch(f"it stands for more than {MOST_VALUES:,} values, or is nested too deeply.")
        if isinstance(current, yaml.MappingNode):
            waiting += [(value, depth + 1) for _, value in current.value]
        elif isinstance(current, yaml.SequenceNode):
            waiting += [(value, depth + 1) for value in current.value]


def _lines(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            yield here, key.start_mark.line + 1
            yield from _lines(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _lines(item, (*path, number))


def _value(node: yaml.Node, key: str = "", texts: frozenset[str] = TEXT_KEYS) -> Any:
    """The node as plain data. Scalars under text keys stay text, unless they are null."""
    texts = STEP_TEXTS if key == "steps" else frozenset() if texts is STEP_TEXTS and key in STEP_VALUES else texts
    if isinstance(node, yaml.MappingNode):
        return {k.value: _value(v, k.value, texts) for k, v in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, key, texts) for item in node.value]
    if key in texts and node.tag != "tag:yaml.org,2002:null":
        return node.value
    return yaml.SafeLoader("").construct_object(node)
