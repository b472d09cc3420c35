"""The table of stages, every pair of it."""

from itertools import product

import pytest

from app.stores.values import Method
from app.tracking.stages import ENDS, LABELS, Stage, course, may_move, next_stage

S = Stage
ALWAYS = {
    Method.DELIVERY: {
        (S.RECEIVED, S.PREP),
        (S.QUALITY_CHECK, S.OUT_FOR_DELIVERY),
        (S.OUT_FOR_DELIVERY, S.DELIVERED),
        (S.OUT_FOR_DELIVERY, S.DELIVERY_FAILED),
        (S.DELIVERY_FAILED, S.OUT_FOR_DELIVERY),
    },
    Method.CARRYOUT: {(S.RECEIVED, S.PREP), (S.QUALITY_CHECK, S.READY), (S.READY, S.COLLECTED)},
}
BAKED = {True: {(S.PREP, S.BAKING), (S.BAKING, S.QUALITY_CHECK)}, False: {(S.PREP, S.QUALITY_CHECK)}}


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("baked", [True, False])
def test_each_pair_of_stages_is_allowed_or_not(method, baked):
    allowed = {pair for pair in product(S, S) if may_move(*pair, method, baked=baked)}
    assert allowed == ALWAYS[method] | BAKED[baked]


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("baked", [True, False])
def test_every_order_comes_to_an_end_that_nothing_follows(method, baked):
    way = course(method, baked=baked)
    assert way[0] is S.RECEIVED
    assert way[-1] in ENDS
    assert next_stage(way[-1], method, baked=baked) is None


def test_drinks_alone_never_see_the_oven_and_carryout_never_leaves_the_house():
    assert S.BAKING not in course(Method.DELIVERY, baked=False)
    assert course(Method.CARRYOUT, baked=True) == (S.RECEIVED, S.PREP, S.BAKING, S.QUALITY_CHECK, S.READY, S.COLLECTED)


def test_every_stage_has_words():
    assert set(LABELS) == set(S)
