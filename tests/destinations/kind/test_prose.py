import pytest

from destinations.kind.prose import as_html

CASES = {
    "a paragraph": ("Some *text*", "<p>Some <em>text</em></p>"),
    "a heading begins at the third level": ("# Title", "<h3>Title</h3>"),
    "HTML is text": ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    "a link": (
        "[docs](https://example.com/)",
        '<p><a href="https://example.com/" rel="noopener noreferrer nofollow">docs</a></p>',
    ),
    "a link that is a script": ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    "a picture": ("![x](https://example.com/a.png)", "<p></p>"),
}


@pytest.mark.parametrize("name", CASES)
def test_prose(name):
    text, html = CASES[name]
    assert as_html(text).strip() == html
