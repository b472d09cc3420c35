"""Everything else that is drawn: well formed, small, and the customer's own pizza in every scene."""

import gzip
import re
from xml.etree import ElementTree as ET

import pytest

from app.pictures import FOODS, SCENES, VERSION, Recipe, food_svg, scene_svg
from app.pictures.version import drawing_version


def view_box(svg):
    return ET.fromstring(svg).get("viewBox")  # noqa: S314 - our own drawing


MINE = Recipe.parse("classic.tomato.normal_pepperoni-l-x_mushroom-r-n")


@pytest.mark.parametrize("key", FOODS)
def test_every_food_is_a_small_picture(key):
    svg = food_svg(key)
    assert view_box(svg) == "0 0 240 240"
    assert len(gzip.compress(svg.encode())) < 6_000
    assert "style=" not in svg


def test_an_unknown_food_is_a_key_error():
    with pytest.raises(KeyError):
        food_svg("stone-soup")


@pytest.mark.parametrize("stage", SCENES)
@pytest.mark.parametrize("recipe", [MINE, None], ids=["pizza", "drinks only"])
def test_every_stage_has_a_scene(stage, recipe):
    svg = scene_svg(stage, recipe)
    ids = re.findall(r' id="([^"]+)"', svg)
    assert view_box(svg) == "-310 0 1260 420"
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) <= set(ids)
    assert len(gzip.compress(svg.encode())) < 15_000
    assert ("zt-pepperoni" in svg) == (recipe is not None and stage != "called_off")


def test_each_stage_has_a_picture_of_its_own_and_only_food_at_home_looks_the_same():
    told = {stage: scene_svg(stage, MINE) for stage in SCENES}
    assert told.pop("collected") == told["delivered"]
    assert len(set(told.values())) == len(told)


def test_the_bench_shows_the_pizza_raw():
    browned = "#e6a245"
    assert browned in scene_svg("baking", MINE)
    assert browned not in scene_svg("prep", MINE)


def test_an_unknown_stage_is_a_key_error():
    with pytest.raises(KeyError):
        scene_svg("eaten", None)


def test_the_version_follows_the_drawing_code(tmp_path):
    (tmp_path / "a.py").write_text("one")
    before = drawing_version(tmp_path)
    (tmp_path / "a.py").write_text("two")
    assert drawing_version(tmp_path) != before
    assert re.fullmatch(r"[0-9a-f]{10}", VERSION)
