import pytest

from destinations.freemarker import casing, text, truncation
from destinations.freemarker.utf16 import joined, units
from destinations.freemarker.value_errors import BadValue, TooLarge


def test_units_and_back():
    assert units("a😀") == "a\ud83d\ude00"
    assert joined(units("a😀é𐐨")) == "a😀é𐐨"
    assert joined("\ud83d") == "\ud83d"


@pytest.mark.parametrize(("value", "expected"), [("", 0), ("abc", 3), ("🎉é", 3), ("żółć", 4)])
def test_length(value, expected):
    assert text.length(value) == expected


def test_character_at():
    assert text.character_at("abc", 2) == "c"
    assert text.character_at("😀", 1) == "\ude00"
    for index in (3, -1):
        with pytest.raises(BadValue, match="3 characters"):
            text.character_at("abc", index)


INCLUSIVE, EXCLUSIVE, LENGTH, OPEN = "..", "..<", "..*", "..."


def cut(value, begin, kind, end):
    if kind == OPEN:
        return text.cut_by_range(value, begin, None, adaptive=True, inclusive=False)
    stop = begin + end if kind == LENGTH else end
    size = abs(stop - begin) + (kind == INCLUSIVE)
    step = 1 if stop >= begin else -1
    return text.cut_by_range(value, begin, size, step, adaptive=kind == LENGTH, inclusive=kind == INCLUSIVE)


@pytest.mark.parametrize(
    ("begin", "kind", "end", "expected"),
    [
        (0, INCLUSIVE, 1, "ab"),
        (1, INCLUSIVE, 0, ""),
        (2, INCLUSIVE, 2, "c"),
        (1, EXCLUSIVE, 3, "bc"),
        (2, EXCLUSIVE, 1, "c"),
        (9, EXCLUSIVE, 9, ""),
        (1, LENGTH, 500, "bc"),
        (3, LENGTH, 9, ""),
        (9, LENGTH, 0, ""),
        (2, LENGTH, -1, "c"),
        (0, LENGTH, -1, "a"),
        (0, LENGTH, -7, "a"),
        (1, OPEN, 0, "bc"),
        (3, OPEN, 0, ""),
    ],
)
def test_cut_by_range(begin, kind, end, expected):
    assert cut("abc", begin, kind, end) == expected


@pytest.mark.parametrize(
    ("begin", "kind", "end", "message"),
    [
        (0, INCLUSIVE, 3, "ends at 3, but the text has only 3 characters"),
        (5, INCLUSIVE, 4, "starts at 5"),
        (3, INCLUSIVE, 2, "starts at 3"),
        (-1, INCLUSIVE, 0, "starts at -1"),
        (1, INCLUSIVE, -1, "ends at -1"),
        (2, INCLUSIVE, 0, "backwards"),
        (2, EXCLUSIVE, 0, "backwards"),
        (2, LENGTH, -2, "backwards"),
        (4, LENGTH, 9, "starts at 4"),
        (4, OPEN, 0, "starts at 4"),
    ],
)
def test_cut_by_range_that_does_not_fit(begin, kind, end, message):
    with pytest.raises(BadValue, match=message):
        cut("abc", begin, kind, end)


def test_cutting_counts_code_units():
    assert cut("a😀b", 1, INCLUSIVE, 2) == "😀"
    assert text.substring("😀b", 2) == "b"


@pytest.mark.parametrize(("begin", "end", "expected"), [(1, None, "ello"), (1, 3, "el"), (5, None, ""), (2, 2, "")])
def test_substring(begin, end, expected):
    assert text.substring("hello", begin, end) == expected


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [
        (0, 500, "past the end"),
        (6, None, "past the end"),
        (-1, None, "negative"),
        (2, 1, "after the end position 1"),
    ],
)
def test_substring_that_does_not_fit(begin, end, message):
    with pytest.raises(BadValue, match=message):
        text.substring("hello", begin, end)


@pytest.mark.parametrize(
    ("part", "start", "expected"),
    [("l", 0, 2), ("l", 3, 3), ("z", 0, -1), ("l", -5, 2), ("", 9, 5), ("", -9, 0), ("lo", 4, -1)],
)
def test_index_of(part, start, expected):
    assert text.index_of("hello", part, start) == expected


@pytest.mark.parametrize(
    ("part", "start", "expected"),
    [("l", None, 3), ("l", 2, 2), ("z", None, -1), ("h", -1, -1), ("", None, 5), ("", 1, 1), ("h", 9, 0)],
)
def test_last_index_of(part, start, expected):
    assert text.last_index_of("hello", part, start) == expected


def test_search_counts_code_units():
    assert text.index_of("😀é", "é") == 2
    assert text.last_index_of("é😀é", "é") == 3


def test_tests_of_parts():
    assert text.contains("hello", "ell")
    assert text.contains("hello", "")
    assert text.starts_with("hello", "he")
    assert text.ends_with("hello", "lo")
    assert not text.ends_with("hello", "he")


@pytest.mark.parametrize(
    ("value", "width", "fill", "left", "right"),
    [
        ("5", 3, "0", "005", "500"),
        ("5", 3, " ", "  5", "5  "),
        ("abcd", 2, " ", "abcd", "abcd"),
        ("abcd", -2, "", "abcd", "abcd"),
        ("x", 6, "ab", "ababax", "xbabab"),
        ("x", 7, "123", "123123x", "x231231"),
        ("xyzwv", 9, "123", "1231xyzwv", "xyzwv3123"),
        ("😀", 4, "-", "--😀", "😀--"),
    ],
)
def test_padding(value, width, fill, left, right):
    assert text.left_pad(value, width, fill) == left
    assert text.right_pad(value, width, fill) == right


