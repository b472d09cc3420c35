"""The tracker's scene for each stage of an order, with the customer's own pizza in it, or a bag if there is none."""

from collections.abc import Callable

from app.pictures import kitchen, outside, street
from app.pictures.recipe import Recipe

SCENES: dict[str, Callable[[Recipe | None], str]] = {
    "received": kitchen.ticket_rail,
    "prep": kitchen.bench,
    "baking": kitchen.oven,
    "quality_check": outside.open_box,
    "out_for_delivery": street.road,
    "ready": outside.pickup_shelf,
    "delivered": outside.table,
    "collected": outside.table,
    "delivery_failed": street.doorstep,
    "called_off": outside.dark_shelf,
}


def scene_svg(stage: str, recipe: Recipe | None) -> str:
    """A picture of 1260 by 420, its subject in the middle half. KeyError for an unknown stage."""
    return SCENES[stage](recipe)
