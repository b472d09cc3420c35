"""Addresses that a customer keeps, as the API says them."""

from pydantic import Field

from app.orders.doors import Served
from app.stores.service import StoreInfo
from blueprints.api.shape import Id, Shape
from blueprints.api.stores import Refused


class ServedBy(Shape):
    """The store that delivers to an address."""

    id: Id
    name: str
    time_zone: str


class KeptAddress(Shape):
    """An address that is kept. `usual` is the one that comes first; `refusal` says why no store delivers there."""

    id: Id
    label: str
    street: str
    unit: str
    city: str
    zip_code: str
    instructions: str
    usual: bool
    store: ServedBy | None
    refusal: Refused | None = Field(description="Null where a store delivers.")


class KeptAddresses(Shape):
    """All addresses that somebody keeps, the usual one first."""

    addresses: list[KeptAddress]
    most: int


def kept_address(found: Served) -> KeptAddress:
    """A kept address, and who delivers there."""
    kept = found.kept
    return KeptAddress(
        id=str(kept.id),
        label=kept.name,
        street=kept.street,
        unit=kept.unit,
        city=kept.city,
        zip_code=kept.zip,
        instructions=kept.note,
        usual=kept.usual,
        store=_served_by(found.store) if found.store else None,
        refusal=None if found.store else Refused(code="out_of_area", detail=found.words),
    )


def _served_by(store: StoreInfo) -> ServedBy:
    return ServedBy(id=str(store.id), name=store.name, time_zone=store.zone.key)
