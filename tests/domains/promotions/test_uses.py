"""Uses of deals never pass a limit, and each move is safe to repeat (price law, section 8)."""

from threading import Barrier

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.core.db import db, transaction
from app.core.errors import Conflict
from app.promotions import service as promotions
from app.promotions import uses as uses_of_deals
from app.promotions.models import Deal, DealClaim, DealCode, Redemption
from tests.factories.deals import QUARTER_OFF, deal, offer, uses_of
from tests.queries import counted
from tests.races import HANDS, race

ANA, CARLO = ("email:ana@example.com", "phone:+13125550142"), ("email:carlo@example.com", "phone:+13125550199")


def reserve(deal_id, order_id, identities=ANA, code_id=None):
    with transaction():
        promotions.reserve(offer(deal_id), order_id, identities, {deal_id: code_id} if code_id else {})


def redeem(order_id):
    with transaction():
        promotions.redeem(order_id)


def release(order_id):
    with transaction():
        promotions.release(order_id)


def uses(deal_id):
    db.session.rollback()
    return uses_of(deal_id)


def test_a_use_is_held_then_redeemed(shop):
    found = deal(limit=1)
    reserve(found, 1)
    assert uses(found) == (1, 0)
    redeem(1)
    assert uses(found) == (0, 1)


@pytest.mark.parametrize(
    "moves", [(release,), (release, release), (redeem, release), (redeem, redeem, release, release)]
)
def test_a_use_comes_back_once_however_often_it_is_given_back(shop, moves):
    found = deal(limit=1)
    reserve(found, 1)
    for move in moves:
        move(1)
    assert uses(found) == (0, 0)
    reserve(found, 2, CARLO)
    assert uses(found) == (1, 0)


def test_redeeming_twice_counts_once(shop):
    found = deal(limit=5)
    reserve(found, 1)
    redeem(1)
    redeem(1)
    assert uses(found) == (0, 1)


def test_what_was_given_back_cannot_be_redeemed(shop):
    found = deal(limit=1)
    reserve(found, 1)
    release(1)
    redeem(1)
    assert uses(found) == (0, 0)


def test_an_order_without_deals_moves_nothing(shop):
    found = deal(limit=1)
    redeem(1)
    release(1)
    with transaction():
        promotions.reserve(promotions.Offer(), 1, ANA)
    assert uses(found) == (0, 0)


def test_past_its_limit_a_deal_is_used_up(shop):
    found = deal(limit=1)
    reserve(found, 1)
    with pytest.raises(Conflict) as refused:
        reserve(found, 2, CARLO)
    assert (refused.value.code, refused.value.action) == ("deal_used_up", "reprice")
    assert uses(found) == (1, 0)


def test_a_redeemed_use_counts_towards_the_limit(shop):
    found = deal(limit=1)
    reserve(found, 1)
    redeem(1)
    with pytest.raises(Conflict):
        reserve(found, 2, CARLO)


def test_each_customer_has_uses_of_their_own(shop):
    found = deal(limit_per_customer=2)
    for order_id in (1, 2):
        reserve(found, order_id)
    with pytest.raises(Conflict, match="as often as it can be"):
        reserve(found, 3)
    reserve(found, 4, CARLO)
    assert uses(found) == (3, 0)


def test_a_customers_use_comes_back_with_its_number(shop):
    found = deal(limit_per_customer=1)
    reserve(found, 1)
    release(1)
    reserve(found, 2)
    with pytest.raises(Conflict):
        reserve(found, 3)


def test_whoever_changes_one_of_their_identities_is_known_by_the_other(shop):
    found = deal(limit_per_customer=1)
    reserve(found, 1, ANA)
    for identities in ((ANA[0], CARLO[1]), (CARLO[0], ANA[1])):
        with pytest.raises(Conflict, match="as often as it can be"):
            reserve(found, 2, identities)
    reserve(found, 3, CARLO)


def test_a_deal_for_first_orders_is_held_once_for_a_customer(shop):
    found = deal(first_order=True)
    reserve(found, 1)
    with pytest.raises(Conflict, match="as often as it can be"):
        reserve(found, 2)
    reserve(found, 3, CARLO)
    release(1)
    reserve(found, 2)


def test_a_deal_that_changed_or_ended_meanwhile_is_not_held(shop):
    edited, ended = deal(), deal()
    seen = offer(edited), offer(ended)
    with transaction():
        promotions.change(edited, 1, QUARTER_OFF)
        promotions.end(ended)
    for n, given in enumerate(seen):
        with pytest.raises(Conflict) as refused, transaction():
            promotions.reserve(given, n, ANA)
        assert refused.value.code == "deal_used_up"


