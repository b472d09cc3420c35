"""What the kitchen does beside moving tickets: turn down, touch, bring back, print; and what headquarters sees."""

import pytest

from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.service import OrderStatus
from app.stores import directory
from app.stores import service as stores
from app.stores.models import Store
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users.service import Role
from blueprints.tracking import order as order_page
from blueprints.tracking.staff import touched_here
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, placed
from tests.factories.staff import signed_in, written_down

pytestmark = pytest.mark.one_database

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def beppe(shop, hands):
    return signed_in(shop)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def order_id(hands, work_off) -> int:
    made = placed(note="Nut allergy")
    work_off()
    return made


@pytest.fixture
def unanswered(hands, work_off) -> int:
    with transaction():
        db.session.get_one(Store, ELM_STREET).auto_accept = False
    directory.known.clear()
    made = placed()
    work_off()
    return made


def deeds() -> list[str]:
    return [row.deed for row in written_down()]


def test_an_order_is_turned_down_with_a_reason_that_the_customer_reads(beppe, unanswered):
    assert f'href="/staff/orders/{unanswered}#reject"' in beppe.get("/staff").text
    page = beppe.get(f"/staff/orders/{unanswered}").text
    assert "We have run out of something in it" in page
    path = f"/staff/orders/{unanswered}/rejection"
    assert beppe.post(path).status_code == 422
    assert beppe.post(path, data={"why": "because"}).status_code == 422
    answer = beppe.post(path, data={"why": "late"})
    assert answer.location == f"/staff?store={ELM_STREET}"
    said = beppe.get(answer.location).text
    assert "turned down. The customer reads why, and pays nothing." in said, "however it was to be paid"
    assert tracking.follow(unanswered).reason == "We cannot make it in time"
    assert deeds() == ["order.reject"]


def test_an_order_that_was_turned_down_says_so_and_is_no_longer_due(beppe, unanswered):
    before = beppe.get(f"/staff/orders/{unanswered}").text
    assert ', <span class="num">due ' in before
    assert 'id="why-late" required' in before, "the browser asks for the reason before a page has to"
    beppe.post(f"/staff/orders/{unanswered}/rejection", data={"why": "late"})
    after = beppe.get(f"/staff/orders/{unanswered}").text
    assert '<h2 id="now-head">Turned down</h2>' in after
    assert ">due " not in after
    assert "Print the ticket" not in after, "nobody should make it from a paper"


def test_what_was_accepted_cannot_be_turned_down(beppe, order_id):
    assert "turn it down" not in beppe.get(f"/staff/orders/{order_id}").text
    assert beppe.post(f"/staff/orders/{order_id}/rejection", data={"why": "late"}).status_code == 409
    assert orders.status_of(order_id) is OrderStatus.ACCEPTED


@pytest.mark.parametrize(
    ("path", "form", "faster", "came_to"),
    [
        ("cancellation", {"reason": "No dough"}, orders.reject, "Turned down"),
        ("rejection", {"why": "late"}, orders.cancel, "Cancelled"),
        ("failure", {"why": "nobody"}, orders.cancel, "Cancelled"),
    ],
)
def test_whoever_was_too_late_sees_the_order_as_it_is_by_now(
    mina, unanswered, monkeypatch, path, form, faster, came_to
):
    read = orders.order(unanswered)
    with transaction():
        faster(unanswered, by="Rosa", reason="They called")
    monkeypatch.setattr(order_page, "touched_here", lambda number, right: (read, touched_here(number, right)[1]))
    late = mina.post(f"/staff/orders/{unanswered}/{path}", data=form)
    assert late.status_code == 409
    assert f'<h2 id="now-head">{came_to}</h2>' in late.text
    assert f"/staff/orders/{unanswered}/cancellation" not in late.text
    assert f"/staff/orders/{unanswered}/rejection" not in late.text
    assert deeds() == []


def test_a_touch_quietens_every_screen_and_is_written_down_once(beppe, order_id):
    ringing = f'data-touch="/staff/orders/{order_id}/touch"'
    assert ringing in beppe.get("/staff").text
    for _ in range(2):
        assert beppe.post(f"/staff/orders/{order_id}/touch", headers=HTMX).status_code == 200
    assert ringing not in beppe.get("/staff").text
    assert deeds() == ["ticket.touch"]


def test_whoever_accepts_an_order_has_touched_it(beppe, unanswered):
    beppe.post(f"/staff/orders/{unanswered}/acceptance", headers=HTMX)
    assert "data-rings" not in beppe.get("/staff").text


