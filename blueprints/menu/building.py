"""The pizza builder: as a page, as a piece, for a new pizza and for a line of the cart."""

import secrets

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.menu import service as menu
from app.orders import cart
from blueprints import browser, picks
from blueprints.htmx import answer, piece_only, wants_piece
from blueprints.menu.builder import HALVES, Builder, build, two_pizzas
from blueprints.menu.offered import catalogue

pages = Blueprint("building", __name__)

MOST_ROWS = 10**9


@pages.get("/build")
@pages.get("/build/<slug>")
def build_page(slug: str = "your-own") -> ResponseReturnValue:
    return _draw(_read_builder(slug))


@pages.get("/build/line/<row:line_id>")
def line_page(line_id: int) -> ResponseReturnValue:
    return _draw(_line_builder(line_id))


@pages.get("/x/build/<slug>")
def build_piece(slug: str) -> ResponseReturnValue:
    piece_only()
    return _draw(_read_builder(slug))


@pages.get("/x/build/line/<row:line_id>")
def line_piece(line_id: int) -> ResponseReturnValue:
    piece_only()
    return _draw(_line_builder(line_id))


def _read_builder(slug: str, line_id: int | None = None, quantity: int = 1) -> Builder:
    offered = catalogue()
    selection, notes = picks.read(offered, menu.product(offered, slug), request.args)
    if "fill" in request.args and line_id is None:
        selection, said = two_pizzas(offered, selection, request.args)
        notes += said
    wanted = picks.quantity(offered, request.args, quantity)
    return build(offered, selection, notes=notes, quantity=wanted, line_id=line_id, place=_place())


def _place() -> tuple[int, int] | None:
    """The deal and the number of its place that a pizza is built for."""
    deal, number = (request.args.get(name, 0, type=int) for name in ("deal", "place"))
    return (deal, number) if 0 < deal < MOST_ROWS and 0 < number < MOST_ROWS else None


def _line_builder(line_id: int) -> Builder:
    kept, quantity = cart.line_selection(browser.cart_id() or 0, line_id)
    if request.args:
        return _read_builder(kept.product, line_id, quantity)
    return build(catalogue(), kept, quantity=quantity, line_id=line_id)


def _asked() -> dict[str, str]:
    """Which pizzas the lists of halves show as chosen."""
    return {name: request.args.get(name, "")[:40] for name, _ in HALVES}


def _draw(builder: Builder) -> Response:
    status, piece = 422 if builder.problem else 200, wants_piece()
    words = {**builder.words(), "idem": secrets.token_urlsafe(9), "piece": piece, "asked": _asked()}
    if piece:
        return answer(render_template("menu/_builder.html", **words), status, HX_Replace_Url=builder.url)
    return answer(render_template("menu/build.html", **words), status)
