"""Every edge: all through which somebody outside reaches the shop. A process that only does jobs never loads it."""

from flask import Blueprint, Flask

import gates
import programs
from blueprints import attributes, frame, jobs, metrics, outbox, overview, promised
from blueprints.menu import building, items, manage, pricing, sheets, stock, toppings
from blueprints.menu import views as menu
from blueprints.orders import addresses, again, cart, coupon, favourites, found, habits, past, place, remake
from blueprints.payments import cards, checkout, pay, receipt, refund, reports, till, webhook
from blueprints.promotions import codes, drafts, flights, staff, trials
from blueprints.promotions import views as promotions
from blueprints.stores import choose as store_choice
from blueprints.stores import details, lists, running, zones
from blueprints.stores import views as stores
from blueprints.tracking import board, cash, finished, kitchens, order, prints, promises, runs, speeds, telling, times
from blueprints.tracking import views as tracker
from blueprints.users import (
    audit,
    busy,
    claims,
    confirm,
    joining,
    people,
    privacy,
    profile,
    register,
    rights,
    second_step,
    security,
)
from blueprints.users import codes as mailed
from blueprints.users import sheets as staff_sheets
from blueprints.users import views as users

PAGES: tuple[Blueprint, ...] = (
    *(menu.pages, building.pages, items.pages, stock.pages, cart.pages, coupon.pages, place.pages),
    *(promotions.pages, stores.pages),
    *(manage.pages, toppings.pages, sheets.pages, pricing.pages),
    *(checkout.pages, pay.pages, webhook.pages, receipt.pages, cards.pages, refund.pages, till.pages),
    *(reports.pages, speeds.pages, busy.pages),
    *(
        tracker.pages,
        times.pages,
        times.desk_pages,
        board.pages,
        order.pages,
        prints.pages,
        finished.pages,
        store_choice.pages,
    ),
    *(kitchens.pages, runs.pages, cash.pages, found.pages, remake.pages, overview.pages),
    *(telling.pages, promises.pages),
    *(users.pages, register.pages, mailed.pages, second_step.pages, confirm.pages, security.pages, outbox.pages),
    *(profile.pages, addresses.pages, past.pages, again.pages, favourites.pages, habits.pages, claims.pages),
    *(privacy.pages, people.pages, staff_sheets.pages, joining.pages, audit.pages, rights.pages),
    *(running.pages, details.pages, zones.pages, lists.pages),
    *(staff.pages, drafts.pages, trials.pages, codes.pages, flights.pages, jobs.pages, metrics.pages),
)


def add(app: Flask) -> None:
    """Open an application to browsers and programs: with pages and API."""
    gates.add(app)
    attributes.init_app()
    frame.init_app(app)
    promised.init_app(app)
    programs.init_app(app)
    for pages in (*PAGES, *programs.CALLS):
        app.register_blueprint(pages)
