from datetime import UTC, datetime
from decimal import Decimal

import pytest

from destinations.freemarker import datetimes
from destinations.freemarker.datetimes import Moment, format_iso, format_moment, parse_moment
from destinations.freemarker.time_zones import UTC_ZONE, find_zone, zone_of_setting
from destinations.freemarker.value_errors import BadValue, TooLarge

MOMENT = 1646107621795  # 2022-03-01T04:07:01.795Z


@pytest.mark.parametrize(
    ("kind", "date_format", "expected"),
    [
        ("datetime", "", "Mar 1, 2022, 4:07:01 AM"),
        ("date", "", "Mar 1, 2022"),
        ("time", "", "4:07:01 AM"),
        ("datetime", "short", "3/1/22, 4:07 AM"),
        ("datetime", "medium", "Mar 1, 2022, 4:07:01 AM"),
        ("datetime", "long", "March 1, 2022 at 4:07:01 AM UTC"),
        ("datetime", "full", "Tuesday, March 1, 2022 at 4:07:01 AM Coordinated Universal Time"),
        ("datetime", "short_medium", "3/1/22, 4:07:01 AM"),
        ("datetime", "long_short", "March 1, 2022, 4:07 AM"),
        ("datetime", "short_full", "3/1/22, 4:07:01 AM Coordinated Universal Time"),
        ("date", "short_long", "3/1/22"),
        ("date", "long", "March 1, 2022"),
        ("time", "short", "4:07 AM"),
        ("time", "full", "4:07:01 AM Coordinated Universal Time"),
        ("datetime", "yyyy-MM-dd'T'HH:mm:ss'Z'", "2022-03-01T04:07:01Z"),
        ("datetime", "dd.MM.yyyy, HH:mm", "01.03.2022, 04:07"),
        ("datetime", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2022-03-01T04:07:01.795Z"),
        ("datetime", "EEE, d MMM yyyy HH:mm:ss Z", "Tue, 1 Mar 2022 04:07:01 +0000"),
        ("datetime", "EEEE MMMM D F w W u a h K k", "Tuesday March 60 1 10 1 2 AM 4 4 4"),
        ("datetime", "G y yy yyy yyyyy Y YY M MM LLL LLLL", "AD 2022 22 2022 02022 2022 22 3 03 Mar March"),
        ("datetime", "ddd HHH SSSS kk hh aa zz", "001 004 0795 04 04 AM UTC"),
        ("datetime", "X XX XXX z zzzz", "Z Z Z UTC Coordinated Universal Time"),
        ("datetime", "h 'o''clock' '''' ''", "4 o'clock '' '"),
        ("datetime", "iso", "2022-03-01T04:07:01.795Z"),
        ("datetime", "iso_s", "2022-03-01T04:07:01Z"),
        ("datetime", "iso_m", "2022-03-01T04:07Z"),
        ("datetime", "iso h nz", "2022-03-01T04"),
        ("datetime", "iso_ms_nz", "2022-03-01T04:07:01.795"),
        ("datetime", "iso u fz  ms", "2022-03-01T04:07:01.795Z"),
        ("datetime", "xs", "2022-03-01T04:07:01.795Z"),
        ("datetime", "xs_nz", "2022-03-01T04:07:01.795"),
        ("date", "iso", "2022-03-01"),
        ("date", "iso_fz", "2022-03-01"),
        ("date", "xs", "2022-03-01Z"),
        ("date", "xs_nz", "2022-03-01"),
        ("time", "iso", "04:07:01.795Z"),
        ("time", "xs s", "04:07:01Z"),
    ],
)
def test_formats(kind, date_format, expected):
    assert format_moment(Moment(kind, MOMENT), date_format, UTC_ZONE) == expected


@pytest.mark.parametrize(
    ("millis", "iso", "iso_ms"),
    [
        (1646107621000, "2022-03-01T04:07:01Z", "2022-03-01T04:07:01.000Z"),
        (1646107621790, "2022-03-01T04:07:01.79Z", "2022-03-01T04:07:01.790Z"),
        (1646107621005, "2022-03-01T04:07:01.005Z", "2022-03-01T04:07:01.005Z"),
        (999999999999999, "33658-09-27T01:46:39.999Z", "33658-09-27T01:46:39.999Z"),
        (-62198755200000, "-1-01-01T00:00:00Z", "-1-01-01T00:00:00.000Z"),
        (2**63 - 1, "292278994-08-17T07:12:55.807Z", "292278994-08-17T07:12:55.807Z"),
    ],
)
def test_milliseconds_of_iso(millis, iso, iso_ms):
    moment = Moment("datetime", millis)
    assert format_moment(moment, "iso", UTC_ZONE) == iso
    assert format_moment(moment, "iso ms", UTC_ZONE) == iso_ms


@pytest.mark.parametrize(
    ("accuracy", "show_zone", "expected"),
    [
        ("", True, "2022-03-01T04:07:01Z"),
        ("ms", True, "2022-03-01T04:07:01.795Z"),
        ("m", True, "2022-03-01T04:07Z"),
        ("h", True, "2022-03-01T04Z"),
        ("", False, "2022-03-01T04:07:01"),
    ],
)
def test_iso_built_ins(accuracy, show_zone, expected):
    assert format_iso(Moment("datetime", MOMENT), UTC_ZONE, accuracy, show_zone=show_zone) == expected


def test_iso_built_ins_of_parts():
    assert format_iso(Moment("datetime", 1646107621100), UTC_ZONE, "ms") == "2022-03-01T04:07:01.1Z"
    assert format_iso(Moment("datetime", 1646107621000), UTC_ZONE, "ms") == "2022-03-01T04:07:01Z"
    assert format_iso(Moment("date", MOMENT), UTC_ZONE) == "2022-03-01"
    assert format_iso(Moment("time", MOMENT), UTC_ZONE) == "04:07:01Z"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("GMT+02:00", "2022-03-01T06:07:01+02:00 GMT+02:00 GMT+02:00 +0200"),
        ("GMT-8", "2022-02-28T20:07:01-08:00 GMT-08:00 GMT-08:00 -0800"),
        ("GMT", "2022-03-01T04:07:01Z GMT Greenwich Mean Time +0000"),
        ("America/New_York", "2022-02-28T23:07:01-05:00 EST Eastern Standard Time -0500"),
        ("Asia/Tokyo", "2022-03-01T13:07:01+09:00 JST Japan Standard Time +0900"),
        ("Asia/Kolkata", "2022-03-01T09:37:01+05:30 IST India Standard Time +0530"),
        ("Europe/Paris", "2022-03-01T05:07:01+01:00 CET Central European Standard Time +0100"),
        ("PST", "2022-02-28T20:07:01-08:00 PST Pacific Standard Time -0800"),
    ],
)
def test_zones(zone, expected):
    found = find_zone(zone)
    moment = Moment("datetime", MOMENT)
    assert f"{format_iso(moment, found)} {format_moment(moment, 'z zzzz Z', found)}" == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", "EDT Eastern Daylight Time -04:00"),
        ("Europe/Paris", "CEST Central European Summer Time +02:00"),
        ("Europe/Dublin", "IST Irish Standard Time +01:00"),
        ("Australia/Sydney", "AEST Australian Eastern Standard Time +10:00"),
    ],
)
def test_saving_time(zone, expected):
    assert format_moment(Moment("datetime", 1656600000000), "z zzzz XXX", find_zone(zone)) == expected


