"""The contract of the API: each endpoint says once who may ask, what it is told and what it answers. By these words
it is guarded, read, limited, checked, repeated and described (docs/decisions/0051).
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flask import Blueprint, Response, request
from pydantic import BaseModel

from blueprints import keyed
from blueprints.api import callers, media, reading
from blueprints.api.callers import Guard
from blueprints.assets import Packed
from blueprints.gateway import limiter
from blueprints.htmx import own_transactions

View = Callable[..., Any]
Key = Literal["needed", "taken"]
FOR_ALL = "300/minute"
SLOT = re.compile(r"<(?:(\w+):)?(\w+)>")
API = "/api"

all_together = limiter.shared_limit(FOR_ALL, "api", key_func=callers.known_as)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `refuses` are the statuses of its own rules, beside those that the gate answers with;
    `key` says whether it asks for, or takes, an Idempotency-Key. `private` answers are kept by nobody on the way.
    """

    method: str
    rule: str
    view: View
    answer: type[BaseModel] | None
    status: int
    guard: Guard
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    key: Key | None = None
    refuses: tuple[int, ...] = ()
    limits: tuple[Callable[[View], View], ...] = ()
    alone: bool = False
    kept: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its path as the document writes it."""
        return SLOT.sub(lambda slot: f"{{{camel(slot[2])}}}", self.rule)

    @property
    def slots(self) -> tuple[tuple[str, bool], ...]:
        """The variable parts of its path, and whether each is the number of a row."""
        return tuple((camel(name), kind == "row") for kind, name in SLOT.findall(self.rule))


ENDPOINTS: list[Endpoint] = []


class Api:
    """A blueprint of endpoints."""

    def __init__(self, name: str, prefix: str) -> None:
        self.blueprint = Blueprint(f"{name}_api", __name__, url_prefix=prefix)
        self._prefix = prefix
        self.blueprint.after_request(media.tell_limits)

    def get(self, rule: str, answer: type[BaseModel], **said: Any) -> Callable[[View], View]:
        """Something that is read."""
        return self._endpoint("GET", rule, answer, **said)

    def post(self, rule: str, answer: type[BaseModel] | None, **said: Any) -> Callable[[View], View]:
        """Something that is made or done."""
        return self._endpoint("POST", rule, answer, **said)

    def put(self, rule: str, answer: type[BaseModel] | None, **said: Any) -> Callable[[View], View]:
        """Something that is set."""
        return self._endpoint("PUT", rule, answer, **said)

    def patch(self, rule: str, answer: type[BaseModel], **said: Any) -> Callable[[View], View]:
        """Something that is changed in part."""
        return self._endpoint("PATCH", rule, answer, **said)

    def delete(self, rule: str, answer: type[BaseModel] | None, **said: Any) -> Callable[[View], View]:
        """Something that is taken away."""
        return self._endpoint("DELETE", rule, answer, **said)

    def _endpoint(
        self, method: str, rule: str, answer: type[BaseModel] | None, guard: Guard = Guard.OPEN, **said: Any
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            status = said.pop("status", 200 if answer else 204)
            made = Endpoint(method, f"{self._prefix}{rule}", view, answer, status, guard, **said)
            ENDPOINTS.append(made)
            self.blueprint.add_url_rule(rule, view.__name__, _guarded(made), methods=[method])
            return view

        return declare


def _guarded(endpoint: Endpoint) -> View:
    """The view behind its gate. What costs least is asked first."""
    wants_caller = "caller" in inspect.signature(endpoint.view).parameters

    def answer(**given: Any) -> Response:
        media.acceptable()
        if wants_caller:
            given["caller"] = callers.caller(endpoint.guard)
        elif endpoint.guard is Guard.OPEN:
            callers.nobody_in_particular()
        else:
            callers.caller(endpoint.guard)
        if endpoint.body is not None:
            given["body"] = reading.body(endpoint.body)
        if endpoint.query is not None:
            given["query"] = reading.query(endpoint.query)
        return media.dressed(_answered(endpoint, given), endpoint.kept)

    answer.__name__, answer.__doc__ = endpoint.view.__name__, endpoint.view.__doc__
    guarded: View = all_together(answer)
    for limit in endpoint.limits:
        guarded = limit(guarded)
    return own_transactions(guarded) if endpoint.alone else guarded


def _answered(endpoint: Endpoint, given: dict[str, Any]) -> Response:
    if endpoint.key is None:
        said = endpoint.view(**given)
        if isinstance(said, Packed):
            return said.answer()
        return Response(written(endpoint, said), endpoint.status, mimetype=media.JSON)
    scope = f"api.{endpoint.view.__name__}"

    def act() -> str:
        return written(endpoint, endpoint.view(**given))

    if endpoint.key == "needed" or "Idempotency-Key" in request.headers:
        by = keyed.Marked(scope, callers.marked_as())
        return (keyed.repeated if endpoint.alone else keyed.once)(by, act, endpoint.status)
    return Response(act(), endpoint.status, mimetype=media.JSON)


def written(endpoint: Endpoint, said: Any) -> str:
    """An answer as JSON, after it was checked against what the endpoint promises."""
    if endpoint.answer is None or isinstance(said, str):
        return said if isinstance(said, str) else ""
    shape = said if isinstance(said, endpoint.answer) else endpoint.answer.model_validate(said)
    return shape.model_dump_json(by_alias=True)


def camel(name: str) -> str:
    """`order_id` as the API writes it: `orderId`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
