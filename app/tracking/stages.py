"""The stages of a ticket: one table of allowed moves. Every move is somebody's tap; nothing moves on a timer."""

from enum import StrEnum

from app.stores.values import Method


class Stage(StrEnum):
    """Where a ticket stands between the till and the customer."""

    RECEIVED = "received"
    PREP = "prep"
    BAKING = "baking"
    QUALITY_CHECK = "quality_check"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    READY = "ready"
    COLLECTED = "collected"


S = Stage
LABELS = {
    S.RECEIVED: "Order in",
    S.PREP: "Making",
    S.BAKING: "In the oven",
    S.QUALITY_CHECK: "Checked and boxed",
    S.OUT_FOR_DELIVERY: "On its way",
    S.DELIVERED: "Delivered",
    S.DELIVERY_FAILED: "We could not deliver it",
    S.READY: "Ready for pickup",
    S.COLLECTED: "Collected",
}
# What the tap that leads there is called.
DEEDS = {
    S.PREP: "Start making",
    S.BAKING: "Into the oven",
    S.QUALITY_CHECK: "Check and box",
    S.OUT_FOR_DELIVERY: "Send out",
    S.DELIVERED: "Delivered",
    S.DELIVERY_FAILED: "Could not deliver",
    S.READY: "Ready for pickup",
    S.COLLECTED: "Handed over",
}
ENDS = frozenset({S.DELIVERED, S.COLLECTED})

# From where, to where, for which way of getting the food, and whether only with (or only without) something to bake.
_EITHER, _DRIVEN, _FETCHED = tuple(Method), (Method.DELIVERY,), (Method.CARRYOUT,)
_BAKED, _PLAIN, _ANY = (True,), (False,), (True, False)
_TABLE: tuple[tuple[Stage, Stage, tuple[Method, ...], tuple[bool, ...]], ...] = (
    (S.RECEIVED, S.PREP, _EITHER, _ANY),
    (S.PREP, S.BAKING, _EITHER, _BAKED),
    (S.PREP, S.QUALITY_CHECK, _EITHER, _PLAIN),
    (S.BAKING, S.QUALITY_CHECK, _EITHER, _BAKED),
    (S.QUALITY_CHECK, S.OUT_FOR_DELIVERY, _DRIVEN, _ANY),
    (S.OUT_FOR_DELIVERY, S.DELIVERED, _DRIVEN, _ANY),
    (S.OUT_FOR_DELIVERY, S.DELIVERY_FAILED, _DRIVEN, _ANY),
    (S.DELIVERY_FAILED, S.OUT_FOR_DELIVERY, _DRIVEN, _ANY),
    (S.QUALITY_CHECK, S.READY, _FETCHED, _ANY),
    (S.READY, S.COLLECTED, _FETCHED, _ANY),
)


def onward(stage: Stage, method: Method, *, baked: bool) -> tuple[Stage, ...]:
    """Every stage that may follow, the usual one first."""
    return tuple(to for start, to, ways, bakes in _TABLE if start is stage and method in ways and baked in bakes)


def next_stage(stage: Stage, method: Method, *, baked: bool) -> Stage | None:
    """The stage that one tap leads to; None at the end of the way."""
    return next(iter(onward(stage, method, baked=baked)), None)


def may_move(stage: Stage, to: Stage, method: Method, *, baked: bool) -> bool:
    """Whether the table allows this move."""
    return to in onward(stage, method, baked=baked)


def course(method: Method, *, baked: bool) -> tuple[Stage, ...]:
    """The usual stages of such an order, first to last."""
    stages = [Stage.RECEIVED]
    while (after := next_stage(stages[-1], method, baked=baked)) is not None:
        stages.append(after)
    return tuple(stages)
