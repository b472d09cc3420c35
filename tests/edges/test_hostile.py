"""Every route of the program against everything that no honest browser sends: refused in words, never failed."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import filterfalse
from typing import NamedTuple
from urllib.parse import quote_from_bytes

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.routing import Rule
from werkzeug.wsgi import get_current_url

from app.core.db import transaction
from app.users import service as users
from app.users import sessions
from app.users.service import Role
from tests.conftest import browser
from tests.edges.pages import with_cart
from tests.factories.orders import COLA, HALF_AND_HALF, HOME, filled
from tests.factories.staff import SECRET

WORDS = {
    "nul": b"60610\x00",
    "long": b"9" * 100_000,
    "long words": b"margherita" * 1_000,
    "lone surrogate": b"\xed\xa0\x80",
    "huge": b"99999999999999999999999999",
    "past an integer": b"2147483648",
    "negative": b"-1",
    "fraction": b"1e309",
    "not a number": b"NaN",
}
TEXTS = {  # to a database these are text or numbers like any other; what they are about are the answers
    "broken utf-8": b"\xff\xfe\xc3",
    "full-width digits": "６０６１０".encode(),
    "line ends": b"x\r\nSet-Cookie: evil=1\r\n\r\nx",
    # No slash is in it, so that it gets into paths, too.
    "code": "\"'><script>alert(1)<!--{{7*7}}${7*7}{%print(7*7)%}' OR 1=1; --\u202e\u2066evil\u2028\u2029".encode(),
    "path": b"../../../../etc/passwd",
    "away": b"//evil.example/",
    "broken address": b"//[",
    "empty": b"",
    "spaces": b" \t ",
}
EVIL = [
    *(pytest.param(word, id=name) for name, word in WORDS.items()),
    *(pytest.param(word, id=name, marks=pytest.mark.one_database) for name, word in TEXTS.items()),
]
FIELDS = (
    *("product", "size", "crust", "sauce", "cheese", "a-sauce", "t", "t-pepperoni", "a-pepperoni", "quantity", "idem"),
    *("method", "street", "unit", "city", "zip", "store", "time", "next", "only", "name", "phone", "email", "note"),
    *("tip", "tip_custom", "pay", "key", "version", "cart_version", "total", "expected_total", "expected_total_cents"),
    *("code", "deal", "place", "method", "store"),
    *("base", "o-bake", "o-wingsauce", "o-dip", "pizza-size", "left", "right", "fill", "q", "without"),
    *("confirm_path", "confirm_given", "confirm_again"),
    *("password", "stage", "number", "reason", "seq", "stage", "since", "payment_intent", "session_id"),
)
MEANT = {  # so that a hostile value is alone among honest ones, and gets past the first check
    "product": "your-own",
    "size": "l",
    "crust": "classic",
    "sauce": "tomato",
    "cheese": "normal",
    "quantity": "1",
    "method": "delivery",
    "street": "12 Elm Street",
    "city": "Chicago",
    "zip": "60610",
    "store": "1",
    "time": "asap",
    "name": "Ana Lopez",
    "phone": "(312) 555-0142",
    "email": "ana@example.com",
    "password": "x",
    "number": "1",
}
FORMS = {
    "/cart/coupon": ("code",),
    "/deals/1/places/1": ("product", "size", "crust", "sauce", "cheese", "t", "t-olive"),
    "/cart/lines": (
        *("product", "size", "crust", "sauce", "cheese", "base", "t", "t-olive", "o-bake", "note", "pizza-size"),
        *("quantity", "idem"),
    ),
    "/cart/lines/1/pizza": (
        *("product", "size", "crust", "sauce", "cheese", "base", "t", "t-olive", "o-bake", "note", "quantity"),
    ),
    "/where": ("method", "street", "unit", "city", "zip", "store", "time", "next"),
    "/checkout": (
        "name",
        "phone",
        "email",
        "street",
        "unit",
        "note",
        "tip",
        "pay_with",
        "idem",
        "version",
        "total",
        "time",
    ),
    "/checkout/time": ("time",),
    "/session": ("email", "password", "next"),
    "/track": ("number", "phone", "email"),
}
DESK = (
    "/manage",
    "/staff",
    *(f"/x/{piece}" for piece in ("manage", "staff", "board", "kitchens", "runs", "overview", "jobs")),
)
ACCOUNT = ("/account", "/x/account")
HOSTS = [
    "evil.example",
    "localhost:99999",
    "[",
    "[::1",
    "a b",
    "localhost\\evil",
    "x" * 5_000,
    "lo\tcal",
    "örder.example",
]


@pytest.fixture(autouse=True)
def short_addresses(monkeypatch) -> None:
    """A browser keeps its cookies by host and path: it need not read a long question twice for that."""
    monkeypatch.setattr("werkzeug.test.get_current_url", partial(get_current_url, strip_querystring=True))


@pytest.fixture
def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def has_places(rule) -> bool:
    return "<" in rule.rule


def paths(rule, evil: str) -> Iterator[str]:
    """The rule's path with the evil word in each of its places; if it has none, the bare path."""
    places = re.findall(r"<[^>]+>", rule.rule)
    honest = re.sub(r"<(?:int|row)[^>]*>", "1", rule.rule)
    honest = re.sub(r"<[^>]+>", "margherita", honest)
    if not places:
        yield honest
    for place in places:
        bad = rule.rule.replace(place, evil)
        yield re.sub(r"<[^>]+>", "margherita", re.sub(r"<(?:int|row)[^>]*>", "1", bad))


