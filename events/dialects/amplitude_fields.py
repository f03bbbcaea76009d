"""The plain fields of an Amplitude event: what type each must have, and where the export shape keeps it."""

from collections.abc import Callable
from typing import Any

from events.identify import is_number
from events.languages import language_name

WRONG = object()
INT64 = range(-(2**63), 2**63)
NO_DEVICE = "00000000-0000-0000-0000-000000000000"


# Where a field's value goes.
SHAPE = 0  # a field of the export shape
OTHER = 1  # no such field: kept in the shape's `data` object
REVENUE = 2  # becomes an event property
OBJECT = 3  # worked on further: properties and groups

Part = int
# How a value is read (to what is kept, or WRONG), where it goes, under which name. A plain tuple: this is the hot path.
Field = tuple[Callable[[Any], Any], Part, str]


def text(value: Any) -> Any:
    if type(value) is str:
        return value
    return str(value) if is_number(value) else WRONG


def language(value: Any) -> Any:
    value = text(value)
    return value if value is WRONG else language_name(value)


def number(value: Any) -> Any:
    return value if is_number(value) else WRONG


def integer(value: Any) -> Any:
    if type(value) is int:
        return value if value in INT64 else WRONG
    if isinstance(value, float) and value.is_integer() and int(value) in INT64:
        return int(value)
    return WRONG


def boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value, WRONG) if isinstance(value, str) else WRONG


def mapping(value: Any) -> Any:
    return value if isinstance(value, dict) else WRONG


def _fields(part: Part, read: Callable[[Any], Any], *names: str, **renamed: str) -> dict[str, Field]:
    return {sent: (read, part, kept) for sent, kept in [*zip(names, names, strict=True), *renamed.items()]}


FIELDS: dict[str, Field] = {
    **_fields(
        SHAPE, text,
        "platform", "os_name", "os_version", "device_brand", "device_manufacturer", "device_model", "country", "region",
        "city", "dma", "library", "idfa", "adid", "start_version", "version_name",
        carrier="device_carrier", app_version="version_name", ip="ip_address",
    ),
    **_fields(SHAPE, language, "language"),
    **_fields(SHAPE, number, "location_lat", "location_lng"),
    **_fields(SHAPE, integer, "event_id", "session_id"),
    **_fields(SHAPE, boolean, "paying"),
    **_fields(SHAPE, mapping, "plan"),
    **_fields(OTHER, text, "idfv", "android_id", "android_app_set_id", "user_agent", "partner_id"),
    **_fields(OTHER, mapping, "ingestion_metadata"),
    **_fields(REVENUE, number, "price", "revenue"),
    **_fields(REVENUE, integer, "quantity"),
    **_fields(REVENUE, text, "productId", "revenueType", "currency", "receipt", "receiptSig"),
    **_fields(OBJECT, mapping, "event_properties", "user_properties", "groups", "group_properties"),
    **_fields(OBJECT, boolean, "$skip_user_properties_sync"),
}  # fmt: skip
