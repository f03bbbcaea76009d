"""Each test that the page about security names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE)))


@pytest.mark.parametrize("named", NAMED)
def test_the_test_is_there(named: str) -> None:
    file, _, function = named.partition("::")
    names = {node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)}
    assert any(name.startswith("test_") for name in names)
    assert not function or function in names


def test_every_point_is_held_by_a_test() -> None:
    tables = PAGE.split("| point | answer | held by |\n| --- | --- | --- |\n")[1:]
    points = [row for table in tables for row in table.partition("\n\n")[0].splitlines()]
    assert len(points) > 25
    assert [row for row in points if "`tests/" not in row] == []
