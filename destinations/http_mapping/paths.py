"""Where a mapping takes a value from, and where in a body it puts it: JSONPath (RFC 9535), or a constant. (pure)"""

from functools import lru_cache
from itertools import islice
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery
from jsonpath_rfc9535.selectors import IndexSelector, NameSelector

MOST_CHARACTERS = 500
MOST_FOUND = 1_000  # values of one path
MOST_INDEX = 100  # in a place of the body: the places before it are filled with null
MISSING = object()


class BadMapping(ValueError):
    """A mapping that can't be used, or gives nothing that could be sent; the message says why."""


class _Environment(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        """Without match() and search(): a regular expression may hold up a worker for as long as it likes."""
        super().setup_function_extensions()
        for name in ("match", "search"):
            del self.function_extensions[name]


PATHS = _Environment()


class Source:
    """`text`: with a $ in it a JSONPath, anything else a constant, without the quotes around it. Raises BadMapping."""

    def __init__(self, text: str) -> None:
        self._query = _query(text) if "$" in text else None
        self._constant = _unquoted(text)

    def find(self, message: dict[str, Any]) -> list[Any]:
        """Every value that it stands for. Raises BadMapping."""
        if self._query is None:
            return [self._constant]
        try:
            return [node.value for node in islice(self._query.finditer(message), MOST_FOUND)]
        except JSONPathError as error:
            raise BadMapping(f"Error in custom mappings: {_words(error)}") from None

    def value(self, message: dict[str, Any]) -> Any:
        """One match is the value itself, several are a list; MISSING where nothing is found."""
        found = self.find(message)
        return MISSING if not found else found[0] if len(found) == 1 else found


class Target:
    """A place in a body: `$.user.emails[0]`. Raises BadMapping."""

    def __init__(self, text: str) -> None:
        query = _query(text)
        if not query.singular_query() or not query.segments:
            raise BadMapping(f"Error in custom mappings: “{text}” does not name one place. Write $.name or $.a.b[0].")
        self._keys = [_key(segment.selectors[0], text) for segment in query.segments]
        if isinstance(self._keys[0], int):
            raise BadMapping(f"Error in custom mappings: “{text}” begins with a number; a body is an object.")

    def put(self, body: dict[str, Any], value: Any) -> None:
        """What stands in the way is replaced."""
        holder: Any = body
        for key, following in zip(self._keys, self._keys[1:], strict=False):
            wanted = list if isinstance(following, int) else dict
            if not isinstance(_get(holder, key), wanted):
                _set(holder, key, wanted())
            holder = _get(holder, key)
        _set(holder, self._keys[-1], value)


@lru_cache(maxsize=2_000)
def _query(text: str) -> JSONPathQuery:
    if len(text) > MOST_CHARACTERS:
        raise BadMapping(f"Error in custom mappings: a path may have {MOST_CHARACTERS} characters at most.")
    if text.count("..") > 1 or text.count("?") > 1:
        raise BadMapping("Error in custom mappings: a path may have one “..” and one “?” at most.")
    try:
        return PATHS.compile(text.strip())
    except JSONPathError as error:
        raise BadMapping(f"Error in custom mappings: “{text}” is no JSONPath: {_words(error)}") from None


def _words(error: JSONPathError) -> str:
    return str(error).partition(", line")[0]


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _key(selector: object, text: str) -> str | int:
    if isinstance(selector, NameSelector):
        return selector.name
    assert isinstance(selector, IndexSelector)
    if not 0 <= selector.index <= MOST_INDEX:
        raise BadMapping(f"Error in custom mappings: the index in “{text}” must lie between 0 and {MOST_INDEX}.")
    return selector.index


def _get(holder: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return holder[key] if key < len(holder) else None
    return holder.get(key)


def _set(holder: Any, key: str | int, value: Any) -> None:
    if isinstance(key, int):
        holder.extend([None] * (key + 1 - len(holder)))
    holder[key] = value
