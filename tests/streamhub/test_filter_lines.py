"""Filters in a file of projects: applied, printed again the same, and mistakes named with their line."""

import io

import pytest
from django.core.management import CommandError, call_command

from destinations.models import Destination

pytestmark = pytest.mark.django_db

SHOP = """\
projects:
  - name: Shop
    api_key: 0123456789abcdef
    destinations:
      - name: Orders
        url: https://example.com/hook
        filter:
          topics: [event.track]
          event_types: [Order Placed]
          match: all
          conditions:
            - {property: user_properties.plan, operator: in list, value: [pro, 3]}
            - property: event_properties.total
              operator: at least
              value: 50
            - {property: user_properties.signed_up, operator: between, value: [2026-01-01, 2026-06-30]}
            - match: none
              conditions:
                - {property: platform, operator: is not set}
                - {property: event_properties.test, operator: is, value: true}
"""


def apply(tmp_path, text):
    (tmp_path / "shop.yaml").write_text(text)
    out = io.StringIO()
    call_command("apply", str(tmp_path / "shop.yaml"), stdout=out)
    return out.getvalue()


def test_a_filter_is_stored_in_its_one_form(tmp_path):
    apply(tmp_path, SHOP)
    assert Destination.objects.get().filter == {
        "topics": ["event.track"],
        "event_types": ["Order Placed"],
        "match": "all",
        "conditions": [
            {"property": "user_properties.plan", "operator": "in list", "value": ["pro", 3]},
            {"property": "event_properties.total", "operator": "at least", "value": 50},
            {"property": "user_properties.signed_up", "operator": "between", "value": ["2026-01-01", "2026-06-30"]},
            {
                "match": "none",
                "conditions": [
                    {"property": "platform", "operator": "is not set"},
                    {"property": "event_properties.test", "operator": "is", "value": True},
                ],
            },
        ],
    }


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_dump_prints_applies_without_a_change(tmp_path, form):
    apply(tmp_path, SHOP)
    out = io.StringIO()
    call_command("dump", "--format", form, stdout=out)
    assert "changed" not in apply(tmp_path, out.getvalue()).replace("unchanged", "")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ("[event.track]", "[event.trak]", 8, "filter.topics.0: “event.trak” is not one of"),
        ("match: all", "match: some", 10, "filter.match: “some” is not one of all, any, none"),
        ("[pro, 3]", "pro", 12, "filter.conditions.0.value: “in list” takes a list"),
        ("event_properties.total", "total", 13, "filter.conditions.1.property: “total” is no field of an event"),
        ("at least", "atleast", 14, "filter.conditions.1.operator: “atleast” is no operator"),
        ("value: 50", "value: [50]", 15, "filter.conditions.1.value: “at least” takes one value"),
        ("2026-06-30", "2025-06-30", 16, "filter.conditions.2.value: The first value is the greater one"),
        ("is not set", "is not sat", 19, "filter.conditions.3.conditions.0.operator: “is not sat” is no operator"),
        ("operator: is, value", "operator: is, values", 20, "filter.conditions.3.conditions.1.values: A condition has"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, wrong, right, line, words):
    with pytest.raises(CommandError) as caught:
        apply(tmp_path, SHOP.replace(wrong, right, 1))
    assert f"shop.yaml:{line}: " in str(caught.value)
    assert words in str(caught.value)
    assert not Destination.objects.exists()
