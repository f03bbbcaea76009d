import pytest

from destinations.differences import MOST_LINES, difference, json_difference

CASES = {
    "equal": ("a\nb", "a\nb", ""),
    "a line changes": ("a\nb\nc", "a\nB\nc", " a|-b|+B| c"),
    "a line comes": ("a", "a\nb", " a|+b"),
    "a line goes": ("a\nb", "a", " a|-b"),
    "from nothing": ("", "a", "+a"),
    "far from the ends": (
        "\n".join("123456789") + "\nx" + "\n".join("123456789"),
        "\n".join("123456789") + "\ny" + "\n".join("123456789"),
        "~… 6 lines that are the same| 7| 8| 9|-x1|+y1| 2| 3| 4|~… 5 lines that are the same",
    ),
    "line ends": ("a\r\nb", "a\nb", "~They differ in line ends only."),
    "too long": ("a\n" * (MOST_LINES + 1), "a", "~More than 2,000 lines: too long to compare."),
}
SIGNS = {"same": " ", "gone": "-", "new": "+", "cut": "~"}


def drawn(lines):
    return "|".join(SIGNS[line.kind] + line.text for line in lines)


@pytest.mark.parametrize("name", CASES)
def test_difference(name):
    before, after, expected = CASES[name]
    assert drawn(difference(before, after)) == expected


def test_json_is_laid_out_before_it_is_compared():
    assert json_difference('{"a":1,"b":2}', '{ "a": 1,\n"b": 2}') == []
    assert drawn(json_difference('{"a":1,"b":2.0}', '{"a":1,"b":2.00}')) == ' {|   "a": 1,|-  "b": 2.0|+  "b": 2.00| }'
