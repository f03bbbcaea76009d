import subprocess

import pytest

from destinations.curl import MOST_ARGUMENT_BYTES, curl_command
from tests.receiver import receiver

JSON = ("Content-Type", "application/json")
WRITTEN = {
    "plain": (
        ("POST", "https://example.com/hook", [JSON], '{"a": 1}'),
        (
            "curl -X POST --globoff --path-as-is \\\n  --url https://example.com/hook \\\n"
            "  -H 'Content-Type: application/json' \\\n  --data-raw '{\"a\": 1}'"
        ),
    ),
    "no body": (
        ("GET", "https://example.com/?a=1&b=2", []),
        "curl -X GET --globoff --path-as-is \\\n  --url 'https://example.com/?a=1&b=2'",
    ),
    "an empty body": (
        ("PUT", "https://example.com/", []),
        "curl -X PUT --globoff --path-as-is \\\n  --url https://example.com/ \\\n  --data-raw ''",
    ),
    "an empty header": (
        ("DELETE", "https://example.com/", [("X-A", "")]),
        "curl -X DELETE --globoff --path-as-is \\\n  --url https://example.com/ \\\n  -H 'X-A;'",
    ),
    "a masked secret": (
        ("GET", "https://example.com/", [("Authorization", "••••••••4f2a")]),
        "curl -X GET --globoff --path-as-is \\\n  --url https://example.com/ \\\n  -H 'Authorization: ••••••••4f2a'",
    ),
    "quotes": (
        ("POST", "https://example.com/", [], "it's"),
        "curl -X POST --globoff --path-as-is \\\n  --url https://example.com/ \\\n  --data-raw 'it'\"'\"'s'",
    ),
    "controls": (
        ("POST", "https://example.com/", [], "a\tb\x1b[2J'\\\u202e"),
        (
            "curl -X POST --globoff --path-as-is \\\n  --url https://example.com/ \\\n"
            "  --data-raw $'a\\tb\\033[2J\\'\\\\\\342\\200\\256'"
        ),
    ),
    "a NUL": (
        ("POST", "https://example.com/", [], "50%\\\0"),
        (
            "printf '50%%\\\\\\000' | \\\n  curl -X POST --globoff --path-as-is \\\n  --url https://example.com/ \\\n"
            "  --data-binary @-"
        ),
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written(name):
    arguments, expected = WRITTEN[name]
    assert curl_command(*arguments) == expected


BODIES = {
    "a file's name": "@/etc/hostname",
    "an option": "--output /tmp/never",
    "quotes": "'; echo \"$HOME\" `id` $(id) \\' '",
    "several lines": '{\n  "a": [1-3], "b": {x,y}\n}\n',
    "line ends of other systems": "a\r\nb\rc",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x85 end",
    "directions": "a\u202eb\u2066c\u200e",
    "history": "!! !$ !echo",
    "a NUL": "before\0after \\0 %s 100%",
    "digits after a control": "\x0112 \x1f7",
    "many languages": "žluťoučký 日本語 🦄 עברית",
    "empty": "",
    "long": "'%\\\0é" + "x" * MOST_ARGUMENT_BYTES,
    "too long for one argument": "0123456789" * 20_000,
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("shell", ["bash"])
def test_what_arrives_is_what_was_meant(name, shell):
    body = BODIES[name]
    headers = [JSON, ("X-Empty", ""), ("X-Quote", 'it\'s "$HOME" é'), ("X-Tab", "a\tb")]
    with receiver() as received:
        url = received.url + "/[1-3]/{a,b}/../c?d='e'&f=$g"
        command = curl_command("POST", url, headers, body)
        done = subprocess.run([shell], input=command.encode(), capture_output=True, timeout=20)
    assert done.returncode == 0, done.stderr
    (request,) = received.requests
    assert request.body == body.encode()
    assert request.path == "/hook/[1-3]/{a,b}/../c?d='e'&f=$g"
    sent = {key: value.encode("latin-1").decode() for key, value in request.headers.items()}
    assert {name: sent[name] for name, _ in headers} == dict(headers)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_methods(method):
    with receiver() as received:
        subprocess.run(["bash", "-c", curl_command(method, received.url, [JSON])], capture_output=True, timeout=20)
    (request,) = received.requests
    assert (request.method, request.body) == (method, b"")
    assert request.headers.get("Content-Length") == ("0" if method in ("POST", "PUT", "PATCH") else None)
