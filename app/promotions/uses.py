"""Uses of deals: held, redeemed, given back; never past a limit, and each move safe to repeat (price law, section 8).

Everybody takes locks in one order: claims of customers, codes, deals, each by id, and then the edition. What comes last
is what everybody wants (docs/decisions/0012).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, Table, and_, bindparam, delete, func, or_, select, update

from app.core import clock
from app.core.db import db, insert_new, insert_rows_new, sent, sent_one
from app.core.errors import Conflict
from app.promotions.customers import ACCOUNT
from app.promotions.live import changed, latest, live
from app.promotions.models import Deal, DealClaim, DealCode, DealVersion, Redemption
from app.promotions.values import Application, Offer

RELEASED = "released"

# Written once: putting a statement together costs more than sending it.
_deals, _redemptions, _claims = (
    cast("Table", Deal.__table__),
    cast("Table", Redemption.__table__),
    DealClaim.__table__.c,
)
_used = _deals.c.reserved + _deals.c.redeemed
TAKE = (
    update(_deals)
    .where(
        _deals.c.id == bindparam("deal"),
        _deals.c.version == bindparam("edition"),
        _deals.c.state == "live",
        _deals.c.paused.is_(False),
        or_(_deals.c.limit.is_(None), _used < _deals.c.limit),
    )
    .values(reserved=_deals.c.reserved + 1)
    .returning((_used == _deals.c.limit).label("last"))
)
MOVE = (
    update(_redemptions)
    .where(_redemptions.c.order_id == bindparam("order"), _redemptions.c.state == bindparam("old"))
    .returning(_redemptions.c.id, _redemptions.c.deal_id, _redemptions.c.code_id)
)
_times = func.count().label("times")
USED_BY = (
    select(_claims.deal_id, _times)
    .where(_claims.identity.in_(bindparam("identities", expanding=True)))
    .group_by(_claims.deal_id, _claims.identity)
    .order_by(_times)
)
NO_CODES: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class _Move:
    """One use that was moved, and the counter that it left."""

    id: int
    deal_id: int
    code_id: int | None
    left: str


def reserve(offer: Offer, order_id: int, identities: Collection[str], codes: Mapping[int, int] = NO_CODES) -> None:
    """Hold one use of each deal of an offer, as the last deed of the open unit of work. Safe to repeat.

    `identities` are all that the customer is known by; `codes` are the ids of codes by the deals that they asked for.
    Raises Conflict `deal_used_up` when a rival was faster, or a deal was changed or ended meanwhile.
    """
    ids = _write(offer.applications, order_id, codes)
    wanted = sorted((each for each in offer.applications if each.deal_id in ids), key=lambda each: each.deal_id)
    for each in wanted:
        _claim(ids[each.deal_id], each.deal_id, identities)
    for code_id in sorted(codes[each.deal_id] for each in wanted if each.deal_id in codes):
        _take_code(code_id)
    last = [_take(each) for each in wanted]
    if any(last):
        changed()


def _write(wanted: Sequence[Application], order_id: int, codes: Mapping[int, int]) -> dict[int, int]:
    """Write the uses that the order does not have yet: their ids by their deals."""
    if not wanted:
        return {}
    now = clock.now()
    rows = [
        {
            "deal_id": each.deal_id,
            "version": each.version,
            "order_id": order_id,
            "code_id": codes.get(each.deal_id),
            "off_cents": each.off_cents,
            "state": "reserved",
            "at": now,
        }
        for each in sorted(wanted, key=lambda each: each.deal_id)
    ]
    new = {row.deal_id: row.id for row in insert_rows_new(Redemption, rows, Redemption.deal_id, Redemption.id)}
    if len(new) < len(rows):
        _refuse_released(order_id)
    return new


def _refuse_released(order_id: int) -> None:
    """What an order gave back it does not hold a second time: it came to nothing."""
    gone = select(Redemption.id).where(Redemption.order_id == order_id, Redemption.state == RELEASED).limit(1)
    if db.session.scalar(gone) is not None:
        raise RuntimeError(f"order {order_id} has given its uses back")


def _claim(use_id: int, deal_id: int, identities: Collection[str]) -> None:
    """One number under each identity: whoever changes their address is still known by their phone."""
    deal = live().deals.get(deal_id)
    most = deal.most_per_customer if deal else None
    if most is None:
        return
    for identity in sorted(identities):
        claim = {"redemption_id": use_id, "deal_id": deal_id, "identity": identity}
        if not any(insert_new(DealClaim, n=n, **claim) for n in range(1, most + 1)):
            raise _gone("You have used that deal as often as it can be.")


def _take_code(code_id: int) -> None:
    free = or_(DealCode.limit.is_(None), DealCode.reserved + DealCode.redeemed < DealCode.limit)
    taken = update(DealCode).where(DealCode.id == code_id, free).values(reserved=DealCode.reserved + 1)
    if db.session.execute(taken.returning(DealCode.id)).first() is None:
        raise _gone("That code was just used up.")


def _take(wanted: Application) -> bool:
    """Count a hold of a deal; whether it was the last."""
    taken = sent_one(TAKE, {"deal": wanted.deal_id, "edition": wanted.version})
    if taken is None:
        raise _gone(f"{wanted.name} was just used up.")
    return bool(taken.last)


def _gone(message: str) -> Conflict:
    latest.clear()  # the page that says so shows the price without it
    return Conflict("deal_used_up", message, action="reprice")


def redeem(order_id: int) -> None:
    """The order is paid: its holds become uses. Safe to repeat."""
    _count(_move(order_id, "reserved", "redeemed"), redeemed=1)


def release(order_id: int) -> None:
    """The order came to nothing before making started: its holds and uses come back. Safe to repeat."""
    moved = [*_move(order_id, "reserved", RELEASED), *_move(order_id, "redeemed", RELEASED)]
    if not moved:
        return
    db.session.execute(delete(DealClaim).where(DealClaim.redemption_id.in_([each.id for each in moved])))
    _count(moved, redeemed=0)


def _move(order_id: int, old: str, new: str) -> list[_Move]:
    rows = sent(MOVE, {"order": order_id, "old": old, "state": new})
    return [_Move(row.id, row.deal_id, row.code_id, old) for row in rows]


def _count(moved: Collection[_Move], *, redeemed: int) -> None:
    for each in sorted(moved, key=lambda each: each.code_id or 0):
        if each.code_id is not None:
            values = _counters(DealCode, each.left, redeemed)
            db.session.execute(update(DealCode).where(DealCode.id == each.code_id).values(**values))
    freed = [_give_back(each, redeemed) for each in sorted(moved, key=lambda each: each.deal_id)]
    if any(freed) and not redeemed:
        changed()


def _give_back(move: _Move, redeemed: int) -> bool:
    """Count a hold or a use of a deal out of its counter; whether the deal had been used up."""
    return bool(sent(_giving_back(move.left, redeemed), {"deal": move.deal_id})[0].used_up)


@cache
def _giving_back(left: str, redeemed: int) -> Executable:
    counted = update(_deals).where(_deals.c.id == bindparam("deal")).values(**_counters(Deal, left, redeemed))
    return counted.returning((_used + 1 == _deals.c.limit).label("used_up"))


def _counters(counted: type[Deal] | type[DealCode], left: str, redeemed: int) -> dict[str, ColumnElement[int]]:
    less: dict[str, ColumnElement[int]] = {left: getattr(counted, left) - 1}
    return less | ({"redeemed": counted.redeemed + 1} if redeemed else {})


def used_by(identities: Collection[str]) -> dict[int, int]:
    """How often each deal that counts customers was used under any of these identities, the most of them."""
    if not identities:
        return {}
    return {row.deal_id: row.times for row in sent(USED_BY, {"identities": list(identities)})}


def used_with(user_id: int) -> Mapping[str, Any]:
    """The uses of deals that count for somebody's account, as plain values."""
    query = (
        select(DealVersion.name, Redemption.order_id, Redemption.off_cents, Redemption.at)
        .join(DealClaim, DealClaim.redemption_id == Redemption.id)
        .join(DealVersion, and_(DealVersion.deal_id == Redemption.deal_id, DealVersion.version == Redemption.version))
        .where(DealClaim.identity == f"{ACCOUNT}{user_id}")
        .order_by(Redemption.id)
    )
    names = ("deal", "order", "off_cents", "at")
    return {"uses": [dict(zip(names, row, strict=True)) for row in db.session.execute(query)]}


def forget_customers(order_ids: Collection[int]) -> None:
    """Know nobody by address or phone in the uses of these orders any more, in the open unit of work.

    What counts for an account goes on counting: its number names nobody once it is erased.
    """
    theirs = select(Redemption.id).where(Redemption.order_id.in_(order_ids))
    named = DealClaim.identity.not_like(f"{ACCOUNT}%")
    db.session.execute(delete(DealClaim).where(DealClaim.redemption_id.in_(theirs), named))
