"""The pictures of the documentation: each is used, none is missing, none is heavy."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGES = sorted((ROOT / "docs" / "images").glob("*.png"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MOST = 150_000  # bytes


def used() -> set[Path]:
    found = re.compile(r"!\[[^\]]+\]\(([^)]+\.png)\)")
    return {(page.parent / path).resolve() for page in PAGES for path in found.findall(page.read_text())}


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.stem)
def test_is_used_and_light(path: Path) -> None:
    assert path in used()
    assert path.stat().st_size <= MOST


def test_none_is_missing() -> None:
    assert used() == set(IMAGES)
