"""What is measured: a project whose destinations filter, sign and shape, as destinations do that are in earnest."""

from typing import Any

KEY = "benchmark0123456789abcdef0123456"
SECRET = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="
FILTER = {
    "event_types": ["Order Placed", "Order Paid"],
    "conditions": [
        {"property": "event_properties.total", "operator": "at least", "value": 50},
        {"property": "user_properties.plan", "operator": "in list", "value": ["pro", "team"]},
        {"property": "country", "operator": "is set"},
    ],
}
TEMPLATE = """\
<#assign order = input.event_properties>
{
  "external_id": "${input.user_id?json_string}",
  "name": "${input.event_type?json_string}",
  "time": "${input.event_time}",
  "platform": "${(input.platform)!"unknown"}",
  "city": "${(input.city!"")?json_string}",
  "plan": "${(input.user_properties.plan)!"free"}",
  "properties": {
    "id": ${order.id?c},
    "sent": ${order.sent?c},
    "order": "${order.order_id?json_string}",
    "total": ${order.total?c},
    "currency": "${order.currency}",
    "campaign": ${UtilClass.toJsonString(order.campaign)},
    "items": [
      <#list order["items"] as item>
      {"sku": "${item.sku?json_string}", "quantity": ${item.quantity?c}}<#sep>,</#sep>
      </#list>
    ]
  },
  <#if order.details??>
  "details": ${UtilClass.toJsonString(order.details)},
  </#if>
  "note": "${(order.note!"")?json_string}"
}
"""


def declaration(port: int, destinations: int, together: int = 1) -> dict[str, Any]:
    """For `manage.py apply`: so many destinations at 127.0.0.1:`port`, all of which take all of the events, with up to
    `together` of them in one request."""
    made = [_destination(port, number) for number in range(destinations)]
    if together > 1:
        made = [one | {"sending": {"batch": {"events": together}}} for one in made]
    return {"projects": [{"name": "Benchmark", "api_key": KEY, "destinations": made}]}


def _destination(port: int, number: int) -> dict[str, Any]:
    return {
        "name": f"Sink {number}",
        "url": f"http://127.0.0.1:{port}/{number}",
        "filter": FILTER,
        "payload": {"mode": "template", "language": "freemarker", "template": TEMPLATE},
        "signing": {"scheme": "standard", "secrets": [{"value": SECRET}]},
        "enabled": True,
    }
