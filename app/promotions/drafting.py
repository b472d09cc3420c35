"""What marketing does with deals: write, change, publish, end them, and give out codes. In the open unit of work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import Conflict, NotFound, Refusal
from app.promotions.codes import CODE, normal
from app.promotions.deals import packed, unpacked
from app.promotions.live import changed
from app.promotions.models import Deal, DealCode, DealVersion


def write(terms: Mapping[str, Any], *, by: int | None = None, listed: bool = True) -> int:
    """A new draft of a deal; its id. Raises Refusal `invalid_deal`."""
    checked = unpacked(terms, 0, 1)
    row = Deal(listed=listed, limit=checked.limit, limit_per_customer=checked.limit_per_customer)
    db.session.add(row)
    db.session.flush()
    _write_version(row.id, 1, terms, by)
    return row.id


def _write_version(deal_id: int, version: int, terms: Mapping[str, Any], by: int | None) -> None:
    deal = unpacked(terms, deal_id, version)
    values = {"name": deal.name, "terms": packed(deal), "made_at": clock.now(), "made_by": by}
    if not insert_new(DealVersion, deal_id=deal_id, version=version, **values):
        raise _changed_elsewhere()


def change(deal_id: int, version: int, terms: Mapping[str, Any], *, by: int | None = None, listed: bool = True) -> int:
    """Give a deal other terms: a new version, which holds from now on; orders keep theirs. Gives its number.

    Raises Refusal `invalid_deal`, Conflict `deal_changed` when `version` is not the present one, or when more uses
    were made than the new limit allows; NotFound.
    """
    checked = unpacked(terms, deal_id, version + 1)
    values: dict[str, int | None] = {"version": version + 1, "listed": listed}
    values |= {"limit": checked.limit, "limit_per_customer": checked.limit_per_customer}
    stands = select(Deal.state, (Deal.reserved + Deal.redeemed).label("used")).where(Deal.id == deal_id)
    row = db.session.execute(stands.with_for_update()).first()
    if row is None:
        raise NotFound("We could not find that deal.")
    if row.state == "ended":
        raise Conflict("deal_changed", "This deal was ended, and that is for good. Write a new one.")
    used = row.used
    if checked.limit is not None and used > checked.limit:
        raise Conflict("deal_changed", f"It was used {used} times already. The limit must be at least that.")
    present = (Deal.id == deal_id, Deal.version == version)
    if db.session.execute(update(Deal).where(*present).values(**values).returning(Deal.id)).first() is None:
        raise _changed_elsewhere()
    _write_version(deal_id, version + 1, terms, by)
    changed()
    return version + 1


def _changed_elsewhere() -> Conflict:
    return Conflict("deal_changed", "Somebody changed this deal meanwhile. Saving again puts yours in place of theirs.")


def publish(deal_id: int) -> None:
    """Put a draft, or a paused deal, on offer. Safe to repeat. Raises Conflict `deal_changed` once it was ended."""
    _move(deal_id, ("draft", "live"), state="live", paused=False)


def pause(deal_id: int) -> None:
    """Take a deal off offer for a while. Safe to repeat. Raises Conflict `deal_changed` for one not on offer."""
    _move(deal_id, ("live",), paused=True)


def end(deal_id: int) -> None:
    """End a deal at once: the next order cannot use it. Safe to repeat."""
    _move(deal_id, ("draft", "live", "ended"), state="ended")


def _move(deal_id: int, since: tuple[str, ...], **values: object) -> None:
    moved = update(Deal).where(Deal.id == deal_id, Deal.state.in_(since)).values(**values).returning(Deal.id)
    if db.session.execute(moved).first() is None:
        raise Conflict("deal_changed", "That does not go any more: look at how this deal stands now.")
    changed()


def add_code(deal_id: int, typed: str, limit: int | None = None) -> str:
    """Let a code ask for a deal, `limit` times in all; gives it as it is kept.

    Raises Refusal `bad_code`, `code_taken`.
    """
    code = normal(typed)
    if not CODE.fullmatch(code):
        raise Refusal("bad_code", "A code is 3 to 24 letters and digits.", field="code")
    if not insert_new(DealCode, code=code, deal_id=deal_id, limit=limit, reserved=0, redeemed=0):
        own = db.session.scalar(select(DealCode.deal_id).where(DealCode.code == code)) == deal_id
        words = f"{code} is a code of this deal already." if own else f"{code} is taken already."
        raise Refusal("code_taken", words, field="code")
    changed()
    return code
