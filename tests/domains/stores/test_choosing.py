"""Many stores chosen in a line of text, and written so that the line is read again as the very same stores."""

import pytest
from sqlalchemy import insert

from app.core.db import db
from app.stores import service as stores
from app.stores.models import Store
from tests.queries import counted

ELM, MILWAUKEE = 1, 2


@pytest.fixture
def chain(shop):
    """Two hundred stores more, from #100 on, in Maine; #150 shares its name with Elm Street."""
    for n in range(100, 300):
        place = {"city": "Bangor", "state": "ME", "zip": f"044{n % 100:02}", "lat": 44.8, "lon": -68.8}
        name = {150: "Elm Street", 151: "Bay; Pier #3, North"}.get(n, f"Bangor {n}")
        person = {"slug": f"bangor-{n}", "street": f"{n} Main", "phone": "+12075550100", "timezone": "America/New_York"}
        db.session.add(Store(id=n, name=name, **place, **person))
    db.session.commit()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("1", [ELM]),
        ("2, 1; 1\n2", [ELM, MILWAUKEE]),
        ("100-103", [100, 101, 102, 103]),
        ("#101 - #102", [101, 102]),
        ("  elm   STREET ", [ELM, 150]),
        ("Elm Street #150", [150]),
        ("04417", [117, 217]),
        ("bangor", list(range(100, 300))),
        ("me", list(range(100, 300))),
    ],
)
def test_stores_are_named_by_number_span_zip_state_city_or_name(chain, text, ids):
    assert stores.chosen(text) == stores.Chosen(tuple(ids))


@pytest.mark.parametrize(
    "text", ["99", "elm", "ZZ", "99999", "20-30", "7-5", "#04417", "elm\0street", "<b>", "６０６１０"]
)
def test_what_names_no_store_is_said(chain, text):
    found = stores.chosen(f"1, {text}")
    assert (found.ids, len(found.unknown)) == ((ELM,), 1)


def test_of_stores_that_are_somebody_elses_none_is_known(chain):
    assert stores.chosen("1, 2, me", among={ELM}) == stores.Chosen((ELM,), ("me", "2"))


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([], ""),
        ([ELM, 150], "Elm Street #1, Elm Street #150"),
        ([151], "Bay  Pier  3  North #151"),
        ([*range(100, 140), 150, 160, 161], "#100-139, #150, #160-161"),
    ],
)
def test_what_is_written_is_read_again(chain, ids, text):
    assert stores.written(ids) == text
    assert list(stores.chosen(text).ids) == ids


def test_every_other_store_of_the_largest_chain_is_written_and_read(shop):
    rows = [{"n": n, "slug": f"s{n}", "phone": "+12075550100"} for n in range(1001, 8001)]
    place = {"city": "Bangor", "state": "ME", "zip": "04401", "street": "1 Main", "timezone": "America/New_York"}
    stores_of_it = [
        {"id": row["n"], "name": row["slug"], "slug": row["slug"], "phone": row["phone"], **place} for row in rows
    ]
    db.session.execute(insert(Store), [{**row, "lat": 44.8, "lon": -68.8} for row in stores_of_it])
    odd = list(range(1001, 8001, 2))
    with counted() as sent:
        found = stores.chosen(stores.written(odd))
    assert (list(found.ids), found.unknown, len(sent)) == (odd, (), 1)
    for too_much in ("#1-2, " * 40_000, ", ".join(f"x{n}" for n in range(9_000))):
        assert len(stores.chosen(too_much).unknown) == 1, "nothing is cut off in silence"


def test_a_whole_chain_is_one_question(chain):
    with counted() as sent:
        assert len(stores.chosen("me, 1-99").ids) == 208
    assert len(sent) == 1
    assert stores.in_words(range(100, 300)).startswith("200 stores: Bangor 100, Bangor 101,")
    assert stores.in_words(range(100, 300)).endswith("Bangor 107 and 192 more")
