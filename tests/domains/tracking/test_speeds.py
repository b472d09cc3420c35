"""How fast kitchens and drivers were: whole minutes of finished tickets by day and hour, rolled anew on a change."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from app.core import clock
from app.core.db import db, transaction
from app.core.periods import Period
from app.stores import service as stores
from app.tracking import eta, speed_days, speeds
from app.tracking import service as tracking
from app.tracking.models import ChainSpeed, Speed, StageMove
from app.tracking.service import Stage
from app.tracking.speeds import Minutes, minutes_of
from blueprints import history
from tests.factories.history import book
from tests.factories.kitchen import lived, tap
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.queries import counted

QUICK, SLOW = (1, 4, 7, 2, 8), (20, 10, 8, 5, 20)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def roll():
    return sum(speed_days.roll_all())


def today():
    return stores.store(ELM_STREET).hours.business_date(clock.now())


def of_day(day=None, ids=(ELM_STREET,)):
    day = day or today()
    return speeds.report(Period(day, day), ids)


def test_making_driving_and_promises_are_measured_in_whole_minutes(hands, work_off):
    lived(hands, work_off, 3, QUICK)
    lived(hands, work_off, 1, SLOW)
    assert roll() == 1
    found = of_day().all
    assert found.prep == Minutes(4, 12, 38)
    assert found.road == Minutes(4, 8, 20)
    assert (found.orders, found.in_time, found.late.count) == (4, 3, 1)
    assert found.late.half > 20
    assert sum(each.orders for _, each in of_day().hours) == 4


def test_the_hour_is_the_one_on_the_stores_wall_at_which_the_order_came_in(hands, work_off):
    lived(hands, work_off, 1, (50, 4, 7, 2, 8))
    roll()
    assert [hour for hour, _ in of_day().hours] == [12]


def test_the_chain_is_the_sum_of_its_stores_and_a_store_sees_only_its_own(hands, work_off):
    lived(hands, work_off, 2, QUICK)
    roll()
    assert of_day(ids=None) == of_day()
    assert of_day(ids=(MILWAUKEE_AVENUE,)).all.orders == 0
    assert of_day(ids=()).all.orders == 0


def test_a_ticket_that_is_brought_back_no_longer_counts_until_it_is_finished_again(hands, work_off):
    order_id = lived(hands, work_off, 1, QUICK)[0]
    roll()
    seq = db.session.query(StageMove).filter_by(order_id=order_id).count()
    with transaction():
        tracking.recall(order_id, seq, by="Beppe")
    work_off()
    assert of_day().waiting == 1
    assert roll() == 1
    assert of_day().all.orders == 0
    hands.move(minutes=30)
    tap(order_id, Stage.OUT_FOR_DELIVERY)
    work_off()
    roll()
    assert of_day().all.road == Minutes(1, 38, 38)


def test_a_move_before_the_end_notes_nothing(hands, work_off):
    order_id = lived(hands, work_off, 1, QUICK)[0]
    roll()
    with transaction():
        speed_days.note(speed_days.StageMoved(order_id, 1, "prep"))
    assert of_day().waiting == 0


def test_only_ranges_that_were_learned_count_as_told(hands, work_off, monkeypatch):
    monkeypatch.setattr(eta, "ENOUGH", 3)
    lived(hands, work_off, 5, QUICK)
    roll()
    found = of_day().all
    assert found.ranges > 0
    assert 0 <= found.held <= found.ranges


def test_days_that_nobody_noted_or_that_the_chain_lost_are_found(hands, work_off):
    lived(hands, work_off, 2, QUICK)
    roll()
    before = of_day(ids=None)
    with transaction():
        db.session.execute(delete(speed_days.SpeedDay))
    assert speed_days.repair() == 1
    assert speed_days.roll_soon() == 1
    with transaction():
        db.session.execute(update(ChainSpeed).values(count=ChainSpeed.count + 1))
    assert of_day(ids=None) != before
    assert speed_days.repair() == 0
    speed_days.roll_soon()
    assert of_day(ids=None) == before


def test_a_loaded_past_has_times_that_add_up_and_teaches_the_tracker_nothing(shop, tmp_path):
    history.load(book(tmp_path))
    found = speeds.report(YEAR)
    assert found.all.orders == found.all.prep.count == 20
    assert found.all.road.count == db.session.query(StageMove).filter_by(to=Stage.DELIVERED).count() > 0
    assert 0 < found.all.prep.half <= found.all.prep.most <= 30
    assert 0 < found.all.in_time < 20
    assert found.all.ranges == 0


@pytest.mark.parametrize(
    ("minutes", "half", "most"),
    [([], 0, 0), ([7], 7, 7), ([1, 2], 1, 2), (range(1, 11), 5, 9), (range(1, 101), 50, 90), ([3] * 9 + [60], 3, 3)],
)
def test_the_middle_and_the_ninth_tenth_are_minutes_that_really_came(minutes, half, most):
    assert minutes_of(Counter(minutes)) == Minutes(len(minutes), half, most)


def test_a_report_asks_three_times_however_long_it_is(shop, tmp_path):
    history.load(book(tmp_path))
    for ids in (None, [ELM_STREET]):
        for period in (YEAR, Period(today() - timedelta(days=1), today())):
            with counted() as asked:
                speeds.report(period, ids)
            assert len(asked) == 3


def test_figures_are_those_of_the_tickets_asked_the_slow_way(shop, tmp_path):
    history.load(book(tmp_path))
    rows = db.session.query(Speed).filter_by(measure=speed_days.PREP).all()
    boxed = db.session.query(StageMove).filter_by(to=Stage.QUALITY_CHECK).all()
    begun = {row.order_id: row.begin_at for row in db.session.query(speed_days.TicketRow)}
    exact = Counter(round((move.at - begun[move.order_id]).total_seconds() / 60) for move in boxed)
    kept = Counter()
    for row in rows:
        kept[row.minutes] += row.count
    assert kept == exact
