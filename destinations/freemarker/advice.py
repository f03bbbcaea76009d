"""What to write instead, for errors whose cause shows in the template around them."""

from __future__ import annotations

import re

from destinations.freemarker import tree
from destinations.freemarker.python_code import Site
from destinations.freemarker.source import Source

_CUT_COMPARISON = re.compile(r"\s*=?\s*[\w.\"'()]+[^<>\n]{0,40}>")
_PRECEDENCE = (
    '! takes everything to its right as the default: write parentheses around the part with the default, (x!"") == "y"'
)


def advice(kind: str, root: tree.Root, site: Site, source: Source) -> str | None:
    """A tip for an error at a site, or None."""
    if kind == "missing":
        return _about_missing(root, site, source)
    if kind == "type":
        return _about_condition(root, site)
    return None


def _about_missing(root: tree.Root, site: Site, source: Source) -> str:
    path = source.excerpt(site.start, _end_of_path(root, site))
    if path.isidentifier():
        return f'add a default, ({path})!"", or test with {path}??'
    return f'add a default, ({path})!"", or test with ({path})??; the parentheses make it cover the whole path'


def _end_of_path(root: tree.Root, site: Site) -> int:
    """Where the path that begins at the site ends."""
    paths = (n for n in tree.descendants(root) if isinstance(n, tree.Dot | tree.Index) and n.start == site.start)
    return max((node.end for node in paths), default=site.end)


def _about_condition(root: tree.Root, site: Site) -> str | None:
    for node in tree.descendants(root):
        if isinstance(node, tree.Branch) and node.start == site.owner and node.condition is not None:
            if any(is_swallowing(inner) for inner in tree.descendants(node.condition)):
                return _PRECEDENCE
            if is_cut(node):
                return (
                    "the tag ends at its first >: write gt for > and gte for >=, or put the comparison in parentheses"
                )
    return None


def is_swallowing(node: tree.Node) -> bool:
    """Is this a default that took more than was meant: `x!"a" + "b"`, `n!0?c`?"""
    if not isinstance(node, tree.Default):
        return False
    first = node.fallback
    while isinstance(first, tree.BuiltIn):
        first = first.target
    on_literal = isinstance(node.fallback, tree.BuiltIn) and isinstance(first, tree.String | tree.Number | tree.Boolean)
    return on_literal or isinstance(node.fallback, tree.Binary)


def is_cut(branch: tree.Branch) -> bool:
    """Does the text after the tag look like the rest of a comparison, as in `<#if a > 5>`?"""
    first = branch.body[0] if branch.body else None
    return isinstance(first, tree.Text) and _CUT_COMPARISON.match(first.text) is not None