def test_the_far_future_saves_time_too():
    assert (
        format_moment(Moment("datetime", 572311717200000), "yyyy XXX", find_zone("America/New_York")) == "20105 -05:00"
    )
    july = Moment("datetime", parse_moment("20105-07-01T00:00:00Z", "datetime", "iso", UTC_ZONE).millis)
    assert format_moment(july, "XXX", find_zone("America/New_York")) == "-04:00"


@pytest.mark.parametrize("name", ["nosuch", "", "GMT+25:00", "UTC+2", "../etc/passwd", "right/UTC", "x" * 500])
def test_unknown_zones(name):
    with pytest.raises(BadValue, match="not a time zone"):
        find_zone(name)
    assert zone_of_setting(name).name == "GMT"


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("2022-02-28 20:07:01", "yyyy-MM-dd HH:mm:ss", "2022-02-28T20:07:01Z"),
        ("2022-02-28 20:07:01.795", "yyyy-MM-dd HH:mm:ss.SSS", "2022-02-28T20:07:01.795Z"),
        ("2022-02-28 20:07:01.795", "yyyy-MM-dd HH:mm:ss.S", "2022-02-28T20:07:01.795Z"),
        ("2022-02-28 20:07:01.5", "yyyy-MM-dd HH:mm:ss.S", "2022-02-28T20:07:01.005Z"),
        ("2023-08-16 17:26:03.123000", "yyyy-MM-dd HH:mm:ss.SSSSSS", "2023-08-16T17:28:06Z"),
        ("2022-02-30", "yyyy-MM-dd", "2022-03-02T00:00:00Z"),
        ("2022-1-5 trailing", "yyyy-MM-dd", "2022-01-05T00:00:00Z"),
        ("20220105", "yyyyMMdd", "2022-01-05T00:00:00Z"),
        ("  2022-01-05", "yyyy-MM-dd", "2022-01-05T00:00:00Z"),
        ("2022-13-01", "yyyy-MM-dd", "2023-01-01T00:00:00Z"),
        ("MARCH 1, 2022", "MMM d, yyyy", "2022-03-01T00:00:00Z"),
        ("mar 1, 2022", "MMMM d, yyyy", "2022-03-01T00:00:00Z"),
        ("99", "yy", "1999-01-01T00:00:00Z"),
        ("1", "yy", "0000-12-30T00:00:00Z"),
        ("12", "yyyy", "0011-12-30T00:00:00Z"),
        ("8:07 pm", "h:mm a", "1970-01-01T20:07:00Z"),
        ("12:07 AM", "h:mm a", "1970-01-01T00:07:00Z"),
        ("0:07 PM", "K:mm a", "1970-01-01T12:07:00Z"),
        ("24:07", "kk:mm", "1970-01-01T00:07:00Z"),
        ("25:61", "HH:mm", "1970-01-02T02:01:00Z"),
        ("2022 60", "yyyy D", "2022-03-01T00:00:00Z"),
        ("2022 10 Tue", "YYYY ww EEE", "2022-03-01T00:00:00Z"),
        ("2022 10 2", "YYYY ww u", "2022-03-01T00:00:00Z"),
        ("2022 3 1 Tue", "yyyy M F E", "2022-03-01T00:00:00Z"),
        ("2022 3 1 Tue", "yyyy M W E", "2022-03-01T00:00:00Z"),
        ("44 BC", "yyyy G", "-44-12-30T00:00:00Z"),
        ("2022-02-28 20:07 PST", "yyyy-MM-dd HH:mm z", "2022-03-01T04:07:00Z"),
        ("2022-02-28 20:07 Pacific Standard Time", "yyyy-MM-dd HH:mm z", "2022-03-01T04:07:00Z"),
        ("2022-02-28 20:07 CEST", "yyyy-MM-dd HH:mm z", "2022-02-28T18:07:00Z"),
        ("2022-02-28 20:07 GMT+3:00", "yyyy-MM-dd HH:mm z", "2022-02-28T17:07:00Z"),
        ("2022-02-28 20:07 +0200", "yyyy-MM-dd HH:mm Z", "2022-02-28T18:07:00Z"),
        ("2022-02-28 20:07+02:00", "yyyy-MM-dd HH:mmXXX", "2022-02-28T18:07:00Z"),
        ("2022-02-28 20:07-05", "yyyy-MM-dd HH:mmX", "2022-03-01T01:07:00Z"),
        ("2022-02-28 20:07Z", "yyyy-MM-dd HH:mmX", "2022-02-28T20:07:00Z"),
        ("Mar 1, 2022, 4:07:01 AM", "", "2022-03-01T04:07:01Z"),
        ("3/1/22, 4:07 AM", "short", "2022-03-01T04:07:00Z"),
    ],
)
def test_parsing_by_pattern(text, pattern, expected):
    moment = parse_moment(text, "datetime", pattern, UTC_ZONE)
    assert format_iso(moment, UTC_ZONE, "ms") == expected


