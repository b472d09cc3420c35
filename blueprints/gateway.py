"""The gate in front of every page and call: request ids, origins, limits, headers, one log line."""

import re
import secrets
import time
from functools import lru_cache
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import SecurityError
from werkzeug.routing import IntegerConverter, Map

from app.core import db, queue
from app.core.settings import Settings, settings
from blueprints.htmx import without_key

log = structlog.get_logger()

MOST_BYTES = 64 * 1024
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HOSTED_CHECKOUT = "https://checkout.stripe.com"

limiter = Limiter(get_remote_address, headers_enabled=False, strategy="sliding-window-counter")


class RowNumber(IntegerConverter):
    """A number in an address that can be a row's: the databases fail on larger ones, each in its own way."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=999_999_999)


def init_app(app: Flask) -> None:
    """Put the gate in front of an application; its addresses may have a `<row:...>` in them."""
    configured = app.extensions["settings"]
    app.url_map.converters["row"] = RowNumber
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=200,
        RATELIMIT_ENABLED=configured.rate_limits,
        RATELIMIT_STORAGE_URI=configured.redis_url,
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_KEY_PREFIX="limits",
    )
    limiter.init_app(app)
    if limiter.enabled:
        # Nothing is limited by default and each limited view checks itself, so no other request need be looked at.
        app.before_request_funcs[None].remove(limiter._check_request_limit)
    app.before_request(name_the_request)
    app.before_request(check_origin)
    app.after_request(finish)
    app.add_url_rule("/healthz", "healthz", lambda: ("ok\n", {"Content-Type": "text/plain"}))
    app.add_url_rule("/readyz", "readyz", ready)


def name_the_request() -> None:
    """Give the request an id, taken from a proxy in front when it is well formed."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def check_origin() -> None:
    """Let only our own pages send forms (docs/decisions/0003): by Sec-Fetch-Site, else by Origin.

    The API takes no cookies, so nobody can borrow them there.
    """
    if request.method not in UNSAFE or request.path.startswith("/api/"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        origin = request.headers.get("Origin", "")
        site = "same-origin" if origin.partition("://")[2] == request.host else "cross-site"
    if site not in {"same-origin", "none"}:
        abort(403, "This form did not come from our own pages. Please open the page again and retry.")


def allow_stripe() -> None:
    """Let the page that is being drawn use Stripe's script, frame and hosted page."""
    g.stripe = True


@lru_cache(100)
def _policy(ours: Settings, host: str, *, stripe: bool) -> str:
    sockets = f" ws://{host.split(':', maxsplit=1)[0]}:{ours.sockets_port}" if ours.sockets_port else ""
    script = frame = connect = form = ""
    if stripe:
        js, api = (f"{url.scheme}://{url.netloc}" for url in map(urlsplit, (ours.stripe_js_url, ours.stripe_api_base)))
        script, connect = f" {js}", f" {api}"
        frame = f" {js} https://hooks.stripe.com"
        form = f" {HOSTED_CHECKOUT} {api}"
    return (
        f"default-src 'none'; script-src 'self'{script}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'{sockets}{connect}; frame-src 'self'{frame}; form-action 'self'{form}; "
        "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )


def _host() -> str:
    """The host that was asked for; none when it is forged, as the answer to that has to be finished, too."""
    try:
        return request.host
    except SecurityError:
        return ""


def finish(response: Response) -> Response:
    """Add what every answer carries, and write the request's one log line."""
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = _policy(settings(), _host(), stripe="stripe" in g)
        headers.setdefault("Cache-Control", "private, no-cache")
    if settings().production:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    took = round((time.perf_counter() - g.started) * 1000, 1) if "started" in g else None
    log.info("request", method=request.method, path=without_key(request.path), status=response.status_code, ms=took)
    return response


def ready() -> tuple[dict[str, bool], int]:
    """Whether this process can do its work: the database answers; Redis is told but not needed to take orders."""
    database = db.answers()
    return {"database": database, "redis": queue.answers()}, 200 if database else 503
