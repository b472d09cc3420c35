"""Schemathesis against the shop's own document: nothing fails, nothing is answered that the document does not say."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.generation.case import Case
from schemathesis.transport.wsgi import WSGI_TRANSPORT
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from tests.edges.sockets import Silent

# What an answer must be. That a call which fits the schema is taken is no promise: there may be no such product.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
)
PLAIN = {"Accept-Encoding": "identity"}  # in process nobody unpacks
OF_SOCKETS = frozenset({"max_redirects", "verify", "cert", "proxies"})
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# Whoever sends a token would have none any more.
ENDS_ITSELF = ["logout", "changePassword", "signOutEverywhere", "eraseMe"]


@dataclass
class Found:
    """What a run came to: failures in words, calls by phase, and which operations were called at all."""

    failures: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)


@contextmanager
def open_to_all(shop: Flask) -> Iterator[str]:
    """The shop on a port of this machine; gives its address."""
    server = make_server("127.0.0.1", 0, shop, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def in_process() -> Iterator[None]:
    """Settings of sockets mean nothing to a call without one; the library's check of tokens sends them all the same."""
    send = WSGI_TRANSPORT.send

    def without_sockets(case: Case, **given: Any) -> Response:
        return send(case, **{name: value for name, value in given.items() if name not in OF_SOCKETS})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGI_TRANSPORT, "send", without_sockets)
        yield


def fuzz(shop: Flask, token: str, phase: str, *, examples: int, seconds: int, seed: int = 7) -> Found:
    """Send in one phase what the document allows and forbids, as whoever holds a token (nobody, when it is empty).

    Calls reach the program without a socket, and its log is kept from the screen: both took half of the time.
    """
    told = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "max-time": seconds,
            "headers": {**PLAIN, "Authorization": f"Bearer {token}"} if token else PLAIN,
            "generation": {"max-examples": examples, "database": "none"},
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "phases": {name: {"enabled": name == phase} for name in PHASES},
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", shop, config=told)
    found = Found()
    with in_process(), capture_logs():
        for event in engine.from_schema(schema.exclude(operation_id=ENDS_ITSELF) if token else schema).execute():
            _note(found, event)
    return found


def _note(found: Found, event: events.EngineEvent) -> None:
    if isinstance(event, events.NonFatalError):
        found.failures.append(f"{event.label}: {event.value!r}")
    if not isinstance(event, events.ScenarioFinished):
        return
    found.calls[event.phase.value] += len(event.recorder.cases)
    found.operations |= {case.value.operation.label for case in event.recorder.cases.values()}
    for name, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = event.recorder.cases[name].value
                said = f"{case.method} {case.formatted_path}: {check.failure_info.failure.title}"
                found.failures.append(f"{said}: {check.failure_info.failure.message} {case.body!r:.300}")
