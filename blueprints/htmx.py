"""The little that an edge needs to know of htmx."""

import hashlib
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, abort, current_app, g, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

View = TypeVar("View", bound=Callable[..., Any])
ORDER_KEY = re.compile(r"\b([0-9]+)-[a-z2-7]{26}\b")


def wants_piece() -> bool:
    """Whether htmx asks for a piece to swap in, rather than a browser for a page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def piece_only() -> None:
    """Guard a `/x/` address: without htmx there is nothing here (404), so pieces never end up as pages."""
    if not wants_piece():
        abort(404)


def go(url: str) -> AnyResponse:
    """Send the browser to another page, with htmx or without."""
    if wants_piece():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)


def answer(body: str | bytes, status: int = 200, **headers: str) -> Response:
    """A piece or page, with headers written as keywords (`HX_Replace_Url`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Response(body, status, {"Vary": "HX-Request", **named})
    tag = page_tag()
    if tag and status == 200:
        response.set_etag(tag, weak=True)
    return response


def seen_already(*parts: object) -> Response | None:
    """A 304 when the browser has the page drawn from these very parts; else None, and the answer gets the tag."""
    if "_flashes" in session:
        return None
    g.etag = hashlib.sha256(repr((current_app.extensions["edition"], parts, wants_piece())).encode()).hexdigest()[:20]
    if request.if_none_match.contains_weak(g.etag):
        unchanged = Response(status=304)
        unchanged.set_etag(g.etag, weak=True)
        return unchanged
    return None


def page_tag() -> str | None:
    """The tag of the page that is being drawn, once `seen_already` was asked: pages with the same tag are the same."""
    tag: str | None = g.get("etag")
    return tag


def without_key(path: str) -> str:
    """A path as it may stand in a log: whoever reads logs must not be able to follow other people's orders."""
    return ORDER_KEY.sub(r"\1-…", path)[:200]


def own_transactions(view: View) -> View:
    """Mark a view whose verbs open their own units of work, because something remote happens between them."""
    view.own_transactions = True  # type: ignore[attr-defined]  # a mark on a function
    return view


__all__ = ["answer", "go", "own_transactions", "page_tag", "piece_only", "seen_already", "wants_piece", "without_key"]
