"""The integration that the guide for partners builds, as its author types it."""

from typing import Any

TEMPLATE = """{
  "external_id": "${mappedFields.external_id}",
  "app_id": "${parameters.app_id}",
  "name": "${input.event_type}",
  "time": "${input.event_time}",
  <#if mappedFields.plan??>"optional_property": "${mappedFields.plan}",</#if>
  "properties": {
    "test_nested_property": "${input.event_properties.currency!}",
    "library": "${input.library!}"
  }
}
"""
TYPED: dict[str, Any] = {
    "name": "Acme CRM",
    "category": "CRM",
    "summary": "Send events to Acme.",
    "description": "Forwards **events** to Acme.",
    "parameters.0.label": "REST API Endpoint",
    "parameters.0.name": "endpoint",
    "parameters.0.type": "url",
    "parameters.0.required": "on",
    "parameters.1.label": "REST API Key",
    "parameters.1.name": "api_key",
    "parameters.1.type": "text",
    "parameters.1.required": "on",
    "parameters.1.secret": "on",
    "parameters.2.label": "App",
    "parameters.2.name": "app_id",
    "parameters.2.type": "text",
    "parameters.2.default": "shop",
    "mappings.0.name": "external_id",
    "mappings.0.required": "on",
    "mappings.1.name": "plan",
    "request.method": "POST",
    "request.url": "${parameters.endpoint}/events/track",
    "request.content_type": "application/json",
    "request.headers.0.name": "Authorization",
    "request.headers.0.value": "Bearer ${parameters.api_key}",
    "request.headers.1.name": "Cache-Control",
    "request.headers.1.value": "no-cache",
    "request.language": "freemarker",
    "request.template": TEMPLATE,
    "topics": ["event.track"],
}
