"""Each rule of the house can fail, and leaves good work alone."""

import hashlib
from pathlib import Path

import pytest

from dev.house import figures, laws, pages, sizes, vendored
from dev.house.source import Source

ROOT = Path(__file__).parents[2]


def found(rule, path, text):
    return [finding.line for finding in rule(Source(path, text))]


def function(lines, head="def bake():"):
    return "\n".join([head, *["    pass"] * (lines - 1)])


BROKEN = [
    (sizes.long_functions, "app/orders/service.py", function(41), 1),
    (sizes.long_functions, "dev/up.py", function(41, "async def bake():"), 1),
    (sizes.long_views, "blueprints/menu/views.py", '@pages.get("/menu")\n' + function(21), 2),
    (sizes.long_views, "blueprints/menu/views.py", '@pages.route("/menu")\n' + function(21), 2),
    (sizes.long_files, "app/menu/service.py", "x = 1\n" * 301, 301),
    (sizes.long_files, "bench/report.py", "x = 1\n" * 301, 301),
    (sizes.long_templates, "templates/menu/menu.html", "<p>\n" * 121, 121),
    (laws.one_clock, "app/orders/service.py", "import datetime as dt\nnow = dt.datetime.now(dt.UTC)", 2),
    (laws.one_clock, "worker.py", "import time\nstart = time.time()", 2),
    (laws.one_clock, "app/orders/models.py", "\n\nplaced_at = column(server_default=func.now())", 3),
    (laws.one_clock, "blueprints/menu/views.py", "today = date.today()", 1),
    (laws.one_commit, "app/orders/service.py", "db.session.commit()", 1),
    (laws.one_commit, "blueprints/orders/views.py", "\nsession.commit()", 2),
    (laws.whole_cents, "app/orders/pricing.py", "tax = float(total)", 1),
    (laws.whole_cents, "app/orders/pricing.py", "tax = Decimal(total)", 1),
    (laws.whole_cents, "app/orders/pricing.py", "tax = total * 0.08", 1),
    (laws.whole_cents, "app/core/money.py", "def half(cents):\n    return cents / 2", 2),
    (laws.whole_cents, "app/promotions/best.py", "cents /= 2", 1),
    (laws.no_request_below_the_edge, "app/menu/service.py", "from flask import request", 1),
    (laws.no_request_below_the_edge, "app/menu/service.py", "import flask\nflask.session['cart']", 2),
    (laws.no_request_below_the_edge, "app/users/service.py", "from flask import g, url_for", 1),
    (laws.stripe_in_one_file, "app/payments/service.py", "import stripe", 1),
    (laws.stripe_in_one_file, "blueprints/payments/views.py", "from stripe.error import CardError", 1),
    (laws.one_scope, "blueprints/orders/found.py", "mine = who.staff().places(Right.REFUND)", 1),
    (laws.one_scope, "blueprints/users/audit.py", "\nseen = person.stores", 2),
    (laws.speaking_names, "app/orders/utils.py", "", 1),
    (laws.speaking_names, "app/helpers/cart.py", "", 1),
    (laws.speaking_names, "app/orders/cart.py", "class CartManager:\n    pass", 1),
    (laws.reasons_given, "app/orders/cart.py", "import x  # type" + ": ignore", 1),
    (laws.reasons_given, "app/orders/cart.py", "import x  # no" + "qa: F401", 1),
    (laws.reasons_given, "app/orders/cart.py", "import x  # no" + "qa - because", 1),
    (laws.no_evasions, "tests/test_cart.py", "@pytest.mark.skip\ndef test_it(): ...", 1),
    (laws.no_evasions, "tests/test_cart.py", "def test_it():\n    pytest.importorskip('x')", 2),
    (laws.no_evasions, "tests/test_cart.py", "@pytest.mark.xfail(strict=True)\ndef test_it(): ...", 1),
    (laws.no_naps, "tests/test_cart.py", "time.sleep(1)", 1),
    (pages.nothing_inline, "templates/a.html", '<p>\n<b class="x" style="color: red">', 2),
    (pages.nothing_inline, "templates/a.html", "<style>p {}</style>", 1),
    (pages.nothing_inline, "templates/a.html", "<script>alert(1)</script>", 1),
    (pages.nothing_inline, "templates/a.html", '{#\n\n#}<a onclick="go()">', 3),
    (pages.nothing_inline, "templates/a.html", '<a href="javascript:go()">', 1),
    (pages.nothing_inline, "static/icons/a.svg", '<svg style="fill: red"/>', 1),
    (pages.htmx_4_without_eval, "templates/a.html", '<button hx-disabled-elt="this">', 1),
    (pages.htmx_4_without_eval, "templates/a.html", '<b hx-on:click="go()">', 1),
    (pages.htmx_4_without_eval, "templates/a.html", '<b hx-ext="ws">', 1),
    (pages.htmx_4_without_eval, "templates/a.html", '<b hx-boost="true">', 1),
    (pages.htmx_4_without_eval, "templates/a.html", '<b hx-vars="a:b">', 1),
    (pages.htmx_4_without_eval, "templates/a.html", "<b hx-vals='js:{a: 1}'>", 1),
    (pages.htmx_4_without_eval, "templates/a.html", '<b hx-trigger="every 5s [open]">', 1),
    (pages.drawings_without_style, "app/pictures/pizza.py", "svg = '<g style=\"x\">'", 1),
    (pages.nothing_left_to_do, "README.md", "\nTO" + "DO: write this", 2),
    (pages.nothing_left_to_do, "static/css/base.css", "/* FIX" + "ME */", 1),
]

