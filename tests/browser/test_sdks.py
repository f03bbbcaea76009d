"""Browser SDKs, unchanged, on a page of somebody else: what they send arrives as from the server SDKs (tests/sdk)."""

from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from events.models import Event, Project
from tests.sdk.arrival import CALLS, USER, check_calls, check_completed, through, wait_for
from tests.sdk.installed import FOLDER, MODULES, missing

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

RUDDER_CALLS = """([key, hub, user, calls]) => {
  const sdk = new rudderanalytics.RudderAnalytics();
  sdk.load(key, hub, { configUrl: hub });
  make(sdk, user, calls);
}"""
SEGMENT_CALLS = """([key, hub, user, calls]) => {
  const sdk = AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: hub });
  make(sdk, user, calls);
}"""


@pytest.mark.parametrize(
    ("page_of", "calls", "library"),
    [
        ("rudder.html", RUDDER_CALLS, "RudderLabs JavaScript SDK"),
        ("segment.html", SEGMENT_CALLS, "analytics.js"),
    ],
)
def test_browser_sdk(
    live_server: LiveServer, project: Project, browser: Browser, shop: str, page_of: str, calls: str, library: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{shop}/{page_of}")
    page.evaluate(calls, [project.api_key, live_server.url, USER, CALLS])
    wait_for(lambda: Event.objects.count() >= len(CALLS))
    context.close()
    bodies = through(project)
    assert sorted(body["type"] for body in bodies) == ["alias", "group", "identify", "page", "track", "track"]
    for body in bodies:
        check_completed(body)
        assert body["context"]["library"]["name"] == library
        assert body["anonymousId"]
    check_calls(bodies)


@pytest.fixture
def shop() -> Iterator[str]:
    """A web page of somebody else's, on an origin of its own."""

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            """Pages from here; scripts, and the parts that they load later, from the SDKs as they were installed."""
            return str(FOLDER / path[1:] if path.endswith(".html") else MODULES / path[1:])

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
