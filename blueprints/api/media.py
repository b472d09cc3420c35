"""What goes around an answer of the API: its media type and version, what of the limits is left, tags, no cookies."""

from flask import Response, request
from flask_limiter import RequestLimit
from werkzeug.exceptions import NotAcceptable

from app.core import clock
from blueprints.gateway import limiter

JSON, VERSIONED, FAMILY = "application/json", "application/vnd.hotcorner.v1+json", "application/vnd.hotcorner."
PRIVATE = "no-store"


def acceptable() -> None:
    """Refuse with 406 whoever takes only a version of the API that we do not speak."""
    wanted = [kind for kind, _ in request.accept_mimetypes]
    if wanted and all(kind.startswith(FAMILY) and kind != VERSIONED for kind in wanted):
        raise NotAcceptable


def spoken() -> str:
    """The media type of the answer: the versioned one for whoever names it."""
    return VERSIONED if VERSIONED in dict(request.accept_mimetypes) else JSON


def dressed(response: Response, kept: str) -> Response:
    """An answer with its type and how long it may be kept; one that may be has a tag, and is not sent twice."""
    if response.status_code == 204:
        del response.headers["Content-Type"]
    else:
        response.mimetype = spoken()
    response.headers["Cache-Control"] = kept or PRIVATE
    response.vary.add("Accept")
    return response


def tell_limits(response: Response) -> Response:
    """Say of the tightest limit how much is left; and with 429, how long to wait."""
    if tightest := min(limiter.current_limits, key=_left, default=None):
        wait = str(seconds_until(tightest))
        response.headers["RateLimit-Limit"] = str(tightest.limit.amount)
        response.headers["RateLimit-Remaining"] = str(_left(tightest))
        response.headers["RateLimit-Reset"] = wait
        if response.status_code == 429:
            response.headers["Retry-After"] = wait
    return response


def _left(limit: RequestLimit) -> int:
    return max(0, limit.remaining)


def seconds_until(limit: RequestLimit) -> int:
    """Seconds until a limit starts anew, at least one."""
    return max(1, limit.reset_at - int(clock.now().timestamp()))
