"""A kitchen by JSON: its board, every tap, paper, drivers with their cash, what ran out, and pauses."""

import pytest

from app.core.db import transaction
from app.payments.service import PayWith
from app.stores import editing
from app.stores import service as stores
from app.users.service import Role
from tests.api.hands import Program, guest, held_by, staff
from tests.factories.customers import customer
from tests.factories.orders import ELM_STREET, HOME, MARGHERITA, MILWAUKEE_AVENUE, check_out, placed
from tests.factories.staff import written_down

BOARD = f"/kitchen/{ELM_STREET}/board"


@pytest.fixture
def beppe(shop) -> Program:
    return staff(shop, "Beppe", Role.KITCHEN)


@pytest.fixture
def number(shop, work_off) -> str:
    made = placed(note="Nut allergy")
    work_off()
    return str(made)


def deeds() -> list[str]:
    return [row.deed for row in written_down()]


def test_the_board_shows_tickets_and_no_more_of_their_customers_than_a_name(beppe, number):
    board = beppe.get(BOARD).json
    (ticket,) = board["columns"][0]["tickets"]
    assert (ticket["orderId"], ticket["name"], ticket["allergy"]) == (number, "Ana L.", True)
    assert (ticket["onward"], ticket["toPrint"], ticket["touched"]) == (["prep"], True, False)
    assert "5550142" not in str(board)
    assert "Elm Street" not in str(board)


def test_a_ticket_is_touched_moved_taken_back_and_recalled(beppe, number, work_off):
    before = beppe.get(BOARD).json["version"]
    assert beppe.post(f"/kitchen/orders/{number}/touch").json["touched"] is True
    assert beppe.get(BOARD).json["version"] != before
    moved = beppe.post(f"/tracking/{number}/moves", {"expected": "received"}).json
    assert beppe.get(BOARD).json["undo"]["move"] == moved["move"]
    assert beppe.post(f"/tracking/{number}/moves", {"undo": moved["move"]}).json["status"] == "received"
    for stage in ("received", "prep", "baking", "quality_check", "out_for_delivery"):
        assert beppe.post(f"/tracking/{number}/moves", {"expected": stage}).status_code == 201
    work_off()
    (done,) = beppe.get(f"/kitchen/{ELM_STREET}/finished").json["tickets"]
    assert done["stage"] == "delivered"
    back = beppe.post(f"/tracking/{number}/moves", {"recall": done["move"]})
    assert (back.status_code, back.json["status"]) == (201, "out_for_delivery")
    assert beppe.get(f"/kitchen/orders/{number}").json["open"] is True
    assert "ticket.recall" in deeds()
    assert beppe.post(f"/tracking/{number}/moves", {"undo": 1, "recall": 1}).status_code == 422


def test_a_store_that_looks_at_orders_first_accepts_or_turns_down(shop, beppe, work_off):
    with transaction():
        editing.save_kitchen(ELM_STREET, 100, auto_accept=False)
    first, second = str(placed()), str(placed())
    work_off()
    assert beppe.get(f"/kitchen/orders/{first}").json["accepted"] is False
    assert beppe.post(f"/kitchen/orders/{first}/acceptance").json["accepted"] is True
    assert beppe.post(f"/kitchen/orders/{first}/acceptance").status_code == 200
    assert beppe.post(f"/kitchen/orders/{second}/rejection", {"why": "out"}).status_code == 204
    assert beppe.post(f"/kitchen/orders/{first}/rejection", {"why": "out"}).status_code == 409
    assert beppe.post(f"/kitchen/orders/{first}/rejection", {"why": "rude"}).status_code == 422
    assert deeds().count("order.accept") == deeds().count("order.reject") == 1


