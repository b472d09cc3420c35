"""What the pages of the board share: who may see and touch an order."""

from app.core.errors import NotFound
from app.orders import service as orders
from app.orders.service import OrderView
from app.users.service import Right, Who
from blueprints import desk, who


def order_here(number: int, right: Right) -> tuple[OrderView, Who]:
    """An order, and the person, who has this right at its store. Raises NotFound elsewhere, Forbidden."""
    who.staff()  # a stranger is not told whether there is such an order
    try:
        order = orders.order(number)
    except NotFound:  # PostgreSQL does not even show those of other stores
        raise who.NotTheirs from None
    return order, who.at_store(right, order.store_id)


def touched_here(number: int, right: Right) -> tuple[OrderView, Who]:
    """The same for whoever changes something, which also shows that they are at work: their session stays alive."""
    order, person = order_here(number, right)
    return order, desk.at_work(person)


def signature(person: Who) -> str:
    """How a person signs a move."""
    return person.name[:40]
