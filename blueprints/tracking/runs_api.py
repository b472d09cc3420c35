"""Drivers for programs: what waits in boxes, what they have along, what became of it at the door, and their cash."""

from app.orders import service as orders
from app.payments import till
from app.tracking import runs
from app.tracking.runs import Driver
from app.users import service as users
from app.users.service import Right, Who
from blueprints.api import kitchen as shapes
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.kitchen import Cash, HandedIn, Owed, Runs
from blueprints.api.shape import money
from blueprints.tracking.asked import Counted, Taken, Undelivered
from blueprints.tracking.staff import signature

api = Api("runs", "/api/kitchen")
ACCOUNT, TAPS = Guard.ACCOUNT, (403, 404, 409)


@api.get("/<row:store_id>/runs", Runs, guard=ACCOUNT, refuses=(403,))
def deliveries(store_id: int, caller: Caller) -> Runs:
    """What waits for a driver, and what one has along: drivers and the counter of a store."""
    return _runs(caller.at_store(Right.DRIVE, store_id), store_id)


@api.post(
    "/<row:store_id>/runs",
    Runs,
    guard=ACCOUNT,
    body=Taken,
    status=201,
    key="needed",
    refuses=TAPS,
    example={"orderIds": ["1"]},
)
def take_along(store_id: int, body: Taken, caller: Caller) -> Runs:
    """Take orders on the road: all of them, or none."""
    person = caller.at_store(Right.DRIVE, store_id)
    wanted = {int(number) for number in body.order_ids}
    due = till.cash_due(wanted)
    run_id = runs.take(_driver(person, store_id), {number: due.get(number, 0) for number in wanted})
    users.audit(person.user_id, "run.take", f"run:{run_id}", store_id, orders=len(wanted))
    return _runs(person, store_id)


@api.post("/orders/<row:order_id>/delivery", Runs, guard=ACCOUNT, refuses=TAPS)
def deliver(order_id: int, caller: Caller) -> Runs:
    """The customer has it, and its cash is the driver's to hand in."""
    person = caller.at_order(Right.DRIVE, order_id)
    store_id = orders.order(order_id).store_id
    stop = runs.deliver(_driver(person, store_id), order_id)
    users.audit(person.user_id, "run.deliver", f"order:{order_id}", store_id, cash_cents=stop.due_cents or None)
    return _runs(person, store_id)


@api.post(
    "/orders/<row:order_id>/failure", Runs, guard=ACCOUNT, body=Undelivered, refuses=TAPS, example={"why": "nobody"}
)
def could_not_deliver(order_id: int, body: Undelivered, caller: Caller) -> Runs:
    """It could not be handed over, and comes back to the store."""
    person = caller.at_order(Right.DRIVE, order_id)
    store_id = orders.order(order_id).store_id
    runs.fail(_driver(person, store_id), order_id, body.reason)
    users.audit(person.user_id, "run.fail", f"order:{order_id}", store_id, reason=body.reason)
    return _runs(person, store_id)


@api.get("/<row:store_id>/cash", Cash, guard=ACCOUNT, refuses=(403,))
def cash(store_id: int, caller: Caller) -> Cash:
    """Who has how much of a store's cash: whoever keeps its till."""
    caller.at_store(Right.REFUND, store_id)
    found = [
        Owed(driver_id=str(one.driver_id), name=one.driver, amount=money(one.cents), orders=one.orders)
        for one in runs.owed(store_id)
    ]
    return Cash(owed=found)


@api.post(
    "/<row:store_id>/cash/<row:driver_id>",
    HandedIn,
    guard=ACCOUNT,
    body=Counted,
    status=201,
    key="needed",
    refuses=TAPS,
    example={"counted": {"amount": 2400}, "seen": {"amount": 2400}},
)
def hand_in(store_id: int, driver_id: int, body: Counted, caller: Caller) -> HandedIn:
    """Take a driver's cash into the drawer; 409 when it is another sum by now than the screen said."""
    person = caller.at_store(Right.REFUND, store_id)
    counted, seen = body.counted.amount, body.seen.amount
    made = runs.hand_in(store_id, driver_id, counted, seen_cents=seen, by=signature(person))
    detail = {"counted_cents": made.counted_cents, "expected_cents": made.expected_cents}
    users.audit(person.user_id, "cash.hand_in", f"user:{driver_id}", store_id, **detail)
    return HandedIn(name=made.driver, expected=money(made.expected_cents), counted=money(made.counted_cents))


def _driver(person: Who, store_id: int) -> Driver:
    return Driver(person.user_id, signature(person), store_id)


def _runs(person: Who, store_id: int) -> Runs:
    mine, boxed = _driver(person, store_id), runs.boxed(store_id)
    due, owed = runs.still_due(till.cash_due([order.id for order in boxed])), runs.owed(store_id, person.user_id)
    return Runs(
        store_id=str(store_id),
        waiting=[shapes.waiting(order, due.get(order.id, 0)) for order in boxed],
        along=[shapes.stop(stop, order) for stop, order in runs.along(mine)],
        cash=money(owed[0].cents if owed else 0),
    )
