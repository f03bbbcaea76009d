"""What all operations have in common: bodies, pages, versions, refusals by place."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from destinations import specification
from destinations.models import Destination
from events.models import Project
from streamhub.api.hub import api

HOOK = {"url": "https://example.com/hook"}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "line 1, column 2"),
        (b"[]", 400, "not a JSON object"),
        (b'"x"', 400, "not a JSON object"),
        (b'{"name": "\xff"}', 400, "not UTF-8"),
        (b'{"name": "a\\u0000b"}', 400, "NUL"),
        (b'{"name": "a\\ud800b"}', 400, "half a character"),
        (b'{"name": NaN}', 400, "not a JSON number"),
        (b'{"name": 1e400}', 400, "too large"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, 400, "100 levels"),
        (b'{"name": 1' + b"0" * 200 + b"}", 400, "100 characters"),
    ],
)
def test_bodies_that_are_refused(call: Callable, body: bytes, status: int, words: str) -> None:
    response = call("PUT", "/destinations/Hook", body)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert words in response.json()["detail"]
    assert not Destination.objects.exists()


def test_a_body_may_be_gzipped_and_is_bounded(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b'{"url": "https://example.com/hook"}')
    assert call("PUT", "/destinations/Hook", packed, Content_Encoding="gzip").status_code == 201
    bomb = gzip.compress(b" " * 20_000_000)
    assert call("PUT", "/destinations/Hook", bomb, Content_Encoding="gzip").status_code == 413
    assert call("PUT", "/destinations/Hook", packed, Content_Encoding="br").status_code == 415


def test_errors_name_the_place(call: Callable) -> None:
    wrong = {"url": "http://127.0.0.1:22/", "headers": [{"name": "X A", "value": "1"}], "colour": "red"}
    problem = call("PUT", "/destinations/Hook", wrong).json()
    assert (problem["status"], problem["type"]) == (422, "urn:streamhub:problem:invalid")
    assert {error["field"] for error in problem["errors"]} == {"url", "headers.0", "colour"}
    problem = call("GET", "/deliveries?limit=1000&state=lost").json()
    assert {error["field"] for error in problem["errors"]} == {"limit", "state"}


@pytest.mark.parametrize("path", ["/destinations/%00", "/events/%00", "/destinations?name=%00", "/members/a%00b"])
def test_nul_in_an_address(call: Callable, path: str) -> None:
    assert call("GET", path).status_code in (400, 404, 405)


@pytest.mark.parametrize(
    "path", [f"/deliveries/{10**30}", f"/destinations/{10**30}", f"/events/{10**30}", "/destinations/٣", "/events/x"]
)
def test_ids_that_nothing_can_have(call: Callable, path: str) -> None:
    assert call("GET", path).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "!", "w6Q", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_is_none(call: Callable, cursor: str) -> None:
    assert call("GET", f"/deliveries?cursor={cursor}").json()["errors"][0]["field"] == "cursor"


def test_a_list_is_walked_page_by_page(call: Callable, project: Project) -> None:
    for number in range(7):
        specification.save(project, {"name": f"Hook {number}"})
    names, cursor = [], ""
    while True:
        page = call("GET", f"/destinations?limit=3&cursor={cursor}").json()
        names.append([one["name"] for one in page["data"]])
        if not (cursor := page["next"]):
            break
    assert names == [["Hook 0", "Hook 1", "Hook 2"], ["Hook 3", "Hook 4", "Hook 5"], ["Hook 6"]]


def test_putting_the_same_twice_changes_nothing(call: Callable) -> None:
    first = call("PUT", "/destinations/Hook", HOOK)
    second = call("PUT", "/destinations/Hook", first.json())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first["ETag"] == second["ETag"]


def test_who_has_the_version_gets_304_and_who_changes_an_old_one_412(call: Callable) -> None:
    tag = call("PUT", "/destinations/Hook", HOOK)["ETag"]
    unchanged = call("GET", "/destinations/Hook", If_None_Match=f'"other", W/{tag}')
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert call("PATCH", "/destinations/Hook", {"method": "PUT"}, If_Match=tag).status_code == 200
    stale = call("PATCH", "/destinations/Hook", {"method": "PATCH"}, If_Match=tag)
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:streamhub:problem:stale")
    assert Destination.objects.get().method == "PUT"
    assert call("PUT", "/destinations/New", HOOK, If_Match="*").status_code == 412


@pytest.mark.parametrize("method", ["POST", "TRACE", "OPTIONS"])
def test_methods_that_a_path_does_not_take(call: Callable, method: str) -> None:
    response = call(method, "/audit", {})
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/nothing", "/api/v1/projects/shop/nothing"])
def test_addresses_that_are_none(call: Callable, path: str) -> None:
    response = call("POST", path, {})
    assert (response.status_code, response.json()["type"]) == (404, "urn:streamhub:problem:not-found")


def test_the_document_describes_every_operation() -> None:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    assert document["openapi"].startswith("3.")
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            assert one["description"], (method, path)
            assert one["security"], (method, path)
            named = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"}
            assert named == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def test_the_reference_shows_every_operation(member_client: Any) -> None:
    page = member_client.get("/help/api/").content.decode()
    for path in api.get_openapi_schema(path_prefix="/api/v1/")["paths"]:
        assert f"<code>{path}</code>" in page
    assert "$ref" not in page
    assert "&lt;" not in page
