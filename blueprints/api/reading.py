"""How what was sent is read: JSON and questions in addresses, by their schemas; all faults are told at once."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from flask import abort, request
from pydantic import BaseModel, ValidationError

from app.core.errors import Refusal
from blueprints.api.media import FAMILY, JSON, VERSIONED

Model = TypeVar("Model", bound=BaseModel)
MOST_FAULTS = 20
# The faults that people make, in words for people; pydantic's own are for programmers.
WORDS = {
    "missing": "This is needed.",
    "extra_forbidden": "We do not know this field.",
    "string_type": "This must be text.",
    "string_too_long": "This is too long.",
    "string_too_short": "This is too short.",
    "string_pattern_mismatch": "This is not written as we read it.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "list_type": "This must be a list.",
    "enum": "We do not know this word.",
    "literal_error": "We do not know this word.",
}


def body(model: type[Model]) -> Model:
    """What the body says. 415 for anything but JSON, 400 for what is none, Refusal `invalid` off its schema."""
    if not request.mimetype.startswith(FAMILY) and request.mimetype != JSON:
        abort(415)
    if request.mimetype not in {JSON, VERSIONED}:
        abort(415)
    return _read(model, request.get_json(force=True), "body")


def query(model: type[Model]) -> Model:
    """What the address asks behind its question mark. Raises Refusal `invalid`."""
    return _read(model, {name: request.args[name] for name in request.args}, "query")


def _read(model: type[Model], said: Any, whole: str) -> Model:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise invalid(_fault(each, whole) for each in error.errors(include_url=False, include_input=False)) from None


def _fault(error: Mapping[str, Any], whole: str) -> dict[str, str]:
    kind = str(error["type"])
    said = WORDS.get(kind) or str(error["msg"]).removeprefix("Value error, ")
    path = ".".join(str(part) for part in error["loc"])[:120]
    return {"field": path or whole, "code": kind, "message": said}


def invalid(faults: Iterable[dict[str, str]]) -> Refusal:
    """The refusal that names every fault, twenty at most."""
    found = list(faults)[:MOST_FAULTS]
    return Refusal("invalid", found[0]["message"], field=found[0]["field"], extra={"errors": found})
