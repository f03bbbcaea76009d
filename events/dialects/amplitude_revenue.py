"""Revenue fields of an event: the export has no column for them, so they become event properties."""

from math import isfinite
from typing import Any

from events.identify import is_number

AS_PROPERTY = {
    "price": "$price",
    "quantity": "$quantity",
    "revenue": "$revenue",
    "productId": "$productId",
    "revenueType": "$revenueType",
    "currency": "$currency",
    "receipt": "$receipt",
    "receiptSig": "$receiptSig",
}


def revenue_properties(sent: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """`sent` holds the checked revenue fields of an event. Price times quantity counts more than a revenue sent along
    with both; the quantity is 1 where none is given."""
    properties = {AS_PROPERTY[name]: value for name, value in sent.items()}
    price, quantity = sent.get("price"), sent.get("quantity")
    if is_number(price) and (quantity is not None or "revenue" not in sent):
        properties["$revenue"] = revenue = price * (1 if quantity is None else quantity)
        if not isfinite(revenue):
            del properties["$revenue"]
            notes.append("revenue left out: price times quantity is not a finite number")
    return properties
