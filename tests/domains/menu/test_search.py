"""Finding things on the seeded menu, with typing mistakes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.menu import service as menu
from app.menu.search import forgiven, index, mistakes, search


@pytest.fixture
def found(shop):
    known = index(menu.catalogue(1))
    return lambda text: search(known, text)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("margherita", "margherita"),
        ("Margarita", "margherita"),
        ("marg", "margherita"),
        ("peperoni", "pepperoni"),
        ("pepperonni", "pepperoni"),
        ("peppreoni", "pepperoni"),
        ("diavolo", "diavola"),
        ("tiramisou", "tiramisu"),
        ("brownei", "brownie"),
        ("hot wings", "hot-wings"),
        ("wings hot", "hot-wings"),
        ("ice tea", "iced-tea"),
        ("JALAPENO", "diavola"),
        ("jalapeño", "diavola"),
        ("mushrom", "garden"),
    ],
)
def test_what_was_meant_comes_first(found, asked, first):
    assert found(asked)[0] == first


def test_every_word_must_fit(found):
    assert "garden" in found("olives")
    assert "garden" not in found("olives anchovies")
    assert set(found("olives anchovies")) <= set(found("olives")) & set(found("anchovies"))


def test_a_name_counts_more_than_a_description(found):
    assert found("ranch")[0] == "ranch-dip"
    assert {"three-dips", "boneless-wings"} <= set(found("ranch"))


@pytest.mark.parametrize("asked", ["", "   ", "sushi", "zzzz", "xq", "—", "日本", "'; DROP TABLE", "\x00"])
def test_nothing_is_found_where_nothing_is_meant(found, asked):
    assert found(asked) == []


def test_short_words_are_taken_as_they_are(found):
    assert "cola" in found("col")
    assert "cola" not in found("cel")


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("abcd", "abcd", 0),
        ("abcd", "abd", 1),
        ("abcd", "abxcd", 1),
        ("abcd", "abxd", 1),
        ("abcd", "acbd", 1),
        ("margarita", "margherita", 2),
        ("abcd", "xyzq", 3),
    ],
)
def test_mistakes_are_counted_up_to_what_is_forgiven(one, other, count):
    assert min(mistakes(one, other, 2), 3) == count
    assert mistakes(one, other, 2) == mistakes(other, one, 2) or count > 2


def plain(one, other):
    """The textbook's table, without swaps."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        rows.append([i])
        for j, wanted in enumerate(other, 1):
            rows[i].append(min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (letter != wanted)))
    return rows[-1][-1]


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_they_are_never_more_than_without_swaps_and_never_less_than_half(one, other):
    found = mistakes(one, other, 9)
    assert plain(one, other) / 2 <= found <= plain(one, other)
    assert found >= abs(len(one) - len(other))
    assert (found == 0) == (one == other)


def test_more_is_forgiven_in_longer_words():
    assert [forgiven(length) for length in (1, 3, 4, 6, 7, 20)] == [0, 0, 1, 1, 2, 2]


def test_a_question_is_answered_while_a_key_is_pressed(shop):
    known = index(menu.catalogue(1))
    start = time.process_time()
    for _ in range(5):
        search(known, "peperonni musroom margharita diavolla anchovees tirramisu more words than are read")
    assert (time.process_time() - start) / 5 < 0.1
