import html
import re
from pathlib import Path

import pytest
from django.template import Context, Engine

from destinations.models import Destination, Header, Language, PayloadMode
from destinations.preview import json_fault, preview, shown_headers
from destinations.samples import BUILT_IN_DATA


def draft(template, language=Language.JINJA2, mode=PayloadMode.TEMPLATE):
    return Destination(name="Draft", payload_mode=mode, language=language, template=template)


def test_the_original_event_is_complete_json():
    shown = preview(draft("", mode=PayloadMode.RAW), BUILT_IN_DATA)
    assert '"order_id":"A-8001"' in shown.body
    assert (shown.error, shown.fault, shown.annotations) == (None, None, [])
    assert shown.size == len(shown.body.encode())


@pytest.mark.parametrize(
    ("language", "template"),
    [(Language.JINJA2, "{{ input.user_id | tojson }}"), (Language.FREEMARKER, '"${input.user_id?json_string}"')],
)
def test_a_template_is_rendered_with_the_event(language, template):
    assert preview(draft(template, language), BUILT_IN_DATA).body == '"user_1001"'


@pytest.mark.parametrize(
    ("language", "template"),
    [
        (Language.JINJA2, '{\n  "a": {% if input.user_id %}\n}'),
        (Language.JINJA2, '{\n  "a": {{ input.user_id.nothing.at_all }}\n}'),
        (Language.FREEMARKER, '{\n  "a": <#if input.user_id??>\n}'),
        (Language.FREEMARKER, '{\n  "a": ${input.user_id.nothing}\n}'),
    ],
)
def test_a_wrong_template_says_where(language, template):
    shown = preview(draft(template, language), BUILT_IN_DATA)
    assert shown.body is None
    assert shown.error.message
    (mark,) = shown.annotations
    assert mark["row"] == shown.error.line - 1
    assert mark["type"] == "error"


def test_what_is_not_json_is_shown_with_the_place_of_the_fault():
    shown = preview(draft('{\n  "a": {{ input.user_id }}\n}'), BUILT_IN_DATA)
    assert shown.body == '{\n  "a": user_1001\n}'
    assert shown.fault.words == "line 2, column 8: expecting value"
    assert (shown.fault.before, shown.fault.at) == ('{\n  "a": ', "u")


@pytest.mark.parametrize(
    ("language", "template"),
    [(Language.JINJA2, '{\n"a": "{{ input.user_id }}"}'), (Language.FREEMARKER, '{\n"a": "${input.user_id}"}')],
)
def test_what_may_go_wrong_is_marked_in_the_margin(language, template):
    shown = preview(draft(template, language), BUILT_IN_DATA)
    (mark,) = shown.annotations
    assert (mark["row"], mark["type"]) == (1, "warning")
    assert shown.findings[0].tip in mark["text"]


def test_secrets_of_headers_are_masked():
    destination = draft("")
    destination.header_list = [Header(name="A", value="plain"), Header(name="B", value="secret-12345", secret=True)]
    destination.auth, destination.signing = {"kind": "bearer"}, {"scheme": "standard"}
    assert shown_headers(destination) == [
        ("Authorization", "••••••••"),
        ("A", "plain"),
        ("B", "••••••••2345"),
        ("webhook-id", "msg_… (the same in every try)"),
        ("webhook-timestamp", "(made for each try)"),
        ("webhook-signature", "(made for each try)"),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{}", ""),
        ("3", ""),
        ("", "line 1, column 1: expecting value"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ("[" * 100_000, "it is nested too deeply to be checked"),
    ],
)
def test_what_json_is(text, fault):
    assert json_fault(text) == fault


HELP = Path("templates/destinations/template_help.html").read_text()


@pytest.mark.parametrize("column", ["freemarker", "jinja2"])
def test_what_the_template_help_shows_can_be_written(column):
    """Each row of the help is a template that renders with the built-in sample."""
    cells = Engine().from_string(HELP).render(Context())
    rows = re.findall(r"<tr><td>[^<]*</td><td><code>(.*?)</code></td><td><code>(.*?)</code></td></tr>", cells)
    assert len(rows) > 3
    for row in rows:
        template = html.unescape(row[column == "jinja2"])
        assert preview(draft(template, Language(column)), BUILT_IN_DATA).body, template
