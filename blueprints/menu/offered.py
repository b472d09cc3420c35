"""Which menu a browser sees, and its products as cards: what menu pages share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.menu import service as menu
from app.menu.service import Catalogue, Diet, Facts, Product, Variant
from app.orders import cart
from blueprints import browser
from blueprints.pictures import food_url, pizza_url

FILTERS = ("vegetarian", "vegan", "spicy", "no pork", "no nuts")
TAGS = (("vegan", "veg"), ("vegetarian", "veg"), ("spicy", "hot"))


@dataclass(frozen=True, slots=True)
class Card:
    """A product as the menu shows it: `gone` says why it cannot be had now, `short` what of it has run out."""

    product: Product
    variant: Variant
    picture: str
    page: str
    unit: str
    tags: tuple[tuple[str, str], ...]
    gone: str
    short: str
    asks: bool

    @property
    def slug(self) -> str:
        """What its addresses say."""
        return self.product.slug


def catalogue() -> Catalogue:
    """The menu of this browser's store."""
    head = browser.cart_head()
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


def fits(offered: Catalogue, item: Product, only: Iterable[str]) -> bool:
    """Whether a product is known to be all that was asked for."""
    known = menu.usual(offered, item)
    return all(_is(item, known, word) for word in only)


def _is(item: Product, known: Facts, word: str) -> bool:
    if word == "spicy":
        return "spicy" in item.tags
    return known.nut_free if word == "no nuts" else known.fits(Diet(word))


def card(offered: Catalogue, item: Product, size: str | None) -> Card:
    """A product's card; `size` is the one that this customer took last, for pizzas."""
    variant = menu.in_size(item, size)
    several = item.pizza or len(item.variants) > 1
    return Card(
        product=item,
        variant=variant,
        picture=picture(offered, item),
        page=f"{'/build' if item.pizza else '/item'}/{item.slug}",
        unit=_unit(offered, variant, several=several),
        tags=tuple(_tags(item, menu.usual(offered, item))),
        gone=_gone(item),
        short=_short(offered, item),
        asks=several or bool(item.options),
    )


def picture(offered: Catalogue, item: Product) -> str:
    """The address of a product's picture."""
    if item.default.crust is None:
        return food_url(item.picture)
    return pizza_url(menu.recipe(offered, item.default.crust, item.preset).code(), "menu")


def _unit(offered: Catalogue, variant: Variant, *, several: bool) -> str:
    name = offered.sizes[variant.size].name
    if not several and variant.size == "one":
        return ""
    return name if name[:1].isdigit() else name.lower()


def _tags(item: Product, known: Facts) -> Iterator[tuple[str, str]]:
    diets = [word for word, _ in TAGS[:2] if known.fits(Diet(word))]
    words = {*diets[:1], *item.tags}
    yield from ((word.capitalize(), kind) for word, kind in TAGS if word in words)
    if known.allergens is None:
        yield "Ask about allergens", "warn"


def _gone(item: Product) -> str:
    if item.sold_out:
        return "Sold out today"
    return "" if item.served else f"Served {item.window.words}"


def _short(offered: Catalogue, item: Product) -> str:
    """What lies on it or beside it that there is no more of today."""
    parts = [offered.toppings[placement.topping] for placement in item.preset]
    beside = [offered.options[one.group].options[one.option] for one in item.comes_with]
    out = [part.word for part in parts if part.sold_out] + [option.word for option in beside if option.sold_out]
    return f"No {', no '.join(out)} today" if out else ""
