"""Every picture of the shop, drawn on the server as SVG from plain values. Knows nothing of menus, orders or Flask."""

from .food import FOODS, food_svg
from .pizza import pizza_svg
from .recipe import Recipe
from .toppings import TOPPINGS, topping_icon
from .version import VERSION

__all__ = ["FOODS", "TOPPINGS", "VERSION", "Recipe", "food_svg", "pizza_svg", "topping_icon"]
