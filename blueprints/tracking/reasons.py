"""Why an order is not made, or not handed over: keys as forms and programs send them, and their words."""

from app.tracking.service import Failure

# Its customer reads these.
NOT_MADE = {
    "out": "We have run out of something in it",
    "late": "We cannot make it in time",
    "far": "We cannot deliver there right now",
    "closing": "We have to close early",
}
NOT_DELIVERED = {
    "nobody": "Nobody answered",
    "address": "The address is wrong",
    "refused": "The customer did not want it",
    "unpaid": "The customer could not pay",
    "trouble": "The driver could not get there",
}
AT_THE_DOOR = {
    "nobody": "Our driver was at your door and nobody answered.",
    "address": "Our driver could not find the address.",
    "refused": "Our driver was told at the door that it is not wanted.",
    "unpaid": "It could not be paid for at the door.",
    "trouble": "Our driver could not get to you.",
}
UNSAID = "Our driver could not hand it over."
_KEYS = {words: key for key, words in NOT_DELIVERED.items()}


def at_the_door(failure: Failure | None) -> str:
    """What the customer of an order that could not be handed over should know of why."""
    return AT_THE_DOOR.get(_KEYS.get(failure.reason, ""), UNSAID) if failure else UNSAID
