"""What staff give back: chosen by unit, fee, tip or amount, approved by a second person above a limit, tried again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Forbidden, NotFound, Refusal
from app.core.events import emit
from app.core.money import format_cents
from app.orders import service as orders
from app.orders.service import OrderView
from app.payments import limits, records, refunds
from app.payments.events import RefundRequested
from app.payments.models import Payment, Refund, RefundClaim
from app.payments.values import Bearer, Giving, Part, PaymentState, Reason, RefundState, RefundView
from app.users import service as users
from app.users.service import Who

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """Equal units of an order, its fee or its tip, as somebody chooses among them: `free` can still go back."""

    name: str
    base: str
    parts: tuple[Part, ...]
    free: tuple[Part, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        """What the first one, two, ... of those that are free come to, in cents."""
        return tuple(sum(part.cents for part in self.free[: n + 1]) for n in range(len(self.free)))


@dataclass(frozen=True)
class Sheet:
    """An order as money goes back on it: what was paid for each part, and what is left in all, in cents."""

    order: OrderView
    payment: PaymentState
    rows: tuple[Row, ...]

    @property
    def left_cents(self) -> int:
        """What was taken and neither went back nor is about to."""
        return self.payment.captured_cents - self.payment.refund_reserved_cents

    @cached_property
    def free(self) -> dict[str, Part]:
        """The parts that can still go back, by their keys."""
        return {part.key: part for row in self.rows for part in row.free}

    @cached_property
    def known(self) -> frozenset[str]:
        """Every part there is."""
        return frozenset(part.key for row in self.rows for part in row.parts)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give back: some parts, else an amount in cents, else all that is left."""

    reason: Reason
    bearer: Bearer
    note: str = ""
    parts: tuple[str, ...] = ()
    amount_cents: int | None = None


def sheet(order_id: int) -> Sheet:
    """What of an order can go back. Raises NotFound for one that has no payment."""
    order, payment = orders.order(order_id), records.of_order(order_id)
    if payment is None:
        raise NotFound("This order has no payment.")
    taken = frozenset(db.session.scalars(select(RefundClaim.part).where(RefundClaim.payment_id == payment.id)))
    return Sheet(order, payment, tuple(_row(name, base, parts, taken) for name, base, parts in _parts(order)))


def _parts(order: OrderView) -> Iterable[tuple[str, str, list[Part]]]:
    units = iter(order.quote.units)
    for line in order.lines:
        same = [next(units) for _ in range(line.quantity)]
        yield line.name, line.base, [Part(f"unit:{unit.id}", line.name, unit.paid_cents) for unit in same]
    fee = order.quote.fee_cents + order.quote.fee_tax_cents
    yield "Delivery", "", [Part("fee", "Delivery", fee)] if fee else []
    yield "Tip", "", [Part("tip", "Tip", order.quote.tip_cents)] if order.quote.tip_cents else []


def _row(name: str, base: str, parts: Sequence[Part], taken: frozenset[str]) -> Row:
    return Row(name, base, tuple(parts), tuple(part for part in parts if part.cents and part.key not in taken))


def worth(seen: Sheet, wish: Wish) -> tuple[int, tuple[Part, ...]]:
    """What a wish comes to in cents, and for which parts.

    Raises Refusal `refund_part` for a part that the order has not, Conflict `refund_part_taken`, Refusal
    `refund_amount` for nothing, Conflict `refund_too_large` for more than is left.
    """
    if unknown := [key for key in wish.parts if key not in seen.known]:
        raise Refusal("refund_part", f"This order has no {unknown[0]}.", field="parts")
    if any(key not in seen.free for key in wish.parts):
        raise Conflict("refund_part_taken", "Some of this goes back already. Look again, then decide.")
    parts = tuple(seen.free[key] for key in dict.fromkeys(wish.parts))
    if parts:
        cents = sum(part.cents for part in parts)
    elif wish.amount_cents is not None:
        cents = wish.amount_cents
    else:
        cents, parts = seen.left_cents, tuple(seen.free.values())
    if cents <= 0:
        raise Refusal("refund_amount", "Choose what goes back.", field="amount")
    if cents > seen.left_cents:
        left = format_cents(seen.left_cents)
        raise Conflict("refund_too_large", f"That is more than is left of what was paid: {left}. Choose less.")
    return cents, parts


def needs_approval(seen: Sheet, cents: int, person: Who) -> bool:
    """Whether a second person has to approve, because of all that goes back on this order."""
    return not limits.may_alone(person, seen.order.store_id, seen.payment.refund_reserved_cents + cents)


