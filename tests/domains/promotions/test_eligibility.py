"""What stands against a deal here and now, each reason in a sentence of its own."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.promotions.eligibility import (
    Context,
    Reason,
    Uses,
    below_minimum,
    hours_in_words,
    not_with_others,
    obstacle,
    one_slip_apart,
    unknown,
)
from app.promotions.values import Deal, Kind, Window

ZONE = ZoneInfo("America/New_York")
FRIDAY_NOON = datetime(2026, 11, 27, 12, tzinfo=ZONE)


def deal(**terms):
    return Deal(7, 1, "Late wings", Kind.AMOUNT_ORDER, off_cents=500, **terms)


def context(**known):
    return Context(
        **{"at": FRIDAY_NOON, "zone": ZONE, "store_id": 1, "store_name": "Elm Street", "method": "delivery", **known}
    )


AGAINST = [
    (deal(window=Window(last=date(2026, 11, 20))), {}, Reason.EXPIRED, "WINGS5 ended on November 20."),
    (deal(window=Window(first=date(2026, 12, 1))), {}, Reason.NOT_YET, "WINGS5 starts on December 1."),
    (deal(stores=(2, 3)), {}, Reason.WRONG_STORE, "WINGS5 does not hold at Elm Street."),
    (deal(methods=("carryout",)), {}, Reason.WRONG_METHOD, "WINGS5 is for carryout only."),
    (deal(window=Window(weekdays=(1,))), {}, Reason.WRONG_TIME, "WINGS5 holds on Tuesdays only."),
    (
        deal(window=Window(weekdays=(4,), opens=1320, closes=1560)),
        {},
        Reason.WRONG_TIME,
        "WINGS5 holds on Fridays, 10 pm to 2 am only.",
    ),
    (deal(first_order=True), {"first_order": False}, Reason.NOT_FIRST_ORDER, "WINGS5 is for a first order."),
    (deal(limit_per_customer=1), {"uses": {7: Uses(9, 1)}}, Reason.USED_ALREADY, "You have used WINGS5 already."),
    (deal(first_order=True), {"uses": {7: Uses(9, 1)}}, Reason.USED_ALREADY, "You have used WINGS5 already."),
    (
        deal(limit_per_customer=2),
        {"uses": {7: Uses(9, 2)}},
        Reason.USED_ALREADY,
        "You have used WINGS5 2 times, as often as it can be.",
    ),
    (deal(limit=1000), {"uses": {7: Uses(1000)}}, Reason.USED_UP, "WINGS5 is used up: all 1,000 are gone."),
]


@pytest.mark.parametrize(("against", "known", "reason", "words"), AGAINST)
def test_each_reason_has_its_own_sentence(against, known, reason, words):
    found = obstacle(against, context(**known), "WINGS5")
    assert found is not None
    assert (found.reason, found.message) == (reason, words)


def test_nothing_stands_against_a_deal_that_holds():
    holding = deal(
        window=Window(date(2026, 11, 27), date(2026, 11, 27), (4,), 720, 721),
        stores=(1,),
        methods=("delivery",),
        first_order=True,
        limit=10,
        limit_per_customer=2,
    )
    assert obstacle(holding, context(first_order=True, uses={7: Uses(9, 1)})) is None


def test_what_is_not_known_yet_speaks_against_nothing():
    picky = deal(stores=(2,), methods=("carryout",), first_order=True)
    assert obstacle(picky, context(store_id=None, method=None, first_order=None)) is None


def test_without_a_code_a_deal_is_called_by_its_name():
    found = obstacle(deal(stores=(2,)), context())
    assert found is not None
    assert found.message == "Late wings does not hold at Elm Street."


def test_a_quote_from_within_the_window_still_counts():
    until_noon = deal(window=Window(opens=660, closes=720))
    assert obstacle(until_noon, context()) is not None
    assert obstacle(until_noon, context(quoted_at=FRIDAY_NOON.replace(hour=11, minute=55))) is None


def test_a_minimum_that_is_missed_says_by_how_much():
    found = below_minimum(deal(min_spend_cents=2500), 2090, "WINGS5")
    assert found is not None
    assert found.reason is Reason.BELOW_MINIMUM
    assert found.message == "WINGS5 starts at $25.00 of food. Add $4.10 more."
    assert found.missing_cents == 410
    assert below_minimum(deal(min_spend_cents=2500), 2500) is None


def test_an_unknown_code_may_be_a_slip_of_the_finger():
    assert unknown("PIZA20").message == "We don't know PIZA20."
    assert unknown("PIZA20", "PIZZA20").message == "We don't know PIZA20. Did you mean PIZZA20?"


def test_a_deal_that_may_not_stand_beside_others_says_which():
    found = not_with_others("WINGS5", "Two large")
    assert (found.reason, found.message) == (Reason.NOT_WITH_OTHERS, "WINGS5 cannot be used together with Two large.")


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("PIZA20", "PIZZA20", True),
        ("PIZZZA20", "PIZZA20", True),
        ("PIZZA21", "PIZZA20", True),
        ("IZZA20", "PIZZA20", True),
        ("PIZZA2", "PIZZA20", True),
        ("PIZZA20", "PIZZA20", False),
        ("PIAZ20", "PIZZA20", False),
        ("PIZZA", "PIZZA20", False),
        ("PZIZA20", "PIZZA20", False),
        ("", "A", True),
    ],
)
def test_one_letter_more_less_or_different_is_one_slip(typed, known, expected):
    assert one_slip_apart(typed, known) is expected
    assert one_slip_apart(known, typed) is expected


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(), "every day"),
        (Window(weekdays=(0, 1, 2)), "Mondays to Wednesdays"),
        (Window(weekdays=(0, 2, 4)), "on Mondays, Wednesdays and Fridays"),
        (Window(opens=660, closes=720), "11 am to noon"),
        (Window(weekdays=(4,), opens=1290, closes=1440), "on Fridays, 9:30 pm to midnight"),
    ],
)
def test_days_and_hours_are_said_as_people_say_them(window, words):
    assert hours_in_words(window) == words
