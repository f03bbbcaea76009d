"""How much a page may load, as it goes over the wire: compressed, fonts left out."""

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from events.models import Project
from tests.streamhub.doors import DOORS

PAGE, EDITOR, STYLES, SCRIPTS = 60_000, 240_000, 12_000, 6_000  # bytes
HEAVIEST = ("overview", "destination", "destination_filter", "destination_mappings", "destination_activity", "delivery")


@pytest.fixture
def weigh(open_context: Callable[..., BrowserContext], busy: Project) -> Callable[[str], dict[str, int]]:
    """Loads the page behind a door with an empty cache; bytes by address, fonts left out."""

    def load(door: str) -> dict[str, int]:
        page: Page = open_context().new_page()
        answers: list[Response] = []
        page.on("response", lambda one: answers.append(one))
        (found,) = (one for one in DOORS if one.name == door)
        page.goto(found.url(busy))
        page.wait_for_load_state("networkidle")
        return {one.url: len(gzip.compress(one.body())) for one in answers if ".woff2" not in one.url}

    return load


def _ours(weights: dict[str, int], ending: str) -> int:
    return sum(size for url, size in weights.items() if "/streamhub/" in url and url.endswith(ending))


@pytest.mark.parametrize("door", [*HEAVIEST, "destination_payload"])
def test_budget(weigh: Callable[[str], dict[str, int]], door: str) -> None:
    weights = weigh(door)
    assert sum(weights.values()) <= (EDITOR if door == "destination_payload" else PAGE), weights
    assert _ours(weights, ".css") <= STYLES, weights
    assert _ours(weights, ".js") <= SCRIPTS, weights
