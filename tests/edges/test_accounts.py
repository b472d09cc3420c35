"""Accounts at their edge: pages, cookies, codes that come back, and nothing that tells strangers who has an account."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.core.settings import Settings
from app.orders.models import CartLine, Order
from app.users.models import SignIn, User
from app.users.service import Role
from blueprints.order_links import order_address
from blueprints.users.browsers import in_words
from tests.conftest import browser
from tests.edges.pages import HTMX, fields
from tests.factories.customers import PASSWORD, at_home, customer
from tests.factories.hands import Hands
from tests.factories.mail import code_in, link_in, mails
from tests.factories.orders import placed
from tests.factories.staff import PASSWORD as STAFF_PASSWORD
from tests.factories.staff import app_code, hired, secure, signed_in
from tests.queries import counted
from wsgi import create_app

ANA = "ana@example.com"


@pytest.fixture(autouse=True)
def hands(shop, outbox, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def ana(shop):
    return at_home(shop, customer())


def cart_of(client):
    with client.session_transaction() as kept:
        return kept.get("cart")


def test_a_guest_makes_an_account_and_the_order_comes_along(client, work_off):
    client.post("/cart/lines", data={"product": "cola"})
    page = client.get("/register?next=/cart")
    answer = client.post("/accounts", data={**fields(page), "name": "Ana", "email": "Ana@example.com"})
    assert answer.location == "/code"
    assert "ana@example.com" in client.get("/code").text
    work_off()
    assert client.post("/code", data={"code": "000000x"}).status_code == 422
    answer = client.post("/code", data={"code": code_in(mails(ANA)[0])})
    assert answer.location == "/cart"
    page = client.get("/cart")
    assert "Cola" in page.text
    assert '<span>Ana<span class="vh">, your account' in page.text
    assert client.get("/code").location == "/sign-in"  # used up


def test_the_link_in_the_mail_only_asks_and_its_button_signs_in(shop, client, work_off):
    customer()
    client.post("/session/code", data={"email": ANA})
    work_off()
    phone, path = browser(shop), link_in(mails(ANA)[-1])
    for _ in range(3):  # a program that looks at mails opens it first
        page = phone.get(path)
        assert page.status_code == 200
    assert db.session.scalars(select(SignIn.id)).all() == []
    assert phone.post("/code", data=fields(page)).location == "/"
    assert "Hello, Ana" in phone.get("/account").text
    assert phone.get(path).location == "/sign-in"
    assert client.post("/code", data={"code": code_in(mails(ANA)[-1])}).location == "/sign-in"


def test_a_password_that_a_stranger_typed_does_not_open_the_account_that_the_link_makes(shop, client, work_off):
    typed = {"email": ANA, "password": "carlo knows this one"}
    client.post("/accounts", data={**typed, "name": "Ana"})
    work_off()
    phone = browser(shop)
    phone.post("/code", data=fields(phone.get(link_in(mails(ANA)[-1]))))
    page = phone.get("/account/security").text
    assert ("is not kept" in page, "Hello, Ana" in phone.get("/account").text) == (True, True)
    assert client.post("/session", data=typed).status_code == 422


def test_in_the_browser_that_asked_the_link_keeps_the_password(client, work_off):
    typed = {"email": ANA, "password": "ana knows this one"}
    client.post("/accounts", data={**typed, "name": "Ana"})
    work_off()
    client.post("/code", data=fields(client.get(link_in(mails(ANA)[-1]))))
    assert "is not kept" not in client.get("/account/security").text
    client.post("/session/end")
    assert client.post("/session", data=typed).location == "/"


# ---- nobody learns who has an account


ASKED = {
    "/session/code": {},
    "/password/code": {},
    "/accounts": {"name": "Somebody", "password": "a pizza peel and a tray"},
}


@pytest.mark.parametrize(("path", "more"), ASKED.items())
def test_who_has_an_account_is_told_by_no_word_status_query_or_number_of_mails(shop, work_off, path, more):
    customer()
    told = []
    for email in (ANA, "bob@example.com"):
        client = browser(shop)
        with counted() as sent:
            answer = client.post(path, data={"email": email, **more})
        page = client.get("/code").text.replace(email, "them")
        wrong = client.post("/code", data={"code": "x", "password": "x" * 9})
        work_off()
        words = (answer.status_code, answer.location, page, wrong.status_code, wrong.text.replace(email, "them"))
        told.append((words, [statement.partition(" ")[0] for statement in sent], len(mails(email))))
    assert told[0] == told[1]
    assert told[0][2] == 1


def test_a_password_takes_the_same_work_whoever_it_is_tried_on(shop):
    customer()
    asked = []
    for email in (ANA, "bob@example.com"):
        with counted() as sent:
            answer = browser(shop).post("/session", data={"email": email, "password": "wrong"})
        asked.append((answer.status_code, answer.text.replace(email, "them"), sent))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("path", ASKED)
def test_codes_are_asked_for_five_times_a_minute(limited, path):
    client, more = browser(limited), ASKED[path]
    tries = [client.post(path, data={"email": ANA, **more}).status_code for _ in range(6)]
    assert tries == [303] * 5 + [429]
    others = [p for p in ASKED if p != path]
    assert client.post(others[0], data={"email": ANA.upper(), **ASKED[others[0]]}).status_code == 429


def test_second_steps_are_tried_five_times_a_minute(limited):
    client = browser(limited)
    client.post("/session", data={"email": hired("Mina", Role.MANAGER), "password": STAFF_PASSWORD})
    tries = [client.post("/session/second-step", data={"code": "x"}).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]


# ---- sessions and cookies


def test_a_token_from_before_the_sign_in_is_worth_nothing_after(shop, client):
    email = hired("Mina", Role.MANAGER)
    client.post("/session", data={"email": email, "password": STAFF_PASSWORD})
    thief = browser(shop)
    thief.set_cookie("hotcorner", client.get_cookie("hotcorner").value)
    assert client.get("/staff").location == "/sign-in?next=/staff"  # halfway is nowhere
    assert client.post("/session/second-step", data={"code": app_code()}).location == "/staff"
    assert client.get("/staff").status_code == 200
    assert thief.get("/staff").status_code == 303
    assert thief.post("/session/second-step", data={"code": app_code(later=1)}).location == "/sign-in"


def test_the_cookie_is_for_our_pages_alone(client, environment, copies):
    customer()
    answer = client.post("/session", data={"email": ANA, "password": PASSWORD})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    production = {
        "HOTCORNER_ENV": "production",
        "BASE_URL": "https://order.example",
        "TRUSTED_HOSTS": "order.example",
        "DATABASE_URL": "postgresql+psycopg://nobody@nowhere/none?sslmode=require",
        "MAIL_URL": "smtp://mail",
        "RATE_LIMITS": "on",
        "STRIPE_API_BASE": "https://api.stripe.com",
        "STRIPE_JS_URL": "https://js.stripe.com/v3",
    }
    config = create_app("jobs", Settings.from_env({**environment, **production})).config
    assert (config["SESSION_COOKIE_NAME"], config["SESSION_COOKIE_SECURE"]) == ("__Host-hotcorner", True)


def test_pages_about_somebody_are_kept_nowhere(ana):
    for path in ("/account", "/account/security", "/account/devices", "/account/second-step"):
        page = ana.get(path)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store"), path


@pytest.mark.parametrize("path", ["/account", "/account/security", "/account/devices", "/account/second-step"])
def test_a_stranger_signs_in_first_and_comes_back(client, path):
    assert client.get(path).location == f"/sign-in?next={path}"
    assert client.post("/account/password", data={"password": "x"}).location == "/sign-in?next=/account"


def test_a_customer_who_only_looks_around_stays_signed_in(ana, hands):
    for _ in range(3):
        hands.now += timedelta(days=9)
        assert ana.get("/account").status_code == 200
    hands.now += timedelta(days=9)
    assert ana.get("/account").status_code == 303


def test_the_menu_asks_a_customer_for_themselves_and_their_cart_alone(ana):
    ana.post("/cart/lines", data={"product": "cola"})
    ana.get("/")
    with counted() as sent:
        page = ana.get("/")
    assert "Ana" in page.text
    assert len(sent) == 2


def test_devices_are_listed_and_signed_out(shop, ana):
    user_id = db.session.scalars(select(User.id)).one()
    phone, third = at_home(shop, user_id), at_home(shop, user_id)
    page = ana.get("/account/devices")
    assert page.text.count("Firefox on Linux</b>") == 3
    assert page.text.count("This one") == 1
    ends = re.findall(r'action="(/account/devices/\d+/end)"', page.text)
    stranger = at_home(shop, customer("Carlo"))
    stranger.post(ends[0])
    assert all(one.get("/account").status_code == 200 for one in (ana, phone, third))
    assert ana.post(ends[0]).location == "/account/devices"
    assert sorted(one.get("/account").status_code for one in (ana, phone, third)) == [200, 200, 303]
    assert ana.post("/account/devices/end").location == "/sign-in"
    assert [one.get("/account").status_code for one in (ana, phone, third)] == [303] * 3
    assert stranger.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Safari/604",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 (KHTML, like Gecko) Chrome/140 Safari/537 Edg/140",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_known_by_its_name(agent, words):
    assert in_words(agent) == words


# ---- the cart


def test_signing_in_on_a_second_device_finds_the_order_and_signing_out_leaves_nothing_of_it(shop, ana):
    ana.post("/cart/lines", data={"product": "cola"})
    phone = browser(shop)
    phone.post("/cart/lines", data={"product": "cola"})
    assert phone.post("/session", data={"email": ANA, "password": PASSWORD}).location == "/"
    assert cart_of(phone) == cart_of(ana)
    assert '<span class="vh">2 items in your order' in ana.get("/").text
    phone.post("/session/end")
    assert cart_of(phone) is None
    assert '<span class="vh">0 items in your order' in phone.get("/").text
    assert '<span class="vh">2 items in your order' in ana.get("/").text


def test_a_lost_phone_that_was_signed_out_from_elsewhere_shows_no_order(shop, ana):
    ana.post("/cart/lines", data={"product": "cola"})
    page = ana.get("/cart").text
    line = re.search(r'action="(/cart/lines/\d+)"', page)[1]
    assert 'name="token"' not in page
    with transaction():
        db.session.execute(SignIn.__table__.delete())
    assert '<span class="vh">0 items in your order' in ana.get("/").text
    answer = ana.post(line, data={"quantity": "9"})
    assert answer.status_code == 401
    assert "You were signed out. Your order is kept: sign in and go on with it." in answer.text
    assert 'href="/sign-in"' in answer.text
    assert [one.quantity for one in db.session.query(CartLine)] == [1]


@pytest.mark.parametrize("gone", ["signed out", "revoked", "no cookie"])
def test_a_page_from_before_ana_signed_in_opens_nobody_her_cart(shop, ana, gone):
    guest = browser(shop)
    guest.post("/cart/lines", data={"product": "cola"})
    page = guest.get("/cart").text
    line = re.search(r'action="(/cart/lines/\d+)"', page)[1]
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert guest.post("/session", data={"email": ANA, "password": PASSWORD}).status_code == 303
    if gone == "signed out":
        guest.post("/session/end")
    elif gone == "revoked":
        with transaction():
            db.session.execute(SignIn.__table__.delete())
    next_one = browser(shop) if gone == "no cookie" else guest
    assert next_one.post(line, data={"quantity": "9", "token": token}).status_code in {401, 404}
    assert '<span class="vh">0 items in your order' in next_one.get("/").text
    assert [one.quantity for one in db.session.query(CartLine)] == [1]


def find(client, order_id: int) -> None:
    found = client.post("/track", data={"number": str(order_id), "phone": "3125550142"})
    assert found.location == f"/track/{order_address(order_id)}"


def orders_here(client) -> set[int]:
    return {int(number) for number in re.findall(r'href="/track/(\d+)-', client.get("/track").text)}


@pytest.mark.parametrize("here", [True, False])
def test_the_orders_of_whoever_was_signed_in_are_not_shown_to_the_next_person(shop, work_off, here):
    order_id = placed()
    work_off()
    for enter in (lambda: at_home(shop, customer()), lambda: signed_in(shop, "Rosa", Role.COUNTER)):
        known = enter()
        find(known, order_id)
        known.post("/cart/lines", data={"product": "cola"})
        assert orders_here(known) == {order_id}
        if here:
            known.post("/session/end")
            assert cart_of(known) is None
        else:
            with transaction():
                db.session.execute(SignIn.__table__.delete())
        assert orders_here(known) == set()


def test_orders_are_there_again_for_whoever_comes_back_and_not_for_another(shop, ana, work_off):
    order_id, guests = placed(), placed()
    work_off()
    customer("Carlo")
    find(ana, order_id)
    for name, seen in (("carlo", set()), ("ana", {order_id})):
        with transaction():
            db.session.execute(SignIn.__table__.delete())
        assert ana.post("/session", data={"email": f"{name}@example.com", "password": PASSWORD}).status_code == 303
        assert orders_here(ana) == seen
    with transaction():
        db.session.execute(SignIn.__table__.delete())
    find(ana, guests)
    assert orders_here(ana) == {guests}


def test_what_a_guest_ordered_stays_in_the_browser_and_is_reached_after_signing_in(client, work_off):
    customer()
    theirs, others = placed(), placed()
    with transaction():
        db.session.execute(update(Order).where(Order.id == others).values(email="bob@example.com"))
    work_off()
    find(client, others)
    find(client, theirs)
    assert orders_here(client) == {theirs, others}
    assert client.post("/session", data={"email": ANA, "password": PASSWORD}).status_code == 303
    assert orders_here(client) == {theirs, others}
    with transaction():
        db.session.execute(SignIn.__table__.delete())
    assert theirs not in orders_here(client)  # it came into the account


# ---- showing that it is them, once more


def test_a_form_that_matters_waits_until_they_have_shown_who_they_are(ana, hands, work_off):
    hands.move(minutes=6)
    new = {"password": "a new and longer one"}
    question = ana.post("/account/password", data=new)
    assert question.status_code == 403
    form = fields(question)
    assert form["password"] == new["password"]
    wrong = ana.post("/confirm", data={**form, "confirm_given": "wrong"})
    assert (wrong.status_code, fields(wrong)["password"]) == (422, new["password"])
    again = ana.post("/confirm", data={**form, "confirm_given": PASSWORD})
    assert (again.status_code, again.location) == (307, "/account/password")
    done = ana.post(again.location, data={**form, "confirm_given": PASSWORD})  # as a browser does on 307
    assert done.location == "/account/security"
    assert ana.get("/account").status_code == 200
    work_off()
    assert "was just changed" in mails(ANA)[-1].text
    assert browser(ana.application).post("/session", data={"email": ANA, **new}).location == "/"


def test_a_page_that_matters_is_come_back_to_and_no_other_site(ana, hands):
    hands.move(minutes=6)
    assert ana.get("/account/second-step").location == "/confirm?next=/account/second-step"
    form = fields(ana.get("/confirm?next=/account/second-step"))
    answer = ana.post("/confirm", data={**form, "confirm_path": "//evil.example", "confirm_given": PASSWORD})
    assert answer.location == "/account"
    assert ana.get("/account/second-step").status_code == 200
    hands.move(minutes=6)
    htmx = {**HTMX, "HX-Current-URL": "http://localhost/account/security?x=1"}
    assert (
        ana.post("/account/password", headers=htmx).headers["HX-Redirect"] == "/confirm?next=/account/security%3Fx%3D1"
    )
    htmx["HX-Current-URL"] = "http://["
    assert ana.post("/account/password", headers=htmx).headers["HX-Redirect"] == "/confirm?next=/account"


def test_without_a_password_a_mailed_code_shows_it(shop, hands, work_off):
    ana = at_home(shop, customer(password=""))
    hands.move(minutes=6)
    form = fields(ana.post("/account/password", data={"password": "a new and longer one"}))
    asked = ana.post("/confirm/code", data=form)
    work_off()
    mail = mails(ANA)[-1]
    assert "/code/" not in mail.text
    typed = {**fields(asked), "confirm_given": code_in(mail)}
    assert ana.post("/confirm", data=typed).location == "/account/password"


def test_with_a_second_step_only_the_app_shows_it(shop, hands):
    mina = signed_in(shop, "Mina", Role.MANAGER)
    hands.move(minutes=6)
    page = mina.get("/confirm?next=/account/second-step")
    assert "Mail me" not in page.text
    typed = fields(page)
    assert mina.post("/confirm", data={**typed, "confirm_given": STAFF_PASSWORD}).status_code == 422
    assert mina.post("/confirm", data={**typed, "confirm_given": app_code()}).location == "/account/second-step"
    hands.move(minutes=6)
    assert mina.post("/confirm", data={**typed, "confirm_given": app_code(later=-2)}).status_code == 422


def test_with_a_second_step_no_code_is_mailed_to_show_it_and_one_that_was_shows_nothing(shop, hands, work_off):
    ana_id = customer()
    ana = at_home(shop, ana_id)
    hands.move(minutes=6)
    asked = ana.post("/confirm/code", data={"confirm_path": "/account/second-step"})
    work_off()
    mailed = {**fields(asked), "confirm_given": code_in(mails(ANA)[-1])}
    secure(ana_id)
    assert ana.post("/confirm", data=mailed).status_code == 422
    again = ana.post("/confirm/code", data={"confirm_path": "/account/second-step"})
    assert (again.status_code, "authenticator app" in again.text) == (409, True)
    work_off()
    assert len(mails(ANA)) == 1
    assert ana.post("/confirm", data={**mailed, "confirm_given": app_code()}).location == "/account/second-step"


# ---- password, address, second step


def test_a_forgotten_password_is_set_anew_and_ends_every_session(shop, client, ana, work_off):
    assert client.post("/password/code", data={"email": ANA}).location == "/code"
    work_off()
    typed = {"code": code_in(mails(ANA)[-1])}
    weak = client.post("/code", data={**typed, "password": "password"})
    assert (weak.status_code, "one of the first" in weak.text) == (422, True)
    assert client.post("/code", data={**typed, "password": "a new and longer one"}).location == "/sign-in"
    assert ana.get("/account").status_code == 303
    assert client.post("/session", data={"email": ANA, "password": "a new and longer one"}).location == "/"


def test_an_address_is_changed_from_the_mailbox_by_whoever_signs_in_there(shop, ana, work_off):
    assert ana.post("/account/email", data={"email": "not an address"}).status_code == 422
    assert ana.post("/account/email", data={"email": "ana@new.example"}).location == "/code"
    work_off()
    phone, link = browser(shop), link_in(mails("ana@new.example")[-1])
    asked = phone.get(link).location
    assert asked == f"/sign-in?next={link}"
    form = {**fields(phone.get(asked)), "email": ANA, "password": PASSWORD}
    assert phone.post("/session", data=form).location == link
    phone.post("/code", data=fields(phone.get(link)))
    assert "ana@new.example" in phone.get("/account").text
    assert ana.get("/account").location == "/sign-in?next=/account"
    work_off()
    assert "ana@new.example" in mails(ANA)[-1].text


def test_a_press_in_somebodys_mail_does_not_give_their_mailbox_to_a_stranger_s_account(shop, client, ana, work_off):
    """With the mailbox would go every order that was made with it as a guest."""
    ana.post("/account/email", data={"email": "bea@example.com"})
    work_off()
    key = link_in(mails("bea@example.com")[-1]).rpartition("/")[2]
    assert client.post("/code", data={"key": key}).location == "/sign-in"
    assert ANA in ana.get("/account").text


def test_a_manager_without_a_second_step_sets_it_up_before_anything_else(shop, client):
    email = hired("Mina", Role.MANAGER)
    with transaction():
        db.session.execute(update(User).values(totp_secret=None))
    sign_in = {"email": email, "password": STAFF_PASSWORD, "next": "/staff/menu"}
    assert client.post("/session", data=sign_in).location == "/account/second-step"
    assert client.get("/staff/menu").location == "/account/second-step"
    assert client.get("/x/board/1", headers=HTMX).status_code == 403
    page = client.get("/account/second-step")
    assert "<svg" in page.text
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page.text))
    assert client.post("/account/second-step", data={"code": "x"}).status_code == 422
    token = client.get_cookie("hotcorner").value
    shown = client.post("/account/second-step", data={"code": app_code(secret=secret)})
    assert len(re.findall(r"<li>\w{4}-\w{4}-\w{4}</li>", shown.text)) == 10
    assert client.get("/staff/menu").status_code == 200
    thief = browser(shop)
    thief.set_cookie("hotcorner", token)
    assert thief.get("/account").status_code == 303
    assert "Turn it off" not in client.get("/account/security").text
    assert client.post("/account/second-step/end").status_code == 409


def offered(client) -> str:
    return "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", client.get("/account/second-step").text))


@pytest.mark.parametrize("signs_out", [True, False])
def test_nobody_is_offered_the_secret_that_somebody_else_was_shown_in_this_browser(shop, signs_out):
    till = at_home(shop, customer("Carlo"))
    known = offered(till)
    assert known == offered(till)
    if signs_out:
        till.post("/session/end")
    customer()
    assert till.post("/session", data={"email": ANA, "password": PASSWORD}).status_code == 303
    assert till.post("/account/second-step", data={"code": app_code(secret=known)}).status_code == 422
    assert offered(till) not in {known, ""}


def test_a_secret_that_was_on_offer_is_the_persons_to_whom_it_was_shown(shop):
    till, other = at_home(shop, customer("Carlo")), at_home(shop, customer())
    known = offered(till)
    with other.session_transaction() as hers, till.session_transaction() as kept:
        kept["_user_id"] = hers["_user_id"]
    assert till.post("/account/second-step", data={"code": app_code(secret=known)}).status_code == 422
    assert offered(till) not in {known, ""}


def test_what_was_mailed_is_read_on_a_developers_machine_alone(shop, client, ana, work_off, monkeypatch):
    ana.post("/account/email", data={"email": "ana@new.example"})
    work_off()
    page = client.get("/outbox")
    assert "To ana@new.example" in page.text
    assert re.search(r'<a href="http://[^"]+/code/', page.text)
    settings = replace(shop.extensions["settings"], mail_url="smtp://127.0.0.1:9")
    monkeypatch.setitem(shop.extensions, "settings", settings)
    assert client.get("/outbox").status_code == 404
