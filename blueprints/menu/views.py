"""The menu, an item, and the pizza builder."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.cache import Memory
from app.menu import service as menu
from app.menu.service import Catalogue, Category, Product
from app.orders import cart
from app.orders.offers import context_of
from app.promotions import service as promotions
from app.promotions.service import Listed
from app.stores import service as stores
from blueprints import picks, who
from blueprints.deal_words import card
from blueprints.frame import Frame, closed_words
from blueprints.htmx import answer, page_tag, piece_only, seen_already, wants_piece
from blueprints.menu.builder import Builder, build
from blueprints.pictures import food_url, pizza_url

pages = Blueprint("menu", __name__)

HERO = "classic.tomato.normal_pepperoni-l-x_mushroom-r-n_greenpepper-r-n_basil-w-l"
FILTERS = ("vegetarian", "spicy", "no pork")
IDEM = "@idem@"
COUPONS = 3
MOST_ROWS = 10**9
Groups = tuple[tuple[Category, tuple[tuple[Product, str], ...]], ...]  # each product with its picture's address


@dataclass(frozen=True, slots=True)
class Shown:
    """What a store's menu shows under filters, and its sections drawn."""

    groups: Groups
    drawn: str


# Drawn once for each edition of a store's menu, and whole pages once for each tag; what is sent has a key of its own
# against repeated forms put in.
lists: Memory[tuple[int, int, tuple[str, ...]], Shown] = Memory(most=200, age=timedelta(minutes=10))
drawn_pages: Memory[str, bytes] = Memory(most=200, age=timedelta(minutes=10))


def catalogue() -> Catalogue:
    """The menu of this browser's store."""
    head = who.cart_head()
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


@pages.get("/")
def menu_page() -> ResponseReturnValue:
    frame, offered, only = Frame(), catalogue(), _filters()
    deals = _deals(frame)
    closed = closed_words(stores.store(offered.store_id))
    if seen := seen_already(offered.store_id, offered.version, only, closed, deals, frame.mark):
        return seen
    tag = page_tag()
    draw = partial(_draw_page, frame, offered, only, closed, deals)
    return answer(_own_key(drawn_pages.get(tag, draw) if tag else draw()))


def _deals(frame: Frame) -> tuple[Listed, ...]:
    """The first deals that hold where and when this order goes."""
    return tuple(each for each in promotions.deals(context_of(frame.cart)) if not each.obstacle)[:COUPONS]


def _draw_page(
    frame: Frame, offered: Catalogue, only: tuple[str, ...], closed: str | None, deals: tuple[Listed, ...]
) -> bytes:
    shown = _shown(offered, only)
    page = render_template(
        "menu/menu.html",
        groups=shown.groups,
        menu_list=Markup(shown.drawn),  # noqa: S704 (our own template)
        filters=FILTERS,
        only=only,
        closed=closed,
        coupons=[card(each, offered) for each in deals],
        hero_code=HERO,
        frame=frame,
        cart=frame.cart,
    )
    return page.encode()


@pages.get("/x/menu")
def menu_piece() -> ResponseReturnValue:
    piece_only()
    only = _filters()
    piece = _own_key(_shown(catalogue(), only).drawn.encode())
    return answer(piece, HX_Replace_Url=f"/?{urlencode([('only', word) for word in only])}")


def _filters() -> tuple[str, ...]:
    wanted = set(request.args.getlist("only"))
    return tuple(word for word in FILTERS if word in wanted)


def _groups(offered: Catalogue, only: tuple[str, ...]) -> Groups:
    kept = {
        slug: (item, _picture(offered, item))
        for slug, item in offered.products.items()
        if all(_fits(offered, item, word) for word in only)
    }
    return tuple(
        (category, tuple(kept[slug] for slug in category.products if slug in kept)) for category in offered.categories
    )


def _fits(offered: Catalogue, item: Product, word: str) -> bool:
    if word == "no pork":
        return not any("pork" in offered.toppings[placement.topping].tags for placement in item.preset)
    return word in item.tags


def _picture(offered: Catalogue, item: Product) -> str:
    if item.default.crust is None:
        return food_url(item.picture)
    return pizza_url(menu.recipe(offered, item.default.crust, item.preset).code(), "menu")


def _shown(offered: Catalogue, only: tuple[str, ...]) -> Shown:
    return lists.get((offered.store_id, offered.version, only), lambda: _show(offered, only))


def _show(offered: Catalogue, only: tuple[str, ...]) -> Shown:
    groups = _groups(offered, only)
    return Shown(groups, render_template("menu/_list.html", menu=offered, groups=groups, only=only, idem=IDEM))


def _own_key(drawn: bytes) -> bytes:
    return drawn.replace(IDEM.encode(), secrets.token_urlsafe(9).encode())


@pages.get("/item/<slug>")
def item_page(slug: str) -> ResponseReturnValue:
    offered = catalogue()
    item = menu.product(offered, slug)
    return answer(
        render_template(
            "menu/item.html", menu=offered, item=item, picture=_picture(offered, item), idem=secrets.token_urlsafe(9)
        )
    )


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
    wanted = min(max(request.args.get("quantity", quantity, type=int), 1), 50)
    return build(offered, selection, notes=notes, quantity=wanted, line_id=line_id, place=_place())


def _place() -> tuple[int, int] | None:
    """The deal and the number of its place that a pizza is built for."""
    deal, number = (request.args.get(name, 0, type=int) for name in ("deal", "place"))
    return (deal, number) if 0 < deal < MOST_ROWS and 0 < number < MOST_ROWS else None


def _line_builder(line_id: int) -> Builder:
    kept, quantity = cart.line_selection(who.cart_id() or 0, line_id)
    if request.args:
        return _read_builder(kept.product, line_id, quantity)
    return build(catalogue(), kept, quantity=quantity, line_id=line_id)


def _draw(builder: Builder) -> Response:
    status = 422 if builder.problem else 200
    words = {**builder.words(), "idem": secrets.token_urlsafe(9)}
    if wants_piece():
        return answer(render_template("menu/_builder.html", **words), status, HX_Replace_Url=builder.url)
    return answer(render_template("menu/build.html", **words), status)
