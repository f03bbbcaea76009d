"""Projects as code: `apply` and `dump`."""

import json
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from destinations.models import Destination, Header
from events.models import AuditEntry, Project, hash_secret

pytestmark = pytest.mark.django_db

SHOP = """\
projects:
  - name: Shop
    api_key: 01234567
    secret_key: shk_very_secret
    destinations:
      - name: Orders to CRM
        kind: webhook
        url: https://example.com/hook
        method: POST
        headers: [{name: Authorization, value: Bearer x, secret: true}]
        payload: {mode: template, language: jinja2, template: '{"id": {{ input.event_id }}}'}
        filter: {event_types: ["Order Placed"]}
        enabled: true
      - name: Everything
        url: https://example.com/all
        payload: {mode: raw}
"""


def apply(folder: Path, text: str, name: str = "shop.yaml") -> list[str]:
    file, out = folder / name, StringIO()
    file.write_text(text)
    call_command("apply", str(file), stdout=out)
    return out.getvalue().splitlines()


def dump(*arguments: str) -> str:
    out = StringIO()
    call_command("dump", *arguments, stdout=out)
    return out.getvalue()


def refusal(folder: Path, text: str, name: str = "shop.yaml") -> str:
    with pytest.raises(CommandError) as caught:
        apply(folder, text, name)
    return str(caught.value)


def test_a_file_is_applied_and_repeating_it_changes_nothing(tmp_path):
    assert apply(tmp_path, SHOP) == [
        "project Shop: created",
        "destination Shop / Orders to CRM: created",
        "destination Shop / Everything: created",
    ]
    project = Project.objects.get(name="Shop")
    assert project.api_key == "01234567", "digits stay text, leading zero and all"
    assert project.secret_key_hash == hash_secret("shk_very_secret")
    destination = Destination.objects.get(name="Orders to CRM")
    assert destination.enabled
    assert destination.filter == {"event_types": ["Order Placed"]}
    assert apply(tmp_path, SHOP) == [
        "project Shop: unchanged",
        "destination Shop / Orders to CRM: unchanged",
        "destination Shop / Everything: unchanged",
    ]


def test_only_what_differs_is_changed(tmp_path):
    apply(tmp_path, SHOP)
    assert apply(tmp_path, SHOP.replace("example.com/all", "example.com/other")) == [
        "project Shop: unchanged",
        "destination Shop / Orders to CRM: unchanged",
        "destination Shop / Everything: changed",
    ]


def test_a_write_key_is_made_where_the_file_names_none_and_then_kept(tmp_path):
    apply(tmp_path, "projects: [{name: Shop}]")
    key = Project.objects.get().api_key
    assert len(key) == 32
    assert apply(tmp_path, "projects: [{name: Shop}]") == ["project Shop: unchanged"]
    assert Project.objects.get().api_key == key


def test_what_dump_prints_applies_without_a_change(tmp_path):
    apply(tmp_path, SHOP)
    for text, name in ((dump(), "a.yaml"), (dump("--format", "json"), "a.json")):
        assert {line.rpartition(": ")[2] for line in apply(tmp_path, text, name)} == {"unchanged"}


def test_secrets_are_left_out_unless_asked_for(tmp_path):
    apply(tmp_path, SHOP)
    assert "Bearer x" not in dump()
    header = yaml.safe_load(dump())["projects"][0]["destinations"][1]["headers"][0]
    assert header == {"name": "Authorization", "value": None, "secret": True}
    written_out = AuditEntry.objects.filter(action="wrote out the secrets of", by_name="the command dump")
    assert written_out.count() == 0
    assert "Bearer x" in dump("--with-secrets")
    assert {entry.object_name for entry in written_out} == {"Shop"}


def test_a_dump_with_secrets_makes_the_same_elsewhere(tmp_path):
    apply(tmp_path, SHOP)
    text = dump("--with-secrets")
    Project.objects.all().delete()
    assert {line.rpartition(": ")[2] for line in apply(tmp_path, text)} == {"created"}
    assert Header.objects.get().value == "Bearer x"


