"""The wire: keys, idempotency, faults, the answer. One call at a time acts, because all share one lock."""

import base64
import json
import socket
import threading
import time
from functools import partial
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from dev.stripe import control, customers, events, hosted, intents, refunds, sessions
from dev.stripe.api import ENDPOINTS, Endpoint, Given, expanded
from dev.stripe.errors import ApiError
from dev.stripe.faults import Fault
from dev.stripe.idempotency import Answer, Ledger, fingerprint
from dev.stripe.params import nest, read
from dev.stripe.world import World

# Importing these modules registers their endpoints.
_ENDPOINT_MODULES = (customers, events, intents, refunds, sessions)
_BROKEN = ApiError(500, "An unexpected error occurred with the stand-in.", kind="api_error")
_TOO_MANY = ApiError(429, "Request rate limit exceeded.", code="rate_limit")


def create_app(world: World) -> Flask:
    """The API, the pages that a browser sees, and the controls."""
    app = Flask("dev.stripe", template_folder="pages")
    gate = Gate(world)
    for each in ENDPOINTS:
        app.add_url_rule(each.path, each.name, partial(gate.answer, each), methods=[each.method])
    app.register_error_handler(404, _no_such_url)
    hosted.register(app, world)
    control.register(app, world)
    return app


def _no_such_url(_: Exception) -> Response:
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return _response(_written(ApiError(404, message)))


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
            answer = _written(refusal)
        if fault.trouble == "drop_after":
            return _hang_up()
        return _response(answer, replayed=replayed)

    def _given(self, endpoint: Endpoint, ids: dict[str, str]) -> Given:
        tree = nest(request.values.items(multi=True))
        key = _api_key(tree.pop("key", ""))
        card: Any = None
        if key.startswith("pk_"):
            self._prove(endpoint, ids, tree.pop("client_secret", ""))
            method = tree.get("payment_method_data")
            card = method.pop("card", None) if isinstance(method, dict) else None
        given = read(endpoint.takes, tree, endpoint.hears)
        return {**given, "card": card} if card else given

    def _prove(self, endpoint: Endpoint, ids: dict[str, str], secret: str) -> None:
        if not endpoint.browser:
            raise ApiError(403, "This API call cannot be made with a publishable API key.")
        with self._world.lock:
            thing = self._world.store.get(ids["name"], "payment_intent", "intent")
        if not secret or thing["client_secret"] != secret:
            raise ApiError(400, "The client_secret provided does not match this PaymentIntent.", param="client_secret")

    def _once(
        self, endpoint: Endpoint, given: Given, ids: dict[str, str], fault: Fault
    ) -> tuple[Answer, bool]:
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        if fault.trouble == "rate_limit":
            raise _TOO_MANY
        if not key:
            return self._act(endpoint, given, ids, fault), False
        mark = fingerprint(request.path, list(request.form.items(multi=True)))
        if stored := self._ledger.begin(key, mark):
            return stored, True
        try:
            return self._act(endpoint, given, ids, fault, keep=partial(self._ledger.keep, key, mark)), False
        finally:
            self._ledger.end(key)

    def _act(
        self, endpoint: Endpoint, given: Given, ids: dict[str, str], fault: Fault, keep: Any = None
    ) -> Answer:
        world = self._world
        with world.lock:
            try:
                if fault.trouble == "error_500":
                    raise _BROKEN
                thing = endpoint.act(world, given, **ids)
                answer = Answer(200, _json(expanded(world.store, thing, given.get("expand", []))))
                if fault.trouble == "error_500_after":
                    raise _BROKEN
            except ApiError as refusal:
                answer = _written(refusal)
            if keep:
                keep(answer)
            world.store.save()
        time.sleep(fault.delay_ms / 1000)
        return answer


def _api_key(sent: str) -> str:
    header = request.headers.get("Authorization", "")
    kind, _, value = header.partition(" ")
    if kind == "Basic":
        value = base64.b64decode(value).decode("utf-8", "replace").partition(":")[0]
    key = value or sent
    if not key.startswith(("sk_test_", "rk_test_", "pk_test_")):
        raise ApiError(401, f"Invalid API Key provided: {key[:8]}****")
    return key


def _json(thing: dict[str, Any]) -> str:
    return json.dumps(thing, indent=2)


def _written(refusal: ApiError) -> Answer:
    return Answer(refusal.status, _json({"error": refusal.error}))


def _response(answer: Answer, *, replayed: bool = False) -> Response:
    response = Response(answer.body, answer.status, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _hang_up() -> Response:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the shop's own log is the one to read."""


class Server:
    """A stand-in that listens, in threads of its own. `url` says where."""

    def __init__(self, world: World, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = world
        self._server: BaseWSGIServer = make_server(
            host, port, create_app(world), threaded=True, request_handler=_Quiet
        )
        self.url = world.base_url = f"http://{host}:{self._server.port}"
        world.courier.start()

    def run(self) -> None:
        """Answer until stopped."""
        self._server.serve_forever(poll_interval=0.1)

    def start(self) -> None:
        """Answer in the background."""
        threading.Thread(target=self.run, name="payment-standin", daemon=True).start()

    def stop(self) -> None:
        """Stop answering and sending."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Let go of port and file."""
        self._server.server_close()
        self.world.close()
