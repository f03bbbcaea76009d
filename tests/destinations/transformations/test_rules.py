import pytest

from destinations.transformations.rules import BadTransformation, check_transformation

STEP = {"step": "lower", "property": "user_properties.email"}
GOOD = [
    (None, {}),
    ({}, {}),
    ({"template": "  "}, {}),
    ({"steps": []}, {}),
    ({"template": "${input}"}, {"language": "freemarker", "template": "${input}"}),
    ({"language": "jinja2", "template": "{{ input }}"}, {"language": "jinja2", "template": "{{ input }}"}),
    ({"steps": [STEP]}, {"steps": [STEP]}),
]


@pytest.mark.parametrize(("given", "stored"), GOOD)
def test_what_is_stored(given, stored):
    assert check_transformation(given) == stored
    assert check_transformation(stored) == stored


BAD = [
    ("x", (), "Write {language"),
    ({"mode": "x"}, ("mode",), "not a known key"),
    ({"language": "python", "template": "x"}, ("language",), "not one of freemarker, jinja2"),
    ({"template": 5}, ("template",), "not text"),
    ({"template": "${"}, ("template",), ""),
    ({"language": "jinja2", "template": "{% if %}"}, ("template",), ""),
    ({"steps": [STEP], "template": "x"}, ("steps",), "both"),
    ({"steps": [{"step": "no"}]}, ("steps", 0, "step"), "no step"),
    ({"steps": [{"step": "lower", "property": "properties.email"}]}, ("steps", 0, "property"), ""),
]


@pytest.mark.parametrize(("given", "place", "words"), BAD)
def test_what_is_wrong_is_told_at_its_place(given, place, words):
    with pytest.raises(BadTransformation) as refused:
        check_transformation(given)
    found = dict(refused.value.problems)
    assert words in found[place]


def test_messages_have_paths_of_their_own():
    step = {"step": "rename", "property": "userId", "to": "id"}
    assert check_transformation({"steps": [step]}, of_messages=True) == {"steps": [step]}
    with pytest.raises(BadTransformation):
        check_transformation({"steps": [{"step": "lower", "property": "a..b"}]}, of_messages=True)
