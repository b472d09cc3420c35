"""Zones as pure values: what they cover, what they cost, and which one counts."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stores.geo import Point
from app.stores.zones import FeeStep, ShapeError, Zone, ZoneKind, drawn, fee_at, reach, read_area, soonest

DOOR = Point(41.9, -87.6)
SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
FAR = [[10, 10], [12, 10], [11, 12], [10, 10]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def zone(number=1, **changes):
    told = {
        "store_id": 1,
        "name": "Z",
        "kind": ZoneKind.ZIPS,
        "minimum_cents": 1200,
        "drive_minutes": 10,
        "minutes_a_mile": 0,
        "steps": (FeeStep(0, 299),),
        "zips": frozenset({"60610"}),
    }
    return Zone(id=number, **{**told, **changes})


AREA = zone(kind=ZoneKind.AREA, area=read_area(polygon(SQUARE, HOLE)), zips=frozenset())


@pytest.mark.parametrize(("lon", "lat", "covered"), [
    (3, 3, True), (0.5, 0.5, True), (1.5, 1.5, False), (5, 1, False), (-1, 1, False), (1, 5, False),
    (1.5, 0.5, True), (0.5, 1, True), (0.5, 2, True), (3, 1, True),  # on the height of corners of the hole
])  # fmt: skip
def test_an_area_covers_what_is_inside_of_it_and_not_in_its_hole(lon, lat, covered):
    assert AREA.covers(Point(lat, lon), None, 0) is covered


@given(st.floats(-1, 5), st.floats(-1, 5))
def test_two_areas_that_share_an_edge_never_both_cover_a_place(lat, lon):
    left = zone(kind=ZoneKind.AREA, area=read_area(polygon([[0, 0], [2, 0], [2, 4], [0, 4], [0, 0]])))
    right = zone(kind=ZoneKind.AREA, area=read_area(polygon([[2, 0], [4, 0], [4, 4], [2, 4], [2, 0]])))
    place = Point(lat, lon)
    assert not (left.covers(place, None, 0) and right.covers(place, None, 0))


def test_every_way_of_geojson_to_say_polygons_is_read():
    one, two = polygon(SQUARE, HOLE), polygon(FAR)
    many = {"type": "MultiPolygon", "coordinates": [one["coordinates"], two["coordinates"]]}
    feature = {"type": "Feature", "geometry": many, "properties": {}}
    collection = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": g} for g in (one, two)]}
    geometries = {"type": "GeometryCollection", "geometries": [one, two]}
    found = read_area(many)
    assert found == read_area(feature) == read_area(collection) == read_area(geometries)
    assert read_area(json.loads(json.dumps(drawn(found)))) == found


NESTED = {"type": "Feature", "geometry": {"type": "Point"}}
for _ in range(9):
    NESTED = {"type": "Feature", "geometry": NESTED}
WRONG = [
    None, 1, "x", [], {}, {"type": "Point", "coordinates": [0, 0]}, {"type": "Polygon"}, polygon(), polygon([]),
    polygon(SQUARE[:-1]), polygon(SQUARE[:2]), polygon([[0, 0], [0, 99], [1, 1], [0, 0]]),
    polygon([[0, 0], ["1", 0], [1, 1], [0, 0]]), polygon([[0, 0], [True, 0], [1, 1], [0, 0]]),
    polygon([[0], [1], [2], [0]]),
    polygon([[0, 0], [float("nan"), 0], [1, 1], [0, 0]]), polygon([[0, 0], [10**400, 0], [1, 1], [0, 0]]),
    polygon([[-179, 0], [179, 0], [179, 1], [-179, 0]]), polygon([[n / 1000, 0] for n in range(3000)]),
    {"type": "FeatureCollection", "features": []}, {"type": "Feature", "geometry": None},
    NESTED,
]  # fmt: skip


@pytest.mark.parametrize("drawing", WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_drawing_that_is_no_area_is_refused_in_words(drawing):
    with pytest.raises(ShapeError):
        read_area(drawing)


def test_a_round_zone_covers_what_is_near_enough_and_a_zone_by_code_what_has_the_code():
    around = zone(kind=ZoneKind.RADIUS, miles=3.0)
    assert around.covers(DOOR, None, 3.0)
    assert not around.covers(DOOR, "60610", 3.01)
    assert not around.covers(None, "60610", 0)
    assert zone().covers(None, "60610", 99)
    assert not zone().covers(DOOR, None, 0)


def test_of_zones_that_overlap_the_quickest_counts_whatever_their_order():
    zones = [
        zone(1, drive_minutes=12, steps=(FeeStep(0, 0),)),
        zone(2, drive_minutes=9, steps=(FeeStep(0, 399),)),
        zone(3, drive_minutes=9, steps=(FeeStep(0, 299),), minimum_cents=1500),
        zone(4, drive_minutes=9, steps=(FeeStep(0, 299),)),
        zone(5, drive_minutes=9, steps=(FeeStep(0, 299),)),
    ]
    dice = random.Random(1)
    for _ in range(20):
        dice.shuffle(zones)
        assert soonest(zones, DOOR, DOOR, "60610").zone.id == 4
    assert soonest(zones, DOOR, DOOR, "60611") is None


def test_a_drive_is_longer_the_further_it_is():
    assert zone(minutes_a_mile=3).drive(2.5) == 18
    assert zone().drive(99) == 10


@given(st.lists(st.integers(0, 9_000), max_size=5, unique=True), st.integers(0, 10_000))
def test_the_fee_is_that_of_the_highest_step_that_is_reached(values, food):
    steps = tuple(FeeStep(value, 500 - n) for n, value in enumerate(sorted({0, *values})))
    reached = [step for step in steps if step.from_cents <= food]
    assert fee_at(steps, food) == reached[-1].fee_cents


def test_how_far_a_zone_reaches():
    assert reach(DOOR, ZoneKind.RADIUS, 3.0, ()) == 3.0
    assert reach(DOOR, ZoneKind.ZIPS, None, ()) == 0
    assert reach(Point(0, 0), ZoneKind.AREA, None, AREA.area) == pytest.approx(390.7, abs=1)
