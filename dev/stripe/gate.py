"""The steps of every API call: key, parameters, idempotency, faults, the deed, the answer.

One call at a time acts, because all of them share one lock; waiting and hanging up happen outside of it.
"""

import json
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, request

from dev.stripe.api import Endpoint, Given, expanded
from dev.stripe.errors import ApiError, refuse
from dev.stripe.faults import Fault
from dev.stripe.idempotency import Answer, Ledger, fingerprint
from dev.stripe.params import nest, read
from dev.stripe.world import API_VERSION, World


class Gate:
    """Takes every API call through the same steps."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ledger = Ledger(world)

    def answer(self, endpoint: Endpoint, **ids: str) -> Response:
        """Answer a call, or hang up on it when a fault says so."""
        fault = self._world.faults.draw(endpoint.name)
        if fault.trouble == "drop_before":
            return _hang_up()
        replayed = False
        try:
            given = self._given(endpoint, ids)
            answer, replayed = self._once(endpoint, given, ids, fault)
        except ApiError as refusal:
            answer = written(refusal)
        if fault.trouble == "drop_after":
            return _hang_up()
        return self._response(answer, replayed=replayed)

    def _given(self, endpoint: Endpoint, ids: dict[str, str]) -> Given:
        tree = nest([*request.args.items(multi=True), *request.form.items(multi=True)])
        key = _api_key(tree.pop("key", ""))
        if not key.startswith("pk_"):
            _check_version()
            return read(endpoint.takes, tree, endpoint.hears)
        self._prove(endpoint, ids, tree.pop("client_secret", ""))
        card = _typed_card(tree)
        return {**read(endpoint.takes, tree, endpoint.hears), **card}

    def _prove(self, endpoint: Endpoint, ids: dict[str, str], secret: str) -> None:
        if not endpoint.browser:
            raise ApiError(403, "This API call cannot be made with a publishable API key.")
        with self._world.lock:
            kind = "setup_intent" if endpoint.name.startswith("setup_") else "payment_intent"
            thing = self._world.store.get(ids["name"], kind, "intent")
        if not secret or thing["client_secret"] != secret:
            raise ApiError(400, f"The client_secret provided does not match this {kind}.", param="client_secret")

    def _once(self, endpoint: Endpoint, given: Given, ids: dict[str, str], fault: Fault) -> tuple[Answer, bool]:
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        if fault.trouble == "rate_limit":
            raise ApiError(429, "Request rate limit exceeded.", code="rate_limit")
        if not key:
            return self._act(endpoint, given, ids, fault, _nothing_to_keep), False
        mark = fingerprint(request.path, list(request.form.items(multi=True)))
        if stored := self._ledger.begin(key, mark):
            return stored, True
        try:
            return self._act(endpoint, given, ids, fault, partial(self._ledger.keep, key, mark)), False
        finally:
            self._ledger.end(key)

    def _act(
        self, endpoint: Endpoint, given: Given, ids: dict[str, str], fault: Fault, keep: Callable[[Answer], None]
    ) -> Answer:
        world = self._world
        with world.lock:
            try:
                answer = _BROKEN if fault.trouble == "error_500" else self._done(endpoint, given, ids)
            except ApiError as refusal:
                answer = written(refusal)
            if fault.trouble == "error_500_after":
                answer = _BROKEN
            keep(answer)
            world.store.save()
        time.sleep(fault.delay_ms / 1000)
        return answer

    def _done(self, endpoint: Endpoint, given: Given, ids: dict[str, str]) -> Answer:
        thing = endpoint.act(self._world, given, **ids)
        return Answer(200, _json(expanded(self._world.store, thing, given.get("expand", []))))

    def _response(self, answer: Answer, *, replayed: bool) -> Response:
        response = in_json(answer)
        response.headers["Request-Id"] = f"req_{self._world.store.token(14)}"
        response.headers["Access-Control-Allow-Origin"] = "*"
        if replayed:
            response.headers["Idempotent-Replayed"] = "true"
        if answer.status == 500:
            # A retry with the same key would only be given the same 500.
            response.headers["Stripe-Should-Retry"] = "false"
        return response


def written(refusal: ApiError) -> Answer:
    """A refusal as it goes over the wire."""
    return Answer(refusal.status, _json({"error": refusal.error}))


def in_json(answer: Answer) -> Response:
    """An answer as a response."""
    return Response(answer.body, answer.status, mimetype="application/json")


def _json(thing: dict[str, Any]) -> str:
    return json.dumps(thing)


_BROKEN = written(ApiError(500, "An unexpected error occurred. This is on the stand-in.", kind="api_error"))


def _api_key(sent: str) -> str:
    signed = request.authorization
    key = (signed.username or signed.token or "" if signed else "") or sent
    if not key.startswith(("sk_test_", "rk_test_", "pk_test_")):
        raise ApiError(401, f"Invalid API Key provided: {key[:8]}****")
    return key


def _check_version() -> None:
    """Whoever names no version gets ours, whoever names another one is told: their answers would look otherwise."""
    named = request.headers.get("Stripe-Version", API_VERSION)
    if named != API_VERSION:
        raise refuse(f"Invalid Stripe API version: {named}. This one speaks {API_VERSION}.")


def _typed_card(tree: Given) -> Given:
    """Take the numbers that somebody typed out of a form: only a browser sends them, so the library has no type."""
    method = tree.get("payment_method_data")
    if isinstance(method, dict) and isinstance(method.get("card"), dict):
        del tree["payment_method_data"]
        return {"card": method["card"]}
    return {}


def _hang_up() -> Response:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def _nothing_to_keep(_: Answer) -> None:
    """A call without a key is not remembered."""
