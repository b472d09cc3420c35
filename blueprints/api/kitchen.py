"""A kitchen's board, and what a driver has along, as the API says them."""

from collections.abc import Iterable
from typing import Any, Literal

from app.core import clock
from app.orders.service import OrderView
from app.tracking.prints import Print
from app.tracking.service import Board as Kitchen
from app.tracking.service import Moved
from app.tracking.service import Ticket as OnBoard
from app.tracking.stops import Stop as Along
from blueprints.api.carts import Ordered, ordered
from blueprints.api.shape import Id, Moment, Money, Shape, Way, money
from blueprints.api.tracking import Stages


class Ticket(Shape):
    """An order as the kitchen sees it: no phone, no address, no surname. It rings until it is `touched`, louder from
    `loudAt` on. `onward` are the stages that a tap may lead to, the usual one first; `move` is its latest tap.
    """

    order_id: Id
    stage: Stages
    move: int
    method: Way
    name: str
    asap: bool
    accepted: bool
    touched: bool
    loud_at: Moment
    begin_at: Moment
    due_at: Moment
    since: Moment
    age: Literal["fresh", "fine", "hurry", "late"]
    lines: list[Ordered]
    note: str
    allergy: bool
    onward: list[Stages]
    open: bool
    to_print: bool
    printed: bool
    driver: str
    failed_because: str


class Column(Shape):
    """A column of the board: what is due first stands first."""

    id: str
    name: str
    tickets: list[Ticket]


class Undoable(Shape):
    """The last tap, while it may be taken back: send its `move` as `undo`."""

    order_id: Id
    stage: Stages
    move: int
    until: Moment | None


class Paused(Shape):
    """Until when no new orders are taken, and why."""

    until: Moment
    reason: str


class Board(Shape):
    """A store's kitchen. `later` waits for a time too far away to begin. `version` changes whenever anything does."""

    store_id: Id
    version: str
    columns: list[Column]
    later: list[Ticket]
    undo: Undoable | None
    paused: Paused | None


class Tickets(Shape):
    """What was finished in the last two hours, the latest first; its `move` brings it back as `recall`."""

    tickets: list[Ticket]


class Paper(Shape):
    """One time that a ticket goes to paper. A `reprint` must say so: there may be another one."""

    order_id: Id
    copy_number: int
    reprint: bool
    ticket: Ticket


class Waiting(Shape):
    """A boxed order that waits for a driver: no name and no phone before it is taken along."""

    order_id: Id
    street: str
    zip_code: str
    due_at: Moment
    lines: list[Ordered]
    cash: Money


class Stop(Waiting):
    """A stop of the one who drives there, and the cash that is taken at its door."""

    name: str
    phone: str
    unit: str
    city: str
    note: str


class Runs(Shape):
    """What waits in boxes, what one has along, and the cash that one has yet to hand in."""

    store_id: Id
    waiting: list[Waiting]
    along: list[Stop]
    cash: Money


class Owed(Shape):
    """Cash that a driver has taken at doors and not handed in."""

    driver_id: Id
    name: str
    amount: Money
    orders: int


class Cash(Shape):
    """Who has how much of a store's cash."""

    owed: list[Owed]


class HandedIn(Shape):
    """Cash that came into the drawer: what it should have been, and what was counted."""

    name: str
    expected: Money
    counted: Money


class Stocked(Shape):
    """Something that a store can run out of; `hides` are the products that go with it, `until` when it is back."""

    kind: str
    key: str
    name: str
    group: str
    hides: list[str]
    sold_out: bool
    until: Moment | None


class Stock(Shape):
    """Everything that a store can run out of."""

    store_id: Id
    things: list[Stocked]


def ticket(one: OnBoard) -> Ticket:
    """A ticket as it hangs there now."""
    return Ticket(
        order_id=str(one.order_id),
        stage=one.stage.value,
        move=one.seq,
        method=one.method.value,
        name=one.name,
        asap=one.asap,
        accepted=one.accepted,
        touched=one.touched,
        loud_at=one.loud_at,
        begin_at=one.begin_at,
        due_at=one.due_at,
        since=one.since,
        age=one.age(clock.now()).value,
        lines=[ordered(line, []) for line in one.lines],
        note=one.note,
        allergy=one.allergy,
        onward=[stage.value for stage in one.onward],
        open=one.open,
        to_print=one.to_print,
        printed=one.printed,
        driver=one.driver,
        failed_because=one.failed.reason if one.failed else "",
    )


def tickets(found: Iterable[OnBoard]) -> list[Ticket]:
    """Several of them."""
    return [ticket(one) for one in found]


def board(found: Kitchen) -> Board:
    """A kitchen's board."""
    return Board(
        store_id=str(found.store_id),
        version=found.tag,
        columns=[Column(id=each.key, name=each.name, tickets=tickets(each.tickets)) for each in found.columns],
        later=tickets(found.later),
        undo=_undo(found.undoable) if found.undoable else None,
        paused=Paused(until=found.paused[0], reason=found.paused[1]) if found.paused else None,
    )


def _undo(moved: Moved) -> Undoable:
    return Undoable(order_id=str(moved.order_id), stage=moved.to.value, move=moved.seq, until=moved.until)


def paper(made: Print, one: OnBoard) -> Paper:
    """What one screen prints."""
    return Paper(order_id=str(made.order_id), copy_number=made.copy, reprint=made.reprint, ticket=ticket(one))


def waiting(order: OrderView, cash_cents: int) -> Waiting:
    """An order that waits for a driver."""
    return Waiting(**_there(order, cash_cents))


def stop(along: Along, order: OrderView) -> Stop:
    """A stop of a driver."""
    contact = order.contact
    whom = {"name": contact.name, "phone": contact.phone, "unit": order.unit, "city": order.city, "note": order.note}
    return Stop(**_there(order, along.due_cents), **whom)


def _there(order: OrderView, cash_cents: int) -> dict[str, Any]:
    return {
        "order_id": str(order.id),
        "street": order.street,
        "zip_code": order.zip,
        "due_at": order.promised_to,
        "lines": [ordered(line, []) for line in order.lines],
        "cash": money(cash_cents),
    }