def test_a_code_of_one_use_works_once_and_comes_back(shop):
    found = deal(by_code=True)
    with transaction():
        promotions.add_code(found, "ONCE4ALL", limit=1)
    (code_id,) = db.session.scalars(select(DealCode.id)).all()
    reserve(found, 1, ANA, code_id)
    with pytest.raises(Conflict, match="just used up"):
        reserve(found, 2, CARLO, code_id)
    redeem(1)
    release(1)
    reserve(found, 2, CARLO, code_id)
    db.session.rollback()
    code = db.session.execute(select(DealCode.reserved, DealCode.redeemed)).one()
    assert (tuple(code), uses(found)) == ((1, 0), (1, 0))


def test_the_code_of_a_deal_that_the_offer_does_not_use_is_not_used_up(shop):
    taken, other = deal(), deal(by_code=True, code="PIZZA20")
    with transaction():
        promotions.reserve(offer(taken), 1, ANA, {other: db.session.scalar(select(DealCode.id))})
    assert uses(other) == (0, 0)
    assert db.session.scalar(select(DealCode.reserved)) == 0


def test_of_two_deals_both_are_held_or_none(shop):
    plenty, none = deal(), deal(limit=0)
    with pytest.raises(Conflict), transaction():
        promotions.reserve(offer(plenty, none), 1, ANA)
    assert uses(plenty) == (0, 0)
    more = deal()
    with transaction():
        promotions.reserve(offer(plenty, more), 2, ANA)
    assert (uses(plenty), uses(more)) == ((1, 0), (1, 0))


def test_an_order_uses_a_deal_once_however_often_it_asks(shop):
    found = deal(limit=1)
    reserve(found, 1)
    reserve(found, 1)
    redeem(1)
    reserve(found, 1)
    assert uses(found) == (0, 1)


def test_the_last_use_and_its_coming_back_are_news_to_every_process(shop):
    found = deal(limit=2)
    reserve(found, 1)
    before = promotions.fresh().version
    reserve(found, 2)
    assert (promotions.fresh().version, promotions.fresh().uses[found]) == (before + 1, 2)
    db.session.rollback()
    release(1)
    assert (promotions.fresh().version, promotions.fresh().uses[found]) == (before + 2, 1)


def test_the_edition_is_locked_after_all_deals_so_that_nobody_waits_in_a_circle(shop):
    last, other = deal(limit=1), deal(limit=1)
    moves = [lambda: promotions.reserve(offer(last, other), 1, ANA), lambda: promotions.release(1)]
    for move in moves:
        with counted() as sent, transaction():
            move()
        locks = [words.split()[1] for words in sent if words.startswith("UPDATE deal")]
        assert locks == ["deals", "deals", "deal_editions"]


def test_one_of_eight_gets_the_last_use(shop):
    found = deal(limit=1)
    outcomes = race(shop, *[lambda n=n: reserve(found, n, [f"email:{n}@example.com"]) for n in range(HANDS)])
    assert outcomes.count(None) == 1
    assert {outcome.code for outcome in outcomes if outcome} == {"deal_used_up"}
    assert uses(found) == (1, 0)


def test_one_of_eight_orders_of_a_customer_gets_their_last_use(shop):
    found = deal(limit_per_customer=1)
    outcomes = race(shop, *[lambda n=n: reserve(found, n) for n in range(HANDS)])
    assert outcomes.count(None) == 1
    assert uses(found) == (1, 0)


