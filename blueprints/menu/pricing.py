"""One store's prices and what it has on its menu: for its manager, with a preview before anything is saved."""

from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.errors import Refusal
from app.menu import prices
from app.menu import service as menu
from app.menu.cells import DAY, PRICE, maybe
from app.menu.preview import previewed
from app.menu.prices import Here
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk
from blueprints.htmx import answer, wants_piece
from blueprints.menu.drafts import Draft
from blueprints.menu.offered import card
from blueprints.menu.products import in_words

pages = Blueprint("store_prices", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/prices", "prices"


def here(slug: str) -> tuple[Who, StoreInfo, Here]:
    """The person, who may set prices at the store in the address, and a product there. Raises NotFound, Forbidden."""
    person, store = desk.at_store(Right.SET_PRICES, DOOR)
    return person, store, prices.product(store.id, slug)


@pages.get(PATH)
def prices_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.SET_PRICES, DOOR)
    q = request.args.get("q", "").strip()[:40]
    found, more = prices.products(store.id, q)
    names = {category.slug: category.name for category in menu.catalogue(store.id).categories}
    sections = [(names.get(key, key), list(items)) for key, items in groupby(found, key=lambda item: item.category)]
    return desk.page("menu/desk/prices.html", DOOR, store=store, sections=sections, more=more, q=q)


@pages.get(f"{PATH}/<slug>")
def price_page(slug: str) -> ResponseReturnValue:
    _, store, product = here(slug)
    return _page(store, product, Draft(_as_it_is(product)))


@pages.post(f"{PATH}/<slug>")
def save_prices(slug: str) -> ResponseReturnValue:
    person, store, product = here(slug)
    draft = Draft(request.form)
    wanted, starts = _read(draft, product, prices.today(store.id))
    if draft.errors:
        return _page(store, product, draft, 422)
    offered = bool(draft.said("offered"))
    _write(store.id, product, wanted, starts, offered=offered)
    said = {str(number): cents for number, cents in wanted}
    detail = {"product": slug, "prices": said, "from": starts.isoformat() if starts else "", "offered": offered}
    users.audit(desk.at_work(person).user_id, "menu.store_price", f"store:{store.id}", **detail)
    return desk.done(f"{product.name} is saved.", f"{PATH}/{slug}?store={store.id}")


@pages.post(f"{PATH}/<slug>/preview")
def preview_prices(slug: str) -> ResponseReturnValue:
    _, store, product = here(slug)
    draft = Draft(request.form)
    wanted, starts = _read(draft, product, prices.today(store.id))
    words: dict[str, Any] = {"card": None, "wanted": dict(wanted), "starts": starts}
    if not draft.errors:
        words["card"] = _card(store, product, wanted, offered=bool(draft.said("offered")))
    if wants_piece():
        return answer(render_template("menu/desk/_price_preview.html", draft=draft, **_words(store, product), **words))
    return _page(store, product, draft, **words)


@pages.post(f"{PATH}/<slug>/end")
def take_price_back(slug: str) -> ResponseReturnValue:
    person, store, product = here(slug)
    draft = Draft(request.form)
    day: date | None = draft.read("from", maybe(DAY))
    mine = [price for price in product.prices if str(price.variant_id) == draft.said("variant")]
    if day is not None and any(day in dict(price.own_planned) for price in mine):
        prices.take_back(store.id, mine[0].variant_id, day)
        detail = {"product": slug, "variant": mine[0].variant_id, "from": day.isoformat()}
        users.audit(desk.at_work(person).user_id, "menu.store_price.end", f"store:{store.id}", **detail)
    return desk.done("That price is taken back.", f"{PATH}/{slug}?store={store.id}")


def _as_it_is(product: Here) -> MultiDict[str, str]:
    form = MultiDict({f"own-{p.variant_id}": maybe(PRICE).write(p.own_cents) for p in product.prices})
    if product.offered:
        form["offered"] = "1"
    return form


def _read(draft: Draft, product: Here, today: date) -> tuple[list[tuple[int, int | None]], date | None]:
    """The prices that were changed, and from which day on; what is wrong is noted."""
    starts: date | None = draft.read("starts", maybe(DAY))
    try:
        starts = prices.check_day(starts, today)
    except Refusal as refusal:
        draft.errors["starts"] = refusal.message
    wanted = []
    for price in product.prices:
        name = f"own-{price.variant_id}"
        cents: int | None = draft.read(name, maybe(PRICE)) if name in draft.typed else price.own_cents
        if cents != price.own_cents:
            wanted.append((price.variant_id, cents))
            if cents is None and starts is not None:
                draft.errors[name] = "The chain's price can hold again at once only: leave the day empty."
    return wanted, starts


def _write(
    store_id: int, product: Here, wanted: list[tuple[int, int | None]], starts: date | None, *, offered: bool
) -> None:
    if wanted:
        prices.set_own(store_id, wanted, starts)
    if offered is not product.offered:
        prices.offer(store_id, product.slug, offered=offered)


def _card(store: StoreInfo, product: Here, wanted: list[tuple[int, int | None]], *, offered: bool) -> object:
    """The card as customers of this store will see it; False when it will not be on the menu."""
    seen = previewed(partial(_write, store.id, product, wanted, None, offered=offered), store.id)
    item = seen.products.get(product.slug)
    return card(seen, item, None) if item else False


def _words(store: StoreInfo, product: Here) -> dict[str, Any]:
    offered = menu.catalogue(store.id)
    sizes, crusts = offered.sizes, offered.crusts

    def called(price: prices.Price) -> str:
        size, crust = sizes.get(price.size), crusts.get(price.crust or "")
        return ", ".join(thing.name for thing in (size, crust) if thing)

    return {"product": product, "called": called, "in_words": in_words}


def _page(store: StoreInfo, product: Here, draft: Draft, status: int = 200, **words: Any) -> ResponseReturnValue:
    shown = _words(store, product) | words
    return desk.page("menu/desk/price.html", DOOR, store=store, status=status, draft=draft, **shown)
