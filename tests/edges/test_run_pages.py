"""The driver's page, and the counter that counts the cash."""

import pytest

from app.payments.service import PayWith
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users.service import Role
from tests.edges.pages import HTMX, fields
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, HOME, MARGHERITA, MILWAUKEE_AVENUE, check_out
from tests.factories.staff import number, signed_in, written_down
from tests.queries import counted


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def dino(shop, hands):
    return signed_in(shop, "Dino", Role.DRIVER)


@pytest.fixture
def rosa(shop, hands):
    return signed_in(shop, "Rosa", Role.COUNTER)


@pytest.fixture
def order_id(hands, rosa, work_off) -> int:
    """A delivery that is paid in cash, boxed."""
    made, _ = check_out(MARGHERITA, MARGHERITA, place=HOME, pay_with=PayWith.CASH)
    work_off()
    for stage in ("received", "prep", "baking"):
        assert rosa.post(f"/staff/orders/{made}/moves", data={"expected": stage}).status_code == 303
    return made


def take(client, order_id: int):
    return client.post("/staff/runs", data={"order": str(order_id)})


def test_a_driver_comes_to_their_page_and_not_to_the_board(dino, order_id):
    assert dino.get("/staff").location == "/staff/runs"
    page = dino.get("/staff/runs").text
    assert f'name="order" value="{order_id}"' in page
    assert "12 Elm Street" in page
    assert "5550142" not in page, "whose it is, who takes it along learns"
    assert dino.get(f"/staff/orders/{order_id}").status_code == 403


@pytest.mark.parametrize("typed", ["lots", "1E+999999", "1E-999999", "NaN", "-1", "", "84.505", "9" * 40])
def test_what_is_no_sum_of_cash_is_said_at_the_field(dino, rosa, order_id, work_off, typed):
    take(dino, order_id)
    dino.post(f"/staff/runs/{order_id}/delivery")
    work_off()
    form = fields(rosa.get("/staff/cash"))
    answer = rosa.post(f"/staff/cash/{number('Dino')}", data={**form, "counted": typed})
    assert answer.status_code == 422
    assert "Please write what you counted, like 84.50." in answer.text
    assert '<a href="#counted-' in answer.text


def test_an_order_is_taken_along_delivered_and_its_cash_handed_in(dino, rosa, order_id, work_off):
    take(dino, order_id)
    page = dino.get("/staff/runs").text
    assert "+13125550142" in page
    assert "in cash taken" in page
    assert "driver Dino" in rosa.get("/staff?stage=away").text
    answer = dino.post(f"/staff/runs/{order_id}/delivery")
    assert "of its cash" in dino.get(answer.location).text
    assert tracking.follow(order_id).finished
    work_off()
    money = rosa.get("/staff/money").text
    assert "Of it with drivers" in money
    cash = rosa.get("/staff/cash")
    owed = int(fields(cash)["seen"])
    path = cash.text.split('action="')[2].split('"')[0] if "/staff/cash/" not in cash.text else ""
    path = path or "/staff/cash/" + cash.text.split("/staff/cash/")[1].split('"')[0]
    form = fields(cash)
    unread = rosa.post(path, data={**form, "counted": "lots"})
    assert unread.status_code == 422
    assert 'value="lots" aria-invalid="true" aria-describedby="counted-' in unread.text
    assert '<a href="#counted-' in unread.text
    old = rosa.post(path, data={**form, "counted": "1", "seen": "1"})
    assert old.status_code == 409
    assert "another sum by now" in old.text
    assert "Take Dino’s cash in" in old.text, "the page as it is, to be counted again"
    said = rosa.post(path, data={**form, "counted": f"{(owed - 100) // 100}.{(owed - 100) % 100:02d}"})
    assert "$1.00 too little" in rosa.get(said.location).text
    again = rosa.post(path, data={**form, "counted": f"{(owed - 100) // 100}.{(owed - 100) % 100:02d}"})
    assert again.status_code == 303, "a second press only goes there"
    assert "No driver has any cash" in rosa.get("/staff/cash").text
    money = rosa.get("/staff/money").text
    assert "Of it with drivers" not in money
    assert "-$1.00" in money
    assert [row.deed for row in written_down()][-3:] == ["run.take", "run.deliver", "cash.hand_in"]


