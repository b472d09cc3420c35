"""The yardstick of placing: SQLAlchemy's ORM inserting the very rows of one order, and doing nothing else."""

import time
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, inspect, select
from sqlalchemy.orm import Session

from app.core.db import Base
from app.core.engines import engine_options
from app.core.events import OutboxRow
from app.core.idempotency import IdempotencyRow
from app.orders.models import Cart, Order, OrderEvent, OrderUnit
from app.payments.models import Payment, PaymentEvent
from app.promotions.models import Redemption
from app.stores import models as stores
from app.users import models as users

Rows = list[dict[str, Any]]
REFERRED_TO = (stores, users)  # who only inserts loads no shop, yet carts refer to these
_engines: dict[str, Engine] = {}


def rows_of(url: str, order_id: int) -> dict[str, Rows]:
    """What placing one order wrote, by table."""
    with Session(_engine(url)) as session:

        def found(model: type[Base], *where: Any) -> Rows:
            return [_values(row) for row in session.scalars(select(model).where(*where))]

        order = found(Order, Order.id == order_id)
        payment = found(Payment, Payment.order_id == order_id)
        payment_id = session.scalar(select(Payment.id).where(Payment.order_id == order_id))
        return {
            "carts": found(Cart, Cart.id == order[0]["cart_id"]),
            "orders": order,
            "payments": payment,
            "order_units": found(OrderUnit, OrderUnit.order_id == order_id),
            "order_events": found(OrderEvent, OrderEvent.order_id == order_id, OrderEvent.seq == 0),
            "payment_events": found(PaymentEvent, PaymentEvent.payment_id == payment_id, PaymentEvent.seq == 0),
            "redemptions": found(Redemption, Redemption.order_id == order_id),
        }


def insert_for(url: str, rows: dict[str, Rows], seconds: float) -> tuple[int, float]:
    """Insert the order again and again, each time in a transaction of its own: how many, and the seconds it took."""
    engine, done, began = _engine(url), 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds or not done:
        with Session(engine, expire_on_commit=False) as session:
            _insert(session, rows)
            session.commit()
        done += 1
    return done, took


def _insert(session: Session, rows: dict[str, Rows]) -> None:
    (cart,), (order,), (payment,) = rows["carts"], rows["orders"], rows["payments"]
    now: datetime = order["created_at"]
    key = {"scope": "bare", "key": uuid4().hex, "request_hash": "x" * 64, "claimed_at": now}
    cart_id = _key(session, Cart(**cart))
    order_id = _key(session, Order(**{**order, "cart_id": cart_id}))
    payment_id = _key(session, Payment(**{**payment, "order_id": order_id, "intent_id": None}))
    session.add_all([OrderUnit(**{**each, "order_id": order_id}) for each in rows["order_units"]])
    session.add_all([OrderEvent(**{**each, "order_id": order_id}) for each in rows["order_events"]])
    session.add_all([PaymentEvent(**{**each, "payment_id": payment_id}) for each in rows["payment_events"]])
    session.add_all([Redemption(**{**each, "order_id": order_id}) for each in rows["redemptions"]])
    told = {"payment_id": payment_id}
    session.add(OutboxRow(kind="payments.requested", payload=told, told_at=now, done_at=now))
    session.add(IdempotencyRow(**key, answer={"order_id": order_id, "payment_id": payment_id}))


def _key(session: Session, row: Base) -> int:
    session.add(row)
    session.flush()
    number: int = inspect(row).identity[0]
    return number


def _values(row: Base) -> dict[str, Any]:
    """A row without its own number, which the next one is given by the database."""
    own = {"id"}
    names: list[str] = [each.key for each in inspect(type(row)).column_attrs if each.key not in own]
    return {name: getattr(row, name) for name in names}


def _engine(url: str) -> Engine:
    return _engines.get(url) or _engines.setdefault(url, create_engine(url, **engine_options(url)))
