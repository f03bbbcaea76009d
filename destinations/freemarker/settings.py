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
    for name in given:
        if name not in NAMES:
            guess = nearest(name, NAMES)
            raise ValueError(f"There is no setting named {name}" + (f"; did you mean {guess}?" if guess else ""))
    if "classic_compatible" in given and given["classic_compatible"] not in (False, "false"):
        raise ValueError("classic_compatible can only be false")
    texts = {name: str(value) for name, value in given.items() if name != "classic_compatible"}
    return replace(base, **texts)  # type: ignore[arg-type]


def _profile(name: str) -> Settings:
    if name not in PROFILES:
        raise ValueError(f"There is no settings profile named {name}; there are: {', '.join(PROFILES)}")
    return PROFILES[name]
