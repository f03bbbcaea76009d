import pytest

from destinations.checked_destination import KEYS
from destinations.readiness import ANCHORS, checks, url_warnings

pytestmark = pytest.mark.django_db


def said(destination):
    return [(check.done, check.text) for check in checks(destination)]


def test_a_destination_that_is_ready(make_destination):
    destination = make_destination(
        headers=[{"name": "X-Key", "value": "a secret value", "secret": True}],
        filter={"event_types": ["A", "B"]},
        payload={"mode": "template", "language": "jinja2", "template": "{}"},
    )
    assert said(destination) == [
        (True, "POST and URL are set"),
        (True, "1 extra header"),
        (True, "2 event types chosen"),
        (True, "The Jinja2 template is valid"),
    ]


def test_what_is_missing_says_where_to_go(make_destination):
    destination = make_destination(
        enabled=False, url="", payload={"mode": "template", "language": "jinja2", "template": ""}
    )
    open_checks = [check for check in checks(destination) if not check.done]
    assert [check.url for check in open_checks] == [
        destination.get_absolute_url() + "#id_url",
        destination.get_absolute_url() + "payload/#payload",
    ]
    assert "URL is empty" in open_checks[0].text
    assert "template is empty" in open_checks[1].text


def test_every_part_of_a_specification_has_a_place_on_the_page():
    assert set(KEYS) - {"kind", "enabled"} == set(ANCHORS)


def test_an_unencrypted_url_is_pointed_out(make_destination):
    assert "unencrypted" in url_warnings(make_destination(url="http://127.0.0.1:8099/hook"))[0]
    assert url_warnings(make_destination(url="https://example.com/hook")) == ()
    assert url_warnings(make_destination(url="", enabled=False)) == ()
