"""Every seeded deal, and every kind, as people read it."""

import tomllib

import pytest

from app.menu import service as menu
from app.promotions.deals import unpacked
from app.promotions.seed import FILE
from app.promotions.service import Listed, Obstacle, Reason
from blueprints.deal_words import card
from tests.factories.deals import OFF_ONE, QUARTER_OFF

pytestmark = pytest.mark.one_database

SEEDED = {
    "Two mediums": (
        "$24 together",
        "Two medium pizzas on classic or thin crust with up to two toppings, together for $24.",
    ),
    "Family box": (
        "$27 together",
        "A large pizza with up to three toppings, a side and a drink (2 l bottle), together for $27.",
    ),
    "Pick up a large": (
        "$14.99 each",
        "Any large pizza on classic or thin crust with up to two toppings, $14.99 each.",
    ),
    "Free dip with a large": ("free on top", "A free dip with a large or X-Large pizza."),
    "Free delivery": ("free delivery", "Free delivery."),
    "The more, the merrier": ("20% up to", "10% off four pizzas, 15% off seven and 20% off ten."),
    "Second one for half": (
        "50% off the second",
        "Buy an X-Large pizza, get a medium, large or X-Large pizza for half.",
    ),
    "Late wings": ("25% off", "25% off boneless wings, hot wings or wings your way."),
    "Sweet ending": ("$1.50 off", "$1.50 off any sweet."),
    "Lunch for one": (
        "$12 together",
        "A small pizza with up to one topping and a drink (12 oz can), together for $12.",
    ),
    "25% off": ("25% off", "25% off your order, at most $15."),
    "15% off on Tuesdays": ("15% off", "15% off your order."),
    "Five dollars off your first order": ("$5 off", "$5 off your order."),
}


def read(terms, code=None, against=None):
    return card(Listed(unpacked(terms, 1, 1), code, against), menu.load(1))


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_deal_reads_well(shop, name):
    terms = next(deal for deal in tomllib.loads(FILE.read_text())["deal"] if deal["name"] == name)
    terms.pop("codes", None)
    found = read(terms)
    assert (f"{found.big} {found.small}", found.gives) == SEEDED[name]


def test_every_seeded_deal_is_read(shop):
    assert {deal["name"] for deal in tomllib.loads(FILE.read_text())["deal"]} == SEEDED.keys()


LIMITS = [
    ({"methods": ["carryout"]}, ("Carryout only",)),
    ({"window": {"weekdays": [0, 1, 2, 3]}}, ("Mondays to Thursdays",)),
    ({"window": {"weekdays": [0, 1, 2], "opens": 660, "closes": 900}}, ("Mondays to Wednesdays, 11 am to 3 pm",)),
    ({"window": {"weekdays": [1, 3]}}, ("On Tuesdays and Thursdays",)),
    ({"window": {"opens": 1320, "closes": 1560}}, ("10 pm to 2 am",)),
    ({"window": {"last": "2026-11-30"}}, ("Until November 30",)),
    ({"min_spend_cents": 2050}, ("From $20.50 of food",)),
    ({"stores": [1]}, ("At some stores",)),
    ({"first_order": True, "limit_per_customer": 1}, ("On your first order", "Once per customer")),
    ({"limit_per_customer": 3}, ("Three times per customer",)),
    ({"limit": 1500}, ("For the first 1,500 orders",)),
    ({"combine": "exclusive"}, ("Not with other deals",)),
    ({}, ()),
]


@pytest.mark.parametrize(("terms", "words"), LIMITS, ids=[str(case[1]) for case in LIMITS])
def test_limits_are_told_in_plain_words(shop, terms, words):
    assert read({**QUARTER_OFF, **terms}).limits == words


PIZZA = {"categories": ["pizzas"]}
PLAIN = {**PIZZA, "no_specialties": True, "most_toppings": 0}
EACH = {"name": "Each", "kind": "fixed_each", "price_cents": 799, "min_count": 2}
AND = {"name": "And", "kind": "buy_x_get_y"}
GIVES = [
    ({"rate_ppm": 125_000}, "12.5% off your order."),
    ({"slots": [{"categories": ["salads"]}]}, "25% off salads."),
    ({"kind": "delivery", "rate_ppm": 500_000}, "50% off delivery."),
    ({"kind": "delivery", "rate_ppm": 0, "off_cents": 150}, "$1.50 off delivery."),
    ({"kind": "delivery", "rate_ppm": 0, "price_cents": 100}, "Delivery for $1."),
    ({**OFF_ONE, "slots": [{}]}, "$1 off any item."),
    ({**OFF_ONE, "slots": [PLAIN]}, "$1 off any pizza without extra toppings that you build yourself."),
    ({**EACH, "slots": [{**PIZZA, "sizes": ["m"]}]}, "Any medium pizza, two or more, $7.99 each."),
    ({**AND, "rate_ppm": 1_000_000, "slots": [PIZZA, {"products": ["cola"]}]}, "Buy a pizza, get a cola free."),
    (
        {**AND, "rate_ppm": 300_000, "slots": [PIZZA, {"products": ["iced-tea"]}]},
        "Buy a pizza, get an iced tea for 30% less.",
    ),
]


@pytest.mark.parametrize(("terms", "words"), GIVES, ids=[case[1] for case in GIVES])
def test_what_a_deal_gives_is_told_in_a_sentence(shop, terms, words):
    assert read(terms if "name" in terms else {**QUARTER_OFF, **terms}).gives == words


WAYS = [
    (Reason.WRONG_METHOD, "/where?method=carryout&next=/deals", "Switch to carryout"),
    (Reason.WRONG_STORE, "/stores", "Choose another store"),
    (Reason.WRONG_TIME, "/where?next=/deals", "Choose another time"),
]


@pytest.mark.parametrize(("reason", "href", "words"), WAYS)
def test_what_stands_against_a_deal_comes_with_the_way_out(shop, reason, href, words):
    found = read({**QUARTER_OFF, "methods": ["carryout"]}, against=Obstacle(reason, "Not here."))
    assert (found.way.href, found.way.words) == (href, words)
    assert found.why


def test_where_there_is_no_way_out_none_is_shown(shop):
    found = read(QUARTER_OFF, against=Obstacle(Reason.USED_UP, "25% off is used up."))
    assert (found.way, found.why) == (None, "25% off is used up.")


def test_a_code_is_told_for_deals_that_need_one_alone(shop):
    assert read(QUARTER_OFF, code="PIZZA20").code is None
    assert read({**QUARTER_OFF, "by_code": True}, code="PIZZA20").code == "PIZZA20"
