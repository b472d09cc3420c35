"""Prices from a day on, the chain's and one store's own, and what a store offers unlike the chain."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app.core import clock
from app.core.day import business_date
from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.menu import models
from app.menu.service import change

FURTHEST = timedelta(days=366)
Dated = dict[date, int]  # cents by the day from which on they hold


@dataclass(frozen=True, slots=True)
class Price:
    """What one variant costs: the chain's price now, a store's own now, and what is planned of either."""

    variant_id: int
    size: str
    crust: str | None
    chain_cents: int
    own_cents: int | None
    chain_planned: tuple[tuple[date, int], ...]
    own_planned: tuple[tuple[date, int], ...]

    @property
    def cents(self) -> int:
        """What customers pay now."""
        return self.chain_cents if self.own_cents is None else self.own_cents


@dataclass(frozen=True, slots=True)
class Here:
    """A product at one store: whether the store offers it, and its prices there."""

    slug: str
    name: str
    category: str
    everywhere: bool
    offered: bool
    prices: tuple[Price, ...]

    @property
    def own(self) -> bool:
        """Whether anything about its prices is this store's own."""
        return any(price.own_cents is not None or price.own_planned for price in self.prices)


def today(store_id: int) -> date:
    """The business date of a store. Raises NotFound."""
    edition = db.session.get(models.StoreMenu, store_id)
    if edition is None:
        raise NotFound("We could not find that store's menu.")
    return business_date(clock.now(), ZoneInfo(edition.timezone))


def latest_today() -> date:
    """The business date where the day begins first: what has begun anywhere has begun by it."""
    zones = db.session.scalars(select(models.StoreMenu.timezone).distinct()).all()
    return max((business_date(clock.now(), ZoneInfo(zone)) for zone in zones), default=clock.now().date())


def products(store_id: int, said: str = "", most: int = 60) -> tuple[tuple[Here, ...], int]:
    """The products of the chain with these words in their names, as they are at a store, in menu order; the first of
    them, and how many more there are. Raises NotFound.
    """
    row, category, words = models.Product, models.Category, said.casefold().split()
    query = select(row.id, row.name).join(category).order_by(category.position, row.position)
    found = [number for number, name in db.session.execute(query) if all(word in name.casefold() for word in words)]
    return _here(store_id, found[:most]), max(0, len(found) - most)


def product(store_id: int, slug: str) -> Here:
    """One of them. Raises NotFound."""
    row = models.Product
    number = db.session.scalar(select(row.id).where(row.slug == slug)) if "\0" not in slug else None
    if number is None:
        raise NotFound("We could not find that product.")
    return _here(store_id, [number])[0]


def _here(store_id: int, numbers: list[int]) -> tuple[Here, ...]:
    now, offer, row = today(store_id), models.StoreOffer, models.Product
    rows = {found.id: found for found in db.session.scalars(select(row).where(row.id.in_(numbers)))}
    offers = select(offer.key, offer.offered).where(offer.store_id == store_id, offer.kind == "product")
    said = {own.key: own.offered for own in db.session.execute(offers)}
    prices = _prices(store_id, numbers, now)
    return tuple(
        Here(
            *(found.slug, found.name, found.category, found.everywhere),
            offered=said.get(found.slug, found.everywhere),
            prices=tuple(prices[found.id]),
        )
        for found in (rows[number] for number in numbers)
    )


def _prices(store_id: int, product_ids: list[int], now: date) -> defaultdict[int, list[Price]]:
    general, own, row = models.VariantPrice, models.StorePrice, models.Variant
    variants = db.session.scalars(select(row).where(row.product_id.in_(product_ids)).order_by(row.id)).all()
    ids = [variant.id for variant in variants]
    chain = _dated(db.session.scalars(select(general).where(general.variant_id.in_(ids))))
    here = _dated(db.session.scalars(select(own).where(own.store_id == store_id, own.variant_id.in_(ids))))
    found: defaultdict[int, list[Price]] = defaultdict(list)
    for variant in variants:
        chain_now, own_now = _now(chain[variant.id], now), _now(here[variant.id], now)
        found[variant.product_id].append(
            Price(
                *(variant.id, variant.size, variant.crust),
                chain_cents=variant.price_cents if chain_now is None else chain_now,
                own_cents=own_now,
                chain_planned=_planned(chain[variant.id], now),
                own_planned=_planned(here[variant.id], now),
            )
        )
    return found


def _dated(rows: Iterable[models.VariantPrice | models.StorePrice]) -> defaultdict[int, Dated]:
    found: defaultdict[int, Dated] = defaultdict(dict)
    for row in rows:
        found[row.variant_id][row.starts] = row.price_cents
    return found


def _now(dated: Dated, now: date) -> int | None:
    begun = [starts for starts in dated if starts <= now]
    return dated[max(begun)] if begun else None


def _planned(dated: Dated, now: date) -> tuple[tuple[date, int], ...]:
    return tuple(sorted((starts, cents) for starts, cents in dated.items() if starts > now))


def check_day(starts: date | None, now: date) -> date | None:
    """The day from which on a price shall hold; None for at once. Raises Refusal `bad_day` for one too far off."""
    if starts is None or starts <= now:
        return None
    if starts - now > FURTHEST:
        raise Refusal("bad_day", "Choose a day within the next year.", field="starts")
    return starts


def set_own(store_id: int, prices: Iterable[tuple[int, int | None]], starts: date | None) -> None:
    """Give variants prices of a store's own, in the open unit of work: at once, or from a day on.

    None instead of cents takes the store's own price away, so that the chain's holds again; only at once.
    """
    row, now = models.StorePrice, today(store_id)
    for variant_id, cents in prices:
        of_variant = (row.store_id == store_id, row.variant_id == variant_id)
        over = row.starts <= now if starts is None else row.starts == starts
        db.session.execute(delete(row).where(*of_variant, over))
        if cents is not None:
            at = {"store_id": store_id, "variant_id": variant_id, "starts": starts or models.EVER}
            insert_new(row, **at, price_cents=cents)
    change(store_id)


def take_back(store_id: int, variant_id: int, starts: date) -> None:
    """Forget a price of a store's own that has not begun yet, in the open unit of work."""
    row = models.StorePrice
    db.session.execute(delete(row).where(row.store_id == store_id, row.variant_id == variant_id, row.starts == starts))
    change(store_id)


def offer(store_id: int, slug: str, *, offered: bool) -> None:
    """Put a product on a store's menu or take it off, in the open unit of work. Raises NotFound."""
    row, here = models.StoreOffer, product(store_id, slug)
    of_product = (row.store_id == store_id, row.kind == "product", row.key == slug)
    db.session.execute(delete(row).where(*of_product))
    if offered is not here.everywhere:
        insert_new(row, store_id=store_id, kind="product", key=slug, offered=offered)
    change(store_id)
