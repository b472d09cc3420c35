"""Which other sites' scripts may call the API (CORS): those of the setting, and none by default. No cookie travels."""

from flask import Flask, Response, request

from app.core.settings import settings

API = "/api/"
SENT = "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id"
SHOWN = "ETag, Idempotent-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"
METHODS = "GET, POST, PUT, PATCH, DELETE"
REMEMBERED_SECONDS = "600"


def init_app(app: Flask) -> None:
    """Answer the questions that browsers ask before they let another site's script call."""
    app.after_request(_allow)


def _allow(response: Response) -> Response:
    if not request.path.startswith(API) or not settings().api_origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin not in settings().api_origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = SHOWN
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = SENT
        response.headers["Access-Control-Max-Age"] = REMEMBERED_SECONDS
    return response
