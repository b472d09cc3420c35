"""What deals took off orders, summed by deal from what each order froze."""

from collections.abc import Collection

from sqlalchemy import Integer, TableValuedAlias, cast, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from app.core.db import db
from app.orders.models import Order
from app.orders.status import DEAD

Taken = tuple[TableValuedAlias, list[ColumnElement[int]]]
DEAL, OFF_ITEMS, OFF_FEE = 0, 3, 4  # as `offers.frozen` writes them


def deal_costs(among: Collection[int] | None) -> dict[int, int]:
    """Cents that each deal took off orders that were not called off, by the deal's id; at all stores for None."""
    taken, cells = (_on_postgres if db.engine.dialect.name == "postgresql" else _on_sqlite)(DEAL, OFF_ITEMS, OFF_FEE)
    deal_id, items, fee = cells
    query = select(deal_id, func.sum(items + fee)).select_from(Order).join(taken, true())
    query = query.where(Order.status.not_in(DEAD)).group_by(deal_id)
    rows = db.session.execute(query if among is None else query.where(Order.store_id.in_(among)))
    return {int(found): int(cents) for found, cents in rows}


def _on_postgres(*places: int) -> Taken:
    taken = func.json_array_elements(Order.deals).table_valued("value", name="taken").render_derived()
    return taken, [cast(taken.c.value.op("->>")(place), Integer) for place in places]


def _on_sqlite(*places: int) -> Taken:
    taken = func.json_each(Order.deals).table_valued("value", name="taken")
    return taken, [cast(func.json_extract(taken.c.value, f"$[{place}]"), Integer) for place in places]
