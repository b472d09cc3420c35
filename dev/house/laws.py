"""What Python code of the shop may not do, and why."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from dev.house.source import Finding, Rule, Source, dotted

CLOCKS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns)|func\.(now|current_timestamp))$"
)
MONEY = {
    "core": ("money",),
    "menu": ("options", "pizza", "prices"),
    "orders": ("lines", "offers", "prices", "pricing"),
    "promotions": ("applying", "best", "bounds", "deals", "objectives"),
    "payments": ("ledger", "receipts", "refunds", "returns", "sales", "sales_days", "till"),
}
MONEY_FILES = frozenset(f"app/{domain}/{name}.py" for domain, names in MONEY.items() for name in names)
EDGE_WORDS = frozenset({"request", "session", "g", "current_app", "has_request_context"})
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers", "stuff"})
EMPTY_CLASS = re.compile(r"(Manager|Helper|Util|Utils)$")
SWITCHED_OFF = re.compile(r"#\s*(?:type:\s*ignore|noqa)\b")
WITH_REASON = re.compile(
    r"#\s*(?:type:\s*ignore\[[\w-]+(?:,\s*[\w-]+)*\]|noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)\s+[-#(]\s*\w+"
)
ROLES = re.compile(r"(^|\.)(person|found|who|asks|me)\.stores$")
EVASIONS = frozenset({"skip", "skipif", "xfail", "importorskip"})


def one_clock(source: Source) -> Iterator[Finding]:
    """Tests set the time and stores live in their own zones, so only core.clock asks the machine."""
    if source.is_shop and source.path != "app/core/clock.py":
        for node in _expressions(source):
            if CLOCKS.search(dotted(node)):
                yield Finding(source.path, node.lineno, f"{dotted(node)}: ask app.core.clock.now()")


def one_commit(source: Source) -> Iterator[Finding]:
    """One request or job is one transaction; a commit in the middle leaves half a fact behind a refusal."""
    if source.is_shop and source.path != "app/core/db.py":
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                yield Finding(source.path, node.lineno, "commit: only app.core.db.transaction() does that")


def whole_cents(source: Source) -> Iterator[Finding]:
    """Money is whole cents and rates are whole millionths; a float loses a cent where nobody looks."""
    if source.path not in MONEY_FILES:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id in {"float", "Decimal"}:
            yield Finding(source.path, node.lineno, f"{node.id}: money is whole cents")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield Finding(source.path, node.lineno, f"{node.value}: money is whole cents, rates whole millionths")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield Finding(source.path, node.lineno, "/ makes a float: use app.core.money.share or //")


def no_request_below_the_edge(source: Source) -> Iterator[Finding]:
    """A domain is called by pages, sockets, jobs and tests alike, so it takes plain values and sees no request."""
    if source.is_shop and source.path.startswith("app/") and not source.path.startswith("app/core/"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and node.module == "flask":
                words = [alias.name for alias in node.names if alias.name in EDGE_WORDS]
            elif isinstance(node, ast.Attribute):
                front, _, word = dotted(node).partition(".")
                words = [word] if front == "flask" and word in EDGE_WORDS else []
            else:
                continue
            yield from (Finding(source.path, node.lineno, f"flask.{word} below the edge") for word in words)


STRIPE = frozenset({"app/payments/stripe.py", "app/payments/line.py"})  # what is said, and the line that carries it


def stripe_in_one_file(source: Source) -> Iterator[Finding]:
    """Whatever Stripe changes must be changed in one file, and tests stand in for it at one place: the wire."""
    if source.is_shop and source.path not in STRIPE:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and "stripe" in _roots(node):
                yield Finding(source.path, node.lineno, "stripe: only app/payments/stripe.py speaks to it")


def one_scope(source: Source) -> Iterator[Finding]:
    """What staff see hangs on one function; a query that works its stores out by itself forgets one some day."""
    if source.is_shop and not source.path.startswith("app/users/") and source.path != "blueprints/who.py":
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "places":
                if dotted(node.func) != "scope.places":  # that of deals, which asks it
                    yield Finding(source.path, node.lineno, "places: ask who.scope(right).stores")
            elif isinstance(node, ast.Attribute) and ROLES.search(dotted(node)):
                yield Finding(source.path, node.lineno, f"{dotted(node)}: ask who.scope(right)")


def speaking_names(source: Source) -> Iterator[Finding]:
    """A name that fits everything tells nothing, and gathers everything."""
    if not source.is_python:
        return
    path = PurePosixPath(source.path)
    for word in sorted(EMPTY_NAMES.intersection((path.stem, *path.parts[:-1]))):
        yield Finding(source.path, 1, f"{word} says nothing: name the thing")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and EMPTY_CLASS.search(node.name):
            yield Finding(source.path, node.lineno, f"{node.name} says nothing: name the thing")


def reasons_given(source: Source) -> Iterator[Finding]:
    """A check that is switched off names the check and says why, or the next reader cannot switch it on again."""
    if source.is_python:
        for number, line in enumerate(source.lines, start=1):
            if SWITCHED_OFF.search(line) and not WITH_REASON.search(line):
                yield Finding(source.path, number, "name the check and say why: `# noqa: S311 - dice, not secrets`")


def no_evasions(source: Source) -> Iterator[Finding]:
    """A test that is skipped, or expected to fail, guards nothing while it looks as if it did."""
    if source.is_test:
        for node in _expressions(source):
            first, _, last = dotted(node).rpartition(".")
            if first in {"pytest", "pytest.mark", "unittest"} and last in EVASIONS:
                yield Finding(source.path, node.lineno, f"{dotted(node)}: repair it or delete it")


def no_naps(source: Source) -> Iterator[Finding]:
    """Waiting a while is slow on a fast machine and wrong on a slow one: a test waits for a condition, in a loop."""
    if not source.is_test:
        return
    polled = {id(inner) for loop in ast.walk(source.tree) if isinstance(loop, ast.While) for inner in ast.walk(loop)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in {"time.sleep", "sleep"} and id(node) not in polled:
            yield Finding(source.path, node.lineno, "sleep: wait for the condition in a loop with a deadline")


def _expressions(source: Source) -> Iterator[ast.Attribute]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute))


def _roots(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return {name.split(".")[0] for name in names}


RULES: tuple[Rule, ...] = (
    one_clock,
    one_commit,
    whole_cents,
    no_request_below_the_edge,
    stripe_in_one_file,
    one_scope,
    speaking_names,
    reasons_given,
    no_evasions,
    no_naps,
)
