from decimal import Decimal

import pytest

from destinations.freemarker import number_values
from destinations.freemarker.number_format import (
    c_number,
    check_number_format,
    format_number,
    legacy_number,
)
from destinations.freemarker.number_values import parse_number
from destinations.freemarker.value_errors import BadValue, TooLarge, WrongType


def number(text):
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1234567", "1,234,567"),
        ("0", "0"),
        ("-999", "-999"),
        ("1000.0", "1,000"),
        ("999.9999", "1,000"),
        ("0.0005", "0"),
        ("2.0005", "2"),
        ("2.0015", "2.002"),
        ("2.0025", "2.002"),
        ("0.12345", "0.123"),
        ("12.3456", "12.346"),
        ("-1234.5", "-1,234.5"),
        ("-0.0001", "-0"),
        ("-0.0", "0"),
        ("1E+21", "1,000,000,000,000,000,000,000"),
        ("1E-5", "0"),
        ("9007199254740993", "9,007,199,254,740,993"),
        ("Infinity", "∞"),
        ("-Infinity", "-∞"),
        ("NaN", "NaN"),
    ],
)
def test_number(value, expected):
    assert format_number(number(value)) == expected


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("1234.567", "computer", "1234.567"),
        ("1234.567", "c", "1234.567"),
        ("1234.567", "currency", "$1,234.57"),
        ("-12.5", "currency", "-$12.50"),
        ("1234.567", "percent", "123,457%"),
        ("0.256", "percent", "26%"),
        ("0.125", "percent", "12%"),
    ],
)
def test_named_formats(value, name, expected):
    assert format_number(number(value), name) == expected


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("1234.567", "0", "1235"),
        ("1234.567", "0.00", "1234.57"),
        ("1234.567", "#,##0.00", "1,234.57"),
        ("1234.56", "000000.0", "001234.6"),
        ("1234.567", "0.####", "1234.567"),
        ("0.5", "#.##", "0.5"),
        ("0.5", "0.##", "0.5"),
        ("0.5", ".00", ".50"),
        ("0.5", "#.00", ".50"),
        ("0", "#", "0"),
        ("0", "#.##", "0"),
        ("0", ".##", ".0"),
        ("0", "#,###", "0"),
        ("12", "0.", "12."),
        ("0.25", "#.", "0."),
        ("7.25", "0.0", "7.2"),
        ("7.25", "00", "07"),
        ("0.125", "0.00", "0.12"),
        ("0.135", "0.00", "0.14"),
        ("2.5", "0", "2"),
        ("3.5", "0", "4"),
        ("-2.5", "0", "-2"),
        ("1234.565", "0.00", "1234.56"),
        ("1234567.891", ",##0.##", "1,234,567.89"),
        ("1234567.891", "#,##,##0.00", "1,234,567.89"),
        ("123456", "#,####", "12,3456"),
        ("12345", "0,000,000", "0,012,345"),
        ("5.5", "0.00;(0.00)", "5.50"),
        ("-5.5", "0.00;(0.00)", "(5.50)"),
        ("-5", "0;0-", "5-"),
        ("-5", "a0b;c0d", "c5d"),
        ("-5", "a0b;", "-a5b"),
        ("-5", "a0b;c", "c5"),
        ("-5", "a0b;a0b", "-a5b"),
        ("0.1234", "0%", "12%"),
        ("0.1234", "0.0%", "12.3%"),
        ("0.1234", "0‰", "123‰"),
        ("0.1234", "$#,##0.00", "$0.12"),
        ("-0.5", "¤0.00", "-$0.50"),
        ("5", "¤¤ 0", "USD 5"),
        ("7", "'#'0", "#7"),
        ("5", "0 'o''clock'", "5 o'clock"),
        ("5", "''0", "'5"),
        ("5", "a#b", "a5b"),
        ("5", "abc", "abc5"),
        ("5", "0%0", "500%"),
        ("1234.5678", "", "1,234.5678"),
        ("0.1234", "0.00E0", "1.23E-1"),
        ("12345.678", "0.###E0", "1.235E4"),
        ("12345", "##0.##E0", "12.345E3"),
        ("123", "##0.#####E0", "123E0"),
        ("0.00012", "0.0E00", "1.2E-04"),
        ("99999", "0.##E0", "1E5"),
        ("12345", "00.##E0", "12.34E3"),
        ("12345", "#E0", ".1E5"),
        ("12345", "#,##0E0", "1.234E4"),
        ("0", "##0.##E0", "0E0"),
        ("0", "0.0E0", "0.0E0"),
        ("-0.00123", "00.00E0", "-12.30E-4"),
        ("12345", "0.0E0%", "1.2E6%"),
        ("Infinity", "a0b", "a∞b"),
        ("NaN", "a0b", "NaN"),
    ],
)
def test_pattern(value, pattern, expected):
    assert format_number(number(value), pattern) == expected


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("1234.25", "0.0;; roundingMode=halfUp", "1234.3"),
        ("1234.25", "0.0;; roundingMode=down", "1234.2"),
        ("-1234.25", "0.0;; roundingMode=ceiling", "-1234.2"),
        ("-1234.25", "0.0;; roundingMode=floor", "-1234.3"),
        ("1234.21", "0.0;; roundingMode=up", "1234.3"),
        ("1234.25", "0.0;; roundingMode=halfDown", "1234.2"),
        ("1234.25", "#,##0.00;; groupingSeparator='_'", "1_234.25"),
        ("1234.5", ',##0.00;; groupingSeparator="_" decimalSeparator=x', "1_234x50"),
        ("1234.5", ",##0.00;;groupingSeparator = _, decimalSeparator=','", "1_234,50"),
        ("-1.5", "0.0;(0.0);minusSign=M", "(1.5)"),
        ("-1.5", "0.0;; minusSign=M", "M1.5"),
        ("1234.5", "0.00E0;; exponentSeparator='*10^'", "1.23*10^3"),
        ("1234.5", "0.0;; multiplier=10", "12345.0"),
        ("1234.5", "0.0%;; percent=P", "123450.0P"),
        ("1234.5", "0.0;; zeroDigit=a", "bcde.f"),
        ("1234.5", "¤,##0.00;; currencyCode=EUR", "€1,234.50"),
        ("1234.5", "0.00 ¤¤;; currencyCode=CHF", "1234.50 CHF"),
        ("1234.5", "¤0;; currencySymbol='Fr.'", "Fr.1234"),
        ("1234.5", "0.0;;", "1234.5"),
        ("5", "';'0;;roundingMode=halfUp", ";5"),
        ("NaN", "0;; nan=none", "none"),
        ("Infinity", "0;; infinity=lots", "lots"),
    ],
)
def test_pattern_with_options(value, pattern, expected):
    assert format_number(number(value), pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("0#0", '"0" after "#"'),
        ("0.0.0", "more than one decimal point"),
        ("0,", "comma"),
        ("0.,0", "comma"),
        ("0E", "needs digits"),
        ("0.0E+0", "needs digits"),
        ("0#", '"#" after "0"'),
        ("#0.#0", '"0" after "#"'),
        ("0%%", "more than one percent sign"),
        ("%0‰", "more than one percent sign"),
        (";0", "where a digit is due"),
        ("0;0;0", "name=value"),
        ("'0", "quote"),
        ("0;; roundingMode=halfup", "halfUp"),
        ("0;; nosuch=1", "no option"),
        ("0;; minusSign=MM", "one character"),
        ("0;; minusSign=", "name=value"),
        ("0;; roundingMode=up,", "name=value"),
        ("0;; multiplier=x", "whole number"),
        ("0;; currencyCode=QQQ", "ISO 4217"),
        ("@money", "no number format named"),
        ("0" * 1001, "1,001 characters"),
    ],
)
def test_malformed_pattern(pattern, message):
    with pytest.raises(BadValue, match=message):
        check_number_format(pattern)


