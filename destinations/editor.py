"""The form field in which templates are written."""

from django_ace import AceWidget


def editor(label: str = "Payload template") -> AceWidget:
    """Ace without inline styles, workers and the nameless toolbar link; a plain textarea where scripts are off."""
    return AceWidget(
        mode="ftl",
        theme="github_light_default",
        width=None,
        height=None,
        toolbar=False,
        useworker=False,
        showprintmargin=False,
        tabsize=2,
        useStrictCSP=True,
        extensions=["language_tools", "searchbox"],
        attrs={"class": "is-code", "rows": 18, "spellcheck": "false", "aria-label": label},
    )
