"""Runs the stand-in: `python -m dev.stripe --port 4242 --webhook URL --webhook-secret S`."""

import argparse
import ipaddress
import json
import signal
import sys
from pathlib import Path
from types import FrameType

from dev.stripe import cards
from dev.stripe.faults import Faults
from dev.stripe.store import Object
from dev.stripe.world import Settings, World


def main() -> int:
    """Listen on loopback until told to stop. Prints one line when ready."""
    asked = _arguments()
    sys.modules["requests"] = None  # type: ignore[assignment]  # as if it were not there: Stripe's library only loads it
    from dev.stripe.server import Server  # noqa: PLC0415 - which loads that library

    settings = Settings(asked.webhook, asked.webhook_secret, asked.state, asked.seed, asked.faults, asked.wallets)
    try:
        server = Server(World(settings), asked.host, asked.port)
    except OSError as taken:
        sys.stderr.write(f"The payment stand-in cannot listen on port {asked.port}: {taken.strerror}.\n")
        return 1
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    sys.stdout.write(f"Payment stand-in ready on {server.url}\n")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        server.close()
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.stripe", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 takes a free one")
    parser.add_argument("--host", type=_loopback, default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument("--webhook", default="", metavar="URL", help="where to send events; none: they are only kept")
    parser.add_argument("--webhook-secret", default="", metavar="SECRET", help="what to sign them with")
    parser.add_argument("--faults", type=_faults, default={}, metavar="FILE_OR_JSON", help="see dev/stripe/faults.py")
    parser.add_argument("--state", type=Path, metavar="FILE", help="SQLite file to keep everything in")
    parser.add_argument("--seed", type=int, help="makes ids and faults come out the same each time")
    parser.add_argument(
        "--wallets", type=_wallets, default=(), metavar="NAMES", help=f"any of {','.join(cards.WALLETS)}"
    )
    return parser.parse_args()


def _loopback(host: str) -> str:
    if not ipaddress.ip_address(host).is_loopback:
        raise argparse.ArgumentTypeError(f"{host} is not a loopback address")
    return host


def _wallets(given: str) -> tuple[str, ...]:
    names = tuple(filter(None, given.split(",")))
    if not set(names) <= cards.WALLETS.keys():
        raise argparse.ArgumentTypeError(f"wallets are {', '.join(cards.WALLETS)}")
    return names


def _faults(given: str) -> Object:
    try:
        text = given if given.lstrip().startswith("{") else Path(given).read_text(encoding="utf-8")
        faults: Object = json.loads(text)
        Faults().configure(faults)
    except (OSError, ValueError, TypeError, AttributeError) as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong
    return faults


if __name__ == "__main__":
    sys.exit(main())
