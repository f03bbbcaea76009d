import html
import re
from pathlib import Path

import pytest
from django.template import Context, Engine

from destinations.models import Destination, Language, PayloadMode
from destinations.preview import json_fault, preview
from destinations.samples import (
    BUILT_IN,
    BUILT_IN_DATA,
    OFFERED,
    field_names,
    offered_samples,
    recent_events,
    sample_data,
)
from events.models import Event, Project


def draft(template, language=Language.JINJA2, mode=PayloadMode.TEMPLATE):
    return Destination(name="Draft", payload_mode=mode, language=language, template=template)


def test_the_original_event_is_complete_json():
    shown = preview(draft("", mode=PayloadMode.RAW), BUILT_IN_DATA)
    assert '"order_id":"A-8001"' in shown.body
    assert (shown.error, shown.json_fault, shown.annotations) == (None, "", [])
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
    assert shown.json_fault == "line 2, column 8: expecting value"


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


@pytest.mark.django_db
def test_samples_offer_each_event_type_first(project, make_events):
    for event_type in ("A", "B", "A", "A"):
        make_events(1, event_type)
    assert [event.event_type for event in recent_events(project)] == ["A", "B", "A", "A"]


@pytest.mark.django_db
def test_a_sample_is_an_event_of_the_project_or_the_built_in_one(project, make_events):
    (event,) = make_events(1, "Signed Up")
    other = Project.objects.create(name="Other")
    assert sample_data(project, str(event.pk)) == Event.objects.get().data
    for choice in ("built-in", "", "x", "999999", "9" * 40, "²"):
        assert sample_data(project, choice) is BUILT_IN_DATA
    assert sample_data(other, str(event.pk)) is BUILT_IN_DATA


@pytest.mark.django_db
def test_an_older_event_can_be_asked_for(project, make_events):
    assert offered_samples(project) == ([], BUILT_IN)
    (oldest,) = make_events()
    newest = make_events(30)[-1]
    assert offered_samples(project)[1] == str(newest.pk)
    events, chosen = offered_samples(project, str(oldest.pk))
    assert (events[0], chosen, len(events)) == (oldest, str(oldest.pk), OFFERED)
    for nonsense in ("x", "0", "9" * 30):
        assert offered_samples(project, nonsense)[1] == str(newest.pk)


def test_every_path_of_the_samples_is_suggested():
    names = field_names(
        [{"event_properties": {"order id": 1, "nested": {"deep": 1}}}, {"user_properties": {"plan": 1}}]
    )
    assert "input.event_type" in names
    assert 'input.event_properties["order id"]' in names
    assert "input.event_properties.nested.deep" in names
    assert "input.user_properties.plan" in names
    assert len(names) == len(set(names))


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
