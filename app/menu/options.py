"""The rules of options, pure: how a pizza is baked and cut, which sauce is on the wings, which dips lie beside them."""

from collections.abc import Iterable, Iterator

from app.core.errors import Refusal
from app.menu.values import Catalogue, Chosen, Option, OptionGroup, Product


def canonical(catalogue: Catalogue, product: Product, chosen: Iterable[Chosen] | None) -> tuple[Chosen, ...]:
    """The same options, always in the same order; what the product comes with where nothing was chosen.

    Raises Refusal `unknown_option`, its `field` naming the group.
    """
    found = known(catalogue, product, chosen)
    if strange := sorted(set(chosen or ()) - set(found)):
        raise Refusal("unknown_option", f"{product.name} does not come like that.", field=strange[0].group[:24])
    return found


def known(catalogue: Catalogue, product: Product, chosen: Iterable[Chosen] | None) -> tuple[Chosen, ...]:
    """The same options as far as the product has them, in the order of `canonical`."""
    if chosen is None:
        return product.comes_with
    wanted = set(chosen)
    return tuple(one for key in product.options for one in _codes(catalogue.options[key]) if one in wanted)


def _codes(group: OptionGroup) -> Iterator[Chosen]:
    return (Chosen(group.key, key) for key in group.options)


def check(catalogue: Catalogue, product: Product, chosen: tuple[Chosen, ...]) -> None:
    """Raise a Refusal, its `field` naming the group, unless this store has these options and as many as are asked."""
    for key in product.options:
        group = catalogue.options[key]
        picked = [group.options[one.option] for one in chosen if one.group == key]
        gone = next((option for option in picked if option.sold_out), None)
        if gone is not None:
            raise Refusal("option_sold_out", f"This store is sold out of {gone.name} today.", field=key)
        if len(picked) < group.least:
            raise Refusal("option_missing", f"{group.name}: please choose {_number(group.least)}.", field=key)
        if len(picked) > group.most:
            raise Refusal("too_many_options", f"{group.name}: please choose at most {group.most}.", field=key)


def _number(least: int) -> str:
    return "one" if least == 1 else f"at least {least}"


def options(catalogue: Catalogue, chosen: Iterable[Chosen]) -> Iterator[Option]:
    """What was chosen, itself."""
    return (catalogue.options[one.group].options[one.option] for one in chosen)


def charge(catalogue: Catalogue, chosen: Iterable[Chosen]) -> int:
    """What the options of one unit cost in cents."""
    return sum(option.price_cents for option in options(catalogue, chosen))


def words(catalogue: Catalogue, chosen: Iterable[Chosen]) -> str:
    """The options in words, as a cook reads them: `well done, cut in squares`."""
    return ", ".join(option.word for option in options(catalogue, chosen))
