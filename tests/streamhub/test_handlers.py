"""Handlers that stand in the markup of others are taken out; text that speaks of them is left alone."""

import pytest
from django.utils.safestring import mark_safe

from streamhub.templatetags.handlers import without_handlers

CASES = {
    '<tr class="a" onclick="window.location=\'/b/\'"><td>': '<tr class="a"><td>',
    '<a href="/b/" onclick="event.stopPropagation();">View</a>': '<a href="/b/">View</a>',
    "<i onclick='go()' id=\"a\"></i>": '<i id="a"></i>',
    "<p>say onclick=&quot;go()&quot; here</p>": "<p>say onclick=&quot;go()&quot; here</p>",
}


@pytest.mark.parametrize("markup", CASES)
def test_handlers_are_taken_out(markup: str) -> None:
    assert without_handlers(mark_safe(markup)) == CASES[markup]
