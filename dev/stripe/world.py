"""Everything that one running stand-in owns, passed to whoever acts in it."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from dev.stripe.faults import Faults
from dev.stripe.store import Object, Store, public
from dev.stripe.webhooks import Courier

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a stand-in is started. `webhook` empty: events are kept, none is sent. `wallets` are what the account has."""

    webhook: str = ""
    webhook_secret: str = ""
    state: Path | None = None
    seed: int | None = None
    faults: Object = field(default_factory=dict)
    wallets: tuple[str, ...] = ()


class World:
    """Store, faults and courier under one lock: whoever reads or changes objects holds `lock`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.lock = threading.RLock()
        self.store = Store(settings.state, settings.seed)
        self.faults = Faults(settings.seed)
        self.faults.configure(settings.faults)
        self.courier = Courier(self.store, self.lock, self.faults, settings.webhook, settings.webhook_secret)
        self.base_url = ""
        self.wallets = settings.wallets

    def emit(self, kind: str, thing: Object) -> None:
        """Record an event with a snapshot of the object, and send it once the lock is let go."""
        event = self.store.new(
            "evt",
            "event",
            api_version=API_VERSION,
            data={"object": public(thing)},
            pending_webhooks=1 if self.courier.sends else 0,
            request={"id": None, "idempotency_key": None},
            type=kind,
        )
        self.courier.take(event["id"])

    def clear(self) -> None:
        """Forget all objects, faults and deliveries. Waits for webhooks on their way, so do not hold the lock."""
        self.courier.clear()
        with self.lock:
            self.store.clear()
            self.faults.configure({})
            self.wallets = self._settings.wallets

    def close(self) -> None:
        """Stop sending and let go of the state file."""
        self.courier.stop()
        with self.lock:
            self.store.close()
