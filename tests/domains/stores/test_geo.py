"""Places on the globe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stores.geo import Point, box_around, miles_between

places = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


def test_distances_are_great_circles():
    chicago, new_york = Point(41.88, -87.63), Point(40.71, -74.01)
    assert miles_between(chicago, chicago) == 0
    assert miles_between(chicago, new_york) == pytest.approx(712, abs=3)
    assert miles_between(Point(0, 0), Point(0, 180)) == pytest.approx(miles_between(Point(90, 0), Point(-90, 0)))


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.1, 0), (-91, 0), (0, 180.5), (0, -181), (float("nan"), 0), (0, float("inf"))]
)
def test_what_is_not_on_the_globe_is_no_place(lat, lon):
    with pytest.raises(ValueError, match="latitude"):
        Point(lat, lon)


@given(places, places)
def test_there_is_as_far_as_back(one, other):
    assert miles_between(one, other) == pytest.approx(miles_between(other, one), abs=1e-6)
    assert 0 <= miles_between(one, other) <= 12_450


@given(places, places, st.floats(0.1, 3000))
def test_a_box_holds_everything_that_is_near_enough(middle, place, miles):
    if miles_between(middle, place) <= miles * 0.999:
        assert box_around(middle, miles).holds(place)


@given(st.floats(-60, 60), st.floats(-179, 179), st.floats(0.1, 60))
def test_a_box_is_not_much_larger_than_it_must_be(lat, lon, miles):
    box = box_around(Point(lat, lon), miles)
    assert miles_between(Point(box.south, lon), Point(box.north, lon)) == pytest.approx(2 * miles, rel=0.01)
    assert not box.holds(Point(lat, lon - 180 if lon > 0 else lon + 180))
