"""A short storm, with more trouble for each checkout than a long one. `make storm` runs the long ones."""

from tests import databases
from tests.chaos import storm
from tests.chaos.plan import Plan


def test_a_storm_loses_and_doubles_nothing(storm_folder):
    trouble = {"capacity": 6, "cancelled": 0.1, "declined": 0.1, "asked": 0.15, "couponed": 0.6, "coupon_limit": 8}
    plan = Plan(databases.KIND, seed=11, checkouts=40, to_pay=12, longest_tail=4, deaths_each=0.2, **trouble)
    outcome = storm.run(plan, storm_folder)
    assert outcome.held, f"{outcome}\n{ {name: cases for name, cases in outcome.broken.items() if cases} }"
    assert outcome.figures["kills"] + outcome.figures["stops"] > 5
    assert outcome.figures["placed"] > 10