def test_two_digit_years_reach_from_80_years_ago_to_20_ahead():
    now = datetime.now(UTC)
    for year in (now.year - 79, now.year, now.year + 19):
        moment = parse_moment(f"{year % 100:02}", "date", "yy", UTC_ZONE)
        assert format_moment(moment, "yyyy", UTC_ZONE) == str(year)


@pytest.mark.parametrize(
    ("text", "wall", "expected"),
    [
        ("before the clocks go forward", "2022-03-13 01:30", "2022-03-13T06:30:00Z"),
        ("skipped", "2022-03-13 02:30", "2022-03-13T07:30:00Z"),
        ("twice", "2022-11-06 01:30", "2022-11-06T06:30:00Z"),
    ],
)
def test_wall_times_around_a_change_of_clocks(text, wall, expected):
    moment = parse_moment(wall, "datetime", "yyyy-MM-dd HH:mm", find_zone("America/New_York"))
    assert format_iso(moment, UTC_ZONE) == expected, text


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2022-02-28T20:07:01Z", "datetime", "2022-02-28T20:07:01Z"),
        ("2022-02-28T20:07:01.795+02:00", "datetime", "2022-02-28T18:07:01.795Z"),
        ("2022-02-28T20:07:01,25Z", "datetime", "2022-02-28T20:07:01.25Z"),
        ("2022-02-28T20:07:01.123456789Z", "datetime", "2022-02-28T20:07:01.123Z"),
        ("2022-02-28T20:07:01+02", "datetime", "2022-02-28T18:07:01Z"),
        ("2022-02-28T20:07", "datetime", "2022-02-28T20:07:00Z"),
        ("2022-02-28T20Z", "datetime", "2022-02-28T20:00:00Z"),
        ("2022-02-28T24:00:00Z", "datetime", "2022-03-01T00:00:00Z"),
        ("20220228T200701Z", "datetime", "2022-02-28T20:07:01Z"),
        ("20220228T200701+0200", "datetime", "2022-02-28T18:07:01Z"),
        ("12022-02-28T20:07:01Z", "datetime", "12022-02-28T20:07:01Z"),
        ("2022-02-28", "date", "2022-02-28"),
        ("20220228", "date", "2022-02-28"),
        ("20:07", "time", "20:07:00Z"),
        ("200701", "time", "20:07:01Z"),
        ("24:00:00", "time", "00:00:00Z"),
    ],
)
def test_parsing_iso(text, kind, expected):
    assert format_moment(parse_moment(text, kind, "iso", UTC_ZONE), "iso", UTC_ZONE) == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2022-02-28T20:07:01", "datetime", "2022-02-28T20:07:01Z"),
        ("-0044-03-15T00:00:00Z", "datetime", "-44-03-15T00:00:00Z"),
        ("2022-02-28+02:00", "date", "2022-02-27Z"),
        ("20:07:01Z", "time", "20:07:01Z"),
    ],
)
def test_parsing_xml_schema(text, kind, expected):
    assert format_moment(parse_moment(text, kind, "xs", UTC_ZONE), "xs", UTC_ZONE) == expected


