"""What the guide says of filters and limits is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from destinations import freemarker
from destinations.freemarker.limits import DEFAULTS
from destinations.jinja import Template
from destinations.jinja.budget import MAX_CALLS
from destinations.jinja.filters import FILTERS, REFUSED_FILTERS

GUIDE = (Path(__file__).parents[2] / "docs" / "templates" / "guide.md").read_text()


def _listed(start: str, end: str) -> list[str]:
    return re.findall(r"`(\w+)`", GUIDE.partition(start)[2].partition(end)[0])


def test_filters_are_listed() -> None:
    assert _listed("\nFilters: ", "\n\n") == sorted(FILTERS)


def test_refused_filters_are_listed() -> None:
    assert _listed("and the filters ", "\n\n") == sorted(REFUSED_FILTERS)


def test_limits_are_the_defaults() -> None:
    section = GUIDE.partition("\n## Limits\n")[2].partition("\n## ")[0]
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+)", section)]

    assert numbers == [
        DEFAULTS.template_characters,
        DEFAULTS.output_characters,
        DEFAULTS.string_characters,
        DEFAULTS.sequence_items,
        DEFAULTS.steps,
        DEFAULTS.wall_seconds,
        DEFAULTS.made_bytes,
        DEFAULTS.depth,
        DEFAULTS.number_digits,
    ]
    assert f"{MAX_CALLS} in Jinja2" in section


def test_the_jinja_column_of_both_languages_is_jinja() -> None:
    table = GUIDE.partition("side by side")[2].partition("\n## ")[0]
    snippets = re.findall(r"`([^`]*\{\{.*?\}\}|\{% (?:for|if|macro|set t).*?\{% end\w+ %\})`", table)

    assert len(snippets) >= 8
    for snippet in snippets:
        Template(snippet.replace("\\|", "|"))


def test_the_freemarker_column_is_freemarker() -> None:
    table = GUIDE.partition("side by side")[2].partition("\n## ")[0]
    snippets = re.findall(r"`([^`]*\$\{.*?\}[^`]*)`", table) + re.findall(
        r"`(<#(?:list|if|macro|assign t).*?</#\w+>)`", table
    )

    assert len(snippets) >= 9
    for snippet in snippets:
        freemarker.Template(snippet)
