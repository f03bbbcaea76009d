import pytest
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from destinations import catalog
from destinations.catalog import SECTIONS, Kind

TINTS = {"indigo", "teal", "amber", "blue", "pink", "slate"}
CHAT = Kind("chat", "Team chat", "events", "Messaging", "message-square", "teal", "Post a message to a channel.")
AUDIENCE = Kind("audience", "Email audience", "cohorts", "Messaging", "mail", "pink", "Keep an audience in step.")


@pytest.fixture
def three(monkeypatch):
    kinds = (*catalog.kinds(), CHAT, AUDIENCE)
    monkeypatch.setattr(catalog, "kinds", lambda: kinds)


@pytest.mark.parametrize("kind", catalog.kinds(), ids=lambda kind: kind.slug)
def test_every_tile_can_be_drawn(kind):
    assert kind.section in {section.slug for section in SECTIONS}
    assert kind.tint in TINTS
    assert all((kind.name, kind.category, kind.summary))
    assert len(kind.summary) <= 90
    try:
        lucide(kind.icon)
    except IconDoesNotExist:
        pytest.fail(f"{kind.slug}: lucide.dev has no icon {kind.icon}")


def test_the_webhook_is_there():
    assert catalog.kind("webhook").name == "Webhook"
    assert catalog.kind("no-such") is None
    assert catalog.slugs()[0] == "webhook"


SEARCHES = {
    "nothing": ("", "", ["Webhook", "Team chat", "Email audience"]),
    "a name": ("WEBhook", "", ["Webhook"]),
    "words of the summary": ("channel message", "", ["Team chat"]),
    "a category's name": ("messaging", "", ["Team chat", "Email audience"]),
    "a category": ("", "Messaging", ["Team chat", "Email audience"]),
    "both": ("audience", "Messaging", ["Email audience"]),
    "no such thing": ("fax", "", []),
    "no such category": ("", "Fax", []),
}


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.usefixtures("three")
def test_search(name):
    text, category, names = SEARCHES[name]
    assert [kind.name for kind in catalog.found(text, category)] == names


@pytest.mark.usefixtures("three")
def test_only_sections_with_a_tile_are_shown():
    titles = [section.title for section, _ in catalog.in_sections(catalog.found())]
    assert titles == ["Event streaming", "Cohorts"]
    assert [section.title for section, _ in catalog.in_sections([CHAT])] == ["Event streaming"]


@pytest.mark.usefixtures("three")
def test_categories_in_the_order_of_the_tiles():
    assert catalog.categories() == ["Core", "Messaging"]
