"""Help: every page of the documentation is there, leads on and is found; every page of the hub leads to its own."""

import re
from pathlib import Path

import pytest
from django.test import Client

from delivery.models import State
from events.models import Project
from streamhub.help import contents
from streamhub.help.contents import DOCS, PAGES
from streamhub.help.rendering import as_html
from streamhub.help.search import search, sections
from streamhub.permissions import DOORS as TABLE
from tests.streamhub.doors import DOORS, Door


def test_every_page_of_the_documentation_is_listed() -> None:
    written = {str(file.relative_to(DOCS).with_suffix("")) for file in DOCS.rglob("*.md")}
    assert {slug for slug in written if not slug.startswith("decisions/")} == set(PAGES)


@pytest.mark.parametrize("slug", PAGES)
def test_a_page_is_shown_and_its_links_lead_somewhere(slug: str, member_client: Client) -> None:
    response = member_client.get(f"/help/{slug}/")
    assert response.status_code == 200
    html = as_html(PAGES[slug])
    assert "<h1" not in html
    assert "<!--" not in html
    assert "&lt;!--" not in html
    for target in re.findall(r'(?:href|src)="(/[^"]*)"', html):
        path, _, anchor = target.partition("#")
        led = member_client.get(path)
        assert led.status_code == 200, target
        if anchor:
            assert f'id="{anchor}"' in led.content.decode(), target
    for anchor in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{anchor}"' in html


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("Retry-After", "delivery"),
        ("pg_dump", "operating"),
        ("FREEMARKER", "templates/guide"),
        ("SSRF rebinding", None),
    ],
)
def test_search(query: str, page: str | None, member_client: Client) -> None:
    found = [one.section.page.slug for one in search(query)]
    assert (page in found) if page else not found
    text = member_client.get("/help/", {"q": query}).content.decode()
    assert ("Nothing found" in text) == (page is None)


def test_a_search_is_escaped_and_bounded(member_client: Client) -> None:
    text = member_client.get("/help/", {"q": "<img src=x>\0" + "x " * 500}).content.decode()
    assert "<img src=x" not in text
    assert search("") == []
    assert len(search("the")) <= 20


def test_sections_have_anchors_of_their_own() -> None:
    places = [(section.page.slug, section.anchor) for section in sections()]
    assert len(places) == len(set(places))


@pytest.mark.usefixtures("standing")
class TestEveryDoor:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize("door", [door for door in DOORS if door.asks_for == ["project"]], ids=str)
    def test_leads_to_its_own_page(self, door: Door, busy: Project, staff_client: Client) -> None:
        page = contents.about(door.name)
        assert f'href="/help/{page.slug}/"' in staff_client.get(door.url(busy)).content.decode()


def test_what_doors_are_about() -> None:
    assert set(contents.ABOUT.values()) <= set(PAGES)
    for stem in contents.ABOUT:
        assert not stem or any(
            name.startswith(stem) for name in [*TABLE, "api_reference", "second_factor", "recovery_codes"]
        ), stem


def test_strangers_sign_in_first(client: Client, db: None) -> None:
    for path in ("/help/", "/help/delivery/", "/help/images/test.png"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", ["nothing/", "../README/", "decisions/0001-one-loop-for-all-lanes/", "images/x.png"])
def test_what_is_no_page(path: str, member_client: Client) -> None:
    assert member_client.get(f"/help/{path}").status_code == 404


def test_pictures(member_client: Client) -> None:
    response = member_client.get("/help/images/test.png")
    assert response["Content-Type"] == "image/png"


def test_the_states_in_the_words() -> None:
    text = (Path(DOCS) / "concepts.md").read_text()
    assert set(re.findall(r"^\| (\w+) \|", text.partition("## States")[2], re.MULTILINE)) == {
        "state",
        "held",
        *State.values,
    }
