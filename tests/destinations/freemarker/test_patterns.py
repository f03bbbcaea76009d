import time

import pytest

from destinations.freemarker import Template, substitution
from destinations.freemarker.patterns import Budget, Matches
from destinations.freemarker.substitution import replace, split
from destinations.freemarker.value_errors import BadValue, TooLarge


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("abc", "[a-c]+", "", True),
        ("abc1", "[a-c]+", "", False),
        ("a.b\nc", "a.b.c", "", False),
        ("a.b\nc", "a.b.c", "s", True),
        ("a\u2028b", "a.b", "", False),
        ("a\rb", "a.b", "", False),
        ("AB", "ab", "i", True),
        ("É", "é", "i", False),
        ("É", "(?iu)é", "", True),
        ("K", "[k]", "i", True),
        ("\u212a", "k", "i", False),
        ("x", "\\p{Lu}", "i", True),
        ("é", "\\w", "", False),
        ("é", "(?U)\\w", "", True),
        ("٣", "\\d", "", False),
        ("\xa0", "\\s", "", False),
        ("\v", "\\s", "", True),
        ("\xa0", "\\h", "", True),
        ("é", "\\p{L}", "", True),
        ("é", "\\p{Alpha}", "", False),
        ("é", "\\p{IsAlphabetic}", "", True),
        ("a", "\\p{IsLatin}", "", True),
        ("a", "\\p{InBasicLatin}", "", True),
        ("a", "\\pL", "", True),
        ("a", "\\P{L}", "", False),
        ("a", "[^\\P{L}]", "", True),
        ("a.b", "\\Qa.b\\E", "", True),
        ("a...", "\\Qa.\\E*", "", True),
        ("\\Q", "\\\\Q", "", True),
        ("😀", ".", "", True),
        ("😀", "\\uD83D\\uDE00", "", True),
        ("aaa", "a{2,}+a", "", False),
        ("foo", "(?>fo|foo)o?", "", True),
        ("x", "[a-z&&[^x]]", "", False),
        ("y", "[a-z&&[^x]]", "", True),
        ("b", "[abc&&bcd]", "", True),
        ("y", "[a-c[x-z]]", "", True),
        ("]", "[]a]", "", True),
        ("-", "[a\\-z]", "", True),
        ("-", "[a-]", "", True),
        ("^", "[\\^a]", "", True),
        ("|", "[|&~]", "", True),
        ("x", "(?<=a*)x", "", True),
        ("aa", "(a)\\1", "", True),
        ("aA", "(a)\\1", "i", True),
        ("aa", "(?<x>a)\\k<x>", "", True),
        ("a1", "(a)\\11", "", False),
        ("aa1", "(a)\\11", "", True),
        ("\t", "\\t", "", True),
        ("aaa", "\\x61\\u0061\\0141", "", True),
        ("\r\n", "\\R", "", True),
        ("\x01", "\\cA", "", True),
        ("ab", "a b # comment", "c", True),
        ("a b", "a\\ b", "c", True),
        ("ab", "a(?i)B", "", True),
        ("aB", "(?:(?i)ab)", "", True),
        ("aB", "(?:(?i)a)b", "", False),
        ("aB", "(?i)a(?-i:b)", "", False),
        ("é_", "\\é\\_", "", True),
        ("{", "\\{", "", True),
        ("", "", "", True),
    ],
)
def test_whole_match(text, pattern, flags, expected):
    assert bool(Matches(text, pattern, flags)) is expected


def listed(text, pattern, flags=""):
    return [(found.text, *found.groups[1:]) for found in Matches(text, pattern, flags).items]


def test_partial_matches():
    assert listed("a1b22c", "([a-z])(\\d+)") == [("a1", "a", "1"), ("b22", "b", "22")]
    assert listed("xaby", "ab") == [("ab",)]
    assert listed("aab", "a*") == [("aa",), ("",), ("",)]
    assert listed("ab", "(a)|(b)") == [("a", "a", ""), ("b", "", "b")]
    assert listed("ab", "x") == []


