"""Calls that carry an `Idempotency-Key`: the same key and body get the first answer again, byte for byte."""

import re
from collections.abc import Callable
from typing import Any

from flask import Response, abort, json, request

from app.core.db import transaction
from app.core.errors import Refusal
from app.core.idempotency import claim, fingerprint, recall, remember

KEY = re.compile(r"[\x21-\x7e]{8,60}")


def body() -> Any:
    """The JSON of a request; anything that is none is refused with 400 or 415."""
    try:
        return request.get_json()
    except RecursionError:  # brackets in brackets, deeper than anybody's order
        abort(400)


def once(scope: str, act: Callable[[], dict[str, Any]], status: int) -> Response:
    """Do something under the request's key, in the open unit of work. Raises what `claim` raises, Refusal `no_key`."""
    name, mark = _marked(scope)
    earlier = claim(scope, name, mark)
    if earlier is not None:
        return _again(earlier)
    told = _written(act(), status)
    remember(scope, name, told)
    return _response(told)


def repeated(scope: str, act: Callable[[], dict[str, Any]], status: int) -> Response:
    """The same for a deed that asks others and is safe to do twice: it keeps its own units of work.

    The answer is kept once there is one; a rival with the same key gets the one that was kept first.
    """
    name, mark = _marked(scope)
    with transaction():
        earlier = recall(scope, name, mark)
    if earlier is not None:
        return _again(earlier)
    told = _written(act(), status)
    with transaction():
        earlier = claim(scope, name, mark)
        if earlier is None:
            remember(scope, name, told)
    return _response(told) if earlier is None else _again(earlier)


def key() -> str:
    """The request's key. Raises Refusal 400 `no_key`."""
    sent = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(sent):
        raise Refusal("no_key", "Send an Idempotency-Key of 8 to 60 characters.", status=400)
    return sent


def _marked(scope: str) -> tuple[str, str]:
    by = request.headers.get("Authorization", "")
    return key(), fingerprint({"scope": scope, "body": body(), "by": by})


def _written(answer: dict[str, Any], status: int) -> dict[str, Any]:
    return {"status": status, "body": json.dumps(answer)}


def _again(told: dict[str, Any]) -> Response:
    response = _response(told)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _response(told: dict[str, Any]) -> Response:
    return Response(told["body"], told["status"], mimetype="application/json")