def test_a_failed_delivery_is_told_with_its_reason_on_the_board(dino, rosa, order_id):
    take(dino, order_id)
    assert f'id="why-{order_id}-nobody" required' in dino.get("/staff/runs").text
    bare = dino.post(f"/staff/runs/{order_id}/failure")
    assert bare.status_code == 422
    assert f'<a href="#why-{order_id}-nobody">Say why order {order_id} could not be delivered.</a>' in bare.text
    assert f'aria-describedby="why-{order_id}-error"' in bare.text
    assert f'id="failed-{order_id}" open' in bare.text
    assert "+13125550142" in bare.text, "the page is the driver's own"
    answer = dino.post(f"/staff/runs/{order_id}/failure", data={"why": "nobody"})
    assert "Bring it back" in dino.get(answer.location).text
    board = rosa.get("/staff").text
    said = "Not delivered at 12:00 pm: Nobody answered (Dino)."
    assert said in board
    assert f"<span>{order_id} was not delivered</span>" in board, "the bar that takes it back"
    assert tracking.follow(order_id).stage is Stage.DELIVERY_FAILED
    page = dino.get("/staff/runs").text
    assert f'value="{order_id}"' in page
    assert said in page, "whoever takes it along knows that it comes for the second time"
    take(dino, order_id)
    assert f"<b>Second try.</b> {said}" in dino.get("/staff/runs").text


def test_an_order_that_is_gone_is_refused_in_words(dino, rosa, order_id):
    take(rosa, order_id)
    answer = take(dino, order_id)
    assert answer.status_code == 409
    assert "is not here any more" in answer.text
    assert '<div id="runs"' in answer.text, "said on the page itself"
    assert dino.post(f"/staff/runs/{order_id}/delivery").status_code == 404
    assert dino.post("/staff/runs").status_code == 422


def test_what_was_ticked_stays_ticked_when_too_much_is_taken(dino, order_id):
    nothing = dino.post("/staff/runs")
    assert nothing.status_code == 422
    assert f'<a href="#take-{order_id}">Tick the orders that you take along.</a>' in nothing.text
    assert 'aria-describedby="take-error"' in nothing.text
    many = dino.post("/staff/runs", data={"order": [str(order_id), *map(str, range(7000, 7012))]})
    assert many.status_code == 422
    assert f'id="take-{order_id}" checked' in many.text
    assert "At most 12 orders at once" in many.text


def test_another_stores_driver_finds_nothing(shop, hands, order_id):
    carlo = signed_in(shop, "Carlo", Role.DRIVER, MILWAUKEE_AVENUE)
    assert "No delivery waits" in carlo.get("/staff/runs").text
    assert take(carlo, order_id).status_code == 404
    assert carlo.get(f"/x/runs/{ELM_STREET}", headers=HTMX).status_code == 404


def test_the_number_of_queries_does_not_grow_with_what_waits(dino, rosa, order_id, work_off):
    def queries() -> int:
        dino.get("/staff/runs")
        with counted() as sent:
            dino.get("/staff/runs")
        return len(sent)

    few = queries()
    for _ in range(4):
        made, _ = check_out(MARGHERITA, MARGHERITA, place=HOME, pay_with=PayWith.CASH)
        work_off()
        for stage in ("received", "prep", "baking"):
            rosa.post(f"/staff/orders/{made}/moves", data={"expected": stage})
    assert queries() == few
    assert few <= 20  # PostgreSQL is told in one of them whose stores are looked at


def test_the_page_renews_itself_by_its_piece(dino, order_id):
    piece = dino.get(f"/x/runs/{ELM_STREET}", headers=HTMX)
    assert piece.text.lstrip().startswith('<div id="runs"')
    assert f'value="{order_id}"' in piece.text
