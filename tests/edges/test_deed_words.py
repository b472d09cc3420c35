"""Every deed that is written into the book has words for whoever reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueprints.deed_words import DEEDS

pytestmark = pytest.mark.one_database

HOUSE = Path(__file__).parents[2]


def deeds() -> Iterator[str]:
    """What is written where a deed is audited: a text, or one of two."""
    for path in [*HOUSE.glob("app/**/*.py"), *HOUSE.glob("blueprints/**/*.py")]:
        tree = ast.parse(path.read_text())
        named = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "audit" and len(node.args) > 1:
                deed = node.args[1]
                deed = named.get(deed.id, deed) if isinstance(deed, ast.Name) else deed
                if not isinstance(deed, ast.JoinedStr):  # one that is put together ends in a word of its own
                    yield from (each.value for each in ast.walk(deed) if isinstance(each, ast.Constant))


def test_every_deed_has_words():
    found = set(deeds())
    assert {"refund.ask", "refund.approve", "order.place", "money.export"} <= found
    assert {deed for deed in found if deed not in DEEDS} == set()
