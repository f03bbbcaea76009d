"""What a template reads, held against an event and against what the destination declares."""

import pytest

from destinations.template_reads import EMPTY, FILLED, MISSING, UNKNOWN, template_reads

DATA = {
    "event_type": "Order Placed",
    "event_properties": {"total": 5, "lines": [{"sku": "a"}]},
    "user_properties": {"plan": None},
}
MAPPINGS = {
    "properties": {"event": ["total", "coupon"], "group": ["company.seats"]},
    "fields": {"amount": "event_properties.total", "email": "user_properties.email"},
}
READS = {
    "input.event_properties.total": FILLED,
    "input.event_properties.lines": FILLED,
    "input.event_properties.coupon": MISSING,
    "input.city": EMPTY,
    "mappedProperties.total": FILLED,
    "mappedProperties.coupon": MISSING,
    "mappedProperties.seats": MISSING,
    "mappedProperties.plan": UNKNOWN,
    "mappedFields.amount": FILLED,
    "mappedFields.email": EMPTY,
    "mappedFields.phone": UNKNOWN,
    "parameters.key": UNKNOWN,
    "nothing": UNKNOWN,
}


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("language", ["freemarker", "jinja2"])
def test_found(language: str, name: str) -> None:
    source = f"${{{name}}}" if language == "freemarker" else f"{{{{ {name} }}}}"
    (read,) = template_reads(language, source, DATA, MAPPINGS)
    assert (read.name, read.found, read.lines) == (name, READS[name], (1,))
