"""What is not a pizza: its sizes and what may be asked about it, new or as a line of the cart."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Choice, Product, Selection
from app.orders import cart
from blueprints import browser, picks
from blueprints.htmx import answer, piece_only, wants_piece
from blueprints.menu.inside import inside
from blueprints.menu.offered import catalogue, picture

pages = Blueprint("items", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One product as it was asked for; `choice` is None while the store cannot serve it so, `problem` says why."""

    menu: Catalogue
    product: Product
    selection: Selection
    choice: Choice | None
    problem: Refusal | None
    notes: tuple[str, ...]
    quantity: int
    line_id: int | None

    @property
    def url(self) -> str:
        """The page's address with all that was chosen."""
        path = f"/item/line/{self.line_id}" if self.line_id else f"/item/{self.product.slug}"
        more = f"&quantity={self.quantity}" if self.quantity > 1 else ""
        return f"{path}?{picks.write(self.menu, self.selection, ())}{more}"

    def words(self) -> dict[str, object]:
        """What menu/_item.html wants."""
        chosen = self.product.comes_with if self.selection.options is None else self.selection.options
        keys = {key: tuple(one.option for one in chosen if one.group == key) for key in self.product.options}
        return {
            "menu": self.menu,
            "item": self.product,
            "size": self.selection.size,
            "options": [(self.menu.options[key], found) for key, found in keys.items()],
            "inside": inside(self.menu, self.selection.size or "", self.choice.facts) if self.choice else None,
            "total_cents": self.choice.unit_cents * self.quantity if self.choice else None,
            "quantity": self.quantity,
            "line_id": self.line_id,
            "notes": self.notes,
            "problem": self.problem,
            "picture": picture(self.menu, self.product),
        }


@pages.get("/item/<slug>")
def item_page(slug: str) -> ResponseReturnValue:
    asked = _read(slug)
    return redirect(f"/build/{slug}") if asked.product.pizza else _draw(asked)


@pages.get("/item/line/<row:line_id>")
def line_page(line_id: int) -> ResponseReturnValue:
    return _draw(_line(line_id))


@pages.get("/x/item/<slug>")
def item_piece(slug: str) -> ResponseReturnValue:
    piece_only()
    return _draw(_read(slug))


@pages.get("/x/item/line/<row:line_id>")
def line_piece(line_id: int) -> ResponseReturnValue:
    piece_only()
    return _draw(_line(line_id))


def _read(slug: str, line_id: int | None = None, quantity: int = 1) -> Asked:
    offered = catalogue()
    selection, notes = picks.read(offered, menu.product(offered, slug), request.args)
    return _ask(offered, selection, notes, picks.quantity(offered, request.args, quantity), line_id)


def _line(line_id: int) -> Asked:
    kept, quantity = cart.line_selection(browser.cart_id() or 0, line_id)
    if request.args:
        return _read(kept.product, line_id, quantity)
    return _ask(catalogue(), kept, (), quantity, line_id)


def _ask(offered: Catalogue, wanted: Selection, notes: tuple[str, ...], quantity: int, line_id: int | None) -> Asked:
    item = menu.product(offered, wanted.product)
    selection, mended = menu.mend(offered, wanted)
    choice, problem = None, None
    try:
        choice = menu.choose(offered, selection)
    except Refusal as refusal:
        problem = refusal
    return Asked(offered, item, selection, choice, problem, (*notes, *mended), quantity, line_id)


def _draw(asked: Asked) -> Response:
    status, piece = 422 if asked.problem else 200, wants_piece()
    words = {**asked.words(), "idem": secrets.token_urlsafe(9), "piece": piece}
    if piece:
        return answer(render_template("menu/_item.html", **words), status, HX_Replace_Url=asked.url)
    return answer(render_template("menu/item.html", **words), status)
