"""JSON text with two spaces of indent, digit for digit: it works on tokens, so numbers and escapes stay as written."""

import re
from collections.abc import Iterator

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def indented(text: str) -> str:
    """Valid JSON `text`, one value to a line."""
    return "".join(part for part, _ in laid_out(text))


def laid_out(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of valid JSON, each with its kind: k a key, s a string, n a number, w a word, "" punctuation."""
    tokens = TOKEN.findall(text)
    depth = 0
    for here, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if here in "{[":
            depth += 1
            yield (here if following in "}]" else here + _line(depth)), ""
        elif here in ",:":
            yield ("," + _line(depth) if here == "," else ": "), ""
        else:
            if here in "}]":
                depth -= 1
                yield here, ""
            else:
                yield here, _kind(here, following)
            if following and following in "}]":
                yield _line(depth - 1), ""


def _line(depth: int) -> str:
    return "\n" + "  " * depth


def _kind(token: str, following: str) -> str:
    if token.startswith('"'):
        return "k" if following == ":" else "s"
    return "w" if token in ("true", "false", "null") else "n"