def test_rounding_that_the_pattern_forbids():
    pattern = "0.0;; roundingMode=unnecessary"
    assert format_number(Decimal("1.5"), pattern) == "1.5"
    with pytest.raises(BadValue, match="without rounding"):
        format_number(Decimal("1.55"), pattern)


@pytest.mark.parametrize(
    ("locale", "plain", "currency", "percent"),
    [
        ("en_GB", "1,234.5", "£1,234.50", "123,450%"),
        ("de_DE", "1.234,5", "1.234,50\xa0€", "123.450\xa0%"),
        ("fr_FR", "1\u202f234,5", "1\u202f234,50\xa0€", "123\u202f450\xa0%"),
        ("pt_BR", "1.234,5", "R$\xa01.234,50", "123.450%"),
        ("de_CH", "1’234.5", "CHF\xa01’234.50", "123’450%"),
        ("ja_JP", "1,234.5", "￥1,234", "123,450%"),
        ("de", "1.234,5", "1.234,50\xa0¤", "123.450\xa0%"),
        ("xx", "1,234.5", "¤1,234.50", "123,450%"),
    ],
)
def test_other_locales(locale, plain, currency, percent):
    value = Decimal("1234.5")
    assert format_number(value, "number", locale) == plain
    assert format_number(value, "currency", locale) == currency
    assert format_number(value, "percent", locale) == percent
    assert format_number(value, "computer", locale) == "1234.5"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1000", "1000"),
        ("-7", "-7"),
        ("0.1", "0.1"),
        ("1.0", "1"),
        ("100.50", "100.5"),
        ("-0.0", "0"),
        ("0E-9", "0"),
        ("1234567890123456789012", "1234567890123456789012"),
        ("1E+21", "1000000000000000000000"),
        ("123456789.12345679", "123456789.12345679"),
        ("0.000001", "0.000001"),
        ("1E-7", "1E-7"),
        ("0.00000012345", "1.2345E-7"),
        ("-1.50E-7", "-1.5E-7"),
        ("1E+99", "1" + "0" * 99),
        ("1E+100", "1E+100"),
        ("1.5E+101", "1.5E+101"),
        ("1.5E+100", "15" + "0" * 99),
        ("1" + "0" * 100, "1E+100"),
        ("1" + "0" * 100 + ".0", "1E+100"),
        ("-0.0000010", "-0.000001"),
        ("-1234.50", "-1234.5"),
        ("1" + "0" * 99 + "1", "1" + "0" * 99 + "1"),
        ("Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
        ("NaN", "NaN"),
    ],
)
def test_for_computers(value, expected):
    assert c_number(number(value)) == expected


