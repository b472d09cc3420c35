"""The short form of test_sabotage: guards that do not get into one another's way are taken out at once."""

import pytest

from tests.chaos import siege
from tests.chaos.siege import PROVOKED

# A provider that goes silent leaves nobody to fill slots and kitchen: it comes by itself.
SILENCE = {"silence"}
OTHERS = PROVOKED.keys() - SILENCE


@pytest.fixture(scope="module")
def besieged(tmp_path_factory):
    with siege.open_shop(tmp_path_factory.mktemp("sabotage")) as opened:
        yield opened


@pytest.mark.parametrize("guards", [OTHERS, SILENCE], ids=["others", "silence"])
def test_guards_that_are_taken_out_are_missed(besieged, guards):
    assert siege.unmissed(besieged, *sorted(guards)) == set()