def test_a_secret_is_stored_encrypted(tmp_path):
    apply(tmp_path, SHOP)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM destinations_header")
        assert "Bearer" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ("method: POST", "methd: POST", 9, "projects.0.destinations.0.methd: “methd” is not a known key"),
        ("api_key: 01234567", "apikey: x", 3, "projects.0.apikey: “apikey” is not a known key"),
        ("method: POST", "method: FETCH", 9, "“FETCH” is not one of GET, POST, PUT, PATCH, DELETE"),
        ("https://example.com/hook", "ftp://example.com", 8, "must begin with https:// or http://"),
        ("https://example.com/hook", "http://10.0.0.1/", 8, "10.0.0.0/8"),
        ('["Order Placed"]', "[]", 12, "event_types is empty"),
        ("{name: Authorization, value", "{name: Content-Type, value", 10, "preset"),
        ("input.event_id }}", "input.event_id", 11, "template"),
        ("kind: webhook", "kind: fax", 7, "“fax” is not one of webhook"),
        ("name: Shop", "name: ''", 2, "Give the project a name"),
        ("enabled: true", "enabled: maybe", 13, "Write true or false"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_nothing_is_changed(tmp_path, wrong, right, line, words):
    message = refusal(tmp_path, SHOP.replace(wrong, right, 1))
    assert f"shop.yaml:{line}: " in message
    assert words in message
    assert not Project.objects.exists()


def test_every_mistake_is_told_at_once(tmp_path):
    message = refusal(tmp_path, SHOP.replace("kind:", "knd:").replace("method: POST", "method: X"))
    assert "shop.yaml:7: " in message
    assert "shop.yaml:9: " in message


def test_a_sixth_header_is_refused(tmp_path):
    headers = ", ".join(f"{{name: X-{n}, value: v}}" for n in range(6))
    text = SHOP.replace("{name: Authorization, value: Bearer x, secret: true}", headers)
    assert "There are 6 extra headers; at most 5 are allowed." in refusal(tmp_path, text)


def test_a_moved_destination_needs_its_secret_again(tmp_path):
    apply(tmp_path, SHOP)
    blanked = dump().replace("https://example.com/hook", "https://elsewhere.example.net/hook")
    message = refusal(tmp_path, blanked)
    assert "the secret of Authorization has to be typed again" in message


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("projects:\n  - name: [", "a.yaml", "a.yaml:2: not valid YAML"),
        ('{"projects": [}', "a.json", "a.json:1: not valid"),
        ("", "a.yaml", "a list under “projects”"),
        ("projects: 3", "a.yaml", "a list under “projects”"),
        ("projects: [3]", "a.yaml", "Write a mapping here"),
    ],
)
def test_what_is_no_declaration_is_refused_in_words(tmp_path, text, name, words):
    assert words in refusal(tmp_path, text, name)


def test_json_is_read_as_json(tmp_path):
    text = json.dumps({"projects": [{"name": "Schöner Laden 😀", "api_key": "0123abcd"}]})
    apply(tmp_path, text, "a.json")
    assert Project.objects.get().name == "Schöner Laden 😀"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothere\.yaml: cannot be read"):
        call_command("apply", str(tmp_path / "nothere.yaml"))


def test_retention_is_applied_and_dumped(tmp_path):
    days = "    retention: {events: 90, deliveries: 60, bodies: 7}\n"
    text = "projects:\n  - name: Shop\n" + days
    assert apply(tmp_path, text) == ["project Shop: created"]
    assert apply(tmp_path, text) == ["project Shop: unchanged"]
    assert apply(tmp_path, text.replace("bodies: 7", "bodies: 3")) == ["project Shop: changed"]
    (shop,) = yaml.safe_load(dump())["projects"]
    assert shop["retention"] == {"events": 90, "deliveries": 60, "bodies": 3}


def test_a_limit_is_applied_audited_and_dumped(tmp_path):
    text = "projects:\n  - name: Shop\n    most_events_per_second: 500\n"
    assert apply(tmp_path, text.replace("500", "20")) == ["project Shop: created"]
    assert apply(tmp_path, text) == ["project Shop: changed"]
    assert apply(tmp_path, "projects: [{name: Shop}]") == ["project Shop: unchanged"]
    assert yaml.safe_load(dump())["projects"][0]["most_events_per_second"] == 500
    assert AuditEntry.objects.latest("pk").changes == [["most_events_per_second", 20, 500]]
    assert apply(tmp_path, text.replace("500", "0")) == ["project Shop: changed"]
    refused = refusal(tmp_path, text.replace("500", "many"))
    assert "shop.yaml:3: projects.0.most_events_per_second: Give a whole number of events a second" in refused


