"""Markdown of docs/ -> HTML for the hub's own pages: headings have anchors, links between files lead between pages."""

import posixpath
import re
from functools import cache

import nh3
from django.urls import reverse
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from streamhub.help.contents import PAGES, Page

TAGS = {
    "p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "h2", "h3", "h4", "a", "img", "div",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"}, "ol": {"start"}, "img": {"src", "alt"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"},
    "pre": {"tabindex"}, "div": {"class", "tabindex"},
}  # fmt: skip
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)  # marks for the tests
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def as_html(page: Page) -> str:
    """Without the title, which the page's head shows."""
    tokens = [token for token in parsed(page) if not _is_of_title(token)]
    for token in tokens:
        for inner in token.children or ():
            _lead_inside(inner, page)
    made = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    safe = nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"}, link_rel="noopener")
    safe = safe.replace("<table>", '<div class="sh-scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    return safe.replace("<pre>", '<pre tabindex="0">').replace("<th></th>", "<td></td>")


@cache
def parsed(page: Page) -> tuple[Token, ...]:
    """Each heading with its anchor as `id`."""
    tokens = _MARKDOWN.parse(COMMENT.sub("", page.file.read_text(encoding="utf-8")))
    taken: set[str] = set()
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            stem = slugify(words_of(tokens[number + 1])) or "part"
            anchor = next(a for a in (stem, *(f"{stem}-{n}" for n in range(2, 1_000))) if a not in taken)
            taken.add(anchor)
            token.attrSet("id", anchor)
            if token.tag == "h1":
                tokens[number + 1].meta["title"] = tokens[number + 2].meta["title"] = token.meta["title"] = True
    return tuple(tokens)


def words_of(inline: Token) -> str:
    return "".join(one.content if one.type != "softbreak" else " " for one in inline.children or ())


def _is_of_title(token: Token) -> bool:
    return bool(token.meta.get("title"))


def _lead_inside(token: Token, page: Page) -> None:
    """Files that are no pages of the hub are named, and lead nowhere."""
    name = {"link_open": "href", "image": "src"}.get(token.type)
    target = str(token.attrGet(name) or "") if name else ""
    if not name or target.startswith(("http://", "https://", "#")):
        return
    file, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.slug), file))
    if token.type == "image":
        token.attrSet(name, reverse("help_image", args=[posixpath.basename(path)]))
    elif (slug := path.removesuffix(".md")) in PAGES:
        token.attrSet(name, reverse("help_page", args=[slug]) + (f"#{anchor}" if anchor else ""))
    else:
        token.attrs.pop(name)
