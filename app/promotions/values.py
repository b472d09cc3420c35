"""What the promotions domain says to others: small frozen values in cents."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """One physical item of a cart, as deals see it."""

    id: int
    product: str
    size: str | None
    crust: str | None
    list_cents: int


@dataclass(frozen=True, slots=True)
class Application:
    """One deal put to use: what it takes off each unit."""

    deal_id: int
    version: int
    name: str
    shares: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """The best combination of deals for a cart: what comes off units, and off the delivery fee."""

    applications: tuple[Application, ...] = ()
    fee_off_cents: int = 0
    deal_ids: tuple[int, ...] = ()

    def off(self, unit_id: int) -> int:
        """Everything that comes off one unit."""
        return sum(application.shares.get(unit_id, 0) for application in self.applications)
