"""Trouble on demand: dropped calls, errors after the deed, slow answers, webhooks that misbehave.

    {"endpoints": {"payment_intents.capture": {"drop_after": 0.2, "delay_ms": 50, "next": ["error_500_after", "ok"]},
                   "*": {"drop_before": 0.01}},
     "webhooks": {"off": false, "delay_ms": 500, "duplicate": 0.5, "reorder": true, "forge": true}}

A trouble is `true`, `false` or a chance between 0 and 1; `next` is used up one call at a time, before any chance.
"""

import random
import threading
from dataclasses import dataclass
from typing import Any

TROUBLES = ("drop_before", "drop_after", "error_500", "error_500_after", "rate_limit")
_WEBHOOK_CHANCES = ("off", "duplicate", "reorder", "forge")
Chances = dict[str, float]


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one call: a trouble or none, and milliseconds between the deed and its answer."""

    trouble: str = ""
    delay_ms: int = 0


@dataclass(slots=True)
class _Rule:
    chances: Chances
    delay_ms: int
    following: list[Fault]


@dataclass(frozen=True, slots=True)
class WebhookFaults:
    """How webhooks misbehave: chances from 0 to 1, and a delay in milliseconds."""

    chances: Chances
    delay_ms: int = 0


class Faults:
    """The faults in force. With a seed the same calls meet the same trouble."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._rules: dict[str, _Rule] = {}
        self._webhooks = WebhookFaults({})
        self.given: dict[str, Any] = {}

    def configure(self, given: dict[str, Any]) -> None:
        """Put these faults in force and end all others. Raises ValueError on a word that is not known."""
        _only(given, "endpoints", "webhooks")
        rules = {name: _rule(rule) for name, rule in given.get("endpoints", {}).items()}
        webhooks = dict(given.get("webhooks", {}))
        delay_ms = int(webhooks.pop("delay_ms", 0))
        chances = _chances(webhooks, _WEBHOOK_CHANCES)
        with self._lock:
            self._rules, self._webhooks, self.given = rules, WebhookFaults(chances, delay_ms), given

    def draw(self, endpoint: str) -> Fault:
        """The fault that this call meets. A rule for the endpoint itself goes before the one for `*`."""
        with self._lock:
            rule = self._rules.get(endpoint) or self._rules.get("*")
            if rule is None:
                return Fault()
            if rule.following:
                return rule.following.pop(0)
            hit = next((name for name, chance in rule.chances.items() if self._random.random() < chance), "")
            return Fault(hit, rule.delay_ms)

    def webhook(self, trouble: str) -> bool:
        """Whether this delivery meets the given trouble."""
        with self._lock:
            return self._random.random() < self._webhooks.chances.get(trouble, 0)

    def webhook_delay(self) -> float:
        """Seconds to hold a delivery back. Reordered ones are spread over a second so that they overtake each other."""
        delay = self._webhooks.delay_ms / 1000
        if self.webhook("reorder"):
            with self._lock:
                return delay + self._random.random()
        return delay


def _only(given: dict[str, Any], *known: str) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"faults: {unknown[0]!r} is not one of {', '.join(known)}")


def _chances(given: dict[str, Any], known: tuple[str, ...]) -> Chances:
    _only(given, *known)
    return {name: float(chance) for name, chance in given.items()}


def _rule(given: dict[str, Any]) -> _Rule:
    rest = dict(given)
    following = [_one_shot(item) for item in rest.pop("next", [])]
    delay_ms = int(rest.pop("delay_ms", 0))
    return _Rule(_chances(rest, TROUBLES), delay_ms, following)


def _one_shot(item: str | dict[str, Any]) -> Fault:
    if isinstance(item, dict):
        _only(item, "trouble", "delay_ms")
        return Fault(_one_shot(item.get("trouble", "ok")).trouble, int(item.get("delay_ms", 0)))
    if item not in (*TROUBLES, "ok"):
        raise ValueError(f"faults: {item!r} is not one of {', '.join(TROUBLES)}, ok")
    return Fault("" if item == "ok" else item)
