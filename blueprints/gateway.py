"""The gate in front of every page and call: request ids, origins, limits, headers, one log line."""

import re
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import RedisStorage
from werkzeug.routing import IntegerConverter, Map

from app.core import db, queue
from app.core.cache import Memory
from app.core.log import belongs_to
from app.core.settings import Settings, settings
from blueprints.htmx import without_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger()

MOST_BYTES = 64 * 1024
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What the gate and the pages tell each other.
NAMED, SHARED = "hotcorner.request_id", "hotcorner.shared"
STRIPE, TILES = "hotcorner.stripe", "hotcorner.tiles"
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
ALWAYS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")]
FRAMED_NOWHERE = ("Content-Security-Policy", "frame-ancestors 'none'")  # a page says more
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
HOSTED_CHECKOUT = "https://checkout.stripe.com"
# What an answer to a browser without cookies depends on, beside the shop itself; and which of them had nothing new.
ASKED = ("PATH_INFO", "QUERY_STRING", "HTTP_IF_NONE_MATCH", "HTTP_HOST", "HTTP_HX_REQUEST", "wsgi.url_scheme")

Headers = list[tuple[str, str]]
unchanged: Memory[tuple[object, ...], Headers] = Memory(most=1_000, age=timedelta(seconds=1))

# It would load every client that is there, and the one beside the packed server weighs 2 MB in each process.
RedisStorage.DEPENDENCIES = {"redis": None}


def where_from() -> str:
    """What limits count by address: an older one as it is, of IPv6 the first half, as one house has all the rest."""
    given = get_remote_address()
    if ":" not in given:
        return given
    try:
        address = IPv6Address(given)
    except ValueError:
        return given
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


limiter = Limiter(where_from, headers_enabled=False, strategy="sliding-window-counter")


class Json(DefaultJSONProvider):
    """Flask's JSON, for which brackets in brackets without an end are no more than what cannot be read."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """What a text says. Raises ValueError."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("brackets in brackets, deeper than anybody's order") from error


class RowNumber(IntegerConverter):
    """A number in an address that can be a row's: the databases fail on larger ones, each in its own way."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=999_999_999)


def init_app(app: Flask) -> None:
    """Put the gate in front of an application; its addresses may have a `<row:...>` in them."""
    configured = app.extensions["settings"]
    app.json = Json(app)
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
    _add_limiter(app)
    app.before_request(check_origin)
    app.wsgi_app = Gate(app)  # type: ignore[method-assign]  # as Flask says
    app.add_url_rule("/healthz", "healthz", lambda: ("ok\n", {"Content-Type": "text/plain"}))
    app.add_url_rule("/readyz", "readyz", ready)


def _add_limiter(app: Flask) -> None:
    """Nothing is limited by default and each limited view checks itself: no other request need pay for it."""
    before, after, ends = app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs
    kept = [list(hooks.get(None, ())) for hooks in (before, after, ends)]
    limiter.init_app(app)
    app.extensions["counts_answers"] = after[None][len(kept[1]) :]
    for hooks, ours in zip((before, after, ends), kept, strict=True):
        hooks[None] = ours  # type: ignore[index]  # three dictionaries of different hooks


def note_miss() -> None:
    """This request tried a code that nobody gave out. One that only does not hold here and now is no guess."""
    g.missed = True


def _missed(_answer: Response) -> bool:
    return bool(g.get("missed", False))


# Who guesses codes by one door has tried at the others, too; whoever gets it right has not guessed.
tries_codes = limiter.shared_limit("10 per 10 minutes", "codes", deduct_when=_missed)


def count_answer(response: Response) -> Response:
    """After a view whose limit counts only some answers: let the limiter see this one."""
    for hook in current_app.extensions["counts_answers"]:
        response = hook(response)
    return response


class Gate:
    """Around the whole program, as plain WSGI and so nearly for nothing: who asks gets an id, the headers that every
    answer carries, and one line in the log."""

    def __init__(self, app: Flask) -> None:
        self._wsgi, self._extensions = app.wsgi_app, app.extensions
        self._process, self._count = secrets.token_hex(4), count()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on under an id, taken from a proxy in front when it is well formed."""
        given = environ.get("HTTP_X_REQUEST_ID")
        name = given if given and REQUEST_ID.fullmatch(given) else f"{self._process}{next(self._count):08x}"
        environ[NAMED] = name
        belongs_to(request_id=name)
        started = time.perf_counter()
        asked = _asked(environ)

        def begin(status: str, headers: Headers, exc_info: Any = None, /) -> Any:
            headers = [*headers, ("X-Request-Id", name), *ALWAYS, *self._by_kind(environ, headers)]
            _note(environ, int(status[:3]), round((time.perf_counter() - started) * 1000, 1))
            return start_response(status, headers, exc_info)

        if asked is None:
            return self._wsgi(environ, begin)
        if known := unchanged.recall(asked):
            begin("304 NOT MODIFIED", *known)
            return ()
        return self._wsgi(environ, _noting(asked, environ, begin))

    def _by_kind(self, environ: "WSGIEnvironment", headers: Headers) -> Headers:
        ours: Settings = self._extensions["settings"]
        given = dict(headers)
        kind = given.get("Content-Type")
        more = [HTTPS_ONLY] if ours.production else []
        if kind is None or kind.startswith("text/html"):
            if "Cache-Control" not in given:
                more.append(("Cache-Control", "private, no-cache"))
            if kind is not None:
                host = HOST.match(environ.get("HTTP_HOST", "")) if ours.sockets_port else None
                allowed = {"stripe": STRIPE in environ, "tiles": TILES in environ}
                more.append(("Content-Security-Policy", _policy(ours, host and host[0], **allowed)))
        else:
            more.append(FRAMED_NOWHERE)
        return more