def give_back(order_id: int, wish: Wish, person: Who, *, key: str, expected_cents: int | None = None) -> RefundView:
    """Set aside what somebody wants to give back, in the open unit of work; the same key again gives the same refund.

    Raises what `worth` and `refunds.refund` raise, and Conflict `refund_changed` for another sum than they saw.
    """
    orders.hold(order_id)
    earlier = _by_key(key)
    if earlier is not None:
        return earlier
    seen = sheet(order_id)
    cents, parts = worth(seen, wish)
    if expected_cents is not None and cents != expected_cents:
        raise Conflict("refund_changed", f"It is {format_cents(cents)} by now. Check it and press the button again.")
    giving = Giving(
        cents,
        key,
        wish.reason,
        by=person.name,
        bearer=wish.bearer,
        note=wish.note,
        parts=parts,
        user_id=person.user_id,
        waiting=needs_approval(seen, cents, person),
    )
    refund_id = refunds.refund(seen.payment.id, giving)
    told = {"cents": cents, "reason": wish.reason.value, "bearer": wish.bearer.value, "waiting": giving.waiting}
    users.audit(person.user_id, "refund.ask", f"order:{order_id}", refund=refund_id, **told)
    return refund(refund_id)


def decide(refund_id: int, person: Who, *, approved: bool) -> RefundView:
    """Approve or decline what somebody else wants to give back, in the open unit of work.

    Raises Forbidden for one's own and for more than one's own limit, Conflict `refund_decided` when it is decided.
    """
    found = refund(refund_id)
    payment = records.hold(found.payment_id)
    if not limits.may_alone(person, payment.store_id, payment.refund_reserved_cents):
        raise Forbidden("This is more than you may give back alone. Ask somebody with a higher limit.")
    if found.user_id == person.user_id:
        raise Forbidden("You asked for this yourself. Somebody else has to approve it.")
    state = RefundState.RESERVED if approved else RefundState.DECLINED
    waits = (Refund.id == refund_id, Refund.state == RefundState.WAITING, Refund.user_id != person.user_id)
    settled = None if approved else clock.now()
    values = {"state": state, "decided_by": person.name[:40], "settled_at": settled}
    if db.session.scalar(update(Refund).where(*waits).values(values).returning(Refund.id)) is None:
        raise Conflict("refund_decided", "Somebody has decided about this already.")
    if approved:
        emit(RefundRequested(refund_id))
    else:
        refunds.release(found.payment_id, refund_id, found.cents)
    deed = "refund.approve" if approved else "refund.decline"
    users.audit(person.user_id, deed, f"order:{payment.order_id}", refund=refund_id, cents=found.cents)
    return refund(refund_id)


def try_again(refund_id: int, person: Who) -> int:
    """Give back once more what the provider could not, in the open unit of work; gives the refund that is under way.

    Pressed twice it is one. Raises Conflict `refund_not_failed`, and what `refunds.refund` raises.
    """
    failed = refund(refund_id)
    if failed.state in refunds.OPEN:
        return refund_id
    if failed.state is not RefundState.FAILED:
        raise Conflict("refund_not_failed", "There is nothing to try again here.")
    payment = records.hold(failed.payment_id)
    giving = Giving(
        failed.cents,
        f"again-{refund_id}",
        failed.reason,
        by=person.name,
        bearer=failed.bearer,
        note=failed.note,
        parts=failed.parts,
        user_id=person.user_id,
        waiting=not limits.may_alone(person, payment.store_id, payment.refund_reserved_cents + failed.cents),
    )
    again = refunds.refund(failed.payment_id, giving)
    refunds.tried_again(Refund.id == refund_id, by=person.name)
    users.audit(person.user_id, "refund.again", f"order:{payment.order_id}", refund=again, cents=failed.cents)
    return again


def refund(refund_id: int) -> RefundView:
    """A refund as it stands. Raises NotFound."""
    row = db.session.get(Refund, refund_id, populate_existing=True)
    if row is None:
        raise NotFound("We could not find that refund.")
    return _view(row)


def of_payment(payment_id: int) -> tuple[RefundView, ...]:
    """The refunds of a payment, oldest first."""
    query = select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id)
    return tuple(_view(row) for row in db.session.scalars(query.execution_options(populate_existing=True)))


def stuck(payment_id: int) -> bool:
    """Whether some of a payment could not be given back, and nobody has tried again since."""
    failed = (Refund.state == RefundState.FAILED, Refund.decided_by == "")
    return db.session.scalar(select(Refund.id).where(Refund.payment_id == payment_id, *failed).limit(1)) is not None


def waiting(store_id: int) -> tuple[tuple[int, RefundView], ...]:
    """What waits for a second person at a store, oldest first, each with its order."""
    query = (
        select(Refund, Payment.order_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.store_id == store_id, Refund.state == RefundState.WAITING)
        .order_by(Refund.id)
        .limit(SHOWN)
    )
    return tuple((order_id, _view(row)) for row, order_id in db.session.execute(query))


def _by_key(key: str) -> RefundView | None:
    row = db.session.scalar(select(Refund).where(Refund.key == key))
    return _view(row) if row else None


def _view(row: Refund) -> RefundView:
    return RefundView(
        id=row.id,
        payment_id=row.payment_id,
        cents=row.amount_cents,
        reason=Reason(row.reason),
        bearer=Bearer(row.bearer),
        note=row.note,
        parts=tuple(Part(*part) for part in row.parts),
        state=RefundState(row.state),
        why=row.why,
        user_id=row.user_id,
        by=row.by,
        decided_by=row.decided_by,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
