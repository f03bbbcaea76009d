import pytest

from tests.destinations.pages.conftest import SECRET
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db
KEPT = "••••••••4f2a"


def test_the_page_shows_what_is_stored(show):
    text = show()
    for words in (
        "Orders to CRM",
        KEPT,
        "X-Source",
        "streamhub",
        "Content-Type",
        "StreamHub/Webhook/1.0",
        "9 more over",
    ):
        assert words in text


CHANGES = {
    "typing replaces a secret": (
        {"header-0-value": "Bearer new"},
        lambda s: s["headers"][0],
        {"name": "Authorization", "value": "Bearer new", "secret": True},
    ),
    "a plain value becomes a secret": (
        {"header-1-secret": "on"},
        lambda s: s["headers"][1],
        {"name": "X-Source", "value": "streamhub", "secret": True},
    ),
    "a cleared row goes": ({"header-1-name": "", "header-1-value": ""}, lambda s: len(s["headers"]), 1),
    "a row is added": (
        {"header-2-name": "X-New", "header-2-value": "1"},
        lambda s: [h["name"] for h in s["headers"]],
        ["Authorization", "X-Source", "X-New"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_saves_headers(submit, destination, name):
    changes, read, expected = CHANGES[name]
    assert submit(**changes) is None
    assert read(stored(destination)) == expected


WRONG = {
    "a header name": ({"header-2-name": "X Y", "header-2-value": "1"}, "is not a header name"),
    "a preset header": ({"header-2-name": "User-Agent", "header-2-value": "me"}, "is preset"),
    "a header twice": ({"header-2-name": "x-source", "header-2-value": "1"}, "occurs twice"),
    "a value without a name": ({"header-2-value": "1"}, "has no name"),
    "a secret under another name": ({"header-0-name": "X-Other"}, "has no value. Type it."),
    "a secret for another host": ({"url": "https://evil.example/"}, "has to be typed again"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses_headers_in_words_and_saves_nothing(submit, destination, name):
    changes, words = WRONG[name]
    before = stored(destination)
    text = submit(**changes)
    assert words in text
    assert "Nothing was saved." in text
    assert stored(destination) == before


def test_a_sixth_header_is_refused(submit):
    rows = {f"header-{n}-{part}": f"X-{n}" for n in range(2, 6) for part in ("name", "value")}
    text = submit(**rows)
    assert "There are 6 extra headers; at most 5 are allowed." in text
    assert "6 of 5 extra headers used" in text


def test_five_headers_leave_no_blank_row(submit, show):
    submit(**{f"header-{n}-{part}": f"X-{n}" for n in range(2, 5) for part in ("name", "value")})
    text = show()
    assert "5 of 5 extra headers used" in text
    assert 'name="header-5-name"' not in text


def test_unticking_does_not_uncover_a_secret(submit, show, destination):
    assert submit(**{"header-0-secret": None}) is None
    assert stored(destination)["headers"][0] == {"name": "Authorization", "value": SECRET, "secret": True}
    assert "sk_live" not in show()


def test_what_was_typed_stays_when_it_is_refused(submit):
    text = submit(name="Typed name", url="nonsense", **{"header-2-name": "X-New", "header-2-value": "typed value"})
    for words in ("Typed name", "nonsense", "X-New", "typed value", KEPT, 'aria-invalid="true"'):
        assert words in text


def test_several_problems_are_listed_with_links(submit):
    text = submit(name="", url="nonsense")
    assert "2 fields need a look" in text
    assert 'href="#id_url"' in text
