"""What somebody may have of the shop's knowledge about them, and its end: their file, and erasure under a tombstone."""

import json

import pytest
from sqlalchemy import select
from stripe import InvalidRequestError

from app.core import personal
from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.orders.models import Order
from app.payments.models import CardOwner, SavedCard
from app.payments.service import PayWith, ProviderSilent
from app.users import service as users
from app.users.models import SignIn, User
from app.users.service import Role
from tests.conftest import browser
from tests.edges.pages import HTMX
from tests.edges.test_cards import add, begun, confirm
from tests.factories.customers import PASSWORD, at_home, customer
from tests.factories.deals import deal
from tests.factories.hands import Hands
from tests.factories.mail import mails
from tests.factories.orders import COLA, HOME, MARGHERITA, check_out
from tests.factories.staff import signed_in, written_down

PATH = "/account/privacy"
SURE = {"sure": "y"}


@pytest.fixture(autouse=True)
def hands(shop, outbox, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def ana_id(shop) -> int:
    return customer()


@pytest.fixture
def ana(shop, ana_id):
    return at_home(shop, ana_id)


def finished(user_id: int, **changes) -> int:
    """An order of somebody that was paid in cash and brought."""
    order_id, _ = check_out(MARGHERITA, (COLA, 3), place=HOME, pay_with=PayWith.CASH, account=user_id, **changes)
    with transaction():
        orders.accept(order_id, by="Beppe")
        orders.start_making(order_id, by="Beppe")
        orders.complete(order_id, by="Beppe")
    return order_id


def my_file(client, work_off) -> str:
    """The address of the file, once a worker has made it."""
    assert client.post(f"{PATH}/files").status_code == 303
    work_off()
    return client.get(PATH).text.partition(f'href="{PATH}/files/')[2].partition('"')[0]


def test_a_file_tells_everything_by_domain(ana, ana_id, work_off):
    deal(code="PIZZA20")
    order_id = finished(ana_id, note="Ring twice")
    assert "putting your file together" not in ana.get(PATH).text
    ana.post(f"{PATH}/files")
    waiting = ana.get("/x/account/file", headers=HTMX).text
    assert "putting your file together" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    number = my_file(ana, work_off)
    answer = ana.get(f"{PATH}/files/{number}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hot-corner.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.data)
    assert set(told) == {"made_at", *(keeper.domain for keeper in personal._keepers())}
    assert told["users"]["account"]["email"] == "ana@example.com"
    assert told["users"]["sign_ins"][0]["browser"] == "Firefox on Linux"
    (order,) = told["orders"]["orders"]
    assert (order["id"], order["street"], order["note"]) == (order_id, "12 Elm Street", "Ring twice")
    assert order["amounts"]["total_cents"] == told["payments"]["payments"][0]["amount_cents"]
    assert [line["name"] for line in order["lines"]] == ["Medium Margherita", "Cola"]
    assert "password_hash" not in answer.text


def test_a_file_is_its_owners_alone_and_wants_a_fresh_proof(shop, ana, work_off, hands):
    number = my_file(ana, work_off)
    carlo = at_home(shop, customer("Carlo"))
    assert carlo.get(f"{PATH}/files/{number}").status_code == 404
    assert browser(shop).get(f"{PATH}/files/{number}").location.startswith("/sign-in")
    hands.move(minutes=6)
    assert ana.get(f"{PATH}/files/{number}").location == f"/confirm?next={PATH}/files/{number}"
    ana.post("/confirm", data={"confirm_given": PASSWORD, "confirm_path": PATH})
    assert ana.get(f"{PATH}/files/{number}").status_code == 200
    hands.move(minutes=7 * 24 * 60)
    again = at_home(shop, db.session.scalar(select(User.id).where(User.email == "ana@example.com")))
    assert again.get(f"{PATH}/files/{number}").status_code == 404


def test_asking_twice_makes_one_file(ana, work_off):
    first = my_file(ana, work_off)
    assert my_file(ana, work_off) == first
    assert [row.deed for row in written_down()] == ["account.export"]


def test_an_erased_account_is_a_tombstone_and_its_orders_keep_only_money(shop, ana, ana_id, work_off):
    order_id = finished(ana_id, note="Ring twice")
    work_off()
    before = orders.order(order_id).quote
    phone = at_home(shop, ana_id)
    answer = ana.post(f"{PATH}/erasure", data=SURE)
    assert answer.location == "/"
    assert "Your account is erased" in ana.get("/").text
    work_off()
    user = db.session.get_one(User, ana_id, populate_existing=True)
    assert (user.email, user.name, user.password_hash, user.disabled) == (
        f"erased:{ana_id}",
        "Erased account",
        None,
        True,
    )
    assert db.session.scalars(select(SignIn)).all() == []
    assert phone.get("/account").location.startswith("/sign-in")
    order = orders.order(order_id)
    assert (order.quote, order.contact.name, order.contact.phone, order.street) == (before, "Erased", "", "")
    assert order.note == ""
    sign_in = browser(shop).post("/session", data={"email": "ana@example.com", "password": PASSWORD})
    assert sign_in.status_code == 422
    assert customer() != ana_id  # the address may begin anew, as somebody else


def test_erasure_wants_a_tick_and_a_fresh_proof_and_is_written_down(ana, ana_id, hands):
    assert ana.post(f"{PATH}/erasure").status_code == 422
    assert "Tick the box" in ana.post(f"{PATH}/erasure").text
    hands.move(minutes=6)
    assert ana.post(f"{PATH}/erasure", data=SURE).status_code == 403
    assert written_down() == []
    ana.post("/confirm", data={"confirm_given": PASSWORD, "confirm_path": PATH})
    assert ana.post(f"{PATH}/erasure", data=SURE).status_code == 303
    assert [(row.deed, row.subject, row.detail) for row in written_down()] == [("account.erase", f"user:{ana_id}", {})]


def test_what_runs_ends_first(shop, ana, ana_id):
    order_id, _ = check_out(COLA, pay_with=PayWith.CASH, account=ana_id)
    page = ana.get(PATH).text
    assert f"Your order {order_id} is still on its way." in page
    assert "Erase my account</button>" not in page
    answer = ana.post(f"{PATH}/erasure", data=SURE)
    assert answer.status_code == 409
    assert users.account(ana_id).email == "ana@example.com"
    beppe = signed_in(shop, "Beppe", Role.KITCHEN)
    assert beppe.post(f"{PATH}/erasure", data=SURE).status_code == 409
    assert "take your role first" in beppe.get(PATH).text


def test_kept_cards_are_removed_at_the_provider_by_a_job(ana, provider, work_off):
    add(ana, provider)
    method_id = db.session.scalar(select(SavedCard.method_id))
    provider.break_line(customers__delete=["drop_before"] * 2)
    ana.post(f"{PATH}/erasure", data=SURE)
    with pytest.raises(ProviderSilent):
        work_off()
    work_off()
    assert provider.client.v1.payment_methods.retrieve(method_id).customer is None
    assert db.session.scalars(select(SavedCard.id)).all() == []
    assert db.session.scalars(select(CardOwner.user_id)).all() == []


def test_a_card_that_we_never_heard_of_goes_too_and_none_can_be_kept_after(ana, provider, work_off):
    unheard, late = begun(ana), begun(ana)
    method_id = confirm(provider, unheard)  # and then the browser is closed
    assert provider.client.v1.payment_methods.retrieve(method_id).customer is not None
    ana.post(f"{PATH}/erasure", data=SURE)
    work_off()
    assert provider.client.v1.payment_methods.retrieve(method_id).customer is None
    with pytest.raises(InvalidRequestError, match="No such customer"):
        confirm(provider, late)


def test_a_customer_whom_the_provider_has_forgotten_already_is_forgotten_here(ana, provider, work_off):
    add(ana, provider)
    provider.client.v1.customers.delete(db.session.scalar(select(CardOwner.customer_id)))
    ana.post(f"{PATH}/erasure", data=SURE)
    work_off()
    assert db.session.scalars(select(SavedCard.id)).all() == []
    assert db.session.scalars(select(CardOwner.user_id)).all() == []


def test_nothing_is_mailed_after_the_end(shop, ana_id, work_off):
    with transaction():
        users.ask_to_confirm(ana_id)
        users.change_password(ana_id, "another broom and a peel", "")
    with transaction():
        users.erase(ana_id)
    work_off()
    assert mails() == []


def test_erasing_twice_is_erasing_once(shop, ana_id, work_off):
    for _ in range(2):
        with transaction():
            users.erase(ana_id)
    work_off()
    assert [row.deed for row in written_down()] == ["account.erase"]


def test_pages_of_an_erased_order_still_open(shop, ana, ana_id, work_off):
    order_id = finished(ana_id)
    work_off()
    ana.post(f"{PATH}/erasure", data=SURE)
    work_off()
    address = f"{order_id}-{tracking_key(order_id)}"
    for path in (f"/track/{address}", f"/receipt/{address}"):
        page = browser(shop).get(path)
        assert page.status_code == 200
        assert "Elm Street 12" not in page.text
    mina = signed_in(shop, "Mina", Role.MANAGER)
    page = mina.get(f"/staff/orders/{order_id}")
    assert page.status_code == 200
    assert "12 Elm Street" not in page.text
    assert db.session.scalar(select(Order.erased_at).where(Order.id == order_id)) is not None
