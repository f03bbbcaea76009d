"""YAML that remembers on which line each value stands. (pure)"""

from typing import Any

import yaml

from destinations.kind.problems import Place

MOST_NODES = 20_000
# The C reader where PyYAML has it: the catalog is read whole.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadYAML(ValueError):
    """A text that is no YAML of ours; `line` from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(text: str) -> tuple[Any, dict[Place, int]]:
    """The value, and the line of each place in it. Aliases and keys written twice are refused. Raises BadYAML."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {(): 1}
        if node is None:
            return {}, lines
        _note(node, (), lines, set())
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYAML(f"This is not YAML: {error.problem or error.context}.", mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, BadYAML):
            raise
        raise BadYAML(f"This is not YAML: {str(error).splitlines()[0]}.", 1) from None
    finally:
        loader.dispose()


def _note(node: yaml.Node, place: Place, lines: dict[Place, int], seen: set[int]) -> None:
    lines[place] = node.start_mark.line + 1
    if id(node) in seen:
        raise BadYAML("Aliases (*name) are not read. Write the value again.", node.start_mark.line + 1)
    seen.add(id(node))
    if len(lines) > MOST_NODES:
        raise BadYAML("The file holds too much.", node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note(item, (*place, number), lines, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise BadYAML(f"“{key.value}” is written twice. Keep one.", key.start_mark.line + 1)
            _note(value, inner, lines, seen)
            # A block begins behind its key: the line of the key is what one looks for.
            lines[inner] = key.start_mark.line + 1
