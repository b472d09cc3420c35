"""How a deal stands, in the words of those who run it."""

from datetime import date

import pytest

from app.promotions.service import Deal, Kind, Phase, Standing, phase, phase_words
from app.promotions.values import Window

MONDAY = date(2026, 11, 23)
ALWAYS = Window()


def standing(state: str = "live", used: int = 0, limit: int | None = None, window: Window = ALWAYS) -> Standing:
    deal = Deal(1, 1, "A deal", Kind.DELIVERY, limit=limit, window=window)
    return Standing(deal, state, listed=True, reserved=used, redeemed=0, off_cents=0, codes=0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (standing("draft"), "draft"),
        (standing(), "running"),
        (standing("paused"), "paused"),
        (standing("ended"), "ended"),
        (standing(used=5, limit=5), "used up"),
        (standing(used=4, limit=5), "running"),
        (standing(window=Window(first=date(2026, 11, 27))), "starts Friday"),
        (standing(window=Window(first=date(2026, 11, 29))), "starts Sunday"),
        (standing(window=Window(first=date(2026, 11, 30))), "starts November 30"),
        (standing(window=Window(first=MONDAY)), "running"),
        (standing(window=Window(last=MONDAY)), "running"),
        (standing(window=Window(last=date(2026, 11, 22))), "ended"),
        (standing("paused", window=Window(last=date(2026, 11, 22))), "paused"),
        (standing("draft", used=1, limit=1), "draft"),
    ],
)
def test_a_deal_stands_like_this_on_a_monday(found, words):
    assert phase_words(found, MONDAY) == words


def test_every_phase_can_be_filtered_by_its_word():
    assert {phase(standing("draft"), MONDAY), phase(standing("ended"), MONDAY)} == {Phase.DRAFT, Phase.ENDED}
    assert [each.value for each in Phase] == ["draft", "running", "upcoming", "paused", "used up", "ended"]
