"""The API's own description: the document for programs, and a page of it for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, json, render_template
from flask.typing import ResponseReturnValue

from blueprints.api.document import VERSION, document
from blueprints.assets import Packed
from blueprints.htmx import answer, seen_already

pages = Blueprint("api_pages", __name__)
NAMES = {"users": "You", "stores": "Stores", "auth": "Signing in", "home": "First screen", "menu": "Menu"}
SOON = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Told:
    """An operation as the page tells it."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    guard: str
    parameters: tuple[dict[str, Any], ...]
    body: str
    example: str
    answers: tuple[tuple[str, str, str], ...]


@cache
def _packed() -> Packed:
    return Packed.of(json.dumps(document(), sort_keys=False), "application/json")


@pages.get("/api/openapi.json")
def openapi() -> Response:
    response = _packed().answer()
    response.headers["Cache-Control"] = SOON
    return response


@pages.get("/api/docs")
def docs() -> ResponseReturnValue:
    return seen_already("api", VERSION) or answer(
        render_template("api/docs.html", areas=list(_areas()), schemas=_shapes(), version=VERSION)
    )


def _areas() -> Iterator[tuple[str, str, list[Told]]]:
    """Operations by area, each with a name and an anchor."""
    found = [(path, method, one) for path, item in document()["paths"].items() for method, one in item.items()]
    found.sort(key=lambda each: each[2]["tags"][0])
    for area, same in groupby(found, key=lambda each: str(each[2]["tags"][0])):
        yield area, NAMES.get(area, area.capitalize()), [_told(*each) for each in same]


def _told(path: str, method: str, said: dict[str, Any]) -> Told:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Told(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"].replace("`", ""),
        description=said["description"].replace("`", ""),
        guard=_guard(said["security"]),
        parameters=tuple(said["parameters"]),
        body=_name(content.get("schema", {})),
        example=json.dumps(content["example"], indent=2, sort_keys=False) if "example" in content else "",
        answers=tuple(_answers(said["responses"])),
    )


def _guard(security: list[dict[str, Any]]) -> str:
    if {} in security:
        return "everybody"
    return "a token, or the order's address" if {"address": []} in security else "a token"


def _answers(responses: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for status, said in responses.items():
        content: dict[str, Any] = next(iter(said.get("content", {}).values()), {})
        yield status, said["description"], _name(content.get("schema", {}))


def _shapes() -> list[tuple[str, str, list[tuple[str, str, bool, str]]]]:
    """Every schema with its fields: name, type in words, whether it is always there, and what it means."""
    return [
        (name, schema.get("description", "").replace("`", ""), list(_fields(schema)))
        for name, schema in sorted(document()["components"]["schemas"].items())
    ]


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, bool, str]]:
    for name, field in schema.get("properties", {}).items():
        yield name, _type(field), name in schema.get("required", ()), field.get("description", "")
    if "enum" in schema:
        yield "", " · ".join(schema["enum"]), True, ""


def _type(field: dict[str, Any]) -> str:
    """A type in words."""
    if name := _name(field):
        return name
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "enum" in field or "const" in field:
        return " · ".join(str(each) for each in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format") or field.get("type", "object"))


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
