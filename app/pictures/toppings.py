"""Which toppings can be drawn, in the order they lie on each other, and how each of them is strewn."""

from collections.abc import Callable
from dataclasses import dataclass

from app.pictures import cheeses, drizzles, meats, vegetables
from app.pictures.ink import el, picture

ICON_VIEW = "-27 -27 54 54"


@dataclass(frozen=True, slots=True)
class Topping:
    """`count` pieces on a whole pizza of radius 200, each about `reach` wide from its middle, none beyond `spread`."""

    draw: Callable[[], str]
    reach: float
    count: int
    smallest: float
    largest: float
    spread: float


TOPPINGS: dict[str, Topping] = {
    "spinach": Topping(vegetables.spinach, 15, 16, 0.9, 1.25, 128),
    "ham": Topping(meats.ham, 14, 18, 0.85, 1.05, 128),
    "salami": Topping(meats.salami, 20, 18, 0.92, 1.08, 128),
    "bacon": Topping(meats.bacon, 16, 14, 0.85, 1.05, 122),
    "chicken": Topping(meats.chicken, 15, 15, 0.9, 1.1, 126),
    "pepperoni": Topping(meats.pepperoni, 19, 22, 0.92, 1.08, 130),
    "meatball": Topping(meats.meatball, 16, 15, 0.85, 1.08, 126),
    "sausage": Topping(meats.sausage, 14, 19, 0.7, 1.1, 132),
    "ricotta": Topping(cheeses.ricotta, 15, 11, 0.75, 1.15, 122),
    "roastedpepper": Topping(vegetables.roasted_pepper, 17, 14, 0.85, 1.08, 124),
    "cherrytomato": Topping(vegetables.tomato, 15, 14, 0.8, 1, 124),
    "artichoke": Topping(vegetables.artichoke, 16, 12, 0.8, 1.05, 126),
    "mushroom": Topping(vegetables.mushroom, 16, 17, 0.85, 1.1, 128),
    "greenpepper": Topping(vegetables.green_pepper, 16, 13, 0.85, 1.1, 130),
    "redonion": Topping(vegetables.red_onion, 15, 13, 0.8, 1.15, 130),
    "pineapple": Topping(vegetables.pineapple, 14, 17, 0.8, 1, 128),
    "olive": Topping(vegetables.olive, 12, 19, 0.75, 1, 132),
    "jalapeno": Topping(vegetables.jalapeno, 12, 16, 0.8, 1.05, 132),
    "corn": Topping(vegetables.corn, 14, 15, 0.75, 1, 130),
    "anchovy": Topping(meats.anchovy, 17, 10, 0.85, 1.05, 120),
    "garlic": Topping(vegetables.garlic, 10, 18, 0.6, 0.95, 132),
    "feta": Topping(cheeses.feta, 10, 22, 0.55, 1.1, 134),
    "bluecheese": Topping(cheeses.blue_cheese, 10, 20, 0.55, 1.05, 134),
    "parmesan": Topping(cheeses.parmesan, 12, 16, 0.75, 1.15, 130),
    "basil": Topping(vegetables.basil, 17, 10, 0.85, 1.15, 112),
    "hothoney": Topping(drizzles.hot_honey, 19, 16, 0.9, 1.2, 126),
    "balsamic": Topping(drizzles.balsamic, 19, 16, 0.9, 1.2, 126),
    "ranchswirl": Topping(drizzles.ranch, 19, 16, 0.9, 1.2, 126),
}


def topping_sheet() -> str:
    """One piece of every topping as symbols of one file, to be shown by `<use href="...#basil">`."""
    symbols = (el("symbol", topping.draw(), id=key, viewBox=ICON_VIEW) for key, topping in TOPPINGS.items())
    return picture(*symbols, view=ICON_VIEW)
