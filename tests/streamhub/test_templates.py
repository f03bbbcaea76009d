"""The strict policy holds only if no template writes what it forbids; and what pages load must exist."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle="),
    "an inline handler": re.compile(r"\son(?!e=)[a-z]+="),
    "hx-on": re.compile(r"hx-on"),
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"),
    "eval in hx-vals": re.compile(r"""hx-(?:vals|vars|headers)=["']js:"""),
    "a trigger filter": re.compile(r'hx-trigger="[^"]*\['),
    "a foreign asset": re.compile(r"""(?:src=|<link[^>]*href=)["']https?:"""),
    "a load of a built-in library": re.compile(r"{% load [^%]*\b(?:icons|times|statuses|json_colour|static)\b"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_compiles_and_keeps_the_policy(path: Path) -> None:
    text = path.read_text()
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert found == []
    get_template(str(path.relative_to(FOLDER)))


@pytest.mark.parametrize(
    "name",
    [
        "unfold/fonts/inter/styles.css",
        "django_htmx/htmx-2.min.js",
        "django_ace/ace/mode-ftl.js",
        "streamhub/mark.svg",
        "streamhub/tokens.css",
        "streamhub/theme.js",
    ],
)
def test_assets_are_found(name: str) -> None:
    assert finders.find(name)


@pytest.mark.parametrize(("name", "kilobytes"), [("app.css", 12), ("app.js", 6)])
def test_budgets(name: str, kilobytes: int) -> None:
    path = finders.find(f"streamhub/{name}")
    assert path
    assert len(gzip.compress(Path(path).read_bytes())) <= kilobytes * 1024