def test_groups_of_the_whole_match():
    assert Matches("2022-02-28", "(\\d+)-(\\d+)-(\\d+)").groups == ("2022-02-28", "2022", "02", "28")
    assert Matches("abc", "(a)(x)?(b)c").groups == ("abc", "a", "", "b")
    with pytest.raises(BadValue, match="does not match"):
        _ = Matches("abc", "x").groups


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "[]", "*", "a**", "a(?i)+", "{a}", "a{2,1}", "\\y", "(?#c)", "(?<1>a)", "(?<a>x)(?<a>y)",
     "\\k<no>", "[z-a]", "[b", "\\p{NoSuch}", "(?", "\\", "\\x{110000}", "a{9999999}", "(" * 40 + ")" * 40],
)  # fmt: skip
def test_malformed_patterns(pattern):
    with pytest.raises(BadValue, match="The regular expression"):
        Matches("x", pattern)


@pytest.mark.parametrize(
    ("text", "old", "new", "flags", "expected"),
    [
        ("hello", "l", "L", "", "heLLo"),
        ("hello", "l", "L", "f", "heLlo"),
        ("hello", "L+", "_", "ri", "he_o"),
        ("hello", "(h)(e)", "$2$1", "r", "ehllo"),
        ("x.y", ".", "$1", "", "x$1y"),
        ("abc", "", "-", "", "-a-b-c-"),
        ("abc", "", "-", "f", "-abc"),
        ("", "", "-", "", "-"),
        ("abc", "", "-", "r", "-a-b-c-"),
        ("abc", "", "-", "i", "-a-b-c-"),
        ("aBc", "b", "$1\\", "i", "a$1\\c"),
        ("aÉc", "é", "x", "i", "axc"),
        ("aBB", "b", "", "if", "aB"),
        ("abc", "b", "x", "q", "axc"),
        ("abc", "b", "\\x$0\\\\", "r", "axb\\c"),
        ("abc", "(?<n>b)", "[${n}]", "r", "a[b]c"),
        ("abc", "(b)(x)?", "[$12$2]", "r", "a[b2]c"),
        ("aba", "a", "\\$1", "r", "$1b$1"),
        ("aba", "z", "$9", "r", "aba"),
        ("aaa", "a*", "X", "r", "XX"),
        ("baac", "a*", "X", "r", "XbXXcX"),
        ("abab", "(a)(b)", "$2$1$0", "rf", "baabab"),
        ("a\r\nb", "$", "<", "rm", "a<\r\nb<"),
        ("a\r\nb\u2028c", "^", ">", "rm", ">a\r\n>b\u2028>c"),
        ("a\n", "$", "<", "r", "a<\n<"),
        ("foo bar", "\\b", "|", "r", "|foo| |bar|"),
        ("user_one@example.com", "(.).*(@.*)", "$1***$2", "r", "u***@example.com"),
    ],
)
def test_replace(text, old, new, flags, expected):
    assert replace(text, old, new, flags) == expected


@pytest.mark.parametrize(
    ("new", "message"),
    [("$1", "group 1"), ("x\\", "lone"), ("$x", "lone"), ("$", "lone"), ("${n}", "does not have"), ("${1}", "lone")],
)
def test_malformed_replacements(new, message):
    with pytest.raises(BadValue, match=message):
        replace("abc", "b", new, "r")


@pytest.mark.parametrize(
    ("text", "separator", "flags", "expected"),
    [
        ("a,b,,c,", ",", "", ["a", "b", "", "c", ""]),
        ("", ",", "", [""]),
        ("ab", "", "", ["a", "b"]),
        ("", "", "", []),
        ("😀", "", "", ["\ud83d", "\ude00"]),
        ("a.b", ".", "", ["a", "b"]),
        ("aXbxc", "x", "i", ["a", "b", "c"]),
        ("abc", "b", "f", ["a", "c"]),
        ("x  y z", "\\s+", "r", ["x", "y", "z"]),
        ("a,b;c", "[,;]", "r", ["a", "b", "c"]),
        ("a,b,,c,,", ",", "r", ["a", "b", "", "c"]),
        (",a", ",", "r", ["", "a"]),
        ("abc", "", "r", ["a", "b", "c"]),
        ("abc", "^|x", "r", ["abc"]),
        ("aa", "a", "r", []),
        ("", ",", "r", [""]),
    ],
)
def test_split(text, separator, flags, expected):
    assert split(text, separator, flags) == expected


