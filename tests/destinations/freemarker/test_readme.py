"""The README's tables say what the code does."""

import re
from pathlib import Path

import pytest

from destinations import freemarker
from destinations.freemarker import Template, TemplateError, tags
from destinations.freemarker.builtins.catalogue import BUILT_INS
from destinations.freemarker.builtins.refused import REFUSED
from destinations.freemarker.directives import PARSERS

README = (Path(freemarker.__file__).parent / "README.md").read_text(encoding="utf-8")
REFUSED_DIRECTIVES = {"include", "import", "visit", "recurse", "fallback", "transform"}


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def in_table(text: str, head: str) -> set[str]:
    rows = text.split(f"| {head} | |")[1].split("\n\n")[0]
    return set(re.findall(r"`([#?]?\w+)`", rows))


def test_supported_directives_are_those_of_the_code() -> None:
    listed = {name.lstrip("#") for name in in_table(section("Supported"), "directives")}
    branches = {"else", "elseif", "case", "default", "recover", "noparse", "comment"}
    assert listed == (set(PARSERS) | branches) - REFUSED_DIRECTIVES
    assert listed | REFUSED_DIRECTIVES == tags.ALL


def test_supported_built_ins_are_those_of_the_code() -> None:
    assert in_table(section("Supported"), "built-ins") == set(BUILT_INS) - REFUSED


def test_refused_are_those_of_the_code() -> None:
    listed = set(re.findall(r"`([#?]\w+)`", section("Refused")))
    assert listed == {f"?{name}" for name in REFUSED} | {f"#{name}" for name in REFUSED_DIRECTIVES}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_built_ins_are_refused(name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template(f"${{x?{name}}}").render({"x": "a"})
    assert caught.value.kind == "refused"


def test_the_example_prints_what_it_says() -> None:
    source, expected = re.findall(r"Template\('(.*)'\)\n.*# (.*)", README)[0]
    assert Template(source).render({"input": {"user_id": "u-1", "total": 1234.5}}) == expected
