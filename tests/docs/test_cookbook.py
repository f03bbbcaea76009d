"""Every recipe of the cookbook gives the result that stands below it, in both languages."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from destinations import freemarker, jinja

COOKBOOK = Path(__file__).parents[2] / "docs" / "templates" / "cookbook.md"
BLOCK = re.compile(r"^```(?P<kind>[a-z]+(?: [a-z]+)?)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ENGINES = {"ftl": freemarker.Template, "jinja": jinja.Template}
RECIPES = {
    title: {block["kind"]: block["text"] for block in BLOCK.finditer(body)}
    for title, body in re.findall(r"^## (\d+\. .*?)\n(.*?)(?=^## |\Z)", COOKBOOK.read_text(), re.MULTILINE | re.DOTALL)
}


def test_there_are_twenty_recipes_in_order() -> None:
    assert [int(title.partition(".")[0]) for title in RECIPES] == list(range(1, 21))


@pytest.mark.parametrize("title", RECIPES)
@pytest.mark.parametrize("language", ENGINES)
def test_recipe(title: str, language: str) -> None:
    recipe = RECIPES[title]
    data = json.loads(recipe["json data"], parse_float=Decimal)

    rendered = ENGINES[language](recipe[language], name=title).render(data)

    if "text result" in recipe:
        assert rendered.strip() == recipe["text result"].strip()
    else:
        assert json.loads(rendered, parse_float=Decimal) == json.loads(recipe["json result"], parse_float=Decimal)


@pytest.mark.parametrize("title", RECIPES)
def test_the_linter_has_nothing_to_say(title: str) -> None:
    assert jinja.lint(RECIPES[title]["jinja"], name=title) == []
