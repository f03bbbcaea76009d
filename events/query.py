"""A page's GET parameters: numbers read without trust, and links that change some of them."""

from django.http import HttpRequest

MOST_DIGITS = 18  # fits the 64 bits of a primary key


def number(request: HttpRequest, name: str) -> int | None:
    """A whole number from the query; None where there is none or it is not one."""
    text = request.GET.get(name, "")
    return int(text) if is_number(text) else None


def is_number(text: str) -> bool:
    """Whether it is a whole number that can be a primary key."""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def page_link(request: HttpRequest, **changes: object) -> str:
    """The same list, on another page: the filters stay, the place in the list is replaced."""
    query = request.GET.copy()
    for name in ("before", "after", *changes):
        query.pop(name, None)
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    for name, value in changes.items():
        query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path
