import pytest

from destinations import catalog
from destinations.kind.definition import Kind

WEBHOOK = Kind("webhook", "Webhook", "events", "Core", "Any HTTPS endpoint.")
CHAT = Kind("chat", "Team chat", "events", "Messaging", "Post a message to a channel.")
AUDIENCE = Kind("audience", "Email audience", "cohorts", "Messaging", "Keep an audience in step.")


@pytest.fixture
def three(monkeypatch):
    monkeypatch.setattr(catalog, "kinds", lambda: (WEBHOOK, CHAT, AUDIENCE))


@pytest.mark.django_db
def test_the_plain_ones_come_first():
    assert [kind.slug for kind in catalog.kinds()][:4] == [
        "webhook",
        "http-webhook",
        "rudderstack-webhook",
        "cohort-webhook",
    ]
    assert catalog.kind("webhook").name == "Webhook"
    assert catalog.kind("no-such") is None


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
