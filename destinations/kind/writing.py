"""The last step of a body: its JSON written as the kind's service wants it. (pure)"""

from collections.abc import Callable
from typing import TypeVar

from destinations.freemarker import TemplateError
from destinations.javascript_json import rewritten
from destinations.kind.definition import Kind

T = TypeVar("T")


def written(kind: Kind | None, body: Callable[[T], str]) -> Callable[[T], str]:
    """`body`, followed by that step. What comes out raises TemplateError where the body is no JSON."""
    if kind is None or not kind.request.json:
        return body

    def render(scope: T) -> str:
        try:
            return rewritten(body(scope))
        except ValueError as error:
            raise TemplateError("other", f"The payload is not JSON: {error}") from None

    return render
