"""Every call of the API: all that other programs may ask of the shop. Only the process of pages loads it."""

from flask import Blueprint, Flask

from blueprints.api import home, origins
from blueprints.api import pages as api_pages
from blueprints.menu import api as menu
from blueprints.orders import api as cart
from blueprints.orders import placed_api as orders
from blueprints.payments import api as payments
from blueprints.promotions import api as promotions
from blueprints.stores import api as stores
from blueprints.tracking import api as tracking
from blueprints.users import api as auth
from blueprints.users import me_api as users

CALLS: tuple[Blueprint, ...] = (
    *(one.api.blueprint for one in (auth, users, home, stores, menu, promotions, cart, orders, payments, tracking)),
    api_pages.pages,
)


def init_app(app: Flask) -> None:
    """Let other sites' scripts in where the setting names them."""
    origins.init_app(app)
