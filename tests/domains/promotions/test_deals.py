"""A deal as data: what marketing writes comes back as it was, and what makes no sense is refused with its field."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.promotions.deals import packed, unpacked
from app.promotions.values import Combine, Deal, Kind, Slot, Stage, Tier, Window
from tests.domains.promotions.carts import deals

FULL = Deal(
    id=3,
    version=2,
    name="Family box",
    kind=Kind.BUNDLE_PRICE,
    slots=(Slot(("pizzas",), (), ("l",), ("thin",), 3, True, 2), Slot(products=("cola",))),
    price_cents=2700,
    combine=Combine.EXCLUSIVE,
    stackable=True,
    min_spend_cents=1500,
    max_per_order=3,
    by_code=True,
    window=Window(date(2026, 11, 1), date(2026, 11, 30), (4, 5), 1320, 1560),
    stores=(1, 2),
    methods=("delivery",),
    first_order=True,
    limit=100,
    limit_per_customer=2,
)
SIMPLE = {"name": "Five off", "kind": "amount_order", "off_cents": 500}


def test_a_deal_survives_being_written_down():
    assert unpacked(json.loads(json.dumps(packed(FULL))), 3, 2) == FULL


@settings(derandomize=True)
@given(st.integers(1, 9).flatmap(deals))
def test_every_kind_of_deal_survives_being_written_down(deal):
    assert unpacked(json.loads(json.dumps(packed(deal))), deal.id, 1) == deal


def test_what_is_left_out_limits_nothing():
    found = unpacked(SIMPLE, 1, 1)
    assert found == Deal(1, 1, "Five off", Kind.AMOUNT_ORDER, off_cents=500)
    assert (found.combine, found.window, found.stores, found.limit) == (Combine.NORMAL, Window(), (), None)


def test_one_is_free_at_a_time_whatever_an_old_deal_says():
    written = {"name": "Dips", "kind": "free_item", "slots": [{"count": 3}, {"categories": ["dips"], "count": 2}]}
    assert [slot.count for slot in unpacked(written, 1, 1).slots] == [3, 1]


WRONG = [
    ({"name": " "}, "name"),
    ({"name": "x" * 81}, "name"),
    ({"kind": "half_price"}, "kind"),
    ({"kind": None}, "kind"),
    ({"combine": "sometimes"}, "combine"),
    ({"off_cents": 0}, "off_cents"),
    ({"off_cents": -1}, "off_cents"),
    ({"off_cents": 12.5}, "off_cents"),
    ({"off_cents": True}, "off_cents"),
    ({"off_cents": 10_000_000}, "off_cents"),
    ({"kind": "percent_order"}, "rate_ppm"),
    ({"kind": "percent_order", "rate_ppm": 1_000_001}, "rate_ppm"),
    ({"kind": "percent_items", "rate_ppm": 1000}, "slots"),
    ({"kind": "percent_items", "rate_ppm": 1000, "slots": [{}, {}]}, "slots"),
    ({"kind": "bundle_price", "slots": [{}]}, "price_cents"),
    ({"kind": "tiered_percent", "slots": [{}]}, "tiers"),
    ({"kind": "tiered_percent", "slots": [{}], "tiers": [[3, 1000], [3, 2000]]}, "tiers"),
    ({"kind": "tiered_percent", "slots": [{}], "tiers": [[3, 2000], [4, 1000]]}, "tiers"),
    ({"kind": "tiered_percent", "slots": [{}], "tiers": [[3]]}, "tiers"),
    ({"kind": "tiered_percent", "slots": [{}], "tiers": ["ab"]}, "tiers"),
    ({"kind": "delivery", "off_cents": 100, "rate_ppm": 1000}, "rate_ppm"),
    ({"kind": "delivery", "off_cents": 0}, "rate_ppm"),
    ({"slots": "pizza"}, "slots"),
    ({"slots": ["pizza"]}, "slots.0"),
    ({"slots": [{"count": 0}]}, "slots.0.count"),
    ({"slots": [{"sizes": [3]}]}, "slots.0.sizes"),
    ({"slots": [{"sizes": "l"}]}, "slots.0.sizes"),
    ({"slots": [{"no_specialties": "yes"}]}, "slots.0.no_specialties"),
    ({"stackable": 1}, "stackable"),
    ({"cap_cents": 0}, "cap_cents"),
    ({"max_per_order": 0}, "max_per_order"),
    ({"limit": -1}, "limit"),
    ({"limit_per_customer": 0}, "limit_per_customer"),
    ({"stores": ["1"]}, "stores"),
    ({"methods": ["drone"]}, "methods"),
    ({"window": []}, None),
    ({"window": "always"}, "window"),
    ({"window": {"first": "tomorrow"}}, "window.first"),
    ({"window": {"first": 20261101}}, "window.first"),
    ({"window": {"first": "2026-11-02", "last": "2026-11-01"}}, "window.last"),
    ({"window": {"weekdays": [7]}}, "window.weekdays"),
    ({"window": {"opens": 720, "closes": 720}}, "window.closes"),
    ({"window": {"opens": 0, "closes": 720}}, "window.closes"),
    ({"window": {"closes": 1681}}, "window.closes"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_what_makes_no_sense_is_refused_and_the_field_is_named(change, field):
    if field is None:
        assert unpacked({**SIMPLE, **change}, 1, 1).window == Window()
        return
    with pytest.raises(Refusal) as refused:
        unpacked({**SIMPLE, **change}, 1, 1)
    assert (refused.value.code, refused.value.field) == ("invalid_deal", field)


def test_a_number_out_of_bounds_is_told_its_bounds():
    with pytest.raises(Refusal, match=r"at least \$0\.00 and at most \$10,000\.00"):
        unpacked({**SIMPLE, "off_cents": 1_000_001}, 1, 1)


def test_every_kind_has_its_stage():
    stages = {kind: kind.stage for kind in Kind}
    assert {kind for kind, stage in stages.items() if stage is Stage.ORDER} == {Kind.PERCENT_ORDER, Kind.AMOUNT_ORDER}
    assert {kind for kind, stage in stages.items() if stage is Stage.FEE} == {Kind.DELIVERY}


def test_a_step_is_a_number_and_a_percentage():
    written = {"name": "More", "kind": "tiered_percent", "slots": [{}], "tiers": [[4, 100_000], [7, 150_000]]}
    assert unpacked(written, 1, 1).tiers == (Tier(4, 100_000), Tier(7, 150_000))
