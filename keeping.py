"""What the shop knows about people: who tells it, who erases it, and how long each kind is kept (docs/privacy.md).

A domain with something new about people adds its `Keeper`, hears `PersonErased` in wsgi.py, and gives each table a row
in tests/personal.yml; something that is too old one day gets a `Rule`.
"""

from datetime import timedelta

from app.core import idempotency, mail, oldwork, outbox
from app.core.personal import Keeper, Rule
from app.orders import personal as orders
from app.payments import personal as payments
from app.promotions import service as promotions
from app.stores import places
from app.tracking import personal as tracking
from app.users import codes, invitations, sessions
from app.users import jobs as users
from app.users import personal as accounts

HOURLY, DAILY = timedelta(hours=1), timedelta(hours=24)

KEEPERS = (
    Keeper("users", accounts.export, accounts.waits),
    Keeper("orders", orders.export, orders.waits),
    Keeper("payments", payments.export, payments.waits),
    Keeper("promotions", promotions.used_with),
    Keeper("tracking", tracking.export),
)

RULES = (
    Rule(
        "forget_orders",
        "Who ordered, where it went, and what was written beside it",
        orders.ORDERS_KEPT,
        "complaints, claims of banks, and ordering the same again",
        orders.forget_old_orders,
        told=True,
    ),
    Rule(
        "forget_carts",
        "Carts that were left",
        orders.CARTS_KEPT,
        "coming back to them",
        orders.forget_old_carts,
        told=True,
    ),
    Rule(
        "forget_exports",
        "A file that you asked for",
        accounts.KEPT,
        "fetching it",
        accounts.forget_exports,
        HOURLY,
        told=True,
    ),
    Rule("forget_codes", "Codes by mail", codes.KEPT, "telling that one is used up", users.forget_codes, HOURLY),
    Rule(
        "forget_sessions",
        "Sign-ins, however much they are used",
        sessions.CUSTOMER.longest,
        "staying signed in",
        users.forget_sessions,
        HOURLY,
        told=True,
    ),
    Rule(
        "forget_invitations",
        "Invitations that nobody took, once they ran out",
        invitations.KEPT,
        "asking who was invited",
        invitations.forget_untaken,
    ),
    Rule(
        "forget_keys",
        "Keys of forms, and what calls with a key were answered",
        idempotency.KEPT,
        "sending something twice",
        idempotency.forget_old,
        HOURLY,
    ),
    Rule(
        "forget_uploads",
        "Uploaded sheets",
        oldwork.SHEETS_KEPT,
        "checking before writing",
        oldwork.forget_sheets,
        HOURLY,
    ),
    Rule("forget_addresses", "Where an address lies", places.KEPT, "not asking the map again", places.forget_old),
    Rule("forget_long_work", "Long work that is over", oldwork.KEPT, "looking back", oldwork.forget_old, HOURLY),
    Rule("forget_files", "Lists taken along", oldwork.FILES_KEPT, "fetching them", oldwork.forget_files, HOURLY),
    Rule("forget_events", "What programs told one another", outbox.KEPT, "finding faults", outbox.forget_old, DAILY),
    Rule("forget_mails", "Mails on a developer's machine", mail.KEPT, "reading them", mail.forget_old, HOURLY),
)