KEPT = [
    (sizes.long_functions, "app/orders/service.py", "@cached\n@traced\n" + function(40)),
    (sizes.long_functions, "tests/test_cart.py", function(60)),
    (sizes.long_views, "blueprints/menu/views.py", function(21)),
    (sizes.long_views, "blueprints/menu/views.py", '@pages.get("/menu")\n' + function(20)),
    (sizes.long_files, "app/menu/service.py", "x = 1\n" * 300),
    (laws.one_clock, "app/core/clock.py", "datetime.now(UTC)"),
    (laws.one_clock, "app/orders/service.py", "clock.now()\ntime.monotonic()"),
    (laws.one_commit, "app/core/db.py", "db.session.commit()"),
    (laws.whole_cents, "app/orders/pricing.py", "half = cents // 2"),
    (laws.whole_cents, "app/tracking/eta.py", "pace = done / minutes"),
    (laws.no_request_below_the_edge, "app/core/log.py", "from flask import has_request_context"),
    (laws.no_request_below_the_edge, "blueprints/menu/views.py", "from flask import request"),
    (laws.stripe_in_one_file, "app/payments/stripe.py", "import stripe"),
    (laws.stripe_in_one_file, "app/payments/service.py", "from app.payments import stripe"),
    (laws.stripe_in_one_file, "dev/stripe/params.py", "import stripe"),
    (laws.one_scope, "blueprints/who.py", "found.places(right)"),
    (laws.one_scope, "blueprints/orders/found.py", "who.scope(Right.REFUND).stores\nscope.places(person)"),
    (laws.speaking_names, "app/users/roles.py", "class Role:\n    MANAGER = 'manager'"),
    (laws.reasons_given, "app/orders/cart.py", "import x  # no" + "qa: F401 - registers the models"),
    (laws.reasons_given, "app/orders/cart.py", "x = 'secret'  # no" + "qa: S105 (made to be refused)"),
    (laws.reasons_given, "app/orders/cart.py", "import x  # type" + ": ignore[import-untyped]  # has no types"),
    (laws.no_naps, "tests/test_cart.py", "while not ready():\n    time.sleep(0.05)"),
    (pages.nothing_inline, "templates/a.html", '{# style="x" <script> #}<script src="/static/b/app.js"></script>'),
    (pages.nothing_inline, "templates/mail/a.html", '<p style="color: red">'),
    (pages.nothing_inline, "templates/a.html", '<circle fill="red" stroke-width="2"/>'),
    (pages.htmx_4_without_eval, "templates/a.html", '<form hx-disable="this" hx-trigger="every 5s">'),
    (pages.nothing_left_to_do, "README.md", "Our to-do list lives elsewhere"),
]


def label(case):
    return getattr(case, "__name__", None) or ""


@pytest.mark.parametrize(("rule", "path", "text", "line"), BROKEN, ids=label)
def test_a_rule_sees_where_it_is_broken(rule, path, text, line):
    assert found(rule, path, text) == [line]


@pytest.mark.parametrize(("rule", "path", "text"), KEPT, ids=label)
def test_a_rule_leaves_good_work_alone(rule, path, text):
    assert found(rule, path, text) == []


def test_every_rule_says_why_and_has_a_case_that_breaks_it():
    rules = {*sizes.RULES, *laws.RULES, *pages.RULES}
    assert {case[0] for case in BROKEN} == rules
    assert all(rule.__doc__ for rule in rules)


@pytest.fixture
def vendor(tmp_path):
    folder = tmp_path / "static" / "vendor"
    (folder / "LICENSES").mkdir(parents=True)
    (folder / "LICENSES" / "htmx.txt").write_text("0BSD")
    (folder / "htmx.js").write_text("htmx")
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(b'htmx').hexdigest()}  htmx.js\n")
    return folder


def test_vendored_files_as_released_are_welcome(tmp_path, vendor):
    assert list(vendored.checksums(tmp_path)) == []


def test_a_changed_a_stray_and_a_lost_vendored_file_are_seen(tmp_path, vendor):
    (vendor / "htmx.js").write_text("htmx, improved")
    (vendor / "stray.js").write_text("?")
    with (vendor / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  lost.js\n")
    assert {str(finding) for finding in vendored.checksums(tmp_path)} == {
        "static/vendor/stray.js:1: not in SHA256SUMS",
        "static/vendor/SHA256SUMS:1: lost.js is listed and not there",
        "static/vendor/htmx.js:1: is not what was released: its checksum differs",
    }


def test_every_file_of_money_is_there():
    assert [path for path in sorted(laws.MONEY_FILES) if not (ROOT / path).is_file()] == []


def test_the_figures_count_code_views_and_tests():
    table = figures.table(
        [
            Source("app/menu/service.py", "def a() -> int:\n    return 1\n\n\ndef b():\n    return 2\n"),
            Source("blueprints/menu/views.py", '@pages.get("/")\ndef menu() -> str:\n    return ""\n'),
            Source("tests/test_menu.py", "def test_a():\n    assert a() == 1\n"),
        ]
    )
    assert "functions         3        2" in table
    assert "views             1        2" in table
    assert "code 7 lines, tests 2, ratio 0.29; return types 67%" in table