def methods(rule):
    return sorted(rule.methods - {"HEAD", "OPTIONS"})


class Hands(NamedTuple):
    """A browser, and the doors that it gets through."""

    browser: FlaskClient
    rules: Sequence[Rule]


@pytest.fixture(params=["ana", "mina"])
def hands(request, shop, rules):
    """Ana has a cart, Mina is a manager. Paths and headers are tried by one that was never here."""
    made = browser(shop)
    if request.param == "ana":
        with_cart(made, filled(HALF_AND_HALF, COLA, place=HOME))
        return Hands(made, [rule for rule in rules if not rule.rule.startswith((*DESK, *ACCOUNT))])
    with transaction():
        mina = users.add_staff("mina@hotcorner.example", "Mina", "", Role.MANAGER, 1, totp_secret=SECRET)
        token = sessions.begin(mina)
    with made.session_transaction() as kept:
        kept["_user_id"] = token
    # her account comes last, where she ends her own session
    return Hands(made, [rule for prefixes in (DESK, ACCOUNT) for rule in rules if rule.rule.startswith(prefixes)])


def fine(answer, what):
    """No failure, nothing of the sender's told back raw, no header of theirs."""
    assert answer.status_code < 500, what
    assert "evil" not in " ".join(answer.headers.getlist("Set-Cookie")), what
    assert (answer.location or "/").startswith(("/", "http://localhost/")), what
    assert "//evil" not in (answer.location or ""), what
    if answer.mimetype == "text/html":
        assert b"<script>alert(1)" not in answer.data, what
        assert b"'><script>" not in answer.data, what
        assert re.search(rb"(?<!\d)49(?!\d)\$?\{?49|\{\{49", answer.data) is None, what


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "piece"])
def test_no_path_makes_it_fail(shop, rules, evil, headers):
    client = browser(shop)
    word = quote_from_bytes(evil[:4_000], safe="")
    for rule in filter(has_places, rules):
        for path in paths(rule, word):
            for method in methods(rule):
                fine(client.open(path, method=method, headers=headers), (method, path[:80]))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "piece"])
def test_no_path_fails_that_has_no_place_for_a_word(shop, rules, headers):
    client = browser(shop)
    for rule in filterfalse(has_places, rules):
        for method in methods(rule):
            fine(client.open(rule.rule, method=method, headers=headers), (method, rule.rule))


@pytest.mark.parametrize("hands", ["mina"], indirect=True)
def test_the_manager_gets_through_every_door_of_the_desk(hands):
    for rule in filterfalse(has_places, hands.rules):
        if "GET" in rule.methods and rule.rule.startswith(DESK):
            answer = hands.browser.get(rule.rule, headers={"HX-Request": "true"} if rule.rule.startswith("/x/") else {})
            assert "/sign-in" not in (answer.location or ""), rule.rule


@pytest.mark.parametrize("evil", EVIL)
def test_no_question_makes_it_fail(hands, evil):
    word = quote_from_bytes(evil[:200], safe="")  # in every field at once: the server takes four kB of address
    for rule in hands.rules:
        if "GET" not in rule.methods:
            continue
        for path in paths(rule, "1"):
            asked = "&".join(f"{field}={word}" for field in FIELDS)
            headers = {"HX-Request": "true"} if path.startswith("/x/") else {}
            fine(hands.browser.get(f"{path}?{asked}&{word}={word}&{word}", headers=headers), path)


@pytest.mark.parametrize("evil", EVIL)
def test_no_field_makes_it_fail(hands, evil):
    word = quote_from_bytes(evil[:5_000], safe="")
    with capture_logs() as logs:
        for rule in hands.rules:
            for method in {"POST", "PUT", "PATCH", "DELETE"} & rule.methods:
                for path in paths(rule, "1"):
                    everywhere = "&".join(f"{field}={word}" for field in FIELDS)
                    fine(send(hands.browser, method, path, everywhere), (method, path))
    assert [entry for entry in logs if entry["event"] == "failed"] == []


