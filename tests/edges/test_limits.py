"""How often something may be tried: by mailbox, by person, by address; and that nothing that is sent turns it off."""

import pytest

from app.users.service import Role
from tests.api.hands import Program, guest, held_by
from tests.conftest import browser
from tests.edges.pages import HTMX, with_cart
from tests.factories.customers import at_home, customer
from tests.factories.orders import COLA, filled
from tests.factories.staff import PASSWORD as STAFF_PASSWORD
from tests.factories.staff import hired, number

# One mailbox, as mail servers know it.
SPELLED = (
    "bob@example.com",
    " Bob@Example.com ",
    "bob@ｅｘａｍｐｌｅ.com",
    "bob@example。com",
    "bob@example．com",
    "BOB@EXAMPLE｡ＣＯＭ",
)
PAGES = {
    "/session/code": {},
    "/password/code": {},
    "/accounts": {"name": "Bob", "password": "a pizza peel and a tray"},
}
CALLS = {
    "/auth/codes": {"purpose": "sign_in"},
    "/auth/register": {"name": "Bob", "password": "a pizza peel and a tray"},
}


@pytest.mark.parametrize("path", PAGES)
def test_however_a_mailbox_is_spelled_its_codes_are_counted_together(limited, path):
    client = browser(limited)
    tries = [client.post(path, data={"email": email, **PAGES[path]}).status_code for email in SPELLED]
    assert tries == [303] * 5 + [429]


@pytest.mark.parametrize("path", CALLS)
def test_programs_spell_it_no_other_way(limited, path):
    program = Program(limited)
    tries = [program.post(path, {"email": email.strip(), **CALLS[path]}).status_code for email in SPELLED]
    assert tries == [201] * 5 + [429]


def test_codes_to_a_new_address_are_counted_with_all_others_to_its_mailbox(limited):
    mine, client = customer(), browser(limited)
    for email in SPELLED[:5]:
        client.post("/session/code", data={"email": email})
    assert at_home(limited, mine).post("/account/email", data={"email": "bob@example.com"}).status_code == 429
    with limited.app_context():
        assert held_by(limited, mine).post("/users/me/email", {"email": "bob@example.com"}).status_code == 429


# ---- nothing that is sent turns a limit off

DEEP = b"[" * 5_000 + b"]" * 5_000
SENT = {
    "brackets in brackets": (DEEP, 400),
    "more than is read": (b'{"email": "' + b"x" * 70_000 + b'"}', 413),
    "half a letter": (b'{"email": "\\ud800", "password": "x"}', 422),
    "no mailbox": (b'{"email": ["bob@example.com"], "password": {}}', 422),
}


@pytest.mark.parametrize(("sent", "status"), SENT.values(), ids=SENT)
def test_whatever_a_program_sends_the_limits_stay_as_they_are(limited, sent, status):
    program, wrong = Program(limited), {"email": "bob@example.com", "password": "wrong"}
    for _ in range(5):
        program.post("/auth/login", wrong)
    for _ in range(2):  # whoever thinks that Redis is away asks it again at once, and then not for a while
        answer = program.client.post("/api/auth/login", data=sent, content_type="application/json")
        assert answer.status_code == status
        assert program.post("/auth/login", wrong).status_code == 429


def test_whatever_a_form_holds_the_limits_stay_as_they_are(limited):
    client, wrong = browser(limited), {"email": "bob@example.com", "password": "wrong"}
    for _ in range(5):
        client.post("/session", data=wrong)
    for _ in range(2):
        assert client.post("/session", data={"email": "x" * 70_000}).status_code == 413
        assert client.post("/session", data=wrong).status_code == 429


# ---- by person and by address


@pytest.mark.parametrize(("path", "most"), [("/orders/checkout", 6), ("/payments/process", 12)])
def test_a_guest_gets_no_more_tries_by_getting_more_tokens(limited, path, most):
    assert [guest(limited).keyed(path, {"nothing": 1}).status_code for _ in range(most)] == [422] * most
    assert guest(limited).keyed(path, {"nothing": 1}).status_code == 429
    elsewhere = guest(limited)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.keyed(path, {"nothing": 1}).status_code == 422


@pytest.mark.parametrize(("path", "most"), [("/orders/checkout", 6), ("/payments/process", 12)])
def test_whoever_has_an_account_is_counted_by_it_on_all_devices(limited, path, most):
    mine, other = customer(), customer("Carlo")
    with limited.app_context():
        phone, tablet, carlo = held_by(limited, mine), held_by(limited, mine), held_by(limited, other)
        assert [phone.keyed(path, {"nothing": 1}).status_code for _ in range(most)] == [422] * most
        assert tablet.keyed(path, {"nothing": 1}).status_code == 429
        assert carlo.keyed(path, {"nothing": 1}).status_code == 422


@pytest.mark.parametrize("path", ["/x/checkout/total", "/checkout/time"])
def test_whose_first_order_it_would_be_is_asked_thirty_times_a_minute(limited, path):
    """What an order costs tells whether its email or phone has ordered before."""
    client = with_cart(browser(limited), filled(COLA))
    asked = [{"email": f"{n}@example.com", "phone": "3125550142"} for n in range(31)]
    told = [client.post(path, data=each, headers=HTMX) for each in asked]
    assert [one.status_code for one in told] == [200] * 30 + [429]
    assert "Wait a few minutes and try again." in told[-1].text


def test_second_steps_and_proofs_are_tried_out_of_one_purse_by_every_door(limited):
    email, client, program = hired("Mina", Role.MANAGER), browser(limited), Program(limited)
    client.post("/session", data={"email": email, "password": STAFF_PASSWORD})
    steps = [client.post("/session/second-step", data={"code": "x"}).status_code for _ in range(2)]
    told = {"email": email, "password": STAFF_PASSWORD, "code": "x"}
    calls = [program.post("/auth/login", told).status_code for _ in range(2)]
    with limited.app_context():
        proofs = [held_by(limited, number("Mina")).post("/users/me/confirmation", {"code": "x"}) for _ in range(2)]
    assert (steps, calls, [one.status_code for one in proofs]) == ([422, 422], [401, 401], [422, 429])
    assert program.post("/auth/login", told).status_code == 429
    assert client.post("/session/second-step", data={"code": "x"}).status_code == 429
    assert program.post("/auth/login", {**told, "code": ""}).json["action"] == "second_step"  # no try


def test_codes_to_oneself_are_asked_for_out_of_one_purse_whatever_one_is_signed_in_with(limited):
    mine = customer()
    client, path = at_home(limited, mine), "/users/me/confirmation/code"
    assert [client.post("/confirm/code").status_code for _ in range(2)] == [200, 200]
    with limited.app_context():
        tries = [held_by(limited, mine).post(path).status_code for _ in range(4)]
    assert tries == [201, 201, 201, 429]


def from_where(limited, address: str) -> int:
    client = browser(limited)
    client.environ_base["REMOTE_ADDR"] = address
    return client.post("/code", data={"code": "000000"}).status_code


def test_all_addresses_of_one_house_are_counted_as_one(limited):
    tries = [from_where(limited, f"2001:db8:1:2:{n:x}::1") for n in range(21)]
    assert tries == [303] * 20 + [429]
    assert from_where(limited, "2001:db8:1:3::1") == 303


def test_older_addresses_are_counted_one_by_one_however_they_are_written(limited):
    tries = [from_where(limited, f"{kind}192.0.2.7") for kind in ("", "::ffff:") * 10]
    assert (tries, from_where(limited, "::ffff:192.0.2.7")) == ([303] * 20, 429)
    assert from_where(limited, "::ffff:192.0.2.8") == 303