@pytest.mark.parametrize(
    ("value", "c_format", "expected"),
    [
        ("1E-7", "legacy", "0.0000001"),
        ("0.12345678901234567", "legacy", "0.1234567890123457"),
        ("1234.50", "legacy", "1234.5"),
        ("Infinity", "XS", "INF"),
        ("-Infinity", "Java", "Double.NEGATIVE_INFINITY"),
        ("1E-7", "JSON", "1E-7"),
    ],
)
def test_other_c_formats(value, c_format, expected):
    assert c_number(number(value), c_format) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("1234.5678", (), "1234.5678"),
        ("1234.5678", (2, 2), "1234.57"),
        ("1234.5678", (0, 2), "1234.57"),
        ("1234.5678", (1, 3), "1234.568"),
        ("7", (2, 2), "7.00"),
        ("1234567", (), "1234567"),
        ("0.126", (0, 2), "0.13"),
        ("1.25", (1, 1), "1.2"),
        ("0.00000001", (), "0.00000001"),
    ],
)
def test_legacy_interpolation(value, digits, expected):
    assert legacy_number(number(value), *digits) == expected


def test_legacy_interpolation_of_senseless_digits():
    assert legacy_number(Decimal("1234.5"), locale="de_DE") == "1234,5"
    with pytest.raises(BadValue, match="more than the most"):
        legacy_number(1, 3, 1)
    with pytest.raises(BadValue, match="At most 50"):
        legacy_number(1, 0, 60)


@pytest.mark.parametrize("show", [format_number, c_number, legacy_number, lambda value: format_number(value, "0.00")])
@pytest.mark.parametrize("value", [Decimal("1E+1000000000"), Decimal("1E-2000"), 10**1001])
def test_no_number_prints_more_digits_than_allowed(show, value):
    with pytest.raises(TooLarge, match="1,000 digits"):
        show(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("41", 41),
        ("007", 7),
        ("+5", 5),
        ("-0.50", Decimal("-0.50")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1e3", Decimal(1000)),
        ("1.50e-2", Decimal("0.015")),
        ("INF", Decimal("Infinity")),
        ("-Infinity", Decimal("-Infinity")),
    ],
)
def test_parse_number(text, expected):
    assert parse_number(text) == expected


