import pytest

from events.jsontext import dumps, loads


@pytest.mark.parametrize(
    "value",
    [
        2**63, 2**64, 10**30, -(10**30), 1.5, 1e300, "1234567890123456789012", {"ü": ["😀", None, True]}, [], 0.1 + 0.2,
        {"a": 10**25, "b": 1e-7},
    ],
)  # fmt: skip
def test_values_come_back_as_they_were(value):
    assert loads(dumps(value)) == value
    assert loads(dumps(value).encode()) == value


def test_text_is_compact_and_readable():
    assert dumps({"name": "Zoë", "n": 10**20}) == '{"name":"Zoë","n":100000000000000000000}'