@pytest.mark.parametrize("evil", EVIL)
def test_no_single_field_makes_a_form_fail(shop, evil):
    client = with_cart(browser(shop), filled(HALF_AND_HALF, COLA, place=HOME))
    word = quote_from_bytes(evil[:5_000], safe="")
    for path, names in FORMS.items():
        for field in names:
            one = "&".join(f"{name}={word if name == field else honest}" for name, honest in MEANT.items())
            fine(send(client, "POST", path, one if field in MEANT else f"{one}&{field}={word}"), (path, field))


def send(client, method, path, body):
    return client.open(path, method=method, data=body, content_type="application/x-www-form-urlencoded")


BODIES = [
    ("application/json", b'{"product": ["a"], "quantity": {"$gt": 0}}'),
    ("application/json", b'{"code": "A", "cart": {"items": [{"productId": [], "toppings": [{"toppingId": {}}]}]}}'),
    ("application/json", b'{"code": "\\ud800\\u0000", "cart": {"storeId": 1e400, "method": NaN}}'),
]
UNREAD = [  # nobody makes sense of these, so no database hears of them
    ("application/json", b'{"quantity": ' + b"[" * 20_000),
    ("text/plain", b"quantity=1"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="quantity"; filename="a"\r\n\r\n1\r\n--x--',
    ),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"quantity=+ADw-"),
    ("application/x-www-form-urlencoded", b"&".join(b"quantity[]=1" for _ in range(3_000))),
    ("application/x-www-form-urlencoded", b"t=pepperoni.l.n&" * 3_000),
    ("", b"\x00\xff"),
]


def told(kind: str, body: bytes, *marks: pytest.MarkDecorator):
    return pytest.param(kind, body, id=f"{kind[:30]} {body[:12]!r}", marks=marks)


@pytest.mark.parametrize(
    ("kind", "body"),
    [*(told(*sent) for sent in BODIES), *(told(*sent, pytest.mark.one_database) for sent in UNREAD)],
)
def test_no_body_makes_it_fail(hands, kind, body):
    for rule in hands.rules:
        for method in {"POST", "PUT", "PATCH", "DELETE"} & rule.methods:
            for path in paths(rule, "1"):
                fine(hands.browser.open(path, method=method, data=body, content_type=kind), (method, path))


HEADERS = (
    *("Origin", "Referer", "Sec-Fetch-Site", "X-Request-Id", "If-None-Match", "Accept", "Accept-Encoding", "Range"),
    *("Accept-Language", "Cookie", "HX-Request", "HX-Current-URL", "HX-Target", "X-Forwarded-For", "X-Forwarded-Host"),
    *("Stripe-Signature", "If-Modified-Since", "Content-Length", "Authorization", "Idempotency-Key"),
)
HEADED = ("x" * 5_000, "-1", "99999999999999999999")
PLAIN = ('"' * 500, "http://[", "http://localhost@evil.example", "null", "\xff\xfe", 'W/"x", *')  # as TEXTS


@pytest.mark.parametrize("value", [*HEADED, *(pytest.param(value, marks=pytest.mark.one_database) for value in PLAIN)])
def test_no_header_makes_it_fail(shop, rules, value):
    for rule in rules:
        client = browser(shop)
        path = next(paths(rule, "1"))
        for method in methods(rule):
            together = dict.fromkeys(HEADERS, value) | {"Content-Length": "0"}
            fine(client.open(path, method=method, headers=together), (method, path))


@pytest.mark.one_database
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("value", [*HEADED, *PLAIN])
def test_no_single_header_makes_it_fail(shop, header, value):
    for path, method in (
        ("/", "GET"),
        ("/static/b/app.x.css", "GET"),
        ("/cart/lines", "POST"),
        ("/api/payments/webhook", "POST"),
    ):
        fine(browser(shop).open(path, method=method, headers={header: value}), (method, path))


@pytest.mark.one_database
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("trusted", [None, ["localhost"]], ids=["any host", "trusted hosts"])
def test_no_host_makes_it_fail(shop, monkeypatch, host, trusted):
    monkeypatch.setitem(shop.config, "TRUSTED_HOSTS", trusted)
    client = browser(shop)
    for path, method in (("/", "GET"), ("/where", "POST"), ("/nowhere", "GET"), ("/healthz", "GET"), ("/api/x", "GET")):
        answer = client.open(path, method=method, headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code < 500, (path, host)
        if trusted:
            assert answer.status_code == 400
        assert "evil" not in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "cookie", ["hotcorner=x", "hotcorner=eyJjYXJ0IjoxfQ.Zg.x", "hotcorner=" + "A" * 4000, "hotcorner=\xff", "=;;;="]
)
def test_no_cookie_opens_anything(shop, cookie):
    mine = filled(COLA)
    client = shop.test_client(use_cookies=False)
    for path in ("/", "/cart", "/staff", f"/build/line/{mine}"):
        answer = client.get(path, headers={"Cookie": cookie})
        assert answer.status_code in {200, 302, 303, 401, 404}
        assert "Cola</h3>" not in answer.text or path == "/"