def test_the_counter_calls_off_and_writes_and_the_kitchen_does_not(shop, beppe, number, work_off):
    rosa = staff(shop, "Rosa", Role.COUNTER)
    assert beppe.put(f"/kitchen/orders/{number}/message", {"words": "Hello"}).status_code == 403
    assert beppe.post(f"/kitchen/orders/{number}/cancellation", {"reason": "No"}).status_code == 403
    assert rosa.put(f"/kitchen/orders/{number}/message", {"words": "One stop before yours."}).status_code == 204
    assert rosa.put(f"/kitchen/orders/{number}/message", {"words": " "}).status_code == 422
    assert rosa.get(f"/tracking/{number}").json["message"] == "One stop before yours."
    assert rosa.post(f"/kitchen/orders/{number}/cancellation", {"reason": "The oven is out"}).status_code == 204
    work_off()
    assert rosa.get(f"/tracking/{number}").json["reason"] == "The oven is out"
    assert "One stop" not in str([row.detail for row in written_down()]), "the book keeps a seal of it"


def test_one_screen_prints_a_ticket_once(shop, beppe, number):
    made = beppe.post(f"/kitchen/orders/{number}/prints", {}).json
    assert (made["copyNumber"], made["reprint"], made["ticket"]["orderId"]) == (1, False, number)
    assert beppe.post(f"/kitchen/orders/{number}/prints", {}).json["code"] == "printed_elsewhere"
    for _ in range(2):
        assert beppe.post(f"/kitchen/orders/{number}/prints/1/end").status_code == 204
    assert beppe.post(f"/kitchen/orders/{number}/prints/9/end").status_code == 404
    again = beppe.post(f"/kitchen/orders/{number}/prints", {"again": True}).json
    assert (again["copyNumber"], again["reprint"]) == (2, True)
    assert deeds().count("ticket.printed") == 1


@pytest.fixture
def boxed(shop, work_off) -> str:
    made, _ = check_out(MARGHERITA, place=HOME, pay_with=PayWith.CASH)
    work_off()
    rosa = staff(shop, "Ugo", Role.COUNTER)
    for stage in ("received", "prep", "baking"):
        assert rosa.post(f"/tracking/{made}/moves", {"expected": stage}).status_code == 201
    return str(made)


def test_a_driver_takes_an_order_along_delivers_it_and_hands_the_cash_in(shop, boxed, work_off):
    dino, rosa = staff(shop, "Dino", Role.DRIVER), staff(shop, "Rosa", Role.COUNTER)
    path = f"/kitchen/{ELM_STREET}"
    waiting = dino.get(f"{path}/runs").json
    assert waiting["waiting"][0]["orderId"] == boxed
    assert "5550142" not in str(waiting), "whose it is, who takes it along learns"
    taken = dino.keyed(f"{path}/runs", {"orderIds": [boxed]})
    assert (taken.status_code, taken.json["along"][0]["phone"]) == (201, "+13125550142")
    due = taken.json["along"][0]["cash"]
    assert dino.post(f"/kitchen/orders/{boxed}/delivery").json["cash"] == due
    work_off()
    assert dino.get(f"{path}/cash").status_code == 403
    (owed,) = rosa.get(f"{path}/cash").json["owed"]
    assert (owed["name"], owed["amount"]) == ("Dino", due)
    counted = {"counted": due, "seen": due}
    other = {**counted, "seen": {"amount": 1}}
    assert rosa.keyed(f"{path}/cash/{owed['driverId']}", other).json["code"] == "cash_changed"
    handed = rosa.keyed(f"{path}/cash/{owed['driverId']}", counted)
    assert (handed.status_code, handed.json["expected"]) == (201, due)
    assert rosa.get(f"{path}/cash").json["owed"] == []
    assert [one for one in deeds() if one in {"run.take", "run.deliver", "cash.hand_in"}] == [
        *("run.take", "run.deliver", "cash.hand_in"),
    ]


def test_what_could_not_be_delivered_comes_back(shop, boxed):
    dino = staff(shop, "Dino", Role.DRIVER)
    assert dino.post(f"/kitchen/orders/{boxed}/failure", {"why": "nobody"}).status_code == 404
    dino.keyed(f"/kitchen/{ELM_STREET}/runs", {"orderIds": [boxed]})
    back = dino.post(f"/kitchen/orders/{boxed}/failure", {"why": "nobody"})
    assert (back.status_code, back.json["along"]) == (200, [])
    assert staff(shop).get(f"/kitchen/orders/{boxed}").json["failedBecause"] == "Nobody answered"


