"""Problem JSON (RFC 9457): how the API says no. The same members, whatever said it."""

from typing import Any

from flask import Response, jsonify

from app.core.errors import Refusal
from blueprints.gateway import request_id

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
