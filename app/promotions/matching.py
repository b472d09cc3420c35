"""Which units fit which slots, and how much of a unit a slot pays for."""

from app.promotions.values import Slot, Unit


def fits(slot: Slot, unit: Unit) -> bool:
    """Whether a unit is one that a slot asks for."""
    return (
        (not slot.categories or unit.category in slot.categories)
        and (not slot.products or unit.product in slot.products)
        and (not slot.sizes or unit.size in slot.sizes)
        and (not slot.crusts or unit.crust in slot.crusts)
        and not (slot.no_specialties and unit.specialty)
    )


def eligible_cents(slot: Slot, unit: Unit) -> int:
    """What a slot counts of a unit's list price: all of it but for toppings beyond those included."""
    included = slot.most_toppings
    beyond = unit.beyond_cents[included] if included is not None and included < len(unit.beyond_cents) else 0
    return unit.list_cents - beyond
