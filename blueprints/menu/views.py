"""The menu, an item, and the pizza builder."""

import secrets
from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.cache import Memory
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders import cart
from blueprints import who
from blueprints.htmx import answer, piece_only, seen_already, wants_piece
from blueprints.menu import picks
from blueprints.menu.builder import Builder, build

pages = Blueprint("menu", __name__)
IDEM = "@idem@"
FILTERS = (("vegetarian", "Vegetarian"), ("vegan", "Vegan"), ("spicy", "Spicy"))
# Drawn once for each edition of a store's menu; each page puts its own key for repeated forms in.
lists: Memory[tuple[int, int, tuple[str, ...]], str] = Memory(most=200, age=timedelta(minutes=10))


def catalogue() -> Catalogue:
    """The menu of this browser's store."""
    head = who.cart_head()
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


@pages.get("/")
def menu_page() -> ResponseReturnValue:
    offered = catalogue()
    tags = _filters()
    if seen := seen_already("menu", offered.store_id, offered.version, *tags):
        return seen
    page = render_template("menu/menu.html", menu=offered, menu_list=_menu_list(offered, tags), filters=FILTERS, only=tags)
    return answer(page)


@pages.get("/x/menu")
def menu_list() -> ResponseReturnValue:
    piece_only()
    tags = _filters()
    query = "?" + "&".join(f"only={tag}" for tag in tags) if tags else ""
    return answer(_menu_list(catalogue(), tags), HX_Replace_Url=f"/{query}")


def _filters() -> tuple[str, ...]:
    wanted = set(request.args.getlist("only"))
    return tuple(tag for tag, _ in FILTERS if tag in wanted)


def _menu_list(offered: Catalogue, tags: tuple[str, ...]) -> Markup:
    drawn = lists.get((offered.store_id, offered.version, tags), lambda: _draw_list(offered, tags))
    return Markup(drawn.replace(IDEM, secrets.token_urlsafe(9)))  # noqa: S704 (our own template)


def _draw_list(offered: Catalogue, tags: tuple[str, ...]) -> str:
    shown = {slug for slug, item in offered.products.items() if set(tags) <= set(item.tags)}
    return render_template("menu/_list.html", menu=offered, shown=shown, only=tags, idem=IDEM)


@pages.get("/item/<slug>")
def item_page(slug: str) -> ResponseReturnValue:
    offered = catalogue()
    item = menu.product(offered, slug)
    return answer(render_template("menu/item.html", menu=offered, item=item, idem=secrets.token_urlsafe(9)))


@pages.get("/build")
@pages.get("/build/<slug>")
def build_page(slug: str = "your-own") -> ResponseReturnValue:
    return _draw(read_builder(slug))


@pages.get("/build/line/<int:line_id>")
def line_page(line_id: int) -> ResponseReturnValue:
    return _draw(_line_builder(line_id))


@pages.get("/x/build/<slug>")
def build_piece(slug: str) -> ResponseReturnValue:
    piece_only()
    line_id = request.args.get("line", type=int)
    return _draw(_line_builder(line_id) if line_id else read_builder(slug))


def read_builder(slug: str, line_id: int | None = None, quantity: int = 1) -> Builder:
    """The builder for what the address says."""
    offered = catalogue()
    selection, notes = picks.read(offered, menu.product(offered, slug), request.args)
    wanted = request.args.get("quantity", quantity, type=int)
    return build(offered, selection, notes=notes, quantity=min(max(wanted, 1), 50), line_id=line_id)


def _line_builder(line_id: int) -> Builder:
    kept, quantity = cart.line_selection(who.cart_id() or 0, line_id)
    if request.args:
        return read_builder(kept.product, line_id, quantity)
    return build(catalogue(), kept, quantity=quantity, line_id=line_id)


def _draw(builder: Builder) -> Response:
    status = 422 if builder.refusal else 200
    if wants_piece():
        return answer(render_template("menu/_builder.html", b=builder), status, HX_Replace_Url=builder.url)
    return answer(render_template("menu/build.html", b=builder, idem=secrets.token_urlsafe(9)), status)