def test_eight_moves_of_one_order_count_once(shop):
    found = deal(limit=1)
    reserve(found, 1)
    assert race(shop, *[lambda: redeem(1)] * (HANDS // 2), *[lambda: release(1)] * (HANDS // 2)) == [None] * HANDS
    release(1)
    assert uses(found) == (0, 0)


def test_two_orders_that_use_two_deals_crosswise_do_not_block_each_other(shop):
    first, second = deal(), deal()

    def both(order_id, *deals):
        def work():
            with transaction():
                promotions.reserve(offer(*deals), order_id, [f"email:{order_id}@example.com"])

        return work

    works = [both(n, *((first, second) if n % 2 else (second, first))) for n in range(HANDS)]
    assert race(shop, *works) == [None] * HANDS
    assert (uses(first), uses(second)) == ((HANDS, 0), (HANDS, 0))


def test_of_eight_orders_with_one_phone_and_eight_addresses_one_is_a_customer_of_a_deal(shop):
    found = deal(limit_per_customer=1)
    people = [(f"email:{n}@example.com", ANA[1]) for n in range(HANDS)]
    outcomes = race(shop, *[lambda n=n: reserve(found, n, people[n]) for n in range(HANDS)])
    assert outcomes.count(None) == 1
    assert uses(found) == (1, 0)


def test_one_of_eight_gets_the_one_use_of_a_code(shop):
    found = deal(by_code=True)
    with transaction():
        promotions.add_code(found, "ONCE4ALL", limit=1)
    code_id = db.session.scalar(select(DealCode.id))
    outcomes = race(shop, *[lambda n=n: reserve(found, n, [f"email:{n}"], code_id) for n in range(HANDS)])
    assert outcomes.count(None) == 1
    assert uses(found) == (1, 0)


def test_giving_back_and_taking_at_once_never_block_each_other_and_keep_the_count(shop):
    """Reserve and release take their locks in one order: half of the hands give two deals back, half take both."""
    first, second = deal(limit=HANDS, limit_per_customer=HANDS), deal(limit=HANDS)
    half = HANDS // 2
    for n in range(half):
        with transaction():
            promotions.reserve(offer(first, second), n, ANA)

    def take(n):
        with transaction():
            promotions.reserve(offer(second, first), n, ANA)

    takes = [lambda n=n: take(half + n) for n in range(half)]
    gives = [lambda n=n: release(n) for n in range(half)]
    assert race(shop, *takes, *gives) == [None] * HANDS
    assert (uses(first), uses(second)) == ((half, 0), (half, 0))
    assert counted_rows() == {first: half, second: half}


def counted_rows():
    db.session.rollback()
    rows = select(Redemption.deal_id, func.count()).where(Redemption.state != "released").group_by(Redemption.deal_id)
    return dict(map(tuple, db.session.execute(rows)))


def test_without_the_guard_the_race_would_pass_the_limit(shop):
    """The control: look first, then take. Only the database's last line stops it."""
    found = deal(limit=1)
    all_looked = Barrier(HANDS)

    def look_then_take():
        row = db.session.execute(select(Deal.reserved, Deal.limit).where(Deal.id == found)).one()
        assert row.reserved < row.limit
        all_looked.wait(30)
        with transaction():
            db.session.execute(update(Deal).where(Deal.id == found).values(reserved=Deal.reserved + 1))

    outcomes = race(shop, *[look_then_take] * HANDS)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == HANDS - 1


def test_without_the_guard_more_orders_than_the_counter_says_would_have_the_deal(shop, monkeypatch):
    """The control for counters that match their rows: written from what was seen, they are behind."""
    found = deal(limit=HANDS)
    all_looked = Barrier(HANDS)
    monkeypatch.setattr(uses_of_deals, "_take", lambda _wanted: None)

    def look_then_take(n):
        seen = db.session.scalar(select(Deal.reserved).where(Deal.id == found))
        db.session.rollback()
        all_looked.wait(30)
        with transaction():
            promotions.reserve(offer(found), n, [f"email:{n}"])
            db.session.execute(update(Deal).where(Deal.id == found).values(reserved=seen + 1))

    assert race(shop, *[lambda n=n: look_then_take(n) for n in range(HANDS)]) == [None] * HANDS
    assert (uses(found), counted_rows()) == ((1, 0), {found: HANDS})


def test_without_its_numbers_a_customers_limit_would_be_passed(shop, monkeypatch):
    """The control: counted first and written afterwards, one customer gets a use in each of eight orders."""
    found = deal(limit_per_customer=1)
    all_looked = Barrier(HANDS)
    monkeypatch.setattr(uses_of_deals, "_claim", lambda *_: None)

    def look_then_take(n):
        assert uses_of_deals.used_by(ANA) == {}
        db.session.rollback()
        all_looked.wait(30)
        reserve(found, n)

    assert race(shop, *[lambda n=n: look_then_take(n) for n in range(HANDS)]) == [None] * HANDS
    assert uses(found) == (HANDS, 0)


def test_every_use_is_a_row_that_says_what_it_took_off_and_claims_say_for_whom(shop):
    found = deal(limit_per_customer=3)
    reserve(found, 1)
    release(1)
    reserve(found, 2)
    db.session.rollback()
    columns = (Redemption.order_id, Redemption.version, Redemption.off_cents, Redemption.state)
    assert [tuple(row) for row in db.session.execute(select(*columns).order_by(Redemption.id))] == [
        (1, 1, 100, "released"),
        (2, 1, 100, "reserved"),
    ]
    claims = db.session.execute(select(DealClaim.identity, DealClaim.n).order_by(DealClaim.identity))
    assert [tuple(row) for row in claims] == [(ANA[0], 1), (ANA[1], 1)]
    assert uses_of_deals.used_by(ANA) == {found: 1}