@pytest.mark.parametrize(
    ("text", "kind", "date_format", "message"),
    [
        ("not a date", "datetime", "yyyy-MM-dd", '"not a date" was found where "yyyy" is due'),
        ("2022-02", "date", "yyyy-MM-dd", 'the end was found where "-" is due'),
        ("2022-02-28 20:07:01", "datetime", "", "does not match"),
        ("2022", "date", "yyyyMMdd", "does not match"),
        ("Foo 1", "date", "MMM d", "does not match"),
        ("12:00 XYZ", "time", "HH:mm z", "does not match"),
        ("2022-02-28 20:07:01", "datetime", "iso", "not a datetime of ISO 8601"),
        ("2022-02-28", "datetime", "iso", "not a datetime"),
        ("2022-02-28T20:07:01-0530", "datetime", "iso", "not a datetime"),
        ("2022-02-28Z", "date", "iso", "not a date"),
        ("2022-W05", "date", "iso", "not a date"),
        ("20:07", "time", "xs", "not a time of XML Schema"),
        ("2022-02-30T00:00:00Z", "datetime", "iso", "does not exist"),
        ("2022-13-01", "date", "iso", "does not exist"),
        ("2022-02-28T24:00:01Z", "datetime", "iso", "does not exist"),
        ("20:07:60", "time", "iso", "does not exist"),
        ("2022-02-28T20:07:01+25:00", "datetime", "iso", "offset"),
        ("0000-01-01", "date", "xs", "year 0"),
        ("9999999999999", "date", "yyyy", "64 bits"),
    ],
)
def test_text_that_is_no_date(text, kind, date_format, message):
    with pytest.raises(BadValue, match=message):
        parse_moment(text, kind, date_format, UTC_ZONE)


