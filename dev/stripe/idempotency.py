"""Idempotency keys: the first answer to a key is given again, whatever it was.

The rules are those of docs.stripe.com/api/idempotent_requests, but keys live for ever. An answer is stored once the
call has begun to act, a 500 included. A refused parameter, a rate limit, or a second call while the first runs store
nothing.
"""

import hashlib
import json
from dataclasses import dataclass

from dev.stripe.errors import ApiError, refuse
from dev.stripe.world import World

_KIND = "idempotent_answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body as they go over the wire."""

    status: int
    body: str


def fingerprint(path: str, form: list[tuple[str, str]]) -> str:
    """What must be the same for a key to be used again."""
    return hashlib.sha256(json.dumps([path, sorted(form)]).encode()).hexdigest()


class Ledger:
    """The keys seen so far, and those whose first call still runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: set[str] = set()

    def begin(self, key: str, print_: str) -> Answer | None:
        """The stored answer, or nothing when this call is the first and may act. Raises ApiError (400, 409)."""
        if len(key) > 255:
            raise refuse("Idempotency keys can be up to 255 characters long.")
        with self._world.lock:
            if key in self._running:
                raise ApiError(409, _RUNNING, code="idempotency_key_in_use")
            if stored := self._world.store.find(_name(key), _KIND):
                if stored["fingerprint"] != print_:
                    raise ApiError(400, _MISMATCH, kind="idempotency_error")
                return Answer(stored["status"], stored["body"])
            self._running.add(key)
        return None

    def keep(self, key: str, print_: str, answer: Answer) -> None:
        """Store the first answer; the caller holds the lock and saves it with what the call did."""
        stored = {"fingerprint": print_, "status": answer.status, "body": answer.body}
        self._world.store.put(_name(key), _KIND, **stored)

    def end(self, key: str) -> None:
        """The first call is over."""
        with self._world.lock:
            self._running.discard(key)


def _name(key: str) -> str:
    return f"idempotency/{key}"


_MISMATCH = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with. "
    "Try using a key other than the one you meant to use again."
)
_RUNNING = "There is currently another in-progress request using this Idempotent Key. Please try again later."