@pytest.mark.parametrize(
    ("separator", "flags", "before", "after", "before_last", "after_last"),
    [
        ("/", "", "a", "b/C/d", "a/b/C", "d"),
        ("zz", "", "a/b/C/d", "", "a/b/C/d", ""),
        ("", "", "", "a/b/C/d", "a/b/C/d", ""),
        ("c", "i", "a/b/", "/d", "a/b/", "/d"),
        ("[a-z]/", "r", "", "b/C/d", "a/", "C/d"),
        ("[A-Z]/", "ri", "", "b/C/d", "a/b/", "d"),
        ("", "r", "", "a/b/C/d", "a/b/C/d", ""),
    ],
)
def test_keeping(separator, flags, before, after, before_last, after_last):
    assert substitution.keep_before("a/b/C/d", separator, flags) == before
    assert substitution.keep_after("a/b/C/d", separator, flags) == after
    assert substitution.keep_before_last("a/b/C/d", separator, flags) == before_last
    assert substitution.keep_after_last("a/b/C/d", separator, flags) == after_last


def test_the_last_match_is_the_one_that_starts_last():
    assert substitution.keep_before_last("a12b345c", "[0-9]+", "r") == "a12b34"


@pytest.mark.parametrize("letter", ["m", "s", "c"])
def test_flags_of_regular_expressions_need_the_flag_r(letter):
    with pytest.raises(BadValue, match=f'"{letter}" is for regular expressions'):
        substitution.keep_before("abc", "b", letter)


@pytest.mark.parametrize(
    ("text", "beginning", "flags", "expected"),
    [
        ("http://h/", "[a-z]+://", "r", "http://h/"),
        ("h/", "[a-z]+://", "r", "ftp://h/"),
        ("abc", "A", "i", "abc"),
        ("abc", "A", "", "ftp://abc"),
        ("xyz", "(?=X)", "ri", "xyz"),
    ],
)
def test_ensure_starts_with(text, beginning, flags, expected):
    assert substitution.ensure_starts_with(text, beginning, "ftp://", flags) == expected


HOSTILE = "a" * 40 + "!"
QUICK = Budget(seconds=0.1)
PATIENT = Budget(seconds=60)  # where another limit is meant, however busy the machine is


@pytest.mark.parametrize(
    "attack",
    [
        lambda: bool(Matches(HOSTILE, "(a+)+$", budget=QUICK)),
        lambda: Matches(HOSTILE * 200, "(a*)*b", budget=QUICK).items,
        lambda: replace(HOSTILE, "(a|aa)+$", "x", "r", budget=QUICK),
        lambda: replace("x" * 10_000, "(x+x+)+y", "", "r", budget=QUICK),
        lambda: split(HOSTILE, "(.*a){20}x", "r", budget=QUICK),
        lambda: substitution.keep_after_last("a" * 10_000, "(a{1,100}){1,100}b", "r", budget=QUICK),
        lambda: bool(Matches("a" * 10_000, "(?:(?:(?:a{1,999}){1,999}){1,999})b", budget=QUICK)),
        lambda: Matches("a" * 10_000, "(?=a*)" * 80, budget=QUICK).items,
    ],
)
def test_hostile_patterns_end_in_time(attack):
    started = time.monotonic()
    try:
        attack()
    except TooLarge as failure:
        assert failure.limit == "regex_seconds"  # noqa: PT017 - finishing quickly is as good
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("attack", "limit"),
    [
        (lambda: Matches("a", "a" * 501), "pattern_characters"),
        (lambda: Matches("a" * 10_001, "a"), "subject_characters"),
        (lambda: Matches("a", "(?:a{1000}){1000}"), "pattern_size"),
        (lambda: Matches("a", "(" * 20 + "a" + "){9}" * 20), "pattern_size"),
        (lambda: Matches("a" * 10_000, "()" * 100, budget=PATIENT).items, "sequence_items"),
        (lambda: replace("a" * 9_000, "", "b" * 1000), "string_characters"),
        (lambda: replace("a" * 9_000, "A", "b" * 1000, "i"), "string_characters"),
        (lambda: replace("a" * 9_000, "a", "b" * 1000, "r", budget=PATIENT), "string_characters"),
        (lambda: split("," * 100_000, ","), "sequence_items"),
        (lambda: split("x" * 100_001, ""), "sequence_items"),
        (lambda: split("X" * 100_001, "x", "i"), "sequence_items"),
    ],
)
def test_what_grows_is_bounded(attack, limit):
    with pytest.raises(TooLarge) as failure:
        attack()
    assert failure.value.limit == limit


def test_matches_print_as_booleans_in_payloads() -> None:
    source = '{"order": ${s?matches("Order.*")}}'
    assert Template(source).render({"s": "Order Completed"}) == '{"order": true}'
