import itertools

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.payments import status
from app.payments.models import Payment, PaymentEvent
from app.payments.status import MOVES, ImpossiblePaymentMove, PaymentStatus
from tests.factories.orders import check_out

PAIRS = list(itertools.product(PaymentStatus, PaymentStatus))


@pytest.mark.parametrize(("before", "to"), PAIRS, ids=[f"{a}-{b}" for a, b in PAIRS])
def test_every_pair_of_states_is_a_move_a_repeat_or_loudly_impossible(shop, before, to):
    payment_id = check_out()[1]
    with transaction():
        db.session.get_one(Payment, payment_id).status = before
    if before == to:
        with transaction():
            assert status.move(payment_id, to) is False
    elif to in MOVES[before]:
        with transaction():
            assert status.move(payment_id, to) is True
        history = db.session.scalars(select(PaymentEvent).order_by(PaymentEvent.seq)).all()
        assert [(row.seq, row.status) for row in history] == [(0, "new"), (1, to)]
    else:
        with transaction(), pytest.raises(ImpossiblePaymentMove):
            status.move(payment_id, to)


def test_money_that_is_gone_for_good_moves_no_more():
    assert {status for status, targets in MOVES.items() if not targets} == {
        PaymentStatus.VOID,
    }
