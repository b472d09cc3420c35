"""The kitchen board as pages: who sees it, what a tap does, and what old screens are told."""

import pytest

from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.service import Contact, OrderStatus
from app.stores import directory
from app.stores.models import Store
from app.tracking import news
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users.service import Role
from blueprints.tracking import board_words
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE, placed
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
def order_id(hands, work_off) -> int:
    made = placed(note="Nut allergy <script>alert(1)</script>", contact=Contact("Ana <i>Lopez", "+13125550142", ""))
    work_off()
    return made


def tap(client, order_id: int, expected: str, headers=None, **more: str):
    return client.post(f"/staff/orders/{order_id}/moves", data={"expected": expected, **more}, headers=headers)


def deeds() -> list[tuple[str, str]]:
    return [(row.deed, row.subject) for row in written_down()]


def test_the_board_shows_tickets_with_halves_and_allergy_in_words(beppe, order_id):
    answer = beppe.get("/staff")
    assert answer.status_code == 200
    page = answer.text
    assert "LEFT" in page
    assert "Allergy: Nut allergy &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<i>Lopez" not in page
    assert "Start making" in page
    assert f'data-poll="/x/board/{ELM_STREET}?stage=new"' in page


@pytest.mark.parametrize(
    ("note", "read"),
    [
        ("Allergy: nuts", "Allergy: nuts<"),
        ("ALLERGIES - nuts, milk", "Allergy: nuts, milk<"),
        ("No nuts, allergy!", "Allergy: No nuts, allergy!<"),
        ("Allergy:", "Allergy: Allergy:<"),
    ],
)
def test_the_bar_of_an_allergy_says_the_word_once(beppe, hands, work_off, note, read):
    placed(note=note)
    work_off()
    assert read in beppe.get("/staff").text


def test_a_tap_moves_the_ticket_and_is_written_down(beppe, order_id):
    answer = tap(beppe, order_id, "received", HTMX)
    assert answer.status_code == 200
    assert 'id="board"' in answer.text
    assert "Into the oven" in answer.text
    assert f"{order_id} moved to Making" in answer.text
    assert tracking.follow(order_id).stage is Stage.PREP
    assert deeds() == [("ticket.move", f"order:{order_id}")]


def test_without_script_a_tap_leads_back_to_the_board(beppe, order_id):
    answer = tap(beppe, order_id, "received")
    assert answer.status_code == 303
    page = beppe.get(answer.headers["Location"]).text
    assert (
        f'<form id="undo-{order_id}" method="post" action="/staff/orders/{order_id}/moves/1/reversal?stage=new"' in page
    )
    assert "data-undo data-once>Undo</button>" in page, "its second click would take an older tap back"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_tap_on_an_old_screen_gets_the_truth_and_changes_nothing(beppe, order_id, headers):
    tap(beppe, order_id, "received")
    answer = tap(beppe, order_id, "received", headers)
    assert answer.status_code == 409
    assert "Another screen was faster" in answer.text
    assert "Into the oven" in answer.text
    assert tracking.follow(order_id).stage is Stage.PREP
    assert len(deeds()) == 1


def test_without_script_a_tap_that_is_refused_renews_the_board_and_not_itself(beppe, order_id):
    tap(beppe, order_id, "received")
    refused = beppe.post(f"/staff/orders/{order_id}/moves?stage=making", data={"expected": "received"})
    assert refused.status_code == 409
    assert f'content="20; url=/staff?store={ELM_STREET}&amp;stage=making"' in refused.text
    board = beppe.get(f"/staff?store={ELM_STREET}&stage=making")
    assert board.status_code == 200
    assert f'data-poll="/x/board/{ELM_STREET}?stage=making"' in board.text


def test_a_tap_can_be_taken_back(beppe, order_id, hands):
    tap(beppe, order_id, "received")
    answer = beppe.post(f"/staff/orders/{order_id}/moves/1/reversal", headers=HTMX)
    assert answer.status_code == 200
    assert tracking.follow(order_id).stage is Stage.RECEIVED
    assert deeds()[-1] == ("ticket.undo", f"order:{order_id}")
    tap(beppe, order_id, "received")
    hands.move(seconds=15)
    assert beppe.post(f"/staff/orders/{order_id}/moves/3/reversal", headers=HTMX).status_code == 409
    assert tracking.follow(order_id).stage is Stage.PREP


@pytest.mark.parametrize("data", [{}, {"expected": "nowhere"}, {"expected": "delivered"}])
def test_a_tap_that_makes_no_sense_is_refused(beppe, order_id, data):
    assert beppe.post(f"/staff/orders/{order_id}/moves", data=data).status_code == 422
    assert tracking.follow(order_id).stage is Stage.RECEIVED


