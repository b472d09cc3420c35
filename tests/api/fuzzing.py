"""Schemathesis against the shop's own document: nothing fails, nothing is answered that the document does not say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import schemathesis
from flask import Flask
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from werkzeug.serving import make_server

from tests.edges.test_sockets import Silent

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
PHASES = ("examples", "coverage", "fuzzing", "stateful")
ENDS_ITSELF = "/api/auth/logout"  # whoever sends a token would have none any more


@dataclass
class Found:
    """What a run came to: failures in words, calls by phase."""

    failures: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)


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


def fuzz(url: str, token: str, phases: Sequence[str] = PHASES, *, examples: int, seconds: int, seed: int = 7) -> Found:
    """Send what the document allows, and what it forbids, as whoever holds a token (nobody, when it is empty)."""
    told = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "max-time": seconds,
            "headers": {"Authorization": f"Bearer {token}"} if token else {},
            "generation": {"max-examples": examples, "database": "none"},
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
        }
    )
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json", config=told)
    found = Found()
    for event in engine.from_schema(schema.exclude(path=ENDS_ITSELF) if token else schema).execute():
        _note(found, event)
    return found


def _note(found: Found, event: events.EngineEvent) -> None:
    if isinstance(event, events.NonFatalError):
        found.failures.append(f"{event.label}: {event.value!r}")
    if not isinstance(event, events.ScenarioFinished):
        return
    found.calls[event.phase.value] += len(event.recorder.cases)
    for name, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = event.recorder.cases[name].value
                said = f"{case.method} {case.formatted_path}: {check.failure_info.failure.title}"
                found.failures.append(f"{said}: {check.failure_info.failure.message} {case.body!r:.300}")