def test_whoever_marks_a_delivery_as_failed_by_a_move_says_why(shop, boxed):
    rosa, path = staff(shop, "Rosa", Role.COUNTER), f"/tracking/{boxed}/moves"
    assert rosa.post(path, {"expected": "quality_check"}).status_code == 201
    failed = {"expected": "out_for_delivery", "to": "delivery_failed"}
    assert rosa.post(path, {"expected": "out_for_delivery", "why": "nobody"}).status_code == 422
    assert rosa.post(path, {"undo": 4, "why": "nobody"}).status_code == 422
    assert rosa.post(path, {**failed, "why": "rain"}).status_code == 422
    assert rosa.post(path, {**failed, "why": "address"}).json["status"] == "delivery_failed"
    assert rosa.get(f"/kitchen/orders/{boxed}").json["failedBecause"] == "The address is wrong"


def test_a_program_of_before_leaves_the_reason_out(shop, boxed):
    rosa, path = staff(shop, "Rosa", Role.COUNTER), f"/tracking/{boxed}/moves"
    rosa.post(path, {"expected": "quality_check"})
    assert rosa.post(path, {"expected": "out_for_delivery", "to": "delivery_failed"}).status_code == 201
    assert rosa.get(f"/kitchen/orders/{boxed}").json["failedBecause"] == ""


def test_what_ran_out_is_out_for_customers_at_once(shop, beppe):
    path, ana = f"/kitchen/{ELM_STREET}/stock", guest(shop)
    thing = {"kind": "product", "key": "cola"}
    out = beppe.put(path, {**thing, "soldOut": True}).json
    cola = next(one for one in out["things"] if (one["kind"], one["key"]) == ("product", "cola"))
    assert (cola["soldOut"], cola["until"] is not None) == (True, True)
    assert ana.post("/cart/items", {"productId": "cola"}).status_code == 422
    assert beppe.put(path, {**thing, "soldOut": False}).status_code == 200
    assert ana.post("/cart/items", {"productId": "cola"}).status_code == 201
    assert beppe.put(path, {**thing, "key": "nosuch", "soldOut": True}).status_code == 404
    assert deeds() == ["menu.stock", "menu.stock"]


def test_a_store_pauses_and_goes_on(shop, beppe):
    mina, path = staff(shop), f"/kitchen/{ELM_STREET}/pause"
    told = {"minutes": 30, "reason": "More orders than oven."}
    assert beppe.put(path, told).status_code == 403
    assert mina.put(path, told).json["reason"] == "More orders than oven."
    assert stores.paused_until(ELM_STREET) is not None
    assert beppe.get(BOARD).json["paused"]["reason"] == "More orders than oven."
    for _ in range(2):
        assert mina.delete(path).status_code == 204
    assert stores.paused_until(ELM_STREET) is None
    assert deeds() == ["store.pause", "store.resume"]


@pytest.mark.parametrize("path", ["board", "finished", "runs", "cash", "stock"])
def test_a_kitchen_is_its_own_peoples_alone(shop, path):
    asked = f"/kitchen/{ELM_STREET}/{path}"
    assert staff(shop, "Eva", Role.MANAGER, MILWAUKEE_AVENUE).get(asked).status_code == 404
    assert held_by(shop, customer()).get(asked).status_code == 403
    assert guest(shop).get(asked).status_code == 401
    assert staff(shop, "Milo", Role.MARKETING, None).get(asked).status_code == 403


def test_an_order_of_another_store_is_not_there(shop, number):
    eva = staff(shop, "Eva", Role.MANAGER, MILWAUKEE_AVENUE)
    for deed in ("touch", "acceptance", "delivery"):
        assert eva.post(f"/kitchen/orders/{number}/{deed}").status_code == 404
    assert eva.get(f"/kitchen/orders/{number}").status_code == 404


def test_a_customer_takes_no_tap(shop, number):
    assert held_by(shop, customer()).post(f"/kitchen/orders/{number}/touch").status_code == 403
