"""Calls that carry an `Idempotency-Key`: the same key and body get the first answer again, byte for byte."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from app.core.db import transaction
from app.core.errors import Refusal
from app.core.idempotency import claim, fingerprint, recall, remember

KEY = re.compile(r"[\x21-\x7e]{8,60}")


@dataclass(frozen=True, slots=True)
class Marked:
    """Which deed a key is for, and by whom: other people's keys never meet theirs."""

    scope: str
    by: str

    def asked(self) -> tuple[str, str, str]:
        """The deed, the key as it is kept, and what was asked under it. Raises Refusal 400 `no_key`."""
        asked = {"path": request.path, "body": request.get_json(silent=True, force=True)}
        return self.scope, f"{self.by}:{key()}", fingerprint(asked)


def once(marked: Marked, act: Callable[[], str], status: int) -> Response:
    """Do something under the request's key, in the open unit of work. Raises what `claim` raises, Refusal `no_key`."""
    scope, name, mark = marked.asked()
    earlier = claim(scope, name, mark)
    if earlier is not None:
        return _again(earlier)
    told = {"status": status, "body": act()}
    remember(scope, name, told)
    return _response(told)


def repeated(marked: Marked, act: Callable[[], str], status: int) -> Response:
    """The same for a deed that asks others and is safe to do twice: it keeps its own units of work.

    The answer is kept once there is one; a rival with the same key gets the one that was kept first.
    """
    asked = marked.asked()
    earlier = recall(*asked)
    if earlier is not None:
        return _again(earlier)
    told = {"status": status, "body": act()}
    with transaction():
        earlier = claim(*asked, told)
    return _response(told) if earlier is None else _again(earlier)


def key() -> str:
    """The request's key. Raises Refusal 400 `no_key`."""
    sent = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(sent):
        raise Refusal("no_key", "Send an Idempotency-Key of 8 to 60 characters.", status=400)
    return sent


def _again(told: dict[str, Any]) -> Response:
    response = _response(told)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _response(told: dict[str, Any]) -> Response:
    return Response(told["body"], told["status"], mimetype="application/json")
