"""What `<#setting>` can set, and the two profiles that a rendering starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from destinations.freemarker.suggestions import nearest


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings at one moment of a rendering, by FreeMarker's names."""

    number_format: str = "number"
    boolean_format: str = "true,false"
    """The exact value `true,false` counts as not set: printing a boolean is an error."""
    c_format: str = "JavaScript or JSON"
    date_format: str = ""
    time_format: str = ""
    datetime_format: str = ""
    locale: str = "en_US"
    time_zone: str = "UTC"
    url_escaping_charset: str = "UTF-8"
    output_encoding: str = ""
    classic_compatible: bool = False
    sql_date_and_time_time_zone: str = ""


STRICT = Settings()
"""FreeMarker as it comes: numbers are grouped, booleans do not print."""

PAYLOAD = replace(STRICT, number_format="computer", boolean_format="c")
"""What webhook payloads want: a bare `${value}` prints numbers and booleans as JSON does."""

PROFILES = {"strict": STRICT, "payload": PAYLOAD}

NAMES = tuple(f.name for f in fields(Settings))

FIXED = {
    "incompatible_improvements": ("2.3.32",),
    "tag_syntax": ("angle_bracket", "angle bracket", "auto_detect"),
    "interpolation_syntax": ("legacy",),
    "naming_convention": ("auto_detect", "auto-detect"),
    "whitespace_stripping": ("true", "on"),
    "output_format": ("undefined",),
    "api_builtin_enabled": ("false", "off"),
    "classic_compatible": ("false", "off"),
    "new_builtin_class_resolver": ("allows_nothing", "allows nothing"),
    "template_exception_handler": ("rethrow",),
}
"""Settings of the reference that have one value here: whoever names that value gets it."""


def settings_from(chosen: Settings | Mapping[str, object] | str | None) -> Settings:
    """Settings from a profile's name, a mapping, or None for the payload profile.

    A mapping may hold `profile` and any setting by name; what it leaves out comes from the profile, which is
    `payload` by default. Raises ValueError for unknown names.
    """
    if chosen is None:
        return PAYLOAD
    if isinstance(chosen, Settings):
        return chosen
    if isinstance(chosen, str):
        return _profile(chosen)
    given = dict(chosen)
    base = _profile(str(given.pop("profile", "payload")))
    for name in [name for name in given if name in FIXED]:
        _check_fixed(name, given.pop(name))
    for name in given:
        if name not in NAMES:
            guess = nearest(name, NAMES)
            raise ValueError(f"There is no setting named {name}" + (f"; did you mean {guess}?" if guess else ""))
    texts = {name: str(value) for name, value in given.items()}
    return replace(base, **texts)  # type: ignore[arg-type]


def _check_fixed(name: str, value: object) -> None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text not in FIXED[name]:
        raise ValueError(f"{name} can only be {FIXED[name][0]} here")


def _profile(name: str) -> Settings:
    if name not in PROFILES:
        raise ValueError(f"There is no settings profile named {name}; there are: {', '.join(PROFILES)}")
    return PROFILES[name]
