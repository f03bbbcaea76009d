"""`manage.py render`: the payload on standard output, errors as `FILE:LINE:COLUMN: MESSAGE`, exit codes for CI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("data.json").write_text('{"input": {"user_id": "ü-1", "revenue": 59.90}}')
    return tmp_path


def render(
    capsys: pytest.CaptureFixture[str], template: str, *options: str, name: str = "t.tpl"
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    Path(name).write_text(template, newline="")
    arguments = [*options] if "--data" in options or "--lint" in options else ["--data", "data.json", *options]
    try:
        call_command("render", "--template", "t.tpl", *arguments)
        code = 0
    except SystemExit as stop:
        code = int(str(stop.code))
    out, error = capsys.readouterr()
    return code, out, error


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("language", "template", "expected"),
    [
        ("freemarker", '{"id": "${input.user_id}", "r": ${input.revenue}}', '{"id": "ü-1", "r": 59.9}'),
        ("jinja2", '{"id": "{{ input.user_id }}", "r": {{ input.revenue }}}', '{"id": "ü-1", "r": 59.90}'),
        ("jinja2", "a\n\n", "a\n"),
        ("freemarker", "", ""),
    ],
)
def test_prints_the_payload_to_the_byte(
    capsys: pytest.CaptureFixture[str], language: str, template: str, expected: str
) -> None:
    assert render(capsys, template, "--language", language) == (0, expected, "")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("language", "template", "place"),
    [
        ("freemarker", "{\n  ${input.nope}\n}", "t.tpl:2:5: "),
        ("freemarker", "a\n<#if x>", "t.tpl:2:"),
        ("jinja2", "{\n  {{ input.nope }}\n}", "t.tpl:2:6: input.nope is missing. Tip: Write"),
        ("jinja2", "{{ input.user_id | uper }}", "t.tpl:1:20: There is no filter uper. Tip: Did you mean upper?"),
    ],
)
def test_an_error_names_its_place(capsys: pytest.CaptureFixture[str], language: str, template: str, place: str) -> None:
    code, out, error = render(capsys, template, "--language", language)

    assert (code, out) == (1, "")
    assert error.startswith(place)
    assert error.count("\n") == 1


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"input":\n  oops}', "bad.json:2:3: This is not JSON: Expecting value."),
        (b'{"input": NaN}', "bad.json:1:1: This JSON cannot be used: NaN is no JSON value."),
        (b"[1]", "bad.json:1:1: The data must be an object"),
        (b'{"a":\n"\xff"}', "bad.json:2:1: The file is not UTF-8 text."),
        (None, "bad.json:1:1: The file cannot be read: No such file or directory."),
    ],
)
def test_bad_data_are_reported_alike(capsys: pytest.CaptureFixture[str], data: bytes | None, words: str) -> None:
    if data is not None:
        Path("bad.json").write_bytes(data)

    code, out, error = render(capsys, "x", "--data", "bad.json")

    assert (code, out) == (1, "")
    assert error.startswith(words)


@pytest.mark.usefixtures("here")
def test_a_template_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        call_command("render", "--template", "none.ftl")

    assert stop.value.code == 1
    assert capsys.readouterr().err == "none.ftl:1:1: The file cannot be read: No such file or directory.\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("language", "template", "places"),
    [
        ("jinja2", '{"a": "{{ input.city }}",\n "b": {{ inptu.b }}}', ["t.tpl:1:11", "t.tpl:2:10"]),
        ("freemarker", '{"a": "${input.city}",\n "b": ${parameters.b}}', ["t.tpl:1:8", "t.tpl:2:7"]),
    ],
)
def test_lint_lists_findings(
    capsys: pytest.CaptureFixture[str], language: str, template: str, places: list[str]
) -> None:
    code, out, error = render(capsys, template, "--language", language, "--lint")

    assert (code, out) == (1, "")
    assert [line.partition(": ")[0] for line in error.splitlines()] == places


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("language", "template", "code"),
    [
        ("jinja2", '{"a": {{ input.city | tojson }}}', 0),
        ("jinja2", "{% if %}", 1),
        ("freemarker", '{"a": "${input.city?json_string}"}', 0),
        ("freemarker", "<#if>", 1),
    ],
)
def test_lint_says_so_by_its_exit_code(
    capsys: pytest.CaptureFixture[str], language: str, template: str, code: int
) -> None:
    assert render(capsys, template, "--language", language, "--lint")[0] == code


def test_a_wrong_command_line(here: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("render", "--language", "velocity", "--template", "x")


def test_as_a_program(here: Path) -> None:
    """The real thing, whose `--data` must not be taken for the folder of all state."""
    (here / "t.j2").write_text("{{ input.user_id }}")
    command = [sys.executable, str(ROOT / "manage.py"), "render", "--language", "jinja2", "--template", "t.j2"]

    good = subprocess.run([*command, "--data", "data.json"], cwd=here, capture_output=True, timeout=60)
    bad = subprocess.run([*command], cwd=here, capture_output=True, timeout=60)
    wrong = subprocess.run([*command, "--langauge", "x"], cwd=here, capture_output=True, timeout=60)
    helped = subprocess.run([*command, "--help"], cwd=here, capture_output=True, timeout=60)

    assert (good.returncode, good.stdout, good.stderr) == (0, "ü-1".encode(), b"")
    assert (bad.returncode, bad.stdout) == (1, b"")
    assert bad.stderr.startswith(b"t.j2:1:4: input is missing.")
    assert wrong.returncode == 2
    assert b"Exit codes:" in helped.stdout
