"""The storm can fail: each guard that is taken out is missed by its invariant. Every program of the shop is real."""

import pytest

from tests.chaos import siege
from tests.chaos.sabotage import GUARDS
from tests.chaos.siege import PROVOKED


@pytest.fixture(scope="module")
def besieged(tmp_path_factory):
    with siege.open_shop(tmp_path_factory.mktemp("sabotage")) as opened:
        yield opened


def test_every_guard_is_provoked():
    assert PROVOKED.keys() == GUARDS.keys()


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_taken_out_is_missed(besieged, guard):
    assert siege.unmissed(besieged, guard) == set()


def test_with_all_guards_in_none_is_missed(tmp_path):
    """In a shop of its own: what was broken in another goes on changing there."""
    with siege.open_shop(tmp_path) as intact:
        assert siege.unmissed(intact, *GUARDS, without=(), patience=30) == set(GUARDS)
