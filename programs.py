"""Every call of the API: all that other programs may ask of the shop. Only the process of pages loads it."""

from flask import Blueprint, Flask

from blueprints.api import home, origins
from blueprints.api import pages as api_pages
from blueprints.menu import api as menu
from blueprints.menu import stock_api as stock
from blueprints.orders import api as cart
from blueprints.orders import doors_api as doors
from blueprints.orders import favourites_api as favourites
from blueprints.orders import placed_api as orders
from blueprints.orders import wishes_api as wishes
from blueprints.payments import api as payments
from blueprints.payments import cards_api as cards
from blueprints.promotions import api as promotions
from blueprints.stores import api as stores
from blueprints.stores import pause_api as pause
from blueprints.tracking import api as tracking
from blueprints.tracking import kitchen_api as kitchen
from blueprints.tracking import runs_api as runs
from blueprints.users import api as auth
from blueprints.users import claims_api as claims
from blueprints.users import codes_api as codes
from blueprints.users import me_api as users
from blueprints.users import security_api as security

CALLS: tuple[Blueprint, ...] = (
    *(one.api.blueprint for one in (auth, codes, users, security, doors, favourites, claims, cards)),
    *(one.api.blueprint for one in (home, stores, menu, promotions, cart, wishes, orders, payments, tracking)),
    *(one.api.blueprint for one in (kitchen, runs, stock, pause)),
    api_pages.pages,
)


def init_app(app: Flask) -> None:
    """Let other sites' scripts in where the setting names them."""
    origins.init_app(app)
