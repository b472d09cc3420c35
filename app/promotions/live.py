"""The deals on offer as one frozen value: kept in this process, checked against its version (docs/decisions/0012)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy import select, update

from app.core.cache import Memory
from app.core.db import after_commit, db, insert_new, sent_one
from app.promotions import models
from app.promotions.deals import unpacked
from app.promotions.values import Deal

EDITION = 1  # the one row
VERSION = select(models.DealEdition.__table__.c.version)


@dataclass(frozen=True, slots=True)
class KnownCode:
    """A code that is no secret: its row, and the deal that it asks for."""

    id: int
    deal_id: int


@dataclass(frozen=True)
class Live:
    """Every live deal by its id, which of them are listed, codes that are no secret, and how often each was used.

    Uses are exact where it matters: when a deal is used up, and when it is to be had again, the edition changes.
    """

    version: int
    deals: Mapping[int, Deal]
    listed: frozenset[int]
    codes: Mapping[str, KnownCode]
    uses: Mapping[int, int]

    @cached_property
    def starts(self) -> bool:
        """Whether there is a deal for first orders."""
        return any(deal.first_order for deal in self.deals.values())

    def code_of(self, deal_id: int) -> str | None:
        """A code that anybody may be told for a deal."""
        return next((code for code, known in self.codes.items() if known.deal_id == deal_id), None)

    def told_codes(self) -> list[str]:
        """The codes that stand on the page of deals."""
        return [code for code, known in self.codes.items() if known.deal_id in self.listed]


latest: Memory[None, Live] = Memory(most=1, age=timedelta(seconds=1))
editions: Memory[int, Live] = Memory(most=4, age=timedelta(minutes=10))


def live() -> Live:
    """The deals on offer, at most a second old: for pages and carts."""
    return latest.get(None, lambda: _edition(_version()))


def fresh() -> Live:
    """The deals on offer as they are this moment: for placing an order."""
    found = _edition(_version())
    latest.put(None, found)  # whoever is refused for a change sees it on the page that says so
    return found


def _edition(version: int) -> Live:
    return editions.get(version, lambda: _load(version))


def _version() -> int:
    row = sent_one(VERSION)
    return row.version if row else 0


def _load(version: int) -> Live:
    deal, text, code = models.Deal, models.DealVersion, models.DealCode
    on_offer = (deal.state == "live", deal.paused.is_(False))
    said = (text.deal_id == deal.id) & (text.version == deal.version)
    columns = (deal.id, deal.version, deal.listed, text.terms, (deal.reserved + deal.redeemed).label("used"))
    rows = db.session.execute(select(*columns).join(text, said).where(*on_offer).order_by(deal.id)).all()
    known = select(code.code, code.id, code.deal_id).join(deal).where(*on_offer, code.limit.is_(None))
    return Live(
        version=version,
        deals={row.id: unpacked(row.terms, row.id, row.version) for row in rows},
        listed=frozenset(row.id for row in rows if row.listed),
        codes={row.code: KnownCode(row.id, row.deal_id) for row in db.session.execute(known.order_by(code.id))},
        uses={row.id: row.used for row in rows},
    )


def changed() -> None:
    """Something changed that a price could see: no process goes on with what it knew. In the open unit of work."""
    edition = models.DealEdition
    if not insert_new(edition, id=EDITION, version=1):
        db.session.execute(update(edition).values(version=edition.version + 1))
    after_commit(latest.clear)
