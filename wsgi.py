"""The program: settings, extensions, who hears what, edges; and the edge of a request, which commits or rolls back."""

import gc
import os
from collections.abc import Callable, MutableMapping
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from flask import Flask, Response, request
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from app.core import batches, db, engines, events, log, outbound, outbox, personal, queue, schedule
from app.core.events import Handler, PersonErased, Wiring
from app.core.schedule import Work
from app.core.settings import Settings
from app.menu import imports as menu_sheets
from app.menu.opening import open_menus
from app.orders import exporting, flights
from app.orders import jobs as orders
from app.orders import personal as order_keeping
from app.orders.events import OrderAccepted, OrderCancelled, OrderCompleted, OrderPlaced, OrderRetimed, OrdersErased
from app.payments import jobs as payments
from app.payments import personal as money_keeping
from app.payments import sales_days
from app.payments.events import (
    DisputeTold,
    MoneyBooked,
    PaymentAuthorised,
    PaymentFailed,
    PaymentRequested,
    ProviderTold,
    RefundBounced,
    RefundRequested,
    RefundSettled,
    RefundTold,
)
from app.promotions import giving
from app.stores import importing
from app.stores.events import StorePaused
from app.tracking import messages, news, speed_days
from app.tracking import personal as tracking_keeping
from app.tracking import service as tracking
from app.tracking.events import CustomerWritten, NewsDue, StageMoved, TicketUntouched
from app.users import exporting as deeds
from app.users import invitations, staff_sheet, starters
from app.users import jobs as users
from app.users import personal as accounts
from app.users.events import AccountChanged, CodeAsked, EmailChanged, ExportAsked, StaffInvited
from keeping import KEEPERS, RULES

Part = Literal["web", "sockets", "jobs"]
USUAL_THRESHOLDS = (700, 10, 10)  # Python's own, see `app`
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Who hears what. A handler acts once per event; a remote one asks others and keeps its own short transactions.
HEARS: Wiring = {
    OrderPlaced: (Handler(tracking.open_ticket), Handler(orders.mail_confirmation, remote=True, alone=True)),
    OrderAccepted: (Handler(payments.settle_order, remote=True),),
    OrderCancelled: (
        Handler(tracking.close_ticket),
        Handler(payments.settle_order, remote=True),
        Handler(orders.mail_cancellation, remote=True, alone=True),
    ),
    OrderRetimed: (Handler(tracking.move_ticket), Handler(orders.mail_new_time, remote=True, alone=True)),
    OrderCompleted: (Handler(payments.settle_order, remote=True),),
    PaymentRequested: (),
    PaymentAuthorised: (),
    PaymentFailed: (),
    ProviderTold: (Handler(payments.look_again, remote=True),),
    DisputeTold: (Handler(payments.look_at_disputes, remote=True),),
    RefundTold: (Handler(payments.look_at_refunds, remote=True),),
    RefundRequested: (Handler(payments.give_back, remote=True),),
    MoneyBooked: (Handler(sales_days.note),),
    RefundSettled: (Handler(payments.mail_refund, remote=True, alone=True),),
    RefundBounced: (Handler(payments.mail_bounced, remote=True, alone=True),),
    StaffInvited: (Handler(invitations.mail, remote=True, alone=True),),
    StageMoved: (Handler(tracking.learn), Handler(speed_days.note), Handler(news.spread)),
    CustomerWritten: (Handler(messages.send, remote=True, alone=True),),
    NewsDue: (Handler(news.send_news, remote=True, alone=True),),
    TicketUntouched: (Handler(tracking.mail_untouched, remote=True, alone=True),),
    StorePaused: (Handler(tracking.show_pause),),
    CodeAsked: (Handler(users.mail_code, remote=True, alone=True),),
    AccountChanged: (Handler(users.mail_change, remote=True, alone=True),),
    EmailChanged: (Handler(users.mail_old_address, remote=True, alone=True),),
    ExportAsked: (Handler(accounts.make_export),),
    PersonErased: (Handler(order_keeping.erase_person), Handler(money_keeping.forget_cards, remote=True)),
    OrdersErased: (Handler(money_keeping.erase), Handler(tracking_keeping.erase)),
}

