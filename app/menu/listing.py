"""The products of the chain as a list, for those who look after it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import db
from app.menu import models
from app.menu.windows import ALWAYS, Window


@dataclass(frozen=True, slots=True)
class Listed:
    """A product in a list: in how many sizes it is made, from which usual price on, and when it is sold."""

    slug: str
    name: str
    category: str
    everywhere: bool
    window: Window
    sizes: int
    least_cents: int | None

    @property
    def limited(self) -> bool:
        """Whether it is sold on some days or at some hours only."""
        return self.window != ALWAYS


def listing(said: str = "", most: int = 100) -> tuple[list[Listed], int]:
    """The products with these words in their names, in menu order; the first of them, and how many more there are."""
    row, category, own = models.Product, models.Category, models.Variant
    words = said.casefold().split()
    query = select(row.id, row.name).join(category).order_by(category.position, row.position)
    found = [number for number, name in db.session.execute(query) if all(word in name.casefold() for word in words)]
    shown = found[:most]
    details = (
        select(row, category.name, func.count(own.id), func.min(own.price_cents))
        .join(category)
        .outerjoin(own, own.product_id == row.id)
        .where(row.id.in_(shown))
        .group_by(row.id, category.name)
    )
    rows = db.session.execute(details).all()
    listed = {item.id: _listed(item, section, sizes, cents) for item, section, sizes, cents in rows}
    return [listed[number] for number in shown], len(found) - len(shown)


def _listed(item: models.Product, category: str, sizes: int, least_cents: int | None) -> Listed:
    window = Window(item.first_day, item.last_day, item.opens, item.closes)
    return Listed(item.slug, item.name, category, item.everywhere, window, sizes, least_cents)
