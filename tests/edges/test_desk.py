"""The frame of the pages of staff: who sees which door, at which store, and how they are told no."""

import pytest

from app.core.db import transaction
from app.stores import directory
from app.stores.models import Store
from app.users.service import RIGHTS, Role, Who
from blueprints import desk
from tests.edges.pages import HTMX
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE, placed
from tests.factories.staff import hired, signed_in


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def ada(shop):
    return signed_in(shop, "Ada", Role.ADMIN, None)


def test_a_stranger_signs_in_first_and_comes_back(client):
    answer = client.get("/staff/stores?door=board")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/staff/stores%3Fdoor%3Dboard")


def test_who_works_at_several_stores_finds_one_by_any_of_its_words(ada):
    page = ada.get("/staff/stores?door=board").text
    assert f'href="/staff?store={ELM_STREET}"' in page
    assert f'href="/staff?store={MILWAUKEE_AVENUE}"' in page
    page = ada.get("/staff/stores?door=board&q=milwaukee 60647").text
    assert f'href="/staff?store={MILWAUKEE_AVENUE}"' in page
    assert f'href="/staff?store={ELM_STREET}"' not in page
    page = ada.get("/staff/stores?q=<b>nowhere").text
    assert "None of your stores fits “&lt;b&gt;nowhere”" in page


def test_only_ones_own_stores_are_there_to_choose(shop):
    mina = signed_in(shop, "Mina", Role.MANAGER)
    page = mina.get("/staff/stores?door=board").text
    assert f'href="/staff?store={ELM_STREET}"' in page
    assert f'href="/staff?store={MILWAUKEE_AVENUE}"' not in page


def test_a_long_list_says_how_many_more_there_are(ada):
    first = directory.store(ELM_STREET)
    columns = {name: getattr(first, name) for name in ("street", "city", "state", "zip", "phone", "lat", "lon")}
    with transaction() as session:
        for n in range(70):
            session.add(Store(**columns, slug=f"s{n}", name=f"Store {n}", timezone="America/Chicago"))
    directory.known.clear()
    page = ada.get("/staff/stores?door=board&q=Store").text
    assert page.count('href="/staff?store=') == 60
    assert "There are more." in page


@pytest.mark.parametrize("door", ["cellar", "", "menu?x=1"])
def test_a_door_that_is_not_there_is_not_found(ada, door):
    answer = ada.get("/staff/stores", query_string={"door": door})
    assert answer.status_code == 404
    assert 'class="desk"' in answer.text


def test_a_refusal_names_whom_to_ask(shop, hands, work_off):
    beppe = signed_in(shop)
    hired("Mina", Role.MANAGER)
    hired("Otto", Role.MANAGER, MILWAUKEE_AVENUE)
    made = placed()
    work_off()
    answer = beppe.post(f"/staff/orders/{made}/cancellation", data={"reason": "x"})
    assert answer.status_code == 403
    assert "Your role does not allow this. Ask Mina (manager)." in answer.text
    assert 'class="desk"' in answer.text
    piece = beppe.post(f"/staff/orders/{made}/cancellation", data={"reason": "x"}, headers=HTMX)
    assert 'id="flash"' in piece.text
    assert "Ask Mina" in piece.text


def test_a_sign_in_leads_to_the_first_door_that_opens(shop, monkeypatch):
    milo = signed_in(shop, "Milo", Role.MARKETING, None)
    assert milo.get("/staff").location == "/manage/menu"
    monkeypatch.setattr(desk, "DOORS", desk.DOORS[:1])
    answer = milo.get("/staff")  # nothing opens: told so once, not sent in a circle
    assert answer.status_code == 403
    assert 'class="desk"' in answer.text


def test_every_door_opens_to_somebody_and_has_a_word_of_its_own():
    words = [door.word for door in desk.DOORS]
    assert len(set(words)) == len(words)
    for door in desk.DOORS:
        assert any(door.right in rights for rights in RIGHTS.values()), door.word


def names(groups):
    return [(group.name, [door.name for door, _ in group.doors]) for group in groups]


def test_many_doors_stand_in_groups_and_few_in_a_row():
    held = ((Role.ADMIN, None), (Role.KITCHEN, 1), (Role.MANAGER, 1))
    ada, beppe, mina = (Who(1, "A", (each,)) for each in held)
    of_ada = names(desk.Desk(ada, "reports", None).groups)
    assert [name for name, _ in of_ada] == ["Kitchen", "Orders", "Menu", "Marketing", "Stores", "Reports", "People"]
    assert sum(len(doors) for _, doors in of_ada) == len(desk.DOORS)
    assert dict(of_ada)["Reports"] == ["Reports", "Overview", "Promises"]
    assert [group.name for group in desk.Desk(ada, "promises", None).groups if group.here] == ["Reports"]
    assert names(desk.Desk(beppe, "board", None).groups) == [("Board", ["Board"]), ("Sold out", ["Sold out"])]
    assert ("Menu", ["Prices"]) in names(desk.Desk(mina, "board", None).groups)


def test_every_door_of_a_group_is_a_link_and_the_page_says_where_it_is(ada):
    page = ada.get("/manage/menu").text
    for door in desk.DOORS:
        assert f'href="{door.path}' in page, door.word
    assert '<summary class="here">Menu</summary>' in page
    assert 'aria-current="page">Menu</a>' in page
