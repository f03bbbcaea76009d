"""What is wrong with a kind is told in words, by file and line."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image

from destinations.kind.check import check_path

KIND = """\
name: Example
section: events
category: Tests
summary: Sends events to an example.
parameters:
  - name: api_key
    label: API key
    required: true
    secret: true
mappings:
  - name: external_id
    required: true
request:
  url: https://api.example.com/events
  headers:
    - name: Api-Key
      value: ${parameters.api_key}
"""
TEMPLATE = '{"id": "${mappedFields.external_id}",\n "name": "${input.event_type}"}\n'
SAMPLE = {
    "parameters": {"api_key": "KEY"},
    "mappings": {"fields": {"external_id": "user_id"}},
    "event": {"event_type": "Opened", "user_id": "u_1"},
    "request": {
        "method": "POST",
        "url": "https://api.example.com/events",
        "headers": {"Content-Type": "application/json", "Api-Key": "KEY"},
        "body": {"id": "u_1", "name": "Opened"},
    },
}
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">\n<rect width="48" height="48"/></svg>'


def png(width: int = 48, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def svg(inner: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">\n{inner}\n</svg>'.encode()


def files(**changes: object) -> dict[str, bytes]:
    """A sound kind; `kind`, `template`, `logo`, `sample` replace its files, other names are paths."""
    found: dict[str, object] = {
        "kind.yaml": changes.pop("kind", KIND),
        "payload.ftl": changes.pop("template", TEMPLATE),
        "samples/opened.json": json.dumps(changes.pop("sample", SAMPLE), indent=1),
        "logo.svg": changes.pop("logo", LOGO),
    } | changes.pop("more", {})
    return {n: c.encode() if isinstance(c, str) else c for n, c in found.items() if c is not None}


def written(folder: Path, contents: dict[str, bytes]) -> Path:
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def edited(old: str, new: str) -> str:
    assert old in KIND
    return KIND.replace(old, new)


def test_a_sound_kind(tmp_path):
    assert check_path(written(tmp_path / "example", files())) == []


MALFORMED = {
    "no name": (files(kind=edited("name: Example\n", "")), "kind.yaml:1", "Name is missing"),
    "an unknown key": (files(kind=KIND + "colour: red\n"), "kind.yaml:18", "“colour” is not a known key"),
    "two parameters of one name": (
        files(kind=edited("mappings:", "  - name: API_key\n    label: Again\nmappings:")),
        "kind.yaml:10",
        "declared twice",
    ),
    "a key written twice": (files(kind=KIND + "name: Other\n"), "kind.yaml:18", "written twice"),
    "no YAML": (files(kind=KIND + "a: [\n"), "kind.yaml:19", "not YAML"),
    "an alias": (
        files(kind=edited("category: Tests", "category: &x Tests\ndescription: *x")),
        "kind.yaml:3",
        "Aliases",
    ),
    "a parameter that templates cannot name": (
        files(kind=edited("name: api_key", "name: api-key")),
        "kind.yaml:6",
        "cannot name a parameter",
    ),
    "a default that is no choice": (
        files(
            kind=edited(
                "mappings:", "  - {name: r, type: choice, default: x, choices: [{value: a}, {value: b}]}\nmappings:"
            )
        ),
        "kind.yaml:10",
        "not one of a, b",
    ),
    "a template that does not parse": (files(template='{"id":\n "${input.}"}\n'), "payload.ftl:2", ""),
    "a header that does not parse": (
        files(kind=edited("value: ${parameters.api_key}", "value: ${parameters.}")),
        "kind.yaml:17",
        "request.headers.0.value",
    ),
    "an undeclared parameter": (
        files(template=TEMPLATE.replace("input.event_type", "parameters.colour")),
        "payload.ftl:2",
        "colour is used and not declared",
    ),
    "an undeclared mapping field": (
        files(template=TEMPLATE.replace("mappedFields.external_id", "mappedFields.id")),
        "payload.ftl:1",
        "id is used and not declared. Declare the mapping field",
    ),
    "a declared parameter without use": (
        files(kind=edited("      value: ${parameters.api_key}", "      value: key <#-- ${parameters.api_key} -->")),
        "kind.yaml:6",
        "api_key is declared and not used",
    ),
    "a host that an event chooses": (
        files(kind=edited("https://api.example.com", "https://${input.user_id}.example.com")),
        "kind.yaml:14",
        "Only a parameter of type url or choice",
    ),
    "a host that a text chooses": (
        files(kind=edited("https://api.example.com", "https://${parameters.api_key}")),
        "kind.yaml:14",
        "Only a parameter of type url or choice",
    ),
    "a header of the connection": (files(kind=edited("Api-Key", "Host")), "kind.yaml:16", "cannot be set"),
    "a sample with another request": (
        files(sample=SAMPLE | {"request": SAMPLE["request"] | {"url": "https://api.example.com/other"}}),
        "samples/opened.json:1",
        'request.url: The kind makes "https://api.example.com/events"',
    ),
    "a sample that lacks a parameter": (
        files(sample=SAMPLE | {"parameters": {}}),
        "samples/opened.json:1",
        "parameters.api_key: API key is required",
    ),
    "a sample that is no JSON": (files(more={"samples/opened.json": "{\n,"}), "samples/opened.json:2", "not JSON"),
    "no kind.yaml": (files(more={"kind.yaml": None}), "kind.yaml:1", "missing"),
    "a file that does not belong": (files(more={"run.sh": "rm"}), "run.sh:1", "No such file belongs to a kind"),
    "two templates": (files(more={"payload.jinja": "{}"}), "payload.jinja:1", "second template"),
    "a script in the SVG": (files(logo=svg("<script>alert(1)</script>")), "logo.svg:1", "<script>"),
    "a handler in the SVG": (files(logo=svg('<rect onload="x()"/>')), "logo.svg:1", "onload"),
    "a style in the SVG": (files(logo=svg("<style>*{}</style>")), "logo.svg:1", "<style>"),
    "a picture from elsewhere in the SVG": (
        files(logo=svg('<rect fill="url(https://evil.example/x)"/>')),
        "logo.svg:1",
        "leads out of the file",
    ),
    "a link in the SVG": (files(logo=svg('<a href="javascript:x"><rect/></a>')), "logo.svg:1", "<a>"),
    "entities in the SVG": (
        files(logo=b'<!DOCTYPE svg [<!ENTITY a "b">]>' + LOGO),
        "logo.svg:1",
        "document type",
    ),
    "an SVG that is no XML": (files(logo=svg("<rect>")), "logo.svg:3", "cannot be read"),
    "a wide logo": (files(logo=LOGO.replace(b"0 0 48 48", b"0 0 480 48")), "logo.svg:1", "480 by 48"),
    "a logo that is no picture": (files(logo=b"GIF89a"), "logo.svg:1", "neither SVG nor PNG"),
    "a big logo": (files(logo=svg("<!--" + "x" * 300_000 + "-->")), "logo.svg:1", "at most 262,144"),
    "a broken PNG": (files(logo=None, more={"logo.png": png()[:60]}), "logo.png:1", "cannot be read"),
    "a PNG that is not square": (files(logo=None, more={"logo.png": png(96, 48)}), "logo.png:1", "96 by 48"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_wrong_is_told(tmp_path, name):
    contents, place, words = MALFORMED[name]
    problems = [str(problem) for problem in check_path(written(tmp_path / "example", contents))]
    assert any(problem.startswith(f"{place}: ") and words in problem for problem in problems), problems


def zipped(contents: dict[str, bytes], folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in contents.items():
            packed.writestr(folder + name, content)
    return out.getvalue()


def link() -> bytes:
    info = zipfile.ZipInfo("logo.svg")
    info.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(info, "/etc/passwd")
    return out.getvalue()


ZIPS = {
    "a path outside": (zipped({"../../kind.yaml": b"name: x"}), "leads out of the folder"),
    "an absolute path": (zipped({"/etc/kind.yaml": b"name: x"}), "leads out of the folder"),
    "a backslash": (zipped({"..\\kind.yaml": b"name: x"}), "leads out of the folder"),
    "a drive": (zipped({"C:/kind.yaml": b"name: x"}), "leads out of the folder"),
    "a link": (link(), "has a link"),
    "too many files": (zipped({f"samples/{n}.json": b"{}" for n in range(60)}), "too many files"),
    "too much": (zipped({"kind.yaml": b" " * 3_000_000}), "too much"),
    "no zip": (b"PK\x03\x04 not", "no zip"),
    "nothing": (zipped({}), "kind.yaml:1: The file is missing"),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_that_is_refused(tmp_path, name):
    data, words = ZIPS[name]
    (tmp_path / "kind.zip").write_bytes(data)
    assert any(words in str(problem) for problem in check_path(tmp_path / "kind.zip"))


@pytest.mark.parametrize("folder", ["", "example/"])
def test_a_zip_is_a_folder(tmp_path, folder):
    (tmp_path / "example.zip").write_bytes(zipped(files(), folder))
    assert check_path(tmp_path / "example.zip") == []


def test_the_command_names_file_and_line(tmp_path, capsys):
    good = written(tmp_path / "good", files())
    bad = written(tmp_path / "bad", files(kind=KIND + "colour: red\n"))
    call_command("check_kind", str(good))
    assert "nothing is wrong" in capsys.readouterr().out
    with pytest.raises(SystemExit) as exited:
        call_command("check_kind", str(good), str(bad))
    assert exited.value.code == 1
    assert f"{bad}/kind.yaml:18: colour: “colour” is not a known key" in capsys.readouterr().err


def test_there_is_no_such_folder(tmp_path):
    assert "no such folder" in str(check_path(tmp_path / "nothing")[0])
