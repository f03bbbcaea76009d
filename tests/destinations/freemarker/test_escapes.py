import pytest

from destinations.freemarker import escapes
from destinations.freemarker.value_errors import BadValue

TRICKY = "q\" b\\ s/ n\n t\t r\r f\f b\b u\x01 é 日 \u2028 </script> ' <!-- ]]>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain é 日 🎉", "plain é 日 🎉"),
        (
            TRICKY,
            r"q\" b\\ s/ n\n t\t r\r f\f b\b u\u0001 é 日 \u2028 <\/script> ' \u003C!-- ]]\u003E",
        ),
        ("/a/", r"\/a/"),
        ("a<", r"a\u003C"),
        ("</", r"<\/"),
        ("<? <b", r"\u003C? <b"),
        (">", r"\u003E"),
        ("]>", r"]\u003E"),
        ("->", r"-\u003E"),
        ("a]>", "a]>"),
        ("a-->", r"a--\u003E"),
        ("\x00\x1f\x7f\x9f\xa0", "\\u0000\\u001F\\u007F\\u009F\xa0"),
    ],
)
def test_json_string(text, expected):
    assert escapes.json_string(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q\" b\\ n\n u\x01 \u2028 </x> ' <!-- ]]>", r"q\" b\\ n\n u\x01 \u2028 <\/x> \' \x3C!-- ]]\>"),
        ("]>", r"]\>"),
        ("\x7f<", r"\x7F\x3C"),
    ],
)
def test_js_string(text, expected):
    assert escapes.js_string(text) == expected


def test_j_string_escapes_what_java_must_have_escaped():
    assert escapes.j_string("q\" b\\ n\n é \x01 \x7f \x1f '") == "q\\\" b\\\\ n\\n é \\u0001 \x7f \\u001f '"


@pytest.mark.parametrize(
    ("c_format", "expected"),
    [
        ("JavaScript or JSON", r'''"/a\"\u0001</ ' ]]\u003E"'''.replace("</", r"<\/")),
        ("JSON", r'''"/a\"\u0001<\/ ' ]]\u003E"'''),
        ("legacy", r'''"/a\"\u0001<\/ ' ]]\u003E"'''),
        ("JavaScript", r'''"/a\"\x01<\/ ' ]]\>"'''),
        ("Java", r'''"/a\"\u0001</ ' ]]>"'''),
        ("XS", "/a\"\x01</ ' ]]>"),
    ],
)
def test_c_string_is_a_literal_of_the_chosen_language(c_format, expected):
    assert escapes.c_string("/a\"\x01</ ' ]]>", c_format) == expected


def test_c_string_needs_no_care_at_its_edges():
    assert [escapes.c_string(text) for text in ("<", ">", "]>", "/")] == ['"<"', '">"', '"]>"', '"/"']


def test_markup():
    text = "<a b=\"c\">'&'</a>"
    assert escapes.html(text) == "&lt;a b=&quot;c&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"
    assert escapes.xml(text) == "&lt;a b=&quot;c&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;"


def test_rtf():
    assert escapes.rtf("a{b}c\\d\té") == "a\\{b\\}c\\\\d\té"


@pytest.mark.parametrize(
    ("text", "charset", "url", "url_path"),
    [
        (
            "a b/é?x=1&y=[z]~-_.!*()'",
            "UTF-8",
            "a%20b%2F%C3%A9%3Fx%3D1%26y%3D%5Bz%5D~-_.!*()'",
            "a%20b/%C3%A9%3Fx%3D1%26y%3D%5Bz%5D~-_.!*()'",
        ),
        ("😀+", "UTF-8", "%F0%9F%98%80%2B", "%F0%9F%98%80%2B"),
        ("é€", "ISO-8859-1", "%E9%3F", "%E9%3F"),
        ("é", "windows-1252", "%E9", "%E9"),
        (
            "a😀b é",
            "UTF-16",
            "a%FE%FF%D8%3D%DE%00b%FE%FF%00%20%00%E9",
            "a%FE%FF%D8%3D%DE%00b%FE%FF%00%20%00%E9",
        ),
        ("\ud800!", "UTF-8", "%3F!", "%3F!"),
    ],
)
def test_url(text, charset, url, url_path):
    assert escapes.url(text, charset) == url
    assert escapes.url_path(text, charset) == url_path


@pytest.mark.parametrize("charset", ["nosuch", "rot13", "idna", "", "x" * 1000])
def test_unknown_charset(charset):
    with pytest.raises(BadValue, match="not a known charset"):
        escapes.url("é", charset)
