"""The API under fire, as everybody there is: no failure, no answer off the document, no door left open.

`make fuzz` shoots longer: FUZZ_EXAMPLES and FUZZ_SECONDS for each of them.
"""

import os

import pytest

from app.users.service import Role
from tests.api.fuzzing import PHASES, fuzz
from tests.api.hands import guest, held_by, staff
from tests.edges.sockets import address
from tests.factories.customers import customer
from tests.factories.orders import placed

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
SECONDS = int(os.environ.get("FUZZ_SECONDS", "4"))
LONG = "FUZZ_SECONDS" in os.environ
# Which phases there is time for as whom; `make fuzz` takes all of them as everybody.
ROLES = {
    "nobody": ("examples", "coverage"),
    "guest": ("stateful",),
    "holder": ("fuzzing",),
    "kitchen": ("examples", "coverage"),
    "manager": ("stateful",),
    "customer": ("fuzzing",),
}
# Each database sees each phase once: PostgreSQL as whoever may ask most in it.
ON_SQLITE = ("nobody", "guest", "holder")
SHOOTERS = [
    pytest.param(role, marks=pytest.mark.one_database("sqlite" if role in ON_SQLITE else "postgres")) for role in ROLES
]


def token_of(shop, role: str) -> str:
    if role == "nobody":
        return ""
    if role == "guest":
        return guest(shop).token
    if role == "customer":
        return held_by(shop, customer()).token
    if role == "holder":
        return address(1)
    return staff(shop, "Beppe", Role.KITCHEN).token if role == "kitchen" else staff(shop).token


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("role", SHOOTERS)
def test_nothing_fails_and_nothing_is_answered_that_the_document_does_not_say(shop, work_off, provider, role):
    placed()
    work_off()
    phases, token = PHASES if LONG else ROLES[role], token_of(shop, role)
    for phase in phases:  # each has its turn, however busy the machine is
        seconds = SECONDS // len(phases)
        for longer in (1, 4, 16):  # on a busy machine the first one or two only get ready
            found = fuzz(shop, token, phase, examples=EXAMPLES, seconds=longer * seconds)
            if found.calls[phase] or found.failures:
                break
        assert found.failures == [], "\n".join(found.failures)
        assert found.calls[phase] > 0
