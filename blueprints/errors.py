"""One way to say no: a refusal or an HTTP error drawn as a page, a piece, or problem JSON (RFC 9457)."""

from dataclasses import dataclass

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.core.db import db, is_busy
from app.core.errors import Refusal
from app.users.service import Who
from blueprints import browser, problems, who
from blueprints.frame import BareFrame
from blueprints.gateway import request_id
from blueprints.htmx import wants_piece, without_key

log = structlog.get_logger()
API = "/api/"

TITLES = {
    400: "That request is not complete",
    401: "Please sign in",
    403: "Not for you",
    404: "We could not find that page",
    405: "That does not work here",
    406: "We do not speak that version",
    409: "Something changed meanwhile",
    413: "That is too much at once",
    415: "We read JSON here",
    422: "There is a problem",
    429: "One moment, please",
    500: "That did not work",
    503: "One moment, please",
}
SENTENCES = {
    400: "Something was missing. Go back and try again.",
    403: "You are not allowed to see this.",
    404: "It may have moved, or the address has a typing mistake.",
    405: "Go back and try again.",
    406: "Ask for application/json, or for version 1 of the API.",
    413: "Please send less at once.",
    415: "Send it as application/json.",
    429: "That was a lot at once. Wait a few minutes and try again.",
    500: "Something went wrong on our side. Nothing was charged by this step. Please try again.",
    503: "Please try again in a minute.",
}
# The same to whoever calls, and sees no page.
TITLES_OF_CALLS = TITLES | {404: "We could not find that"}
SENTENCES_OF_CALLS = SENTENCES | {
    400: "We could not read that. Send JSON.",
    404: "There is nothing at this address. What there is stands at /api/docs.",
    405: "This address takes other methods: Allow names them.",
    429: "That was a lot at once. Retry-After says how many seconds to wait.",
}
BUSY = "A lot is happening at this very moment. Nothing was done twice and nothing is lost. Please try again."


@dataclass(frozen=True, slots=True)
class Again:
    """The same request once more: its address and, of a form, all that was typed. Passwords are not handed around."""

    url: str
    fields: tuple[tuple[str, str], ...] | None = None


def init_app(app: Flask) -> None:
    """Draw every refusal of an application."""
    app.register_error_handler(Refusal, draw_refusal)
    app.register_error_handler(HTTPException, draw_http_error)
    app.register_error_handler(Exception, draw_failure)


def draw_refusal(refusal: Refusal) -> Response:
    """A rule said no: its own words."""
    if request.path.startswith(API):
        who.note_refusal(refusal, _holder)
        return problems.of_refusal(refusal, TITLES_OF_CALLS.get(refusal.status, TITLES[500]))
    who.note_refusal(refusal)
    return _draw(refusal.status, refusal.message, code=refusal.code)


def _holder() -> Who | None:
    """The person whose token came with a call; the cookie that came along says nothing."""
    found: Who | None = g.get("api_person")
    return found


def draw_http_error(error: HTTPException) -> Response:
    """The framework said no. Redirects pass."""
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    own_words = error.description if status == 403 and error.description != type(error).description else None
    sentences = SENTENCES_OF_CALLS if request.path.startswith(API) else SENTENCES
    response = _draw(status, own_words or sentences.get(status, "Please try again."), code=f"http_{status}")
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def draw_failure(error: Exception) -> Response:
    """We failed: logged whole, told in one sentence and the request's id. A busy database is no failure."""
    if is_busy(error):
        return _draw_busy(error)
    log.error("failed", path=without_key(request.path), error=type(error).__name__, exc_info=error)
    try:
        return _draw(500, SENTENCES[500], code="failed")
    except Exception as again:  # the page needs the cart, the cart the database: without it, the sentence alone
        log.exception("failed_page", error=type(again).__name__)
        return Response(SENTENCES[500], 500, mimetype="text/plain")


def _draw_busy(error: Exception) -> Response:
    """Nothing was done, and the same may be sent again: a page of a form carries all that was typed."""
    log.warning("busy", path=without_key(request.path), error=type(error).__name__)
    if request.path.startswith(API):
        return problems.problem(503, TITLES[503], SENTENCES[503], code="busy", action="retry")
    response = _draw(503, BUSY, code="busy", again=_again())
    response.headers["Retry-After"] = problems.AGAIN_SECONDS
    response.headers["Cache-Control"] = "no-store"
    return response


def _again() -> Again | None:
    url = request.full_path.rstrip("?")
    if request.method == "GET":
        return Again(url)
    if request.method != "POST" or request.files or any("password" in name for name in request.form):
        return None
    return Again(url, tuple(request.form.items(multi=True)))


def _draw(status: int, message: str, *, code: str, again: Again | None = None) -> Response:
    if request.path.startswith(API):
        return problems.problem(status, TITLES_OF_CALLS.get(status, TITLES[500]), message, code=code)
    title = TITLES.get(status, TITLES[500])
    if wants_piece():
        return make_response(render_template("errors/_refused.html", message=message), status)
    words = {"status": status, "title": title, "message": message, "request_id": request_id(), "again": again}
    return make_response(_page(**words), status)


def _page(**words: object) -> str:
    # What failed is over, and must not keep the page about it from being drawn; nor must a database that is away.
    db.session.rollback()
    browser.forget_new_cart()
    try:
        return render_template("errors/refused.html", **words)
    except SQLAlchemyError:
        return render_template("errors/refused.html", **words, frame=BareFrame())