def _asked(environ: "WSGIEnvironment") -> tuple[object, ...] | None:
    """What a browser that is nobody in particular asks of a page that it has; None for everybody and all else."""
    if "HTTP_IF_NONE_MATCH" not in environ or "HTTP_COOKIE" in environ or environ["REQUEST_METHOD"] != "GET":
        return None
    return tuple(environ.get(name) for name in ASKED)


def _noting(asked: tuple[object, ...], environ: "WSGIEnvironment", begin: "StartResponse") -> "StartResponse":
    def note(status: str, headers: Headers, exc_info: Any = None, /) -> Any:
        if status.startswith("304") and SHARED in environ:
            unchanged.put(asked, headers)
        return begin(status, headers, exc_info)

    return note


def _note(environ: "WSGIEnvironment", status: int, took: float) -> None:
    path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
    log.info("request", method=environ["REQUEST_METHOD"], path=without_key(path), status=status, ms=took)


def request_id() -> str:
    """The id of the present request."""
    return str(request.environ.get(NAMED, ""))


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


def from_here(origin: str) -> bool:
    """Whether an origin is that of our own pages; one that is no address is foreign."""
    try:
        sent, ours = urlsplit(origin).hostname, urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False
    return sent is not None and sent in {ours, *settings().trusted_hosts}


def share() -> None:
    """Let the gate repeat for a second that this page is unchanged, to visitors who ask the very same."""
    request.environ[SHARED] = True


def allow_stripe() -> None:
    """Let the page that is being drawn use Stripe's script, frame and hosted page."""
    request.environ[STRIPE] = True


def allow_tiles() -> None:
    """Let the page that is being drawn show the pictures of the map, from where settings say."""
    request.environ[TILES] = True


@lru_cache(100)
def _policy(ours: Settings, host: str | None, *, stripe: bool, tiles: bool) -> str:
    sockets = f" ws://{host}:{ours.sockets_port}" if host else ""
    script = frame = connect = form = picture = ""
    if tiles and ours.tile_url:
        where = urlsplit(ours.tile_url)
        picture = f" {where.scheme}://{where.netloc.replace('{s}', '*')}"
    if stripe:
        js, api = (f"{url.scheme}://{url.netloc}" for url in map(urlsplit, (ours.stripe_js_url, ours.stripe_api_base)))
        script, connect = f" {js}", f" {api}"
        frame = f" {js} https://hooks.stripe.com"
        form = f" {HOSTED_CHECKOUT} https://hooks.stripe.com {api}"
    return (
        f"default-src 'none'; script-src 'self'{script}; style-src 'self'; img-src 'self' data:{picture}; "
        f"font-src 'self'; connect-src 'self'{sockets}{connect}; frame-src 'self'{frame}; form-action 'self'{form}; "
        "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )


def ready() -> tuple[dict[str, bool], int]:
    """Whether this process can do its work: the database answers; Redis is told but not needed to take orders."""
    database = db.answers()
    return {"database": database, "redis": queue.answers()}, 200 if database else 503
