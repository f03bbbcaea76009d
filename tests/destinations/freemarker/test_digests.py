"""UtilClass.sha256: what receivers of hashed personal data expect."""

import pytest

from destinations.freemarker import Template, TemplateError

# From `printf %s buyer7@example.com | sha256sum` and the like.
BUYER = "74f9a0e2feac771a7d2971e8c4b20fc01b590144c2fdc55c3f0e8df41f529f8f"
FIVE = "ef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

CASES = {
    "a text": ('UtilClass.sha256("buyer7@example.com")', BUYER),
    "trimmed and lower case": ('UtilClass.sha256(email, "trim", "lower")', BUYER),
    "a number": ("UtilClass.sha256(5)", FIVE),
    "nothing, by default": ('UtilClass.sha256(gone!"")', EMPTY),
}


@pytest.mark.parametrize("name", CASES)
def test_digest(name):
    source, digest = CASES[name]
    assert Template(f"${{{source}}}").render({"email": " Buyer7@Example.com "}) == digest


@pytest.mark.parametrize(
    ("source", "words"),
    [("UtilClass.sha256(gone)", "no text to hash"), ('UtilClass.sha256("a", "upper")', "trim and lower")],
    ids=["no text", "another option"],
)
def test_refused(source, words):
    with pytest.raises(TemplateError, match=words):
        Template(f"${{{source}}}").render({})
