"""What a store can run out of, and what that takes along."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu import stock
from app.menu.service import Selection
from tests.conftest import forget
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET
from tests.queries import counted


def things() -> dict[tuple[str, str], stock.Stocked]:
    return {(thing.kind, thing.key): thing for thing in stock.stock(ELM_STREET)}


def test_whatever_is_on_the_menu_can_run_out(shop):
    offered, found = menu.load(ELM_STREET), things()
    assert {key for kind, key in found if kind == "topping"} == set(offered.toppings)
    assert {key for kind, key in found if kind == "product"} == set(offered.products)
    assert {key for kind, key in found if kind == "crust"} == set(offered.crusts)
    assert {key for kind, key in found if kind == "size"} == {
        variant.size for item in offered.products.values() for variant in item.variants
    }
    assert ("option", "dip.ranch") in found
    assert not any(thing.gone for thing in found.values())


def test_a_way_to_bake_or_cut_is_nothing_to_run_out_of(shop):
    assert not {key for kind, key in things() if kind == "option" and key.startswith(("bake.", "cut."))}


def test_each_names_what_it_takes_along(shop):
    offered, found = menu.load(ELM_STREET), things()
    for (kind, key), thing in found.items():
        if kind == "crust":
            names = [i.name for i in offered.products.values() if any(v.crust == key for v in i.variants)]
        elif kind == "topping":
            names = [i.name for i in offered.products.values() if any(p.topping == key for p in i.preset)]
        else:
            continue
        assert list(thing.hides) == names, key
    assert found["product", "cola"].hides == ()


@pytest.mark.parametrize(
    ("kind", "key", "selection"),
    [
        ("topping", "mushroom", Selection("garden")),
        ("crust", "thin", Selection("margherita", "m", "thin")),
        ("size", "l", Selection("margherita", "l", "classic")),
        ("product", "cola", Selection("cola")),
        ("option", "wingsauce.bbq", Selection("wings", note="Extra napkins")),
    ],
)
def test_what_ran_out_cannot_be_ordered_until_it_is_back_and_looks_the_same(shop, kind, key, selection):
    made = menu.choose(menu.load(ELM_STREET), selection)
    with transaction():
        menu.sell_out(ELM_STREET, kind, key)
    assert things()[kind, key].gone
    with pytest.raises(Refusal, match="sold out"):
        menu.choose(menu.load(ELM_STREET), selection)
    seen = menu.look(menu.load(ELM_STREET), selection)
    assert asdict(seen).items() <= asdict(made).items()
    with transaction():
        menu.bring_back(ELM_STREET, kind, key)
    assert not things()[kind, key].gone
    menu.choose(menu.load(ELM_STREET), selection)


def test_a_moment_ends_it(shop, monkeypatch):
    hands = Hands(monkeypatch, datetime(2026, 11, 23, 18, tzinfo=UTC))
    until = hands.now + timedelta(hours=1)
    with transaction():
        menu.sell_out(ELM_STREET, "topping", "mushroom", until)
    assert things()["topping", "mushroom"].until == until
    hands.move(minutes=60)
    forget()
    assert not things()["topping", "mushroom"].gone


def test_what_is_not_there_is_not_found(shop):
    with pytest.raises(NotFound):
        stock.stocked(stock.stock(ELM_STREET), "topping", "gravel")
    with pytest.raises(NotFound):
        stock.stock(4711)


def test_a_list_takes_one_question_where_the_menu_is_known(shop):
    stock.stock(ELM_STREET)
    with counted() as sent:
        stock.stock(ELM_STREET)
    assert len(sent) == 1
