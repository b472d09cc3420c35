"""Verbs of the shop that have no page yet, in a process of their own: a JSON line a deed, and one for its outcome."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from app.core.db import db, transaction
from app.core.errors import Refusal
from app.orders import service as orders
from app.payments import service as payments
from app.payments.service import Bearer, Giving, Reason
from wsgi import create_app


def reject(order_id: int) -> None:
    """The store cannot make it."""
    orders.reject(order_id, by="storm", reason="Out of dough")


def refund(order_id: int, cents: int, key: str) -> None:
    """Give a part back."""
    giving = Giving(cents, key, Reason.COLD, by="storm", bearer=Bearer.STORE)
    payments.refund(payments.state(order_id).id, giving)


DEEDS = {"reject": reject, "refund": refund}


class Hands:
    """Whoever does deeds, seen from the storm. One deed is done at a time."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self._busy = Lock()
        command = [sys.executable, "-m", "tests.chaos.deeds"]
        pipe = subprocess.PIPE
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                command, env={**environ, "FAILPOINTS": ""}, stdin=pipe, stdout=pipe, stderr=sink, text=True
            )

    def do(self, deed: str, **facts: Any) -> str:
        """Do something; gives `done`, or the code of the refusal."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._busy:
            stdin.write(json.dumps({"deed": deed, **facts}) + "\n")
            stdin.flush()
            return stdout.readline().strip()

    def close(self) -> None:
        """Send them home."""
        self._process.kill()
        self._process.communicate()


def _act(deed: str, facts: dict[str, Any]) -> str:
    try:
        with transaction():
            DEEDS[deed](**facts)
    except Refusal as refusal:
        return refusal.code
    except Exception as error:
        return type(error).__name__
    finally:
        db.session.remove()
    return "done"


def main() -> None:
    with create_app("jobs").app_context():
        for line in sys.stdin:
            facts = json.loads(line)
            sys.stdout.write(_act(facts.pop("deed"), facts) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
