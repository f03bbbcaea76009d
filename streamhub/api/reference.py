"""The reference of the API, drawn from its OpenAPI document in the product's own pages."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from streamhub.api.hub import api
from streamhub.scopes import AREAS

METHODS = ("get", "put", "patch", "post", "delete")


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter or a key of a body. `type` in words: "text", "list of whole numbers"."""

    name: str
    type: str
    required: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    text: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`statuses`: those of refusals."""

    anchor: str
    title: str
    method: str
    path: str
    text: str
    role: str
    scope: str
    parameters: Shape
    body: Shape | None
    status: str
    answer: Shape | None
    statuses: tuple[str, ...]


def api_reference(request: HttpRequest) -> HttpResponse:
    context = {"groups": groups(), "document": reverse("api:openapi-json"), "base": request.build_absolute_uri("/")}
    return render(request, "help/api.html", context)


@cache
def groups() -> tuple[tuple[str, tuple[Operation, ...]], ...]:
    """(area, its operations), in the order of the areas."""
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    schemas = document["components"]["schemas"]
    every = [
        (operation["tags"][0], _operation(path, method, operation, schemas))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    return tuple((area.title, tuple(one for tag, one in every if tag == area.slug)) for area in AREAS)


def _operation(path: str, method: str, given: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    body = given.get("requestBody")
    status = next(code for code in map(str, given["responses"]) if code.startswith("2"))
    refusals = tuple(sorted(code for code in map(str, given["responses"]) if not code.startswith("2")))
    answers = {str(code): answer for code, answer in given["responses"].items()}
    return Operation(
        anchor=slugify(given["summary"]),
        title=given["summary"].capitalize(),
        method=method.upper(),
        path=path,
        text=given.get("description", ""),
        role=given["x-role"],
        scope=given["x-scope"],
        parameters=_parameters(given.get("parameters", ()), schemas),
        body=_shape(body["content"]["application/json"]["schema"], schemas) if body else None,
        status=status,
        answer=_answer(answers[status], schemas),
        statuses=refusals,
    )


def _parameters(given: Any, schemas: dict[str, Any]) -> Shape:
    values = tuple(
        Value(one["name"], _type(one["schema"], schemas), one.get("required", False), f"in the {one['in']}")
        for one in given
    )
    return Shape(" ".join(one["description"] for one in given if one.get("description")), values)


def _answer(given: dict[str, Any], schemas: dict[str, Any]) -> Shape | None:
    content = given.get("content")
    if not content:
        return None
    shape = _shape(content["application/json"]["schema"], schemas)
    return Shape(shape.text, tuple(replace(value, required=False) for value in shape.values))  # it is always there


def _shape(schema: dict[str, Any], schemas: dict[str, Any]) -> Shape:
    found = _resolved(schema, schemas)
    required = found.get("required", ())
    own = {**schemas, **schema.get("$defs", {})}
    values = tuple(Value(name, _type(one, own), name in required) for name, one in found.get("properties", {}).items())
    return Shape(found.get("description", ""), values)


WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


def _type(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "$ref" in schema:
        named = _resolved(schema, schemas)
        return f"{{{', '.join(named.get('properties', {}))}}}" if named.get("properties") else "object"
    if "enum" in schema:
        return "one of " + ", ".join(str(one) for one in schema["enum"] if one != "")
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one, schemas) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    if schema.get("format") == "date-time":
        return "time"
    return WORDS.get(schema.get("type", ""), "anything")


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
