"""Row by row what a message says of its own delivery, and what it may."""

import pytest

from destinations.messages.controls import BadControl, Controls, controls_of, limited, together, without_controls

HEADERS = [
    ({"X-Text": "a"}, [("X-Text", "a")]),
    ({"authorization": "Bearer x"}, [("authorization", "Bearer x")]),
    ({"n": 10, "b": True, "z": None}, [("n", "10"), ("b", "true"), ("z", "null")]),
    ({"o": {"a": 1}, "l": [1]}, [("o", '{"a":1}'), ("l", "[1]")]),
    ({"e": ""}, [("e", "")]),
    ({}, []),
    ("X-Text: a", []),
    (None, []),
    (5, []),
    (["a", 1], [("0", "a"), ("1", "1")]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "headers"), HEADERS)
def test_headers(given, headers):
    assert controls_of({"header": given}).headers == headers


def test_headers_elsewhere_are_data():
    assert controls_of({"properties": {"header": {"X": "a"}}}, in_integrations=True) == Controls()


URL = "https://a.example/hook"
ADDRESSES = [
    ({}, URL),
    ({"appendPath": "/more"}, URL + "/more"),
    ({"appendPath": "s?q=cats"}, URL + "s?q=cats"),
    ({"appendPath": 5}, URL + "5"),
    ({"appendPath": True}, URL + "true"),
    ({"appendPath": None}, URL),
    ({"appendPath": ""}, URL),
    ({"fullPath": "https://b.example/x"}, "https://b.example/x"),
    ({"fullPath": "https://b.example/x", "appendPath": "/y"}, "https://b.example/x/y"),
    ({"fullPath": ""}, ""),
    ({"fullPath": None, "integrations": {"Webhook": {"fullPath": "https://c.example/"}}}, "https://c.example/"),
    ({"fullPath": "https://b.example/", "integrations": {"Webhook": {"fullPath": "https://c.example/"}}}, "https://b.example/"),
    ({"integrations": {"webhook": {"appendPath": "/1"}, "Webhook": {"appendPath": "/2"}}}, URL + "/1"),
    ({"integrations": {"webhook": False, "Webhook": {"appendPath": "/2"}}}, URL + "/2"),
    ({"integrations": {"WebHook": {"appendPath": "/3"}}}, URL + "/3"),
    ({"integrations": {"WEBHOOK": {"appendPath": "/4"}}}, URL + "/4"),
    ({"integrations": {"Webhook": True}}, URL),
    ({"integrations": "All"}, URL),
]  # fmt: skip


@pytest.mark.parametrize(("message", "url"), ADDRESSES)
def test_address(message, url):
    assert controls_of(message, in_integrations=True).moved(URL) == url


def test_integrations_count_only_where_asked_for():
    message = {"integrations": {"Webhook": {"appendPath": "/2", "fullPath": "https://c.example/"}}}
    assert controls_of(message) == Controls()


@pytest.mark.parametrize(("value", "words"), [({"a": 1}, "an object"), ([1], "a list")])
@pytest.mark.parametrize("key", ["appendPath", "fullPath"])
def test_what_is_no_text_is_refused(key, value, words):
    with pytest.raises(BadControl, match=f"{key} is {words}"):
        controls_of({key: value})


def test_they_are_taken_out_at_the_top_only():
    message = {"header": {}, "appendPath": "", "fullPath": None, "a": {"header": 1}}
    assert without_controls(message) == {"a": {"header": 1}}


# -- of events that anybody may send -----------------------------------------------------------------------------------
def origin(url):
    return url.split("/")[2]


def narrowed(url=URL, **said):
    return limited(controls_of(said), url, lambda name: name == "x-secret", origin)


def test_secret_and_reserved_headers_stay():
    header = {"X-Secret": "mine", "x-SECRET": "mine", "Host": "b", "Content-Length": "1", "X-Own": "a"}
    assert narrowed(header=header).headers == [("X-Own", "a")]


@pytest.mark.parametrize(
    "path",
    [
        "/../admin",
        "..",
        "../x",
        "/a/..",
        "/%2e%2e/x",
        "/.%2E",
        "\\x",
        "//b.example",
        "/a//b",
        "/./x",
        "?q=1",
        "/s?q=cats",
    ],
)
def test_a_path_that_leaves_the_urls_own_is_refused(path):
    with pytest.raises(BadControl, match="appendPath"):
        narrowed("https://a.example/hook/", appendPath=path)


@pytest.mark.parametrize("base", ["https://a.example/.", "https://a.example/hook/%2e", "https://a.example/"])
def test_nor_together_with_the_urls_end(base):
    with pytest.raises(BadControl):
        narrowed(base, appendPath="./x" if not base.endswith("/") else "/x")


@pytest.mark.parametrize(
    ("url", "path"), [(URL, "/cats"), (URL, "s"), (URL + "?key=1", "&q=cats?"), (URL, "/a..b/c.d")]
)
def test_a_path_below_it_is_fine(url, path):
    assert narrowed(url, appendPath=path).moved(url) == url + path


def test_another_host_is_refused():
    assert narrowed(fullPath="https://a.example/other").full_path == "https://a.example/other"
    with pytest.raises(BadControl, match="another host"):
        narrowed(fullPath="https://b.example/hook")


def test_of_two_the_stronger_one_is_heard():
    strong, weak = Controls([("X-A", "1")], None, "/s"), Controls([("x-a", "2"), ("X-B", "3")], "f", "/w")
    assert together(strong, weak) == Controls([("X-B", "3"), ("X-A", "1")], "f", "/s")
