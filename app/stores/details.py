"""What managers say about a store's name, address and phone, and where its door is after that."""

import re
from dataclasses import dataclass, replace

from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.stores import places
from app.stores.addresses import STATE, phone_of
from app.stores.clocks import time_zone
from app.stores.editing import measure
from app.stores.geo import Point, miles_between
from app.stores.models import Store
from app.stores.values import Address, StoreInfo

ASTRAY_MILES = 60  # further from its ZIP code's middle than this, a store is not where it says


@dataclass(frozen=True, slots=True)
class Details:
    """A store as customers find it; `phone` is kept as `+13125550142`, or empty."""

    name: str
    street: str
    city: str
    state: str
    zip: str
    phone: str
    door: Point

    @property
    def address(self) -> Address:
        """Where it is, as it is written."""
        return Address(self.street, self.city, self.zip)

    def shown(self, store: StoreInfo) -> StoreInfo:
        """The store as it would read with these."""
        return replace(
            store,
            name=self.name,
            street=self.street,
            city=self.city,
            state=self.state,
            zip=self.zip,
            phone=self.phone,
            lat=self.door.lat,
            lon=self.door.lon,
        )


def details_of(store_id: int) -> Details:
    """A store's details as they are kept. Raises NotFound."""
    row = db.session.get(Store, store_id, populate_existing=True)
    if row is None:
        raise NotFound("We could not find that store.")
    return Details(row.name, row.street, row.city, row.state, row.zip, row.phone, Point(row.lat, row.lon))


def look_up(store_id: int, told: Details) -> Details:
    """The same details with the door where a provider of maps finds the new address; never inside of a unit of work.

    A door that was moved by hand stays there, and so does any other where nobody knows better in the same ZIP code.
    Raises Refusal `bad_details` about the door when only its coordinates could tell, or they lie far from the ZIP code.
    """
    now = details_of(store_id)
    if told.door != now.door or told.address == now.address:
        return _close_by(told)
    places.locate(told.address)
    found = places.known_door(told.address)
    if found is None and told.zip != now.zip:
        words = "We could not look this address up. Please write the latitude and longitude of the door."
        raise Refusal("bad_details", words, field="door")
    return _close_by(replace(told, door=found or told.door))


def _close_by(told: Details) -> Details:
    middle = places.middle(told.zip)
    far = miles_between(told.door, middle) if middle else 0.0
    if far > ASTRAY_MILES:
        raise Refusal("bad_details", f"This lies {far:,.0f} miles from ZIP code {told.zip}.", field="door")
    return told


def check(told: Details) -> Details:
    """The details as they would be kept, wherever the door is. Raises Refusal `bad_details` about what is wrong."""
    phone = phone_of(told.phone)
    for wrong, field, words in (
        (not 0 < len(told.name) <= 60, "name", "A name has 1 to 60 letters."),
        (not 0 < len(told.street) <= 120, "street", "A street has 1 to 120 letters."),
        (not 0 < len(told.city) <= 60, "city", "A city has 1 to 60 letters."),
        (not STATE.fullmatch(told.state), "state", "A state has two capital letters, like IL."),
        (not re.fullmatch(r"[0-9]{5}", told.zip, re.ASCII), "zip", "A ZIP code has five digits."),
        (phone is None, "phone", "A phone number has ten digits, like (312) 555-0100."),
    ):
        if wrong:
            raise Refusal("bad_details", words, field=field)
    return replace(told, phone=phone or "")


def save(store_id: int, told: Details) -> Details:
    """Keep a store's details, in the open unit of work, and give what they were; its address on our pages stays.

    In another ZIP code it goes by the clock there, and its drawn zones stay on the ground where they are.
    Raises what `check` and `details_of` raise.
    """
    before, kept = details_of(store_id), _close_by(check(told))
    row = db.session.get_one(Store, store_id)
    row.name, row.street, row.city, row.state, row.zip = kept.name, kept.street, kept.city, kept.state, kept.zip
    row.phone, row.lat, row.lon = kept.phone, kept.door.lat, kept.door.lon
    if kept.zip != before.zip:
        row.timezone = time_zone(kept.zip) or row.timezone
    db.session.flush()
    measure(store_id)
    return before
