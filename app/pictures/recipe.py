"""What a picture needs to know of a pizza, and its short name in addresses: `classic.tomato.normal_pepperoni-l-x`."""

from dataclasses import dataclass

from app.pictures.toppings import TOPPINGS

CRUSTS = ("classic", "thin", "pan", "stuffed")
SAUCES = ("tomato", "bbq", "white", "pesto", "none")
CHEESES = ("none", "light", "normal", "extra", "double")
SIDES = {"left": "l", "right": "r", "whole": "w"}
AMOUNTS = {"light": "l", "normal": "n", "extra": "x", "double": "d"}
LONGEST_CODE = 320

Placed = tuple[str, str, str]
_DRAWN = {key: rank for rank, key in enumerate(TOPPINGS)}
_SIDE_OF = {letter: side for side, letter in SIDES.items()}
_AMOUNT_OF = {letter: amount for amount, letter in AMOUNTS.items()}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A pizza to draw. Toppings are (key, left|right|whole, amount); equal pizzas are equal recipes.

    Raises ValueError for words that cannot be drawn, and for a topping named twice on the same half.
    """

    crust: str = "classic"
    sauce: str = "tomato"
    cheese: str = "normal"
    toppings: tuple[Placed, ...] = ()
    raw: bool = False

    def __post_init__(self) -> None:
        for word, known in ((self.crust, CRUSTS), (self.sauce, SAUCES), (self.cheese, CHEESES)):
            if word not in known:
                raise ValueError(f"{word!r} cannot be drawn, only one of {', '.join(known)}")
        object.__setattr__(self, "toppings", _in_order(self.toppings))
        if len(self.code()) > LONGEST_CODE:
            raise ValueError("too many toppings for one picture")

    @property
    def halved(self) -> bool:
        """Whether the halves differ."""
        return any(side != "whole" for _, side, _ in self.toppings)

    def code(self) -> str:
        """The one short text of this pizza, safe in any address."""
        base = ".".join((self.crust, self.sauce, self.cheese, *(["raw"] if self.raw else [])))
        return "_".join((base, *(f"{key}-{SIDES[side]}-{AMOUNTS[amount]}" for key, side, amount in self.toppings)))

    @classmethod
    def parse(cls, code: str) -> "Recipe":
        """The recipe that a code names. Raises ValueError on anything odd."""
        if len(code) > LONGEST_CODE:
            raise ValueError("a picture's name is never that long")
        base, *placed = code.split("_")
        words = base.split(".")
        raw = words[3:] == ["raw"]
        if len(words) != (4 if raw else 3):
            raise ValueError(f"{base!r} is no crust, sauce and cheese")
        crust, sauce, cheese = words[:3]
        return cls(crust, sauce, cheese, tuple(map(_placed, placed)), raw)


def _placed(text: str) -> Placed:
    try:
        key, side, amount = text.split("-")
        return key, _SIDE_OF[side], _AMOUNT_OF[amount]
    except (KeyError, ValueError):
        raise ValueError(f"{text!r} is no topping, side and amount") from None


def _in_order(toppings: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Toppings as they lie on each other, with two like halves told as a whole."""
    halves: dict[tuple[str, str], str] = {}
    for key, side, amount in toppings:
        if key not in TOPPINGS or side not in SIDES or amount not in AMOUNTS:
            raise ValueError(f"{key}, {side}, {amount} cannot be drawn")
        for half in ("left", "right") if side == "whole" else (side,):
            if (key, half) in halves:
                raise ValueError(f"{key} is named twice on the {half}")
            halves[key, half] = amount
    ordered: list[Placed] = []
    for key in sorted({key for key, _ in halves}, key=_DRAWN.__getitem__):
        left, right = halves.get((key, "left")), halves.get((key, "right"))
        if left and left == right:
            ordered.append((key, "whole", left))
        else:
            ordered += [(key, side, amount) for side, amount in (("left", left), ("right", right)) if amount]
    return tuple(ordered)
