"""Text that strangers choose is text on every page: markup in it, and attributes that htmx acts on, do nothing."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from cohorts.specification import save_cohort
from delivery.models import Attempt, Delivery, State
from destinations import specification
from destinations.models import Destination
from destinations.samples import keep_sample
from events import audit
from events.models import Event, Profile, Project
from streamhub.api_tokens import make_token
from tests.streamhub.doors import DOORS, Door

HOSTILE = "\"'></script></pre><img src=x onerror=alert(1)><b hx-get=/x hx-trigger=load>{{7*7}}"
# As it would stand in a page that does not escape it, by whichever of its ends one looks.
RAW = ("<img src=x", "<b hx-get", "></script></pre>", "onerror=alert(1)><b")


@pytest.fixture
def hostile(
    busy: Project, make_events: Callable[..., list[Event]], make_destination: Callable[..., Destination]
) -> Project:
    (event,) = make_events(1, HOSTILE, **{HOSTILE: HOSTILE})
    event.user_id = event.device_id = HOSTILE
    event.data |= {"user_id": HOSTILE, "library": HOSTILE, "user_properties": {HOSTILE: HOSTILE}}
    event.notes = [HOSTILE]
    event.save()
    Profile.objects.create(
        project=busy, identity=f"u:{HOSTILE}", properties={HOSTILE: [HOSTILE]}, groups={HOSTILE: [HOSTILE]},
        created_at=now(), updated_at=now(),
    )  # fmt: skip
    wrong = {"mode": "template", "language": "jinja2", "template": "{{ input.user_id }}"}
    lane = make_destination(name=HOSTILE[:100], payload=wrong, filter={"event_types": [HOSTILE]})
    Destination.objects.filter(pk=lane.pk).update(template=f"{{{{ {HOSTILE} }}}}\n{HOSTILE}")
    keep_sample(lane, HOSTILE[:60], '{"event_type": "x"}')
    delivery = Delivery.objects.create(
        project=busy, destination=lane, event=event, state=State.FAILED, attempts_made=1, created_at=now(),
        finished_at=now(), last_error=HOSTILE, last_status=500,
    )  # fmt: skip
    Attempt.objects.create(
        delivery=delivery, number=1, started_at=now(), duration_ms=1, request_method="POST",
        request_url=f"https://example.com/?{urlencode({'q': HOSTILE})}", request_headers=[["X-Own", HOSTILE]],
        request_body=HOSTILE, status=500, response_headers=[[HOSTILE, HOSTILE], ["location", HOSTILE]],
        response_body=HOSTILE, error=HOSTILE, error_kind="template",
        tries=[{"at": 1.0, "ms": 1, "status": 500, "error": HOSTILE}],
    )  # fmt: skip
    save_cohort(busy, {"name": HOSTILE, "description": HOSTILE, "users": [HOSTILE]})
    make_token(busy, name=HOSTILE[:60], role="viewer", scopes=["events:read"])
    audit.record("changed", lane, [(HOSTILE, HOSTILE, HOSTILE)], name=HOSTILE)
    Project.objects.filter(pk=busy.pk).update(name=HOSTILE[:100])
    busy.refresh_from_db()
    return busy


@pytest.mark.usefixtures("standing")
class TestEveryDoor:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize("door", DOORS, ids=str)
    def test_it_stands_escaped_on_every_page(self, door: Door, hostile: Project, staff_client: Client) -> None:
        for headers in ({}, {"HX-Request": "true"}):
            _refuse_markup(staff_client.get(door.url(hostile), headers=headers))


def test_it_stands_escaped_where_it_is_searched_for(hostile: Project, staff_client: Client) -> None:
    query = urlencode(dict.fromkeys(("q", "type", "user", "who", "error", "after", "sample", "version"), HOSTILE))
    for name in ("deliveries", "events", "cohorts", "profiles", "audit", "catalog", "destinations", "inbox_page"):
        _refuse_markup(staff_client.get(f"{Door(name).url(hostile)}?{query}"))
    page = staff_client.get(f"{Door('profiles').url(hostile)}?{urlencode({'user': f'u:{HOSTILE}'})}")
    assert page.status_code == 200
    _refuse_markup(page)


def test_it_stands_escaped_where_it_is_refused(hostile: Project, staff_client: Client) -> None:
    lane = Destination.objects.get(name=HOSTILE[:100])
    base = f"/p/{hostile.slug}/destinations/{lane.pk}/"
    posts: list[tuple[str, dict[str, Any]]] = [
        (base, {"name": HOSTILE, "url": HOSTILE, "method": HOSTILE, "connect_timeout": HOSTILE}),
        (f"{base}payload/", {"body": "freemarker", "template": f"${{{HOSTILE}"}),
        (f"{base}payload/preview/", {"body": "jinja2", "template": f"{{{{ {HOSTILE}", "sample": "built-in"}),
        (f"{base}payload/preview/", {"body": "jinja2", "template": "x", "sample": "pasted", "sample_json": HOSTILE}),
        (f"{base}filter/effect/", {"event_types": HOSTILE}),
        (f"{base}security/", {"scheme": HOSTILE, "kind": HOSTILE, "id_header": HOSTILE}),
        (f"/p/{hostile.slug}/settings/", {"name": HOSTILE * 3, "time_zone": HOSTILE}),
        (f"/p/{hostile.slug}/settings/members/", {"name": HOSTILE, "role": HOSTILE}),
        (f"/p/{hostile.slug}/settings/tokens/", {"name": HOSTILE * 3, "role": HOSTILE}),
        (f"/p/{hostile.slug}/replays/new/", {"kind": "again", "states": HOSTILE, "q": HOSTILE, "since": HOSTILE}),
        ("/login/", {"username": HOSTILE, "password": "x"}),
    ]
    for path, data in posts:
        _refuse_markup(staff_client.post(path, data))


@pytest.mark.parametrize("content", [b"user_id\nada\n", b"\xff\xfe\x00", HOSTILE.encode()])
def test_names_of_files(hostile: Project, staff_client: Client, content: bytes) -> None:
    file = SimpleUploadedFile(f"{HOSTILE}.csv", content)
    for path in ("destinations/import/", "cohorts/look-at-list/", "cohorts/new-list/", "portal/import/"):
        file.seek(0)
        response = staff_client.post(f"/p/{hostile.slug}/{path}", {"file": file, "name": HOSTILE, "mode": "replace"})
        assert response.status_code < 500
        _refuse_markup(response)


def test_names_of_downloads_stay_in_their_header(hostile: Project, staff_client: Client) -> None:
    lane = Destination.objects.get(name=HOSTILE[:100])
    response = staff_client.get(f"/p/{hostile.slug}/destinations/{lane.pk}/file/")
    assert re.fullmatch(r'attachment; filename="[\w.-]+"', response["Content-Disposition"])
    assert response["X-Content-Type-Options"] == "nosniff"


def test_answers_to_machines_are_no_pages(hostile: Project, client: Client) -> None:
    """A wrong key is echoed, cut, in JSON or as plain text."""
    for path in ("/2/httpapi", "/identify", "/v1/track", "/api/3/cohorts", "/api/v1/projects"):
        response = client.post(path, f'{{"api_key": "{"<img src=x>" * 20}"}}', content_type="application/json")
        assert "html" not in response["Content-Type"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert len(response.content) < 1_000


def test_a_saved_name_survives(hostile: Project) -> None:
    """What is escaped on pages is stored as it came."""
    assert specification.describe(Destination.objects.get(name=HOSTILE[:100]))["name"] == HOSTILE[:100]


def _refuse_markup(response: Any) -> None:
    assert response.status_code < 500
    text = response.content.decode()
    assert [piece for piece in RAW if piece in text] == []
    for value in response.headers.values():
        assert "\n" not in value