DAILY = timedelta(hours=24)
# What comes back by itself, and how often.
WORKS = {
    "reject_silent": Work(tracking.reject_silent, timedelta(seconds=15)),
    "escalate": Work(tracking.escalate, timedelta(seconds=15)),
    "tell_late": Work(news.tell_late, timedelta(seconds=30)),
    "parked_events": Work(outbox.alarm, timedelta(minutes=10)),
    "roll_sales": Work(sales_days.roll_soon, timedelta(seconds=5)),
    "roll_speeds": Work(speed_days.roll_soon, timedelta(seconds=30)),
    "repair_speeds": Work(speed_days.repair, DAILY, slow=True),
    "repair_sales": Work(sales_days.repair, DAILY, slow=True),
    # A new shop has nothing to compare; nine in UTC is night from coast to coast.
    "compare_payments": Work(payments.compare, DAILY, later=True, hour=9, slow=True),
    "reconcile_payments": Work(payments.reconcile, timedelta(seconds=30)),
    **personal.works(RULES),
}

# Work that takes longer than a request, by its kind: from a job as it stands to its next batch.
LONG_WORK: batches.Kinds = {
    giving.MAKE: giving.make,
    giving.IMPORT: giving.take_in,
    giving.EXPORT: giving.hand_out,
    flights.KIND: flights.fly,
    exporting.KIND: exporting.export,
    deeds.KIND: deeds.export,
    staff_sheet.KIND: staff_sheet.take_in,
    menu_sheets.KIND: menu_sheets.take_in,
    importing.KIND: partial(importing.take_in, open_menus=open_menus),
}


class Refused(Exception):
    """Carries an answer that turned the request down out of its unit of work, so that it rolls back."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Address(Rule):
    """An address that learns to be written when it first is: most are only read, and the start need not wait."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


class Templates(Environment):
    """Flask's templates, with what is global in one plain mapping: every include, import and page copies it, which for
    a chain of mappings is done item by item.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What is global by now, with a template's own."""
        return {**self.globals, **(d or {})}


class HotCorner(Flask):
    """Flask, with one unit of work around every request that may write."""

    url_rule_class, jinja_environment = Address, Templates

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer a request; commit when the answer is below 400, else roll back, as for anything raised."""
        if request.method in SAFE_METHODS or self._has_own_transactions(request.endpoint):
            return super().dispatch_request()
        try:
            return db.atomically(self._answer)
        except Refused as refused:
            return refused.response

    def _has_own_transactions(self, endpoint: str | None) -> bool:
        return getattr(self.view_functions.get(endpoint or ""), "own_transactions", False)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every function here is a plain one: Flask asks that nine times a request, at a tenth of a page's cost."""
        return func

    def _answer(self) -> Response:
        response = self.make_response(super().dispatch_request())
        if response.status_code >= 400:
            raise Refused(response)
        return response


def create_app(part: Part = "web", settings: Settings | None = None) -> Flask:
    """The program for one kind of process: pages and API, sockets, jobs. Raises SettingsError when half configured."""
    app = HotCorner("hotcorner", root_path=str(Path(__file__).parent.resolve()))
    _configure(app, settings or Settings.from_env(os.environ))
    db.init_app(app)
    _add_commands(app)
    queue.init_app(app)
    events.init_app(app, HEARS)
    schedule.init_app(app, WORKS)
    personal.init_app(app, KEEPERS, RULES)
    batches.init_app(app, LONG_WORK, starters.allow)
    if part == "web":
        import edges  # noqa: PLC0415 - forms, limits and pages are only weight where nobody comes in

        edges.add(app)
    elif part == "sockets":
        import gates  # noqa: PLC0415 - and so are pages where only sockets do

        gates.add_sockets(app)
    _settle()
    return app


def _settle() -> None:
    """What was imported for the first program of a process stays: nobody looks through it for garbage again."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.set_threshold(*USUAL_THRESHOLDS)


def _configure(app: Flask, settings: Settings) -> None:
    log.configure(show_mail=not settings.production)
    app.extensions["settings"] = settings
    if settings.production:
        outbound.only(outbound.hosts(settings))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engines.engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-hotcorner" if settings.production else "hotcorner",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SESSION_REFRESH_EACH_REQUEST=False,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask says


def _add_commands(app: Flask) -> None:
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        return  # alembic and the seed's ZIP codes are no use to a server, only weight
    from flask_migrate import Migrate  # noqa: PLC0415 - only here

    from blueprints import commands  # noqa: PLC0415 - only here

    Migrate(app, db.db)
    commands.init_app(app)
    if not app.extensions["settings"].production:
        from dev.simulate.command import simulate  # noqa: PLC0415 - the workshop is not there in production

        app.cli.add_command(simulate)