def test_a_finished_ticket_is_brought_back_from_the_list(beppe, hands, work_off):
    fetched = placed(COLA, place=COUNTER)
    work_off()
    for stage in ("received", "prep", "quality_check", "ready"):
        beppe.post(f"/staff/orders/{fetched}/moves", data={"expected": stage})
    assert f"ticket-{fetched}" not in beppe.get("/staff").text
    page = beppe.get("/staff/done").text
    assert "1 × Cola" in page
    path = f"/staff/orders/{fetched}/moves/4/recall"
    assert f'action="{path}"' in page
    answer = beppe.post(path)
    assert f"ticket-{fetched}" in beppe.get(answer.location).text
    assert tracking.follow(fetched).stage is Stage.READY
    assert beppe.post(path).status_code == 409
    assert "Nothing was finished" in beppe.get("/staff/done").text
    assert deeds()[-1] == "ticket.recall"


def test_an_order_that_is_done_has_a_page_and_a_paper(beppe, order_id):
    for stage in ("received", "prep", "baking", "quality_check", "out_for_delivery"):
        beppe.post(f"/staff/orders/{order_id}/moves", data={"expected": stage})
    for path in ("", "/ticket"):
        assert beppe.get(f"/staff/orders/{order_id}{path}").status_code == 200


def test_a_screen_that_prints_gets_the_paper_and_the_second_one_nothing(beppe, order_id):
    path = f"/staff/orders/{order_id}/prints"
    assert f'data-paper="{path}"' in beppe.get("/staff").text
    first = beppe.post(path, headers=HTMX)
    assert first.status_code == 200
    assert f'data-end="{path}/1/end"' in first.text
    assert "REPRINT" not in first.text
    assert "ALLERGY: Nut allergy" in first.text
    second = beppe.post(path, headers=HTMX)
    assert (second.status_code, second.text) == (409, "")
    assert "data-paper" not in beppe.get("/staff").text
    for _ in range(2):
        assert beppe.post(f"{path}/1/end", headers=HTMX).status_code == 200
    assert deeds() == ["ticket.print", "ticket.printed"]


def test_a_ticket_that_is_printed_again_by_hand_says_so(beppe, order_id):
    path = f"/staff/orders/{order_id}/prints"
    look = beppe.get(f"/staff/orders/{order_id}/ticket").text
    assert "COPY" in look, "printed from its look it is no ticket"
    first = beppe.post(path, data={"again": "1"})
    assert first.location == f"{path}/1"
    assert "REPRINT" not in beppe.get(first.location).text
    beppe.post(f"{path}/1/end")
    assert "REPRINT" in beppe.get(first.location).text
    assert "will say REPRINT" in beppe.get(f"/staff/orders/{order_id}/ticket").text
    second = beppe.post(path, data={"again": "1"})
    assert "REPRINT" in beppe.get(second.location).text
    assert beppe.get(f"{path}/3").status_code == 404


def test_a_box_says_whose_door_it_goes_to_where_the_one_who_prints_may_know(shop, beppe, order_id, work_off):
    rosa, door = signed_in(shop, "Rosa", Role.COUNTER), "<b>12 Elm Street</b><br><b>Chicago 60610</b><br>(312) 555-0142"
    path = f"/staff/orders/{order_id}/prints"
    mine = rosa.post(path, headers=HTMX).text
    label = mine[mine.index("Box label") :]
    assert f"<b>Ana Lopez</b><br>{door}" in label
    assert "Lopez" not in mine[: mine.index("Box label")], "the kitchen's half needs no name"
    again = beppe.post(path, data={"again": "1"}, headers=HTMX).text
    assert "REPRINT" in again
    assert not any(word in again for word in ("Lopez", "12 Elm Street", "555-0142"))
    fetched = placed(COLA, place=COUNTER)
    work_off()
    assert "555-0142" not in rosa.get(f"/staff/orders/{fetched}/ticket").text, (
        "who comes to the counter needs no address"
    )


def test_headquarters_sees_which_kitchen_sleeps(shop, hands, order_id, work_off):
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert "Elm Street" in ada.get("/manage/kitchens").text
    hands.move(minutes=4)
    tracking.escalate()
    work_off()
    piece = ada.get("/x/kitchens", headers=HTMX).text
    assert "Call the kitchen." in piece
    assert "1 since 12:00 pm." in piece
    page = ada.get(f"/staff?store={ELM_STREET}").text
    assert "Headquarters sees it." in page
    carlo = signed_in(shop, "Carlo", Role.MANAGER, MILWAUKEE_AVENUE)
    assert "No kitchen has an open order" in carlo.get("/manage/kitchens").text


def test_a_manager_decides_whether_orders_are_accepted_by_themselves(shop, hands):
    mina = signed_in(shop, "Mina", Role.MANAGER)
    page = mina.get("/staff/hours").text
    assert 'name="auto_accept" value="y" checked' in page
    answer = mina.post("/staff/hours/kitchen", data={"slot_capacity": "24"})
    assert "accepts each order within five minutes" in mina.get(answer.location).text
    assert not stores.store(ELM_STREET).auto_accept
    mina.post("/staff/hours/kitchen", data={"slot_capacity": "24", "auto_accept": "y"})
    assert stores.store(ELM_STREET).auto_accept
