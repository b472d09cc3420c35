"""Sends events to the shop: signed, from background threads, tried again with growing pauses."""

import hashlib
import heapq
import hmac
import http.client
import json
import threading
import time
from collections import deque
from typing import NamedTuple
from urllib.parse import urlsplit

from dev.stripe.faults import Faults
from dev.stripe.store import Object, Store, public

_PAUSES = (0.2, 0.5, 1, 2, 5, 10, 30, 60)
_THREADS = 3
_TIMEOUT = 10


class _Parcel(NamedTuple):
    due: float
    event: str
    attempt: int
    forged: bool


def signature(body: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 over time, a dot and the body (docs.stripe.com/webhooks)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Courier:
    """A queue by due time and a few threads that post from it. Sends nothing when there is no URL."""

    def __init__(self, store: Store, lock: threading.RLock, faults: Faults, url: str, secret: str) -> None:
        self._store, self._lock, self._faults = store, lock, faults
        self._url, self._secret = url, secret
        self._parcels: list[_Parcel] = []
        self._bell = threading.Condition()
        self._on_the_way = 0
        self._stopped = False
        self.deliveries: deque[Object] = deque(maxlen=2000)

    @property
    def sends(self) -> bool:
        """Whether there is anybody to send to."""
        return bool(self._url)

    def start(self) -> None:
        """Start the threads, and take up what an earlier run could not deliver."""
        if not self.sends:
            return
        with self._lock:
            undelivered = [event["id"] for event in self._store.every("event") if event["pending_webhooks"]]
        for event in reversed(undelivered):
            self.take(event)
        for number in range(_THREADS):
            threading.Thread(target=self._work, name=f"webhooks-{number}", daemon=True).start()

    def stop(self) -> None:
        """Send nothing more."""
        with self._bell:
            self._stopped = True
            self._bell.notify_all()

    def take(self, event: str) -> None:
        """Send an event as soon as the faults in force allow."""
        if not self.sends or self._faults.webhook("off"):
            return
        if self._faults.webhook("forge"):
            self._queue(_Parcel(time.monotonic(), event, 0, forged=True))
        for _ in range(2 if self._faults.webhook("duplicate") else 1):
            self._queue(_Parcel(time.monotonic() + self._faults.webhook_delay(), event, 0, forged=False))

    def resend(self, event: str) -> None:
        """Send an event now, whatever the faults in force."""
        self._queue(_Parcel(time.monotonic(), event, 0, forged=False))

    def clear(self) -> None:
        """Drop what waits, let what is on its way arrive, and forget what went out."""
        with self._bell:
            self._parcels.clear()
            self._bell.wait_for(lambda: not self._on_the_way, _TIMEOUT)
            self._parcels.clear()
            self.deliveries.clear()

    def _queue(self, parcel: _Parcel) -> None:
        with self._bell:
            heapq.heappush(self._parcels, parcel)
            self._bell.notify()

    def _work(self) -> None:
        while parcel := self._next():
            self._deliver(parcel)
            with self._bell:
                self._on_the_way -= 1
                self._bell.notify_all()

    def _next(self) -> _Parcel | None:
        with self._bell:
            while not self._stopped:
                wait = self._parcels[0].due - time.monotonic() if self._parcels else None
                if wait is not None and wait <= 0:
                    self._on_the_way += 1
                    return heapq.heappop(self._parcels)
                self._bell.wait(wait)
            return None

    def _deliver(self, parcel: _Parcel) -> None:
        # The lock is held by the call that made the event until all of it is saved: nothing leaves before that.
        with self._lock:
            event = self._store.find(parcel.event, "event")
            if event is None:
                return
            body = json.dumps(public(event)).encode()
        status = self._send(body, "whsec_forged" if parcel.forged else self._secret)
        self.deliveries.append({**parcel._asdict(), "type": event["type"], "status": status})
        if parcel.forged:
            return
        if 200 <= status < 300:
            self._delivered(event)
        elif parcel.attempt < len(_PAUSES):
            due = time.monotonic() + _PAUSES[parcel.attempt]
            self._queue(parcel._replace(due=due, attempt=parcel.attempt + 1))

    def _delivered(self, event: Object) -> None:
        with self._lock:
            if not self._stopped and self._store.find(event["id"], "event"):
                self._store.touch(event, pending_webhooks=0)
                self._store.save()

    def _send(self, body: bytes, secret: str) -> int:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (payment stand-in)",
        }
        address = urlsplit(self._url)
        path = f"{address.path or '/'}?{address.query}".removesuffix("?")
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_TIMEOUT)
        try:
            line.request("POST", path, body, headers)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()
