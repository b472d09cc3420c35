"""A deal tried on an order: a few items to pick, or an order that was made; the totals with it and without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Selection
from app.orders import replays, trials
from app.orders import service as orders
from app.orders.trials import Sample, Trial
from app.promotions.service import Deal
from app.stores.service import Method, StoreInfo
from app.users.service import Right, Who
from blueprints import desk
from blueprints.htmx import answer, piece_only
from blueprints.promotions import scope
from blueprints.promotions.typed import CENTS, WHOLE

pages = Blueprint("deal_trials", __name__)
pages.register_error_handler(Refusal, desk.refuse)
ROWS, MOST_OF_ONE = 4, 20
USUAL_FEE = "3.99"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the box says: at which store, how and when, items with their numbers, or the number of an order.

    `where` is the store as it was typed.
    """

    store: StoreInfo
    where: str
    method: Method
    when: str
    fee: str
    picks: tuple[tuple[str, str], ...]
    order: str

    @property
    def given(self) -> bool:
        """Whether there is anything to try the deal on."""
        return bool(self.order or any(word for word, _ in self.picks))


@pages.get("/x/manage/deals/<row:deal_id>/trial")
def trial_piece(deal_id: int) -> ResponseReturnValue:
    piece_only()
    person, found = scope.of_deal(deal_id)
    return answer(render_template("promotions/desk/_trial.html", deal=found.deal, **words(person, found.deal)))


def words(person: Who, deal: Deal) -> dict[str, Any]:
    """The box, and what came of it where something was asked."""
    args = request.args
    asked = _asked(args, scope.place(person))
    trial, wrong = None, ""
    try:
        asked = _asked(args, scope.place(person, asked.where))
        trial = _try(person, deal, asked) if asked.given else None
    except Refusal as refusal:
        wrong = refusal.message
    offered = menu.catalogue(asked.store.id)
    return {
        "asked": asked,
        "items": list(_items(offered)),
        "trial": trial,
        "trial_wrong": wrong,
        "recent": replays.recent(scope.places(person)),
        "places": scope.offered_places(person),
    }


def _asked(args: MultiDict[str, str], store: StoreInfo) -> Asked:
    return Asked(
        store=store,
        where=args.get("store", "").strip()[:80],
        method=Method.DELIVERY if args.get("method") == Method.DELIVERY else Method.CARRYOUT,
        when=args.get("when", "")[:20],
        fee=args.get("fee", USUAL_FEE)[:10],
        picks=tuple((args.get(f"item-{n}", "")[:90], args.get(f"many-{n}", "1")[:3]) for n in range(ROWS)),
        order=args.get("order", "").strip()[:10],
    )


def _try(person: Who, deal: Deal, asked: Asked) -> Trial:
    if asked.order:
        return trials.on_order(deal, _order(person, asked.order))
    fee = CENTS.fullmatch(asked.fee.strip() or "0")
    if fee is None:
        raise Refusal("bad_fee", "Write the delivery fee like 3 or 3.99.", field="fee")
    sample = Sample(
        picks=tuple(_picks(asked)),
        store_id=asked.store.id,
        method=asked.method,
        at=_moment(asked),
        fee_cents=int(fee[1]) * 100 + int(fee[2] or 0),
    )
    return trials.on_sample(deal, sample)


def _order(person: Who, typed: str) -> int:
    """An order of one of their stores. Raises NotFound."""
    number = int(typed) if WHOLE.fullmatch(typed) else 0
    if not person.may(Right.EDIT_DEALS, orders.order(number).store_id):
        raise NotFound("We could not find that order.")
    return number


def _picks(asked: Asked) -> Iterator[tuple[Selection, int]]:
    for word, typed in asked.picks:
        slug, _, rest = word.partition("|")
        size, _, crust = rest.partition("|")
        if not slug:
            continue
        if not WHOLE.fullmatch(typed.strip()) or int(typed) > MOST_OF_ONE:
            raise Refusal("bad_count", f"Write how many there are of each: {MOST_OF_ONE} at most.")
        if int(typed):
            yield Selection(slug, size or None, crust or None), int(typed)


def _moment(asked: Asked) -> datetime | None:
    """A time on the store's clock; None for now. Raises Refusal `bad_time`."""
    try:
        return datetime.fromisoformat(asked.when).replace(tzinfo=asked.store.zone) if asked.when else None
    except ValueError:
        raise Refusal("bad_time", "Write the time like 2026-07-03T18:30.", field="when") from None


def _items(offered: Catalogue) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What there is to pick, by sections: each product in each size, pizzas on their usual crust."""
    for category in offered.categories:
        found = [
            (f"{item.slug}|{variant.size}|{variant.crust or ''}", f"{item.name}, {offered.sizes[variant.size].name}")
            for item in offered.products.values()
            if item.category == category.slug
            for variant in item.variants
            if variant.crust == item.default.crust
        ]
        yield category.name, found
