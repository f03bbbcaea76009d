"""Revenue fields of an event: the export has no column for them, so they become event properties."""

from math import isfinite
from typing import Any

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
    if "price" in sent and ("quantity" in sent or "revenue" not in sent):
        revenue = sent["price"] * sent.get("quantity", 1)
        if isfinite(revenue):
            properties["$revenue"] = revenue
        else:
            properties.pop("$revenue", None)
            notes.append("revenue left out: price times quantity is not a finite number")
    return properties
