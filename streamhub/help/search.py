"""Looking for words in the documentation, section by section."""

import re
from dataclasses import dataclass
from functools import cache

from streamhub.help.contents import PAGES, Page
from streamhub.help.rendering import parsed, words_of

MOST_FOUND, MOST_WORDS, AROUND = 20, 8, 90


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor`: of its heading; "" for what stands before the first."""

    page: Page
    title: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    section: Section
    excerpt: str


def search(query: str) -> list[Found]:
    """Sections that hold every word, those first that name them in their title or most often."""
    words = query.lower().split()[:MOST_WORDS]
    if not words:
        return []
    scored = [(_score(section, words), section) for section in sections()]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])[:MOST_FOUND]
    return [Found(section, _excerpt(section.text, words)) for _, section in best]


@cache
def sections() -> tuple[Section, ...]:
    return tuple(section for page in PAGES.values() for section in _sections_of(page))


def _sections_of(page: Page) -> list[Section]:
    found: list[Section] = []
    title, anchor, texts = page.title, "", [page.text]
    tokens = parsed(page)
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and not token.meta.get("title"):
            found.append(Section(page, title, anchor, " ".join(texts)))
            title, anchor, texts = words_of(tokens[number + 1]), str(token.attrGet("id")), []
        elif token.type == "inline" and not token.meta.get("title"):
            texts.append(words_of(token))
        elif token.type in ("fence", "code_block"):
            texts.append(token.content)
    return [*found, Section(page, title, anchor, " ".join(texts))]


def _score(section: Section, words: list[str]) -> int:
    """0 where one of the words is missing."""
    title, text = f"{section.page.title} {section.title}".lower(), section.text.lower()
    counts = [10 * (word in title) + min(text.count(word), 9) for word in words]
    return sum(counts) if all(counts) else 0


def _excerpt(text: str, words: list[str]) -> str:
    text = re.sub(r"\s+", " ", text)
    places = [place for word in words if (place := text.lower().find(word)) >= 0]
    start = max(0, min(places, default=0) - AROUND)
    shown = text[start : start + 3 * AROUND].strip()
    return f"{'… ' if start else ''}{shown}{' …' if start + 3 * AROUND < len(text) else ''}"
