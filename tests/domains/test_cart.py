from app.core.db import transaction
from app.menu.service import Amount, Placement, Selection, Side
from app.orders import cart
from app.orders.values import Place
from app.stores.service import Method

HALF_AND_HALF = Selection(
    "your-own",
    "l",
    "classic",
    (
        Placement("tomato"),
        Placement("mozzarella"),
        Placement("pepperoni", Side.LEFT, Amount.EXTRA),
        Placement("mushroom", Side.RIGHT),
        Placement("greenpepper", Side.RIGHT),
        Placement("olive", amount=Amount.LIGHT),
    ),
)


def test_a_half_and_half_is_priced_by_the_law_and_read_by_side(shop):
    with transaction():
        mine = cart.create()
        cart.add(mine, HALF_AND_HALF, 1)
        cart.add(mine, Selection("cola"), 2)
    with transaction():
        cart.go_to(mine, Place(Method.DELIVERY, 1, street="12 Elm Street", city="Chicago", zip="60610"))
    view = cart.view(mine)
    pizza = view.lines[0].choice
    # left 1.5 + 1, right 1 + 1 + 1 toppings, each half counting half: 2.75 times 1.75
    assert pizza.unit_cents == 1600 + 481
    assert pizza.sides == (
        (Side.LEFT, "pepperoni (extra)"),
        (Side.RIGHT, "mushrooms, green pepper"),
        (Side.WHOLE, "black olives (light)"),
    )
    assert view.quote.items_cents == 2081 + 2 * 225
    assert view.promise.fee_cents == 299
    assert view.quote.total_cents == 2531 + 299 + view.quote.tax_cents
