"""Templates put together from pieces of others: whatever comes out, it renders or raises `TemplateError`.

For a long run: python -m tests.destinations.jinja.test_mutations SEED SECONDS
"""

from __future__ import annotations

import random
import re
import sys
import time

import pytest

from destinations.freemarker.limits import Limits
from destinations.jinja import Template, TemplateError, lint, references
from destinations.jinja.filters import FILTERS
from destinations.jinja.predicates import TESTS
from tests.destinations.jinja.bombs import ATTACKS
from tests.destinations.jinja.test_errors import MISTAKES
from tests.destinations.jinja.test_rendering import DATA, RENDERINGS

TOKEN = re.compile(r"\{[{%#]-?|-?[}%#]\}|\w+|\s+|\*\*|//|.", re.DOTALL)
LIMITS = Limits(wall_seconds=0.5, steps=20_000)
NAMES = "input loop ns self caller varargs kwargs range dict namespace x __class__ _func format"
SIGNS = "| . is in not ~ + - * ** // % ( ) [ ] { } : , = == < 0 -1 99999999999 1.5 '' none true"
WORDS = [*FILTERS, *TESTS, *NAMES.split(), *SIGNS.split(), "{{", "}}", "{%", "%}", "set", "for", "if", "endif"]
SOURCES = [
    TOKEN.findall(source)
    for source in [row[0] for row in RENDERINGS + MISTAKES + list(ATTACKS.values())]
    if len(source) < 2_000
]


def mutated(chance: random.Random) -> str:
    """A template with a few of its tokens taken out, put in, exchanged, or brought from another."""
    tokens = list(chance.choice(SOURCES))
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(tokens) + 1)
        match chance.randrange(4):
            case 0:
                del tokens[at : at + 1]
            case 1:
                tokens[at:at] = [chance.choice(WORDS)]
            case 2:
                tokens[at : at + 1] = [chance.choice(WORDS)]
            case _:
                other = chance.choice(SOURCES)
                start = chance.randrange(len(other))
                tokens[at:at] = other[start : start + chance.randint(1, 12)]
    return "".join(tokens)


def tried(source: str) -> str:
    """The kind of the error, or `rendered`."""
    try:
        references(source)
        lint(source)
        Template(source, limits=LIMITS).render(DATA)
    except TemplateError as error:
        return error.kind if str(error) else "silent"
    return "rendered"


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_template_errors(seed: int) -> None:
    chance = random.Random(seed)

    kinds = {tried(mutated(chance)) for _ in range(150)}

    assert kinds <= {"rendered", "parse", "missing", "type", "limit", "refused", "other"}


def main(seed: int, seconds: float) -> None:
    chance, kinds, end = random.Random(seed), dict[str, int](), time.monotonic() + seconds
    while time.monotonic() < end:
        source = mutated(chance)
        started = time.monotonic()
        try:
            kind = tried(source)
        except BaseException:
            print(repr(source))
            raise
        kinds[kind] = kinds.get(kind, 0) + 1
        if time.monotonic() - started > 2:
            print(f"{time.monotonic() - started:.1f} s: {source!r}")
    print(sum(kinds.values()), kinds)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
