"""One store at one moment, as its menu depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from app.core import clock
from app.core.day import business_date
from app.core.db import db
from app.menu import models


@dataclass(frozen=True, slots=True)
class Here:
    """One store at one moment: what it ran out of, what it offers unlike the chain, and which moments change that."""

    store_id: int
    now: datetime
    zone: ZoneInfo
    gone: frozenset[tuple[str, str]]
    offers: Mapping[tuple[str, str], bool]
    moments: list[datetime] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.now, self.zone)

    def offered(self, kind: str, key: str) -> bool:
        """Whether the store has it on its menu at all."""
        return self.offers.get((kind, key), True)

    def until(self) -> datetime | None:
        """The first moment at which this menu is another one by itself."""
        return min((moment for moment in self.moments if moment > self.now), default=None)


def look(edition: models.StoreMenu) -> Here:
    """A store as it is right now."""
    now, row, offer = clock.now(), models.SoldOut, models.StoreOffer
    still: ColumnElement[bool] = or_(row.until.is_(None), row.until > now)
    gone = db.session.execute(select(row.kind, row.key, row.until).where(row.store_id == edition.store_id, still)).all()
    offers = db.session.execute(
        select(offer.kind, offer.key, offer.offered).where(offer.store_id == edition.store_id)
    ).all()
    return Here(
        edition.store_id,
        now,
        ZoneInfo(edition.timezone),
        frozenset((kind, key) for kind, key, _ in gone),
        {(kind, key): offered for kind, key, offered in offers},
        [until for _, _, until in gone if until is not None],
    )
