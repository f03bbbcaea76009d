"""Dates, times and datetimes: from text and numbers, as text, and from one to another."""

from __future__ import annotations

from collections.abc import Callable
from time import time_ns

from destinations.freemarker import datetimes
from destinations.freemarker.builtins.catalogue import built_in
from destinations.freemarker.datetimes import Moment
from destinations.freemarker.faults import Fault, FaultHere
from destinations.freemarker.iso_dates import Kind
from destinations.freemarker.plain_dates import print_plain, read_plain
from destinations.freemarker.run import Run
from destinations.freemarker.time_zones import UTC_ZONE, Zone, find_zone, zone_of_setting
from destinations.freemarker.values import Number, Value, as_number, described


def _zone(run: Run) -> Zone:
    name = run.settings.time_zone
    return UTC_ZONE if name == "UTC" else zone_of_setting(name)


def _format_set(run: Run, kind: Kind) -> str:
    settings = run.settings
    return {"date": settings.date_format, "time": settings.time_format}.get(kind, settings.datetime_format)


def default_text(run: Run, moment: Moment) -> str:
    """A moment as `${...}` prints it."""
    return moment_text_in(run, moment, _format_set(run, moment.kind))


def moment_text_in(run: Run, moment: Moment, form: str) -> str:
    """A moment as `?string(form)` prints it."""
    zone = _zone(run)
    return print_plain(moment.millis, form, zone) or run.made(datetimes.format_moment(moment, form, zone))


def json_form(moment: Moment) -> str:
    """A moment as ISO text in UTC."""
    return datetimes.format_moment(moment, "iso u", UTC_ZONE)


def now(run: Run) -> Moment:
    """`.now`."""
    return Moment("datetime", time_ns() // 1_000_000)


def _reader(kind: Kind) -> Callable[..., Moment]:
    def read(run: Run, value: Value, form: str | None = None) -> Moment:
        if isinstance(value, Moment):
            return datetimes.to_kind(value, kind)
        if as_number(value) is not None or isinstance(value, bool):
            tip = f"write ?number_to_{kind} for milliseconds since 1970" if not isinstance(value, bool) else None
            raise Fault("other", f"{described(value).capitalize()} is not the text of a {kind}", tip=tip)
        text = run.text(value)
        run.spend(1)
        if form is None:
            return _by_setting(run, text, kind)
        zone = _zone(run)
        millis = read_plain(text, form, zone)
        return datetimes.parse_moment(text, kind, form, zone) if millis is None else Moment(kind, millis)

    return read


def _by_setting(run: Run, text: str, kind: Kind) -> Moment:
    form = _format_set(run, kind)
    zone = _zone(run)
    try:
        millis = read_plain(text, form, zone)
        return datetimes.parse_moment(text, kind, form, zone) if millis is None else Moment(kind, millis)
    except ValueError as error:
        tip = None
        if not form:
            example = {"date": "yyyy-MM-dd", "time": "HH:mm:ss"}.get(kind, "yyyy-MM-dd HH:mm:ss")
            tip = f'say how the text is written: ?{kind}("{example}"), ?{kind}.iso, or <#setting {kind}_format="...">'
        raise Fault(getattr(error, "kind", "other"), str(error), None, tip) from None


_KINDS: tuple[Kind, ...] = ("date", "time", "datetime")

for _kind in _KINDS:
    built_in(_kind, takes=("printed?",), gives="present", with_run=True, may_be_bare=True, keyed=True)(_reader(_kind))


def _from_number(kind: Kind) -> Callable[[Number], Moment]:
    return lambda number: datetimes.from_number(number, kind)


for _kind in _KINDS:
    built_in(f"number_to_{_kind}", of="number", gives="present")(_from_number(_kind))


def _unchanged(name: str) -> Callable[[Value], Moment]:
    def check(value: Value) -> Moment:
        return _moment(value, name)

    return check


for _name in ("date_if_unknown", "time_if_unknown", "datetime_if_unknown"):
    built_in(_name, gives="present")(_unchanged(_name))


def _moment(value: Value, name: str) -> Moment:
    if isinstance(value, Moment):
        return value
    tip = 'read it first with ?datetime("...")' if isinstance(value, str) else None
    raise FaultHere("type", f"?{name} works on dates, this is {described(value)}", None, tip)


def _iso(name: str, zone: Callable[[Run], Zone], accuracy: str, *, show_zone: bool) -> None:
    @built_in(name, gives="text", with_run=True)
    def text(run: Run, value: Value) -> str:
        return datetimes.format_iso(_moment(value, name), zone(run), accuracy, show_zone=show_zone)


def _iso_in_zone(name: str, accuracy: str, *, show_zone: bool) -> None:
    @built_in(name, takes=("value",), gives="text", with_run=True)
    def text(run: Run, value: Value, zone: Value) -> str:
        if not isinstance(zone, str):
            raise Fault("other", f"The time zone of ?{name} is {described(zone)}, where a string is needed")
        return datetimes.format_iso(_moment(value, name), find_zone(zone), accuracy, show_zone=show_zone)


for _accuracy in ("", "ms", "m", "h"):
    for _suffix in ("", "_nz"):
        _end = (f"_{_accuracy}" if _accuracy else "") + _suffix
        _iso(f"iso_utc{_end}", lambda run: UTC_ZONE, _accuracy, show_zone=not _suffix)
        _iso(f"iso_local{_end}", _zone, _accuracy, show_zone=not _suffix)
        _iso_in_zone(f"iso{_end}", _accuracy, show_zone=not _suffix)
