"""Problem JSON (RFC 9457): how the API says no. The same members, whatever said it."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.exc import DBAPIError

from app.core.errors import Refusal
from blueprints.gateway import request_id

# PostgreSQL waited too long for a lock or a statement, or gave a deadlock up; nothing was done, and once more may do.
BUSY = frozenset({"55P03", "57014", "40001", "40P01"})
LOCKED = "database is locked"
AGAIN_SECONDS = "1"


def of_refusal(refusal: Refusal, title: str) -> Response:
    """A rule said no: its own words, every field that it is about, and what it lets the answer show besides."""
    fault = {"field": refusal.field, "code": refusal.code, "message": refusal.message}
    faults = refusal.extra.get("errors") or ([fault] if refusal.field else None)
    shown = refusal.extra.get("shown") or {}
    more = {"action": refusal.action, "errors": faults}
    return problem(refusal.status, title, refusal.message, code=refusal.code, **more, **dict(shown))  # type: ignore[call-overload]  # members by name


def problem(status: int, title: str, detail: str, *, code: str, **more: Any) -> Response:
    """A problem as it is sent; members without a value are left out."""
    said: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    said |= {"requestId": request_id(), **{name: value for name, value in more.items() if value}}
    response = jsonify(said)
    response.status_code, response.mimetype = status, "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    if status == 503 or code == "still_running":
        response.headers["Retry-After"] = AGAIN_SECONDS
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def is_busy(error: Exception) -> bool:
    """Whether the database only had too much to do, or is away for a moment."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in BUSY or LOCKED in str(error.orig)


def busy(title: str, detail: str) -> Response:
    """Come again in a moment: to a call with a key, the first one still runs."""
    if "Idempotency-Key" in request.headers:
        return problem(409, title, "The first call with this key still runs. One moment.", code="still_running")
    return problem(503, title, detail, code="busy", action="retry")