@pytest.mark.parametrize(
    ("retention", "words"),
    [
        ("30", "Write a mapping of days: events, deliveries, bodies."),
        ("{bodies: 60}", "retention.bodies: Bodies stand in the delivery log"),
        ("{attempts: 1}", "“attempts” is not a known key"),
    ],
)
def test_retention_that_cannot_be_is_named_with_its_line(tmp_path, retention, words):
    refused = refusal(tmp_path, f"projects:\n  - name: Shop\n    retention: {retention}\n")
    assert "shop.yaml:3: projects.0.retention" in refused
    assert words in refused


class TestIncomingWebhooks:
    FILE = """\
projects:
  - name: Shop
    incoming_webhooks:
      secrets:
        - value: the newest one
        - {value: an older one, until: "2099-01-01T00:00:00Z"}
"""

    def test_secrets(self, tmp_path: Path) -> None:
        assert apply(tmp_path, self.FILE) == ["project Shop: created"]
        assert apply(tmp_path, self.FILE) == ["project Shop: unchanged"]
        (described,) = yaml.safe_load(dump("--with-secrets"))["projects"]
        wanted = yaml.safe_load(self.FILE)["projects"][0]["incoming_webhooks"]
        wanted["secrets"][0]["until"] = None
        assert described["incoming_webhooks"] == wanted
        assert apply(tmp_path, self.FILE.partition("      secrets")[0] + "      secrets: null\n") == [
            "project Shop: unchanged"
        ]
        assert yaml.safe_load(dump())["projects"][0]["incoming_webhooks"] == {"secrets": None}
        assert apply(tmp_path, "projects: [{name: Shop, incoming_webhooks: {secrets: []}}]") == [
            "project Shop: changed"
        ]
        assert "incoming_webhooks" not in yaml.safe_load(dump())["projects"][0]

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ("{secrets: [{value: short}]}", "incoming_webhooks.secrets.0.value: The secret has 5 characters"),
            ("{secrets: [{value: long enough}, {value: long enough 2}]}", "secrets.1.until: An older secret needs"),
            ("{secrets: [{value: aaaaaaaa}, {value: bbbbbbbb}, {value: cccccccc}]}", "There are 3 secrets"),
            ("{secret: long enough}", "“secret” is not a known key. Known: secrets."),
            ("none", "Write {secrets: [{value, until}]}."),
        ],
    )
    def test_what_is_wrong(self, tmp_path: Path, given: str, words: str) -> None:
        assert words in refusal(tmp_path, f"projects: [{{name: Shop, incoming_webhooks: {given}}}]")


SHAPED = """\
projects:
  - name: Shop
    event_transformations:
      - {types: [order_placed, 404], to: 200}
      - {types: [debug], drop: true}
    destinations:
      - name: Shaped
        url: https://example.com/hook
        events: raw
        mappings:
          steps:
            - {step: constant, property: event_properties.a, value: 5}
            - {step: default, property: event_properties.b, value: {name: 5}}
            - {step: lookup, property: event_properties.c, table: {name: 1, 5: yes}, default: 0}
            - {step: rename, property: event_properties.d, to: 200}
"""


def test_transformations_and_changes_keep_their_types(tmp_path):
    report = apply(tmp_path, SHAPED)
    assert "event transformations of Shop: changed" in report
    (project,) = yaml.safe_load(dump())["projects"]
    assert project["event_transformations"] == [
        {"types": ["order_placed", "404"], "to": "200"},
        {"types": ["debug"], "drop": True},
    ]
    (shaped,) = project["destinations"]
    assert shaped["events"] == "raw"
    steps = shaped["mappings"]["steps"]
    assert [steps[0]["value"], steps[1]["value"]] == [5, {"name": 5}]
    assert (steps[2]["table"], steps[2]["default"], steps[3]["to"]) == ({"name": 1, "5": True}, 0, "200")
    assert all(line.endswith("unchanged") for line in apply(tmp_path, dump()))


def test_transformations_that_a_file_does_not_name_are_gone_or_left_alone(tmp_path):
    apply(tmp_path, SHAPED)
    assert "event transformations of Shop: changed" in apply(
        tmp_path, "projects: [{name: Shop, event_transformations: [{types: [x], drop: true}]}]"
    )
    apply(tmp_path, "projects: [{name: Shop}]")
    (project,) = yaml.safe_load(dump())["projects"]
    assert project["event_transformations"] == [{"types": ["x"], "drop": True}]
    words = refusal(tmp_path, "projects:\n- name: Shop\n  event_transformations:\n  - {types: [x], to: x}\n")
    assert "shop.yaml:4: projects.0.event_transformations.0.to: That is its name already." in words