@pytest.mark.parametrize("pad", [text.left_pad, text.right_pad])
def test_padding_is_bounded_before_it_is_built(pad):
    with pytest.raises(TooLarge, match="2,000,000,000 characters") as failure:
        pad("x", 2_000_000_000)
    assert (failure.value.kind, failure.value.limit) == ("limit", "string_characters")
    with pytest.raises(BadValue, match="empty"):
        pad("x", 3, "")


def test_trim_keeps_no_break_spaces():
    assert text.trim("\x1f\x00 a\xa0b \n") == "a\xa0b"
    assert text.trim("\xa0\x7f") == "\xa0\x7f"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a\n", "a"), ("a\r\n", "a"), ("a\r", "a"), ("a\n\n", "a\n"), ("a\n\r", "a\n"), ("a", "a"), ("", "")],
)
def test_chop_linebreak(value, expected):
    assert text.chop_linebreak(value) == expected


def test_word_list():
    assert text.word_list(" one  two\tthree\r\n\ffour ") == ["one", "two", "three", "four"]
    assert text.word_list("a\xa0b\u2003c\vd") == ["a\xa0b\u2003c\vd"]
    assert text.word_list(" ") == []


def test_removing_and_ensuring():
    assert text.remove_beginning("http://h/", "http://") == "h/"
    assert text.remove_ending("http://h/", "/") == "http://h"
    assert text.remove_ending("abc", "zz") == "abc"
    assert text.ensure_starts_with("h", "x") == "xh"
    assert text.ensure_starts_with("xh", "x") == "xh"
    assert text.ensure_ends_with("h/", "/") == "h/"
    assert text.ensure_ends_with("h", "/") == "h/"


@pytest.mark.parametrize(
    ("value", "cap", "uncap", "capitalized"),
    [
        ("hELLO big wORLD", "HELLO big wORLD", "hELLO big wORLD", "Hello Big World"),
        ("  ABC", "  ABC", "  aBC", "  Abc"),
        ("1st item", "1st item", "1st item", "1st Item"),
        ("foo-bar\tQUX\xa0wow", "Foo-bar\tQUX\xa0wow", "foo-bar\tQUX\xa0wow", "Foo-bar\tQux\xa0wow"),
        ("ßa", "ßa", "ßa", "SSa"),
        ("ŉ", "ŉ", "ŉ", "ʼN"),
        ("ᾳ", "ᾼ", "ᾳ", "ΑΙ"),
        ("İI", "İI", "iI", "İi"),
        ("𐐨a", "𐐨a", "𐐨a", "𐐨a"),
        ("\x1cfoo", "\x1cFoo", "\x1cfoo", "\x1cfoo"),
        (" \n", " \n", " \n", " \n"),
        ("", "", "", ""),
    ],
)
def test_first_letters(value, cap, uncap, capitalized):
    assert casing.cap_first(value) == cap
    assert casing.uncap_first(value) == uncap
    assert casing.capitalize(value) == capitalized


def test_whole_case():
    assert casing.upper_case("€uro straße") == "€URO STRASSE"
    assert casing.lower_case("ŽLUŤ ΑΣ") == "žluť ας"
    assert text.length(casing.lower_case("İ")) == 2


FOX = "The quick brown fox"


@pytest.mark.parametrize(
    ("cut_text", "arguments", "expected"),
    [
        (truncation.truncate, (FOX, 10), "The [...]"),
        (truncation.truncate, (FOX, 5), "[...]"),
        (truncation.truncate, (FOX, 0), "[...]"),
        (truncation.truncate, (FOX, 100), FOX),
        (truncation.truncate, (FOX, 8, ".."), "The .."),
        (truncation.truncate, ("abcdef", 3, ""), "abc"),
        (truncation.truncate, ("abcdef gh i", 3, "..", 1), "ab.."),
        (truncation.truncate_c, (FOX, 10), "The q[...]"),
        (truncation.truncate_c, ("abc... ef gh i", 8, "..."), "abc..."),
        (truncation.truncate_c, ("😀😀😀😀", 6, "…"), "😀😀\ud83d…"),
        (truncation.truncate_w, (FOX, 10), "The [...]"),
        (truncation.truncate_w, ("Thequickbrown", 10), "[...]"),
        (truncation.truncate_w, ('It said "no" and then crashed', 24), 'It said "no" and [...]'),
    ],
)
def test_truncate(cut_text, arguments, expected):
    assert cut_text(*arguments) == expected


def test_truncate_with_markup():
    assert truncation.truncate_m(FOX, 10) == ("The qui", truncation.DEFAULT_MARKUP_END)
    assert truncation.truncate_w_m(FOX, 10) == ("The ", truncation.DEFAULT_MARKUP_END)
    assert truncation.truncate_c_m(FOX, 100) == (FOX, "")
    assert truncation.truncate_c_m("The <quick> brown", 10, "…") == ("The <quic…", "")


@pytest.mark.parametrize("arguments", [("abc", -1), ("abc", 2, "..", -1)])
def test_truncate_to_a_negative_length(arguments):
    with pytest.raises(BadValue, match="negative"):
        truncation.truncate(*arguments)
