"""The menu of a store: its sections, what of it fits a diet or a search, and what is in everything."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core.cache import Memory
from app.menu import service as menu
from app.menu.service import Allergen, Catalogue, Category
from app.orders.offers import deals_of
from app.promotions import service as promotions
from app.promotions.service import Listed
from app.stores import service as stores
from blueprints.deal_words import card as coupon
from blueprints.frame import Frame, closed_words
from blueprints.gateway import share
from blueprints.htmx import answer, page_tag, piece_only, seen_already
from blueprints.menu.inside import everything
from blueprints.menu.offered import FILTERS, Card, card, catalogue, fits

pages = Blueprint("menu", __name__)

HERO = "classic.tomato.normal_pepperoni-l-x_mushroom-r-n_greenpepper-r-n_basil-w-l"
IDEM = "@idem@"
LONGEST_QUERY = 60
COUPONS = 3
Groups = tuple[tuple[Category, tuple[Card, ...]], ...]
Parts = list[bytes]  # of what is sent, between the places of its key


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a menu somebody wants to see, and in which size they like their pizzas."""

    only: tuple[str, ...]
    words: str
    size: str | None

    @property
    def address(self) -> str:
        """The menu's address that shows it."""
        query = [("q", self.words)] * bool(self.words) + [("only", word) for word in self.only]
        return f"/?{urlencode(query)}" if query else "/"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a store's menu shows when asked so, and its sections drawn."""

    groups: Groups
    drawn: str

    @property
    def count(self) -> int:
        """How many things are shown."""
        return sum(len(cards) for _, cards in self.groups)


# Drawn once for each edition of a store's menu, and whole pages once for each tag; what is sent has a key of its own
# against repeated forms put in. Searches are drawn anew: there are as many of them as words.
lists: Memory[tuple[int, tuple[int, int], Asked], Shown] = Memory(most=200, age=timedelta(minutes=10))
drawn_pages: Memory[str, Parts] = Memory(most=200, age=timedelta(minutes=10))
indexes: Memory[tuple[int, tuple[int, int]], menu.Index] = Memory(most=64, age=timedelta(minutes=10))


@pages.get("/")
def menu_page() -> ResponseReturnValue:
    share()
    frame, asked = Frame(), _asked()
    offered, deals = frame.menu, _deals(frame)
    closed = closed_words(stores.store(offered.store_id))
    told = promotions.live().version, tuple([each.deal.id for each in deals])
    shown = asked.address, asked.size, closed, told, frame.usual, frame.mark
    if seen := seen_already(offered.store_id, offered.version, shown):
        return seen
    tag = page_tag()
    draw = partial(_draw_page, frame, offered, asked, closed, deals)
    return answer(_with_key(drawn_pages.get(tag, draw) if tag and not asked.words else draw()))


def _deals(frame: Frame) -> tuple[Listed, ...]:
    """The first deals that hold where and when this order goes."""
    return tuple([each for each in deals_of(frame.cart)[:COUPONS] if not each.obstacle])


def _draw_page(frame: Frame, offered: Catalogue, asked: Asked, closed: str | None, deals: tuple[Listed, ...]) -> Parts:
    shown = _shown(offered, asked)
    page = render_template(
        "menu/menu.html",
        shown=shown,
        menu_list=Markup(shown.drawn),  # noqa: S704 (our own template)
        filters=FILTERS,
        asked=asked,
        closed=closed,
        coupons=[coupon(each, offered) for each in deals],
        hero_code=HERO,
        usual=frame.usual,
        usual_address=frame.usual_address,
        frame=frame,
        cart=frame.cart,
    )
    return _keyless(page)


@pages.get("/x/menu")
def menu_piece() -> ResponseReturnValue:
    piece_only()
    asked = _asked()
    shown = _shown(catalogue(), asked)
    menu_list = Markup(shown.drawn)  # noqa: S704 (our own template)
    piece = render_template("menu/list_changed.html", shown=shown, menu_list=menu_list)
    return answer(_with_key(_keyless(piece)), HX_Replace_Url=asked.address)


def _asked() -> Asked:
    size, asked = session.get("size"), request
    if not asked.query_string:
        return Asked((), "", size)
    wanted = set(asked.args.getlist("only"))
    words = " ".join(asked.args.get("q", "")[:LONGEST_QUERY].split())
    return Asked(tuple(word for word in FILTERS if word in wanted), words, size)


def _shown(offered: Catalogue, asked: Asked) -> Shown:
    if asked.words:
        return _show(offered, asked)
    return lists.get((offered.store_id, offered.version, asked), lambda: _show(offered, asked))


def _show(offered: Catalogue, asked: Asked) -> Shown:
    groups = tuple(_groups(offered, asked))
    return Shown(groups, render_template("menu/_list.html", groups=groups, asked=asked, idem=IDEM))


def _groups(offered: Catalogue, asked: Asked) -> Iterator[tuple[Category, tuple[Card, ...]]]:
    """The sections with what was asked for, those of a search by how well they fit."""
    found = list(offered.products)
    if asked.words:
        index = indexes.get((offered.store_id, offered.version), lambda: menu.index(offered))
        found = menu.search(index, asked.words)
    place = {slug: n for n, slug in enumerate(found) if fits(offered, offered.products[slug], asked.only)}
    groups = [(category, [slug for slug in category.products if slug in place]) for category in offered.categories]
    if asked.words:
        groups = [(category, sorted(slugs, key=place.__getitem__)) for category, slugs in groups]
        groups.sort(key=lambda group: place[group[1][0]] if group[1] else len(place))
    for category, slugs in groups:
        if slugs:
            yield category, tuple(card(offered, offered.products[slug], asked.size) for slug in slugs)


def _keyless(drawn: str) -> Parts:
    return drawn.encode().split(IDEM.encode())


def _with_key(parts: Parts) -> bytes:
    return f"{random.getrandbits(72):018x}".encode().join(parts)


@pages.get("/allergens")
def allergens_page() -> ResponseReturnValue:
    without = frozenset(one for one in Allergen if one.value in request.args.getlist("without"))
    groups = everything(catalogue(), without)
    return answer(render_template("menu/allergens.html", groups=groups, without=without, allergens=list(Allergen)))
