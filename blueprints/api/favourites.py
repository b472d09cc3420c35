"""Favourites and the usual, as the API says them."""

from app.menu.service import Catalogue
from app.orders.favourites import Liked
from app.orders.usual import Offered
from blueprints.api.carts import Side, Stands, sides, stands
from blueprints.api.shape import Id, Money, Shape, money


class Favourite(Shape):
    """A favourite at a store: what it is, and its price there; null, with the words for it, where it cannot be had."""

    id: Id
    name: str
    product: str
    description: str
    sides: list[Side]
    selection: Stands
    price: Money | None
    words: str


class Favourites(Shape):
    """All favourites, the newest first, as the store of the cart has them."""

    store_id: Id
    favourites: list[Favourite]
    most: int


class Usual(Shape):
    """What somebody orders again and again; send its `orderId` to reorder. `whole`: all of it can be had as it was."""

    order_id: Id
    times: int
    names: list[str]
    price: Money
    whole: bool


class UsualOrder(Shape):
    """The usual as the store of the cart has it now; null before the first order."""

    usual: Usual | None


def favourite(one: Liked) -> Favourite:
    """A favourite at a store."""
    return Favourite(
        id=str(one.id),
        name=one.name,
        product=one.look.name,
        description=one.look.base,
        sides=sides(one.look.sides),
        selection=stands(one.selection),
        price=money(one.choice.unit_cents) if one.choice else None,
        words=one.words,
    )


def favourites(found: tuple[Liked, ...], offered: Catalogue, most: int) -> Favourites:
    """All of them at a store."""
    return Favourites(store_id=str(offered.store_id), favourites=[favourite(one) for one in found], most=most)


def usual(found: Offered | None) -> UsualOrder:
    """The usual as a store has it."""
    if found is None:
        return UsualOrder(usual=None)
    told = {"times": found.times, "names": list(found.names), "whole": found.whole}
    return UsualOrder(usual=Usual(order_id=str(found.order_id), price=money(found.cents), **told))
