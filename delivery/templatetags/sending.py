"""How deliveries are sent, for pages of destinations, which may not import this package: {% load sending %}."""

from django import template

from delivery.batched_request import CannotTell, body_of_batch
from delivery.lane_summary import lane_summary
from delivery.models import Attempt, Delivery, LaneHealth
from delivery.requests import WITHOUT_BODY
from delivery.requests import preset_headers as _preset_headers
from delivery.schedule_words import in_words
from delivery.schedules import schedule_of
from destinations import catalog
from destinations.curl import curl_command
from destinations.models import Destination
from destinations.secrets import masked
from destinations.sending_rules import sending_of
from events.jsonlayout import indented
from events.jsontext import dumps

register = template.Library()


@register.simple_tag
def retries_in_words(destination: Destination) -> str:
    """{% retries_in_words destination %}"""
    return in_words(schedule_of(sending_of(destination.sending)))


@register.filter
def lane_health(destination: Destination) -> LaneHealth | None:
    """{% with lane=destination|lane_health %}: None where nothing was ever wrong."""
    return LaneHealth.objects.filter(pk=destination.pk).first()


@register.simple_tag
def preset_headers(destination: Destination) -> list[tuple[str, str]]:
    """{% preset_headers destination as presets %}: what is always sent."""
    return _preset_headers(catalog.of(destination), destination.method)


@register.filter
def without_body(method: str) -> bool:
    """{% if destination.method|without_body %}"""
    return method in WITHOUT_BODY


@register.filter
def health(destination: Destination) -> str:
    """{% destination_badge destination|health %}"""
    return lane_summary(destination).health


@register.filter
def waiting(destination: Destination) -> str:
    """{{ destination|waiting }}: how many deliveries wait to be sent."""
    return str(lane_summary(destination).waiting)


@register.filter
def transformed_json(delivery: Delivery) -> str:
    """{{ delivery|transformed_json }}: what its transformation made, with the values of headers masked."""
    made = delivery.transformed.event or {}
    if isinstance(made.get("header"), dict):
        made = made | {"header": {name: masked(str(value)) for name, value in made["header"].items()}}
    return indented(dumps(made))


@register.simple_tag
def curl_of(attempt: Attempt) -> dict[str, str]:
    """{% curl_of attempt as curl %}: the `command` that sends the request as it was recorded, of a batch the whole one,
    or `why_not`. What was masked then stays masked."""
    if not attempt.request_method:
        return {}
    try:
        body = body_of_batch(attempt) if attempt.batch else attempt.request_body
    except CannotTell as error:
        return {"why_not": str(error)}
    headers = [(name, value) for name, value in attempt.request_headers]
    certificate = bool(attempt.delivery.destination.client_certificate)
    return {
        "command": curl_command(attempt.request_method, attempt.request_url, headers, body, certificate=certificate)
    }