@pytest.mark.parametrize("text", ["abc", "", " 7 ", "1,234", "0x10", "1_000", "1e", ".", "--1", "+INF", "nan", "1d"])
def test_text_that_is_no_number(text):
    with pytest.raises(WrongType, match="is not a number") as failure:
        parse_number(text)
    assert failure.value.kind == "type"


@pytest.mark.parametrize("text", ["1e1000000000", "1e400000000", "1e-1001", "1e99999999999", "9" * 1001])
def test_numbers_too_large_to_read(text):
    with pytest.raises(TooLarge):
        parse_number(text)


@pytest.mark.parametrize(
    ("value", "rounded", "ceiling", "floor", "absolute"),
    [
        ("1.5", 2, 2, 1, "1.5"),
        ("2.5", 3, 3, 2, "2.5"),
        ("-1.5", -1, -1, -2, "1.5"),
        ("-2.5", -2, -2, -3, "2.5"),
        ("1.4", 1, 2, 1, "1.4"),
        ("-1.4", -1, -1, -2, "1.4"),
        ("7", 7, 7, 7, "7"),
        ("-7", -7, -7, -7, "7"),
        ("1E-900", 0, 1, 0, "1E-900"),
        ("123456789012345678901234567890.5", *[123456789012345678901234567891] * 2,
         123456789012345678901234567890, "123456789012345678901234567890.5"),
    ],
)  # fmt: skip
def test_rounding(value, rounded, ceiling, floor, absolute):
    exact = number(value)
    assert number_values.round_half_up(exact) == rounded
    assert number_values.ceiling(exact) == ceiling
    assert number_values.floor(exact) == floor
    assert number_values.absolute(exact) == number(absolute)


def test_cutting_to_machine_sizes():
    assert number_values.cut_to_int(Decimal("3.99")) == 3
    assert number_values.cut_to_int(Decimal("-3.99")) == -3
    assert number_values.cut_to_int(2**31) == -(2**31)
    assert number_values.cut_to_long(2**63) == -(2**63)
    assert number_values.cut_to_short(70000) == 4464
    assert number_values.cut_to_byte(300) == 44
    assert number_values.cut_to_int(Decimal("Infinity")) == 2**31 - 1
    assert number_values.cut_to_long(Decimal("NaN")) == 0


def test_floating_point():
    assert number_values.to_double(Decimal("3.7")) == Decimal("3.7")
    assert number_values.to_double(9007199254740993) == 9007199254740992
    assert number_values.to_float(Decimal("1.25")) == Decimal("1.25")
    assert number_values.to_float(16777217) == 16777216
    assert number_values.is_nan(Decimal("NaN"))
    assert not number_values.is_nan(1)
    assert number_values.is_infinite(Decimal("-Infinity"))
    assert not number_values.is_infinite(Decimal(1))


@pytest.mark.parametrize(("value", "letters"), [(1, "a"), (26, "z"), (27, "aa"), (28, "ab"), (702, "zz"), (703, "aaa")])
def test_letters(value, letters):
    assert number_values.lower_abc(value) == letters
    assert number_values.upper_abc(value) == letters.upper()


@pytest.mark.parametrize("value", [0, -1, 2**31, Decimal("Infinity"), Decimal("NaN")])
def test_what_letters_cannot_say(value):
    with pytest.raises(BadValue):
        number_values.lower_abc(value)


def test_whole_arguments():
    assert number_values.whole_argument(Decimal("1.9")) == 1
    assert number_values.whole_argument(Decimal("-1.9")) == -1
    with pytest.raises(BadValue):
        number_values.whole_argument(Decimal("NaN"))
    with pytest.raises(TooLarge):
        number_values.whole_argument(Decimal("1E+100000"))


@pytest.mark.parametrize("rounding", [number_values.floor, number_values.ceiling, number_values.round_half_up])
def test_infinities_cannot_be_rounded(rounding):
    with pytest.raises(BadValue, match="finite"):
        rounding(Decimal("Infinity"))
