"""A mapped body as JSON, a form and XML, as tables."""

from xml.etree import ElementTree

import pytest

from destinations.http_mapping.bodies import without_nulls, written

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"a": None, "b": {"c": None, "d": 1}}, {"b": {"d": 1}}),
        ({"list": [None, {"a": None}, 1]}, {"list": [None, {}, 1]}),
        ({"empty": {}, "none": [], "text": "", "zero": 0, "no": False},
         {"empty": {}, "none": [], "text": "", "zero": 0, "no": False}),
    ],
)  # fmt: skip
def test_nulls_go_at_every_depth_but_not_out_of_lists(value, left):
    assert without_nulls(value) == left


@pytest.mark.parametrize(
    ("body", "form", "text"),
    [
        ({}, "JSON", ""),
        ({}, "XML", ""),
        ({}, "FORM", ""),
        ({"a": 1000000, "b": "ä"}, "JSON", '{"a":1000000,"b":"ä"}'),
        ({"a": "x y&z", "n": 1.5, "t": True, "o": {"k": [1]}},
         "FORM", "a=x+y%26z&n=1.5&t=true&o=%7B%22k%22%3A%5B1%5D%7D"),
        ({"a": "x<y>&", "b": {"c": 1, "d": False}},
         "XML", "<root><a>x&lt;y&gt;&amp;</a><b><c>1</c><d>false</d></b></root>"),
        ({"item": [1, {"x": 2}], "none": [], "e": {}}, "XML", "<root><item>1</item><item><x>2</x></item><e /></root>"),
        ({"a b": 1, "1st": 2, "ü": 3, "x-y.z_": 4, "": 5, "@id": 6},
         "XML", "<root><a_b>1</a_b><_st>2</_st><_>3</_><x-y.z_>4</x-y.z_><_>5</_><_id>6</_id></root>"),
        ({"a": "x\x01y\ud800"}, "XML", "<root><a>x�y�</a></root>"),
        ({"a": [[1, 2]]}, "XML", "<root><a><item>1</item><item>2</item></a></root>"),
    ],
)  # fmt: skip
def test_written(body, form, text):
    made = written(body, form)
    assert made == (XML + text if text and form == "XML" else text)
    if form == "XML" and made:
        ElementTree.fromstring(made.encode())


def test_the_root_is_called_as_one_likes():
    assert written({"a": 1}, "XML", "my events") == XML + "<my_events><a>1</a></my_events>"
