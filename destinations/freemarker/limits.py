"""Every budget of a template, in one list.

Exceeding any of them raises `TemplateError(kind="limit")`, which names the limit and its value and which
no template can catch.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one template may use. Sizes of text are in characters, times in seconds."""

    template_characters: int = 256 * KIB
    """Source text of the template."""

    depth: int = 200
    """Nesting of blocks and expressions in the source, and of macro and function calls in a run."""

    output_characters: int = MIB
    """Text that one rendering may produce."""

    steps: int = 2_000_000
    """Work of one rendering: each loop turn, call and item or run of characters a built-in handles counts."""

    wall_seconds: float = 2.0
    """Time of one rendering by the clock."""

    string_characters: int = MIB
    """One string value."""

    sequence_items: int = 100_000
    """Items of one sequence or hash; a range counts when it is walked, not when it is made."""

    made_bytes: int = 32 * MIB
    """All texts, sequences and hashes that one rendering builds, kept or not; an item counts 64."""

    number_digits: int = 1_000
    """Digits of one number, and the reach of its exponent."""

    regex_seconds: float = 0.2
    """Matching time of one regular expression."""

    pattern_characters: int = 500
    """Text of one regular expression."""

    eval_characters: int = 10_000
    """Text handed to `?eval`."""

    eval_depth: int = 5
    """`?eval` within `?eval`."""


DEFAULTS = Limits()