def test_other_stores_orders_are_not_there(shop, hands, order_id):
    carlo = signed_in(shop, "Carlo", Role.MANAGER, MILWAUKEE_AVENUE)
    for path in ("", "/ticket"):
        assert carlo.get(f"/staff/orders/{order_id}{path}").status_code == 404
    assert tap(carlo, order_id, "received").status_code == 404
    assert carlo.post(f"/staff/orders/{order_id}/cancellation", data={"reason": "x"}).status_code == 404
    assert carlo.get(f"/staff?store={ELM_STREET}").status_code == 404
    assert carlo.get(f"/x/board/{ELM_STREET}", headers=HTMX).status_code == 404
    assert tracking.follow(order_id).stage is Stage.RECEIVED


def test_a_stranger_is_not_told_which_orders_there_are(client, hands, order_id):
    known, unknown = (client.get(f"/staff/orders/{number}") for number in (order_id, order_id + 1))
    assert (known.status_code, unknown.status_code) == (303, 303)
    assert tap(client, order_id, "received", HTMX).headers["HX-Redirect"] == "/sign-in?next=/staff"
    assert tracking.follow(order_id).stage is Stage.RECEIVED


def test_who_works_at_several_stores_chooses_one(shop, hands, order_id):
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.get("/staff").location == "/staff/stores?door=board"
    assert f"ticket-{order_id}" in ada.get(f"/staff?store={ELM_STREET}").text
    assert f"ticket-{order_id}" not in ada.get(f"/staff?store={MILWAUKEE_AVENUE}").text
    assert ada.get("/staff?store=999").status_code == 404
    assert ada.get("/staff?store=99999999999999999999").status_code == 404


