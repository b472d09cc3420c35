"""The little that an edge needs to know of htmx."""

import hashlib
import re
from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Response, abort, current_app, g, redirect, request, session
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags, quote_etag
from werkzeug.wrappers import Response as AnyResponse

from app.core.cache import Memory

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
HTML = "text/html; charset=utf-8"
# To find a tag costs half of what making it does, and most pages are asked for again.
tags: Memory[Hashable, str] = Memory(most=1_000, age=timedelta(minutes=10))
ORDER_KEY = re.compile(r"\b([0-9]+)-[a-z2-7]{26}\b")


def wants_piece() -> bool:
    """Whether htmx asks for a piece to swap in, rather than a browser for a page."""
    return _wants_piece(request.environ)


def _wants_piece(asked: "WSGIEnvironment") -> bool:
    return "HTTP_HX_REQUEST" in asked and "HTTP_HX_HISTORY_RESTORE_REQUEST" not in asked


def piece_only() -> None:
    """Guard a `/x/` address: without htmx there is nothing here (404), so pieces never end up as pages."""
    if not wants_piece():
        abort(404)


def go(url: str) -> AnyResponse:
    """Send the browser to another page, with htmx or without."""
    if wants_piece():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)


class Page(Response):
    """A text whose headers are right as they stand: Flask looks through those of any other answer once more."""

    def get_wsgi_headers(self, _environ: "WSGIEnvironment") -> Headers:
        """The headers."""
        return self.headers


def answer(body: str | bytes, status: int = 200, **headers: str) -> Response:
    """A piece or page, with headers written as keywords (`HX_Replace_Url`). It has a text, so it is no 204 or 304."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if status == 200 and (tag := page_tag()):
        named["ETag"] = quote_etag(tag, weak=True)
    return Page(body, status, {"Vary": "HX-Request", **named}, content_type=HTML, direct_passthrough=True)


def seen_already(*parts: Hashable) -> Response | None:
    """A 304 when the browser has the page drawn from these very parts; else None, and the answer gets the tag."""
    if "_flashes" in session:
        return None
    asked = request.environ
    made_from = (parts, _wants_piece(asked))
    g.etag = tag = tags.get(made_from, lambda: _tag(made_from))
    known = asked.get("HTTP_IF_NONE_MATCH")
    if known and parse_etags(known).contains_weak(tag):
        return Response(status=304, headers={"ETag": quote_etag(tag, weak=True)})
    return None


def _tag(made_from: Hashable) -> str:
    edition: str = current_app.extensions["edition"]
    return hashlib.sha256(repr((edition, made_from)).encode()).hexdigest()[:20]


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
