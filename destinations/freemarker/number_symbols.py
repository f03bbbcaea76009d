"""How each locale writes numbers: separators, signs, currency. Source: the Unicode CLDR, as Java 17 has it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Symbols:
    """The characters of one locale, and its patterns for currencies and percentages."""

    decimal: str = "."
    grouping: str = ","
    minus: str = "-"
    percent: str = "%"
    per_mille: str = "‰"
    exponent: str = "E"
    infinity: str = "∞"
    nan: str = "NaN"
    zero: str = "0"
    currency: str = "¤"
    currency_code: str = "XXX"
    monetary_decimal: str = "."
    currency_pattern: str = "¤#,##0.00"
    percent_pattern: str = "#,##0%"


def symbols_of(locale: str) -> Symbols:
    """The symbols of a locale such as `en_US` or `de`; of one that is not listed, those of its language."""
    found = _LOCALES.get(locale)
    if found is not None:
        return found
    language = locale.replace("-", "_").partition("_")[0]
    return _LANGUAGES.get(language, _ROOT)


def currency_symbol(code: str) -> str | None:
    """How English writes the currency of an ISO 4217 code; None for a code that is none."""
    if code in _CURRENCY_SYMBOLS:
        return _CURRENCY_SYMBOLS[code]
    return code if _OTHER_CURRENCIES.fullmatch(code) else None


def _symbols(
    decimal: str,
    grouping: str,
    currency: str,
    code: str,
    currency_pattern: str,
    percent_pattern: str,
    *,
    monetary_decimal: str | None = None,
    minus: str = "-",
    exponent: str = "E",
    nan: str = "NaN",
) -> Symbols:
    return Symbols(
        decimal=decimal,
        grouping=grouping,
        minus=minus,
        exponent=exponent,
        nan=nan,
        currency=currency,
        currency_code=code,
        monetary_decimal=monetary_decimal or decimal,
        currency_pattern=currency_pattern,
        percent_pattern=percent_pattern,
    )


_ROOT = Symbols()

_LOCALES = {
    "en_US": _symbols(".", ",", "$", "USD", "¤#,##0.00", "#,##0%"),
    "en_GB": _symbols(".", ",", "£", "GBP", "¤#,##0.00", "#,##0%"),
    "en_CA": _symbols(".", ",", "$", "CAD", "¤#,##0.00", "#,##0%", exponent="e"),
    "en_AU": _symbols(".", ",", "$", "AUD", "¤#,##0.00", "#,##0%", exponent="e"),
    "en_IN": _symbols(".", ",", "₹", "INR", "¤#,##0.00", "#,##0%"),
    "en_IE": _symbols(".", ",", "€", "EUR", "¤#,##0.00", "#,##0%"),
    "en_NZ": _symbols(".", ",", "$", "NZD", "¤#,##0.00", "#,##0%"),
    "en_ZA": _symbols(",", "\u00a0", "R", "ZAR", "¤#,##0.00", "#,##0%"),
    "de_DE": _symbols(",", ".", "€", "EUR", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "de_AT": _symbols(",", "\u00a0", "€", "EUR", "¤\u00a0#,##0.00", "#,##0\u00a0%"),
    "de_CH": _symbols(".", "’", "CHF", "CHF", "¤\u00a0#,##0.00;¤-#,##0.00", "#,##0%"),
    "fr_FR": _symbols(",", "\u202f", "€", "EUR", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "fr_BE": _symbols(",", "\u202f", "€", "EUR", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "fr_CA": _symbols(",", "\u00a0", "$\u00a0CA", "CAD", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "fr_CH": _symbols(",", "\u202f", "CHF", "CHF", "#,##0.00\u00a0¤", "#,##0%", monetary_decimal="."),
    "es_ES": _symbols(",", ".", "€", "EUR", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "es_MX": _symbols(".", ",", "$", "MXN", "¤#,##0.00", "#,##0\u00a0%"),
    "es_AR": _symbols(",", ".", "$", "ARS", "¤\u00a0#,##0.00", "#,##0\u00a0%"),
    "it_IT": _symbols(",", ".", "€", "EUR", "#,##0.00\u00a0¤", "#,##0%"),
    "pt_BR": _symbols(",", ".", "R$", "BRL", "¤\u00a0#,##0.00", "#,##0%"),
    "pt_PT": _symbols(",", "\u00a0", "€", "EUR", "#,##0.00\u00a0¤", "#,##0%"),
    "nl_NL": _symbols(",", ".", "€", "EUR", "¤\u00a0#,##0.00;¤\u00a0-#,##0.00", "#,##0%"),
    "pl_PL": _symbols(",", "\u00a0", "zł", "PLN", "#,##0.00\u00a0¤", "#,##0%"),
    "sv_SE": _symbols(",", "\u00a0", "kr", "SEK", "#,##0.00\u00a0¤", "#,##0\u00a0%", minus="−", exponent="×10^"),
    "da_DK": _symbols(",", ".", "kr.", "DKK", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "fi_FI": _symbols(",", "\u00a0", "€", "EUR", "#,##0.00\u00a0¤", "#,##0\u00a0%", minus="−", nan="epäluku"),
    "nb_NO": _symbols(",", "\u00a0", "kr", "NOK", "¤\u00a0#,##0.00", "#,##0\u00a0%", minus="−"),
    "cs_CZ": _symbols(",", "\u00a0", "Kč", "CZK", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "hu_HU": _symbols(",", "\u00a0", "Ft", "HUF", "#,##0.00\u00a0¤", "#,##0%"),
    "ro_RO": _symbols(",", ".", "RON", "RON", "#,##0.00\u00a0¤", "#,##0\u00a0%"),
    "el_GR": _symbols(",", ".", "€", "EUR", "#,##0.00\u00a0¤", "#,##0%", exponent="e"),
    "ru_RU": _symbols(",", "\u00a0", "₽", "RUB", "#,##0.00\u00a0¤", "#,##0\u00a0%", nan="не\u00a0число"),
    "uk_UA": _symbols(",", "\u00a0", "₴", "UAH", "#,##0.00\u00a0¤", "#,##0%", exponent="Е"),
    "tr_TR": _symbols(",", ".", "₺", "TRY", "¤#,##0.00", "%#,##0"),
    "ja_JP": _symbols(".", ",", "￥", "JPY", "¤#,##0", "#,##0%"),
    "ko_KR": _symbols(".", ",", "₩", "KRW", "¤#,##0", "#,##0%"),
    "zh_CN": _symbols(".", ",", "¥", "CNY", "¤#,##0.00", "#,##0%"),
    "zh_TW": _symbols(".", ",", "$", "TWD", "¤#,##0.00", "#,##0%", nan="非數值"),
    "he_IL": _symbols(".", ",", "₪", "ILS", "\u200f#,##0.00\u00a0¤;\u200f-#,##0.00\u00a0¤", "#,##0%"),
    "id_ID": _symbols(",", ".", "Rp", "IDR", "¤#,##0.00", "#,##0%"),
    "vi_VN": _symbols(",", ".", "₫", "VND", "#,##0\u00a0¤", "#,##0%"),
    "th_TH": _symbols(".", ",", "฿", "THB", "¤#,##0.00", "#,##0%"),
}

# A language alone has no currency; the first of its locales above says the rest.
_LANGUAGES = {
    name.partition("_")[0]: replace(symbols, currency="¤", currency_code="XXX")
    for name, symbols in reversed(_LOCALES.items())
}

_CURRENCY_SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
    "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$",
    "VND": "₫", "XAF": "FCFA", "XCD": "EC$", "XOF": "F\u202fCFA", "XPF": "CFPF", "XXX": "¤",
}  # fmt: skip

_OTHER_CURRENCIES = re.compile(
    "A(ED|FN|LL|MD|NG|OA|RS|WG|ZN)|B(AM|BD|DT|GN|HD|IF|MD|ND|OB|SD|TN|WP|YN|ZD)|C(DF|HF|LF|LP|OP|RC|UC|UP|VE|ZK)|"
    "D(JF|KK|OP|ZD)|E(GP|RN|TB)|F(JD|KP)|G(EL|HS|IP|MD|NF|TQ|YD)|H(NL|RK|TG|UF)|I(DR|QD|RR|SK)|J(MD|OD)|"
    "K(ES|GS|HR|MF|PW|WD|YD|ZT)|L(AK|BP|KR|RD|SL|YD)|M(AD|DL|GA|KD|MK|NT|OP|RU|UR|VR|WK|YR|ZN)|N(AD|GN|IO|OK|PR)|"
    "OMR|P(AB|EN|GK|KR|LN|YG)|QAR|R(ON|SD|UB|WF)|S(AR|BD|CR|DG|EK|GD|HP|LE|LL|OS|RD|SP|TN|VC|YP|ZL)|"
    "T(HB|JS|MT|ND|OP|RY|TD|ZS)|U(AH|GX|YU|ZS)|V(ED|ES|UV)|WST|X(AG|AU|DR|PD|PT)|YER|Z(AR|MW|WL)"
)
