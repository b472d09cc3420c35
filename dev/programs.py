"""The programs of the shop on this machine: their command lines, and the settings they get."""

import sys
from collections.abc import Mapping
from pathlib import Path

from dev import keys
from dev.place import Place


def settings(spot: Place, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every program: ours for one machine, and on top of it whatever the caller has `given`.

    Whoever gives a STRIPE_SECRET_KEY of their own speaks to Stripe itself and not to the stand-in.
    """
    stripe = f"http://127.0.0.1:{spot.stripe_port}"
    ours = {
        **keys.load(spot.folder / "secrets.json"),
        "HOTCORNER_ENV": "development",
        "BASE_URL": spot.url,
        "DATABASE_URL": spot.database_url,
        "REDIS_URL": f"redis://127.0.0.1:{spot.redis_port}/0",
        "MAIL_URL": f"folder:{spot.mail}",
        "MALLOC_ARENA_MAX": "1",  # threads share one heap, as only one of them runs Python anyway
        "PYTHONNODEBUGRANGES": "1",  # 4 MB over all; a traceback still names file, line and function
        "PYTHONUNBUFFERED": "1",
    }
    if "STRIPE_SECRET_KEY" not in given:
        ours |= {"STRIPE_API_BASE": stripe, "STRIPE_JS_URL": f"{stripe}/endive/stripe.js"}
    return {**ours, **given, "SOCKETS_PORT": str(spot.sockets_port)}


def gunicorn(host: str, port: int, factory: str, *, threads: int, module: str = "wsgi") -> list[str | Path]:
    """One process of threads. It is not preloaded: a single worker would share its memory with nobody."""
    return [*_gunicorn(host, port, f"{module}:{factory}"), "--worker-class", "gthread", "--threads", str(threads)]


def sockets(host: str, port: int, *, module: str = "wsgi") -> list[str | Path]:
    """The process that holds sockets: thousands on one thread (docs/decisions/0062). It says itself when it is full."""
    command = _gunicorn(host, port, f"{module}:create_app('sockets')")
    return [*command, "--worker-class", "gevent", "--worker-connections", "12000", "--backlog", "4096"]


def _gunicorn(host: str, port: int, app: str) -> list[str | Path]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", app, "--bind", address, "--no-control-socket", "--workers", "1"),
        *("--graceful-timeout", "5", "--log-level", "warning"),
    ]


def job_process(role: str) -> list[str | Path]:
    """The `worker` that runs jobs, or the `clock` that rings them."""
    return [sys.executable, "worker.py", role]


def flask(*words: str | Path) -> list[str | Path]:
    """A command of the shop's own."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def stand_in_bare(port: int) -> list[str | Path]:
    """The Stripe stand-in alone: it tells nobody what happened, and forgets it when it ends."""
    return [sys.executable, "-m", "dev.stripe", "--port", str(port)]


def stand_in(spot: Place, webhook_secret: str) -> list[str | Path]:
    """The Stripe stand-in, which tells the shop what happened as Stripe does."""
    return [
        *stand_in_bare(spot.stripe_port),
        *("--webhook", f"{spot.url}/api/payments/webhook", "--webhook-secret", webhook_secret),
        *("--state", spot.folder / "stripe.db"),
        *("--wallets", "google_pay"),
    ]
