"""The menu for programs: products, sections and toppings of a store, unchanged until its menu is."""

from collections.abc import Callable
from datetime import timedelta

from pydantic import BaseModel

from app.core.cache import Memory
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders import cart
from blueprints.api.asked import store_asked
from blueprints.api.contract import Api
from blueprints.api.media import JSON
from blueprints.api.menu import (
    Categories,
    ProductDetail,
    Products,
    Toppings,
    categories,
    detail,
    product,
    toppings,
)
from blueprints.api.pick import Key
from blueprints.api.shape import Cursor, Id, Query, words
from blueprints.assets import Packed

api = Api("menu", "/api/menu")
PAGE = 50
# Whoever comes back asks with the tag; a sold-out ingredient is seen within seconds.
KEPT = "public, max-age=5, stale-while-revalidate=30"
# A menu's JSON is made and packed once for each version of it.
drawn: Memory[tuple[object, ...], Packed] = Memory(most=500, age=timedelta(minutes=1))


class AtStore(Query):
    """At which store; the chain's first when none is named."""

    store: Id | None = None


class Wanted(AtStore):
    """What of the menu, and where to go on."""

    category: Key | None = None
    q: words(80) = ""  # type: ignore[valid-type]  # text of so many letters
    cursor: Cursor | None = None


@api.get("/products", Products, query=Wanted, kept=KEPT)
def products(query: Wanted) -> Packed:
    """What a store sells: all of it in the menu's order, one section, or what fits some words, best first."""
    offered = _offered(query)
    return _once(offered, lambda: _products(offered, query), "products", query.category, query.q, query.cursor)


@api.get("/products/<product_id>", ProductDetail, query=AtStore, kept=KEPT, refuses=(404,))
def one_product(product_id: str, query: AtStore) -> Packed:
    """One product with everything that may be asked about it."""
    offered = _offered(query)
    item = menu.product(offered, product_id)
    return _once(offered, lambda: detail(offered, item), "product", item.slug)


@api.get("/categories", Categories, query=AtStore, kept=KEPT)
def all_categories(query: AtStore) -> Packed:
    """The sections of a store's menu."""
    offered = _offered(query)
    return _once(offered, lambda: categories(offered), "categories")


@api.get("/toppings", Toppings, query=AtStore, kept=KEPT)
def all_toppings(query: AtStore) -> Packed:
    """The toppings of a store, and what one costs on each size."""
    offered = _offered(query)
    return _once(offered, lambda: toppings(offered), "toppings")


def _offered(query: AtStore) -> Catalogue:
    return menu.catalogue(cart.menu_store(store_asked(query.store)))


def _once(offered: Catalogue, make: Callable[[], BaseModel], *asked: object) -> Packed:
    key = (offered.store_id, offered.version, *asked)
    return drawn.get(key, lambda: Packed.of(make().model_dump_json(by_alias=True), JSON))


def _products(offered: Catalogue, query: Wanted) -> Products:
    slugs = [slug for section in offered.categories for slug in section.products if slug in offered.products]
    if query.q.strip():
        slugs = menu.search(menu.index(offered), query.q)
    found = [offered.products[slug] for slug in slugs]
    found = [item for item in found if query.category in {None, item.category}]
    start = int(query.cursor or 0)
    page = found[start : start + PAGE]
    following = str(start + PAGE) if len(found) > start + PAGE else None
    told = [product(offered, item) for item in page]
    return Products(store_id=str(offered.store_id), products=told, next_cursor=following)
