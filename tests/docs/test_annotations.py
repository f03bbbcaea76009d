"""What the page about annotations says is what the code does."""

import re
from pathlib import Path

from events.annotations.api.fields import LIMITS
from events.annotations.api.urls import urlpatterns

PAGE = (Path(__file__).parents[2] / "docs" / "annotations.md").read_text()


def test_every_address_is_named():
    table = PAGE.partition("<!-- addresses -->\n")[2].partition("<!-- /addresses -->")[0]
    named = re.findall(r"^\| `[A-Z, ]+ /(\S+)`", table, re.MULTILINE)
    found = [next(pattern.name for pattern in urlpatterns if pattern.pattern.match(one)) for one in named]
    assert found == [pattern.name for pattern in urlpatterns]


def test_limit():
    assert f"{LIMITS.requests} requests in ten minutes" in PAGE
