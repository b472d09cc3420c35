"""How deals stand, for those who run them: state, uses, codes, and what they took off."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from app.core.db import db
from app.core.errors import NotFound
from app.promotions.deals import unpacked
from app.promotions.models import Deal as DealRow
from app.promotions.models import DealCode, DealVersion, Redemption
from app.promotions.values import Deal

COUNTS = ("reserved", "redeemed")


@dataclass(frozen=True, slots=True)
class Standing:
    """A deal in its present version; `state` is draft, live, paused or ended.

    `off_cents` is what its uses took off, before tax; a use that came back took nothing.
    """

    deal: Deal
    state: str
    listed: bool
    reserved: int
    redeemed: int
    codes: int
    off_cents: int


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A code and how often it was used, of how many times (None: without limit)."""

    code: str
    limit: int | None
    used: int


def standings() -> tuple[Standing, ...]:
    """Every deal there ever was, the newest first."""
    return _read()


def standing(deal_id: int) -> Standing:
    """One deal. Raises NotFound."""
    found = _read(DealRow.id == deal_id)
    if not found:
        raise NotFound("We could not find that deal.")
    return found[0]


def _read(*where: ColumnElement[bool]) -> tuple[Standing, ...]:
    deal, said = DealRow, DealVersion
    codes = select(func.count()).where(DealCode.deal_id == deal.id).scalar_subquery()
    off = select(func.coalesce(func.sum(Redemption.off_cents), 0)).where(
        Redemption.deal_id == deal.id, Redemption.state.in_(COUNTS)
    )
    columns = (deal.id, deal.version, deal.state, deal.paused, deal.listed, deal.reserved, deal.redeemed, said.terms)
    query = select(*columns, codes.label("codes"), off.scalar_subquery().label("off_cents"))
    present = (said.deal_id == deal.id) & (said.version == deal.version)
    return tuple(
        Standing(
            deal=unpacked(row.terms, row.id, row.version),
            state="paused" if row.paused and row.state == "live" else row.state,
            listed=row.listed,
            reserved=row.reserved,
            redeemed=row.redeemed,
            codes=row.codes,
            off_cents=row.off_cents,
        )
        for row in db.session.execute(query.join(said, present).where(*where).order_by(deal.id.desc()))
    )


def version(deal_id: int, number: int) -> Deal:
    """A deal as it was in one of its versions. Raises NotFound."""
    terms = db.session.scalar(
        select(DealVersion.terms).where(DealVersion.deal_id == deal_id, DealVersion.version == number)
    )
    if terms is None:
        raise NotFound("We could not find that deal.")
    return unpacked(terms, deal_id, number)


def codes_of(deal_id: int, most: int = 100) -> tuple[CodeUse, ...]:
    """The first of a deal's codes."""
    columns = (DealCode.code, DealCode.limit, (DealCode.reserved + DealCode.redeemed).label("used"))
    query = select(*columns).where(DealCode.deal_id == deal_id).order_by(DealCode.id).limit(most)
    return tuple(CodeUse(row.code, row.limit, row.used) for row in db.session.execute(query))


def code_rows(deal_id: int, after: int = 0, most: int = 1_000) -> tuple[tuple[int, CodeUse], ...]:
    """The next of a deal's codes after a row, each with its row's number: to hand out all of them, a page at a time."""
    columns = (DealCode.id, DealCode.code, DealCode.limit, (DealCode.reserved + DealCode.redeemed).label("used"))
    query = select(*columns).where(DealCode.deal_id == deal_id, DealCode.id > after).order_by(DealCode.id).limit(most)
    return tuple((row.id, CodeUse(row.code, row.limit, row.used)) for row in db.session.execute(query))
