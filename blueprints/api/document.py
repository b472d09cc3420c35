"""The OpenAPI document, made of the very schemas that check what comes and goes."""

import inspect
from collections.abc import Iterable, Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from blueprints.api import media
from blueprints.api.callers import Guard
from blueprints.api.contract import ENDPOINTS, Endpoint
from blueprints.api.shape import Problem

VERSION = "1.1.0"
REF = "#/components/schemas/{model}"
ROW = {"type": "string", "pattern": "^(0|[1-9][0-9]{0,8})$"}
WORD = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$"}
KEY = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,60}$"}
ABOUT = (
    "Everything a customer does, the kitchen, drivers, and giving money back, for programs. "
    "Money is in cents, times are RFC 3339 in UTC, ids are text. "
    "Every refusal is problem JSON (RFC 9457) with a code for programs and a sentence for people."
)
TOKEN = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token."}
ADDRESS = {"type": "http", "scheme": "bearer", "description": "The address of one order, as its answer gives it."}
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

# Where an answer leads on: to which operation, with what of it as which parameter.
ORDER_LINK, LINE_LINK = {"orderId": "$response.body#/id"}, {"lineId": "$response.body#/lines/0/id"}
LINKS: dict[str, dict[str, dict[str, str]]] = {
    "checkOut": {"oneOrder": ORDER_LINK, "follow": ORDER_LINK, "cancel": ORDER_LINK, "reorder": ORDER_LINK},
    "addItem": {"changeItem": LINE_LINK, "replaceItem": LINE_LINK, "removeItem": LINE_LINK},
}
Model = type[BaseModel]


@cache
def document() -> dict[str, Any]:
    """The whole document. It is the same as long as the program runs."""
    refs, schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hot Corner", "version": VERSION, "description": ABOUT, "license": {"name": "MIT"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": TOKEN, "address": ADDRESS}},
    }


def _schemas() -> tuple[dict[tuple[Model, JsonSchemaMode], Any], dict[str, Any]]:
    told: dict[tuple[Model, JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for endpoint in ENDPOINTS:
        if endpoint.body is not None:
            told[endpoint.body, "validation"] = None
        if endpoint.answer is not None:
            told[endpoint.answer, "serialization"] = None
    refs, made = models_json_schema(list(told), ref_template=REF)
    return {key: ref for key, ref in refs.items() if key in told}, made["$defs"]


def _operation(endpoint: Endpoint, refs: dict[tuple[Model, JsonSchemaMode], Any]) -> dict[str, Any]:
    words = inspect.cleandoc(endpoint.view.__doc__ or "")
    area = endpoint.path.split("/")[2]
    said: dict[str, Any] = {
        "operationId": camel_id(endpoint),
        "tags": [area],
        "summary": words.partition(". ")[0].partition("\n")[0].rstrip(".:") + ".",
        "description": words.replace("\n", " "),
        "parameters": list(_parameters(endpoint)),
        "responses": dict(_responses(endpoint, refs)),
        "security": _security(endpoint.guard),
    }
    if endpoint.body is not None:
        content: dict[str, Any] = {"schema": refs[endpoint.body, "validation"]}
        if endpoint.example:
            content["example"] = dict(endpoint.example)
        said["requestBody"] = {"required": True, "content": {media.JSON: content}}
    return said


def camel_id(endpoint: Endpoint) -> str:
    """The name of an operation, from that of its view."""
    first, *rest = endpoint.view.__name__.split("_")
    return first + "".join(word.title() for word in rest)


def _parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name, row in endpoint.slots:
        yield {"name": name, "in": "path", "required": True, "schema": ROW if row else WORD}
    if endpoint.query is not None:
        asked = endpoint.query.model_json_schema(ref_template=REF)
        for name, schema in asked["properties"].items():
            plain = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
            known = {key: value for key, value in plain.items() if key not in {"title", "anyOf"}}
            if "default" in schema and schema["default"] not in {None, ""}:
                known["default"] = schema["default"]
            yield {"name": name, "in": "query", "required": False, "schema": known}
    if endpoint.key is not None:
        yield {"name": "Idempotency-Key", "in": "header", "required": endpoint.key == "needed", "schema": KEY}


def _security(guard: Guard) -> list[dict[str, list[str]]]:
    token: dict[str, list[str]] = {"token": []}
    if guard is Guard.OPEN:
        return [{}, token]
    return [token, {"address": []}] if guard is Guard.ORDER else [token]


def _responses(
    endpoint: Endpoint, refs: dict[tuple[Model, JsonSchemaMode], Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    good: dict[str, Any] = {"description": HTTPStatus(endpoint.status).phrase, "headers": _headers(endpoint)}
    if endpoint.answer is not None:
        schema = refs[endpoint.answer, "serialization"]
        good["content"] = {kind: {"schema": schema} for kind in (media.JSON, media.VERSIONED)}
    if leads := LINKS.get(camel_id(endpoint)):
        good["links"] = {name: {"operationId": name, "parameters": given} for name, given in leads.items()}
    yield str(endpoint.status), good
    if endpoint.kept:
        yield "304", {"description": "Not changed since the tag that was sent with If-None-Match."}
    for status in sorted({*_refused(endpoint)}):
        problem = {"application/problem+json": {"schema": refs[Problem, "serialization"]}}
        yield str(status), {"description": HTTPStatus(status).phrase, "content": problem}


def _refused(endpoint: Endpoint) -> Iterable[int]:
    """With what statuses the gate and the endpoint's own rules answer."""
    yield from (401, 406, 429, 503, *endpoint.refuses)
    if endpoint.guard is Guard.CUSTOMER:
        yield 403
    if endpoint.body is not None:
        yield from (400, 413, 415, 422)
    if endpoint.query is not None:
        yield 422
    if endpoint.key is not None:
        yield from (400, 409, 422)
    if endpoint.slots:
        yield 404


def _headers(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {"X-Request-Id": {"schema": {"type": "string"}}}
    found |= {name: {"schema": {"type": "string", "pattern": "^[0-9]+$"}} for name in LIMITS}
    if endpoint.kept:
        found["ETag"] = {"schema": {"type": "string"}}
    if endpoint.key is not None:
        found["Idempotent-Replayed"] = {"schema": {"type": "string", "const": "true"}}
    return found
