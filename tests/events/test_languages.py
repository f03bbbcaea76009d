import pytest

from events.languages import language_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("en-US", "English"), ("EN", "English"), ("de_AT", "German"), ("zh-Hant-TW", "Chinese"), ("english", "English"),
        ("Norwegian bokmål", "Norwegian Bokmål"), ("Klingon", "Klingon"), ("x1", "x1"), ("", ""), ("-", "-"),
    ],
)  # fmt: skip
def test_language_names(sent, kept):
    assert language_name(sent) == kept