@pytest.mark.parametrize(
    ("date_format", "message"),
    [
        ("nosuch", '"n" in the date format'),
        ("yyyy 'x", "quote"),
        ("XXXX", "three X"),
        ("iso q", "means nothing"),
        ("isoo", "set off"),
        ("iso m s", "exclude each other"),
        ("iso nz fz", "exclude each other"),
        ("xs_m", "always shows seconds"),
        ("@foo", "no date format named"),
        ("y" * 501, "501 characters"),
    ],
)
def test_malformed_formats(date_format, message):
    with pytest.raises(BadValue, match=message):
        datetimes.check_date_format(date_format)


def test_old_dates_are_julian_in_patterns_and_gregorian_in_iso():
    last = Moment("date", -12219292800001)
    assert format_moment(last, "yyyy-MM-dd", UTC_ZONE) == "1582-10-04"
    assert format_moment(last, "iso", UTC_ZONE) == "1582-10-14"
    assert format_moment(Moment("date", -12219292800000), "yyyy-MM-dd", UTC_ZONE) == "1582-10-15"
    skipped = parse_moment("1582-10-10", "date", "yyyy-MM-dd", UTC_ZONE)
    assert format_moment(skipped, "yyyy-MM-dd", UTC_ZONE) == "1582-10-20"


def test_from_numbers():
    assert datetimes.from_number(MOMENT, "date") == Moment("date", MOMENT)
    assert datetimes.from_number(Decimal("1.5"), "time") == Moment("time", 2)
    assert datetimes.from_number(Decimal("2.4"), "time") == Moment("time", 2)
    with pytest.raises(BadValue, match="64 bits"):
        datetimes.from_number(2**63, "datetime")
    with pytest.raises(BadValue, match="finite"):
        datetimes.from_number(Decimal("NaN"), "datetime")
    with pytest.raises(TooLarge):
        datetimes.from_number(Decimal("1E+10000"), "datetime")


def test_conversion_between_kinds():
    moment = Moment("datetime", MOMENT)
    assert datetimes.to_kind(moment, "date") == Moment("date", MOMENT)
    assert datetimes.to_kind(moment, "datetime") is moment
    for kind, other in (("date", "time"), ("date", "datetime"), ("time", "date")):
        with pytest.raises(BadValue, match=f"A {kind} alone cannot become a {other}"):
            datetimes.to_kind(Moment(kind, MOMENT), other)


def test_comparison():
    assert datetimes.compare(Moment("date", 1), Moment("date", 2)) < 0
    assert datetimes.compare(Moment("date", 2), Moment("date", 2)) == 0
    assert datetimes.compare(Moment("time", 3), Moment("time", 2)) > 0
    with pytest.raises(BadValue, match="A date cannot be compared with a datetime"):
        datetimes.compare(Moment("date", 1), Moment("datetime", 1))
