"""How often a store keeps its word."""

from datetime import timedelta

import pytest

from app.tracking import eta, punctuality
from app.tracking.punctuality import Hour, kept
from tests.factories.kitchen import lived
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.queries import counted

QUICK, SLOW = (1, 4, 7, 2, 8), (20, 10, 8, 5, 20)


def test_orders_in_time_are_told_from_those_that_were_late(hands, work_off):
    lived(hands, work_off, 3, QUICK)
    lived(hands, work_off, 1, SLOW)
    with counted() as asked:
        found = kept(ELM_STREET)
    assert (found.orders, found.in_time, found.percent) == (4, 3, 75)
    assert found.late_minutes > 20
    assert len(asked) == 1
    assert kept(MILWAUKEE_AVENUE).orders == 0


def test_only_what_was_learned_counts_as_a_range(hands, work_off, monkeypatch):
    monkeypatch.setattr(eta, "ENOUGH", 3)
    lived(hands, work_off, 5, QUICK)
    found = kept(ELM_STREET)
    assert found.ranges == 2
    assert 0 <= found.right <= found.ranges


def test_what_is_older_than_four_weeks_is_forgotten(hands, work_off):
    lived(hands, work_off, 1, QUICK)
    hands.now += timedelta(days=29)
    assert kept(ELM_STREET).orders == 0


def test_hours_are_those_on_the_store_s_wall(hands, work_off):
    lived(hands, work_off, 2, QUICK)
    assert punctuality.by_hour(ELM_STREET) == (Hour(12, 2, 2),)


@pytest.mark.parametrize(("orders", "enough"), [(punctuality.ENOUGH - 1, False), (punctuality.ENOUGH, True)])
def test_a_few_orders_say_nothing(orders, enough):
    assert punctuality.Kept(orders, orders, 0, 0, 0).enough is enough
