import pytest
from django.http import QueryDict

from destinations.event_steps import check_steps
from destinations.step_forms import KeptStep, Steps
from destinations.step_rows import row_of, step_of

HELD = [
    {"step": "rename", "property": "user_properties.email", "to": "mail"},
    {"step": "drop", "property": "platform"},
    {"step": "cast", "property": "event_properties.total", "to": "number"},
    {"step": "sha256", "property": "user_properties.email", "trim": True},
    {"step": "sha256", "property": "user_properties.email"},
    {"step": "date", "property": "event_properties.at", "format": "%d.%m.%Y"},
    {"step": "lookup", "property": "event_type", "table": {"A": "a", "1": "5"}, "default": "x"},
    {"step": "lookup", "property": "event_properties.n", "table": {"A": 5, "B": None, "C": "true", "D": " x"}},
    *(
        {"step": "constant", "property": "event_properties.n", "value": value}
        for value in [5, 5.5, "5", "5.50", True, "true", None, [1, "a"], {"a": 1}, "", " a ", "a\nb", '"a', "[x", "ü"]
    ),
]


@pytest.mark.parametrize("step", HELD, ids=str)
def test_a_row_gives_back_the_step_that_it_was_made_of(step):
    assert check_steps([step]) == [step]
    assert step_of(row_of(step)) == step


@pytest.mark.parametrize(
    "step",
    [
        {"step": "lookup", "property": "event_properties.n", "table": {"a=b": "c"}},
        {"step": "lookup", "property": "event_properties.n", "table": {"a": 1}, "default": ""},
    ],
    ids=str,
)
def test_what_a_row_cannot_hold_is_kept(step):
    kept = row_of(step) is None
    assert kept or step_of(row_of(step)) == step
    (item,) = Steps([step]).items
    assert isinstance(item, KeptStep) == kept
    if kept:
        assert Steps([], QueryDict(mutable=True) | {item.name: item.json}).specification() == [step]


def form(**values):
    data = QueryDict(mutable=True)
    data.update({name.replace("_", "-"): value for name, value in values.items()})
    return data


def test_rows_come_go_and_move():
    steps = Steps([{"step": "drop", "property": "platform"}, {"step": "drop", "property": "country"}])
    steps.change("lift-step-1")
    steps.change("add-step")
    assert [item.key for item in steps.items] == ["1", "0", "2"]
    steps.change("remove-step-0")
    steps.change("remove-step-9")
    assert steps.specification() == [{"step": "drop", "property": "country"}]


def test_the_order_is_that_of_the_form_and_blank_rows_do_not_count():
    data = form(step_3_step="drop", step_3_path="platform", step_1_step="rename", step_2_step="lower")
    data["step-2-path"] = "user_id"
    steps = Steps([], data)
    assert [one["property"] for one in steps.specification()] == ["platform", "user_id"]
    steps.show("Wrong.", 1, "to")
    assert [words for _, words, _ in steps.problems()] == ["Step 3 type"]