def test_the_piece_is_sent_only_when_something_is_new(beppe, order_id):
    path = f"/x/board/{ELM_STREET}?stage=making"
    assert beppe.get(path).status_code == 404
    first = beppe.get(path, headers=HTMX)
    again = beppe.get(path, headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    tap(beppe, order_id, "received")
    assert beppe.get(path, headers={**HTMX, "If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_kitchen_sees_the_order_but_not_whose_it_is(beppe, order_id):
    page = beppe.get(f"/staff/orders/{order_id}").text
    assert "pepperoni (extra)" in page
    assert "0142" not in page
    assert "12 Elm Street" not in page
    assert "Cancel this order" not in page
    assert beppe.post(f"/staff/orders/{order_id}/cancellation", data={"reason": "x"}).status_code == 403
    assert orders.status_of(order_id) is OrderStatus.ACCEPTED


def test_the_counter_sees_whose_it_is_and_cancels_with_a_reason(shop, hands, order_id, work_off):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    tap(rosa, order_id, "received")
    page = rosa.get(f"/staff/orders/{order_id}").text
    assert "(312) 555-0142" in page
    assert "12 Elm Street" in page
    assert rosa.post(f"/staff/orders/{order_id}/cancellation", data={"reason": " "}).status_code == 422
    answer = rosa.post(f"/staff/orders/{order_id}/cancellation", data={"reason": "We ran out of <dough>"})
    assert answer.status_code == 303
    assert orders.status_of(order_id) is OrderStatus.CANCELLED
    work_off()
    page = rosa.get(answer.headers["Location"]).text
    assert "Cancelled: We ran out of &lt;dough&gt;" in page
    assert "by Rosa" in page
    assert "Cancel this order" not in page
    assert f"ticket-{order_id}" not in rosa.get("/staff").text
    again = rosa.post(f"/staff/orders/{order_id}/cancellation", data={"reason": "x"})
    assert again.status_code in {303, 409}
    assert ("order.cancel", f"order:{order_id}") in deeds()


def test_the_page_of_an_order_says_its_day_that_of_what_came_later_and_that_it_was_late(shop, hands, order_id):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    page = rosa.get(f"/staff/orders/{order_id}").text
    assert "Mon, Nov 23, 2026" in page
    assert "on Mon, Nov 23" not in page
    hands.move(minutes=24 * 60)
    news.tell_late()
    page = signed_in(shop, "Luis", Role.COUNTER).get(f"/staff/orders/{order_id}").text
    late = page.index("Late; its customer was to be told")
    assert page.index("on Tue, Nov 24") > late > page.index("Accepted by the store")


def test_a_delivery_that_fails_is_marked_from_the_orders_page(beppe, order_id):
    for stage in ("received", "prep", "baking", "quality_check"):
        tap(beppe, order_id, stage)
    assert "Could not deliver" in beppe.get(f"/staff/orders/{order_id}").text
    path = f"/staff/orders/{order_id}/failure"
    bare = beppe.post(path)
    assert bare.status_code == 422
    assert '<a href="#why-nobody">Say why.</a>' in bare.text
    assert '<fieldset class="whys" aria-describedby="why-error">' in bare.text
    assert tracking.follow(order_id).stage is Stage.OUT_FOR_DELIVERY
    answer = beppe.post(path, data={"why": "nobody"})
    assert answer.headers["Location"] == f"/staff/orders/{order_id}"
    page = beppe.get(answer.headers["Location"]).text
    assert "We could not deliver it: Nobody answered <span" in page, "what happened, with its reason"
    board = beppe.get("/staff").text
    assert "Send out again" in board
    assert "Not delivered at 12:00 pm: Nobody answered (Beppe)." in board
    assert beppe.post(path, data={"why": "nobody"}).status_code == 409, "it is not on its way any more"


def test_where_each_order_is_looked_at_first_staff_accept_it(beppe, hands, work_off):
    with transaction():
        db.session.get_one(Store, ELM_STREET).auto_accept = False
    directory.known.clear()
    made = placed()
    work_off()
    assert f'id="accept-{made}"' in beppe.get("/staff").text
    for _ in range(2):  # the second press finds it done
        answer = beppe.post(f"/staff/orders/{made}/acceptance", headers=HTMX)
        assert answer.status_code == 200
        assert f'id="accept-{made}"' not in answer.text
    assert orders.status_of(made) is OrderStatus.ACCEPTED
    assert deeds() == [("order.accept", f"order:{made}")]


def test_the_paper_ticket_names_number_halves_and_allergy(beppe, order_id):
    page = beppe.get(f"/staff/orders/{order_id}/ticket").text
    assert f"<h1>{order_id}</h1>" in page
    assert "ALLERGY: Nut allergy" in page
    assert "LEFT" in page
    assert beppe.get(f"/staff/orders/{order_id + 1}/ticket").status_code == 404


def test_an_order_that_never_came_to_the_board_has_a_page_but_no_ticket(beppe):
    made = placed()
    assert beppe.get(f"/staff/orders/{made}").status_code == 200
    assert beppe.get(f"/staff/orders/{made}/ticket").status_code == 404
    with transaction():
        orders.reject(made, by="Mina", reason="Closed early")
    assert "Rejected: Closed early" in beppe.get(f"/staff/orders/{made}").text


def test_a_tap_that_says_nothing_is_told_only_to_whoever_may_tap(shop, work_off):
    order_id = placed()
    work_off()
    path = f"/staff/orders/{order_id}/moves"
    elsewhere = signed_in(shop, "Milo", Role.KITCHEN, MILWAUKEE_AVENUE)
    assert elsewhere.post(path, data={"expected": "nowhere"}).status_code == 404
    assert signed_in(shop, "Max", Role.MARKETING, None).post(path, data={}).status_code == 403
    assert signed_in(shop, "Beppe").post(path, data={}).status_code == 422


def test_a_pause_is_asked_for_on_the_board_and_counts_down_there(shop, hands):
    mina = signed_in(shop, "Mina", Role.MANAGER)
    assert 'id="pause-ask"' in mina.get("/staff").text
    back = f"/staff?store={ELM_STREET}"
    form = {"store": str(ELM_STREET), "minutes": "30", "reason": "The oven rests.", "back": back}
    answer = mina.post("/staff/hours/pause", data=form)
    assert answer.location == back
    hands.move(seconds=61)
    page = mina.get(back).text
    ends = int(hands.now.timestamp()) - 61 + 30 * 60
    assert f'<span data-ends="{ends}">28:59</span> left' in page
    assert "The oven rests." in page


def test_a_cook_does_not_pause(beppe):
    assert 'id="pause-ask"' not in beppe.get("/staff").text


def test_a_ticket_that_was_moved_says_so_for_a_minute(beppe, hands, order_id):
    assert "data-changed" not in beppe.get("/staff").text
    tap(beppe, order_id, "received")
    hands.move(seconds=20)
    assert "changed <span data-ago>0:20</span> ago" in beppe.get("/staff").text
    hands.move(seconds=40)
    assert "data-changed" not in beppe.get("/staff").text


@pytest.mark.parametrize(("seconds", "words"), [(-3, "0:00"), (59, "0:59"), (3599, "59:59"), (3600, "1:00:00")])
def test_the_boards_clocks_read_like_clocks(seconds, words):
    assert board_words._clock(seconds) == words


def test_what_was_called_delivered_and_could_not_be_is_put_away_from_its_page(beppe, order_id):
    for stage in ("received", "prep", "baking", "quality_check", "out_for_delivery"):
        tap(beppe, order_id, stage)
    beppe.post(f"/staff/orders/{order_id}/moves/5/reversal")
    beppe.post(f"/staff/orders/{order_id}/failure", data={"why": "nobody"})
    path = f"/staff/orders/{order_id}/putting-away"
    assert f'action="{path}"' in beppe.get(f"/staff/orders/{order_id}").text
    assert beppe.post(path).headers["Location"] == f"/staff/orders/{order_id}"
    page = beppe.get(f"/staff/orders/{order_id}").text
    assert f"Order {order_id} is off the board." in page
    assert path not in page
    assert f'id="ticket-{order_id}"' not in beppe.get("/staff").text
    assert ("ticket.put_away", f"order:{order_id}") in deeds()
    again = beppe.post(path)
    assert again.status_code == 409
    assert "cannot be put away" in again.text
