"""Every picture of the shop, drawn on the server as SVG from plain values. Knows nothing of menus, orders or Flask."""

from app.pictures.food import FOODS, food_svg
from app.pictures.pizza import pizza_svg
from app.pictures.recipe import CRUSTS, SAUCES, Recipe
from app.pictures.scenes import SCENES, scene_svg
from app.pictures.toppings import TOPPINGS, topping_sheet
from app.pictures.version import VERSION

__all__ = [
    "CRUSTS",
    "FOODS",
    "SAUCES",
    "SCENES",
    "TOPPINGS",
    "VERSION",
    "Recipe",
    "food_svg",
    "pizza_svg",
    "scene_svg",
    "topping_sheet",
]
