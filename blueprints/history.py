"""`flask load-history`: a pizzeria's real orders of one year become the past of this chain, for reports to tell of.

The orders, their pizzas, prices and times of day are real (Maven Pizza, public); the customers, the store of each
order, how it reached them and how long that took are made up, the same each time. Loaded only by the command line.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from random import Random

import click
from flask.cli import with_appcontext

from app.core import clock
from app.core.db import transaction
from app.core.errors import Refusal
from app.core.settings import settings
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import loading as orders
from app.orders.loading import Loaded, PastOrder, PastUnit
from app.orders.service import Contact, Place
from app.payments import loading as payments
from app.payments import sales_days
from app.stores import service as stores
from app.stores.service import Method, StoreInfo
from app.tracking import loading as kitchens
from app.tracking import speed_days
from app.tracking.loading import Cooked
from app.tracking.service import Stage

SOURCE = "maven-pizza"
FILES = ("orders.csv", "order_details.csv", "pizzas.csv")
AT_ONCE = 500
WEEK = timedelta(days=7)
FEE_CENTS = 299
CUSTOMERS = 2_500
FIRST = ("Ana", "Ben", "Chloe", "Dev", "Elif", "Frank", "Grace", "Hugo", "Iris", "Kim", "Lena")
LAST = ("Abbott", "Baker", "Castillo", "Dunn", "Ellis", "Fox", "Gupta", "Hall", "Ito", "Jones")
STREETS = ("Birch Street", "Oak Lane", "River Road", "Hill Street", "Station Road", "Park Avenue")

# Which pizza of our menu is most like each of theirs.
LIKE = {
    "bbq_ckn": "smokehouse", "cali_ckn": "harvest", "ckn_alfredo": "bianca", "ckn_pesto": "green-garden",
    "southw_ckn": "farmhouse", "thai_ckn": "honey-trap", "big_meat": "butchers-block", "classic_dlx": "tavern",
    "hawaiian": "island", "ital_cpcllo": "artisan", "napolitana": "harbor", "pep_msh_pep": "pepperoni",
    "pepperoni": "pepperoni", "the_greek": "garden", "brie_carre": "bianca", "calabrese": "diavola",
    "ital_supr": "butchers-block", "peppr_salami": "diavola", "prsc_argla": "artisan", "sicilian": "harbor",
    "soppressata": "diavola", "spicy_ital": "honey-trap", "spinach_supr": "farmhouse", "five_cheese": "four-cheese",
    "four_cheese": "four-cheese", "green_garden": "garden", "ital_veggie": "harvest", "mediterraneo": "green-garden",
    "mexicana": "garden", "spin_pesto": "green-garden", "spinach_fet": "margherita", "veggie_veg": "plant-patch",
}  # fmt: skip
SIZES = {"S": "s", "M": "m", "L": "l", "XL": "xl", "XXL": "xl"}


@dataclass(frozen=True, slots=True)
class Listed:
    """An order as the files have it: when it was made there, and its pizzas by their number."""

    number: int
    at: datetime
    pizzas: tuple[str, ...]


@click.command("load-history")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("../shared/data/maven_pizza"),
    show_default=True,
    envvar="HISTORY_FOLDER",
    help="Where orders.csv, order_details.csv and pizzas.csv are.",
)
@click.option("--in-production", is_flag=True, help="Do it although this is the shop that customers use.")
@with_appcontext
def load_history(folder: Path, in_production: bool) -> None:
    """Load a year of orders that were made elsewhere; what is loaded already stays as it is."""
    if settings().production and not in_production:
        raise click.ClickException("This is production: made-up customers have no place here (--in-production).")
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise click.ClickException(f"{', '.join(missing)} not found in {folder}.")
    click.echo(f"{load(folder):,} orders are new; the others were here. Every day is counted.")


def load(folder: Path) -> int:
    """Load what is not here yet and count its days; how many orders were new. Each batch is a unit of work."""
    listed = list(read(folder))
    past = Past(folder, {info.id: info for info in stores.listed(most=1_000)}, _shift(listed))
    taxes = {number: info.taxes for number, info in past.stores.items()}
    new = 0
    with click.progressbar(length=len(listed), label="Orders") as bar:
        waiting = iter(listed)
        while some := list(islice(waiting, AT_ONCE)):
            batch = [past.order(each) for each in some]
            with transaction():
                loaded = orders.take_in(SOURCE, batch, taxes)
                payments.take_in(loaded)
                kitchens.take_in([_cooked(each) for each in loaded])
            new += len(loaded)
            bar.update(len(some))
    first = min((each.at for each in listed), default=clock.now()) + past.shift - WEEK
    for label, days in (("Days  ", sales_days), ("Speeds", speed_days)):
        with click.progressbar(length=days.repair(first), label=label) as bar:
            for rolled in days.roll_all():
                bar.update(rolled)
    return new


def read(folder: Path) -> Iterator[Listed]:
    """Every order of the files, oldest first; its time is that of a clock on the wall."""
    pizzas: defaultdict[str, list[str]] = defaultdict(list)
    with (folder / "order_details.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            pizzas[row["order_id"]] += [row["pizza_id"]] * int(row["quantity"])
    with (folder / "orders.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.combine(date.fromisoformat(row["date"]), time.fromisoformat(row["time"]), UTC)
            yield Listed(int(row["order_id"]), at, tuple(pizzas[row["order_id"]]))


def _shift(listed: list[Listed]) -> timedelta:
    """How many whole weeks later the last order was made two to nine days ago: a Friday stays one."""
    last = max((each.at for each in listed), default=clock.now())
    return (clock.now() - timedelta(days=2) - last) // WEEK * WEEK


class Past:
    """Turns listed orders into orders of this chain. What is made up follows from an order's number."""

    def __init__(self, folder: Path, stores: Mapping[int, StoreInfo], shift: timedelta) -> None:
        self.folder, self.stores, self.shift = folder, stores, shift
        self.known: dict[tuple[int, str], PastUnit] = {}

    @cached_property
    def menus(self) -> dict[int, menu.Catalogue]:
        """Each store's menu."""
        return {store_id: menu.load(store_id) for store_id in self.stores}

    @cached_property
    def prices(self) -> dict[str, tuple[str, str, int]]:
        """Their pizzas by number: kind, size and cents."""
        with (self.folder / "pizzas.csv").open(newline="") as file:
            return {
                row["pizza_id"]: (row["pizza_type_id"], row["size"], _cents(row["price"]))
                for row in csv.DictReader(file)
            }

    def order(self, listed: Listed) -> PastOrder:
        """A listed order as one of this chain."""
        dice = Random(listed.number)  # noqa: S311 - made-up customers, no secrets
        store = self.stores[dice.choice(sorted(self.stores))]
        delivered, customer = dice.random() < 0.4, dice.randrange(CUSTOMERS)
        placed_at = (listed.at.replace(tzinfo=None) + self.shift).replace(tzinfo=store.zone).astimezone(UTC)
        return PastOrder(
            number=listed.number,
            place=_place(store, delivered=delivered, customer=customer),
            contact=_contact(customer),
            units=tuple(self._unit(store.id, pizza) for pizza in listed.pizzas),
            fee_cents=FEE_CENTS if delivered else 0,
            placed_at=placed_at,
            promised_to=placed_at + timedelta(minutes=45 if delivered else 25),
            done_at=placed_at + timedelta(minutes=dice.randint(25, 50) if delivered else dice.randint(12, 30)),
        )

    def _unit(self, store_id: int, pizza: str) -> PastUnit:
        if (store_id, pizza) not in self.known:
            kind, size, cents = self.prices[pizza]
            self.known[store_id, pizza] = PastUnit(self._choice(store_id, LIKE[kind], SIZES[size]), cents)
        return self.known[store_id, pizza]

    def _choice(self, store_id: int, slug: str, size: str) -> menu.Choice:
        catalogue = self.menus[store_id]
        for wish in (Selection(slug, size), Selection(slug), Selection("margherita")):
            try:
                return menu.choose(catalogue, wish)
            except Refusal:  # not made there in this size, or not at all: what comes nearest
                continue
        raise click.ClickException(f"Store {store_id} makes none of these pizzas. Is the menu seeded?")


def _cooked(loaded: Loaded) -> Cooked:
    """An order's way through the kitchen: made up, so that its parts are as long as such parts are."""
    past, dice = loaded.past, Random(loaded.past.number)  # noqa: S311 - made-up times, no secrets
    delivered = past.place.method is Method.DELIVERY
    boxed = dice.uniform(0.45, 0.6) if delivered else dice.uniform(0.75, 0.95)
    parts = [(Stage.PREP, boxed * dice.uniform(0.1, 0.35)), (Stage.BAKING, boxed * dice.uniform(0.45, 0.6))]
    parts += [(Stage.QUALITY_CHECK, boxed), (Stage.OUT_FOR_DELIVERY if delivered else Stage.READY, boxed + 0.04)]
    took = past.done_at - past.placed_at
    end = Stage.DELIVERED if delivered else Stage.COLLECTED
    return Cooked(
        order_id=loaded.order_id,
        store_id=loaded.store_id,
        method=past.place.method,
        baked=past.places > 0,
        places=past.places,
        received_at=past.placed_at,
        promised_from=past.promised_from,
        promised_to=past.promised_to,
        moves=(*((stage, past.placed_at + took * part) for stage, part in parts), (end, past.done_at)),
    )


def _place(store: StoreInfo, *, delivered: bool, customer: int) -> Place:
    if not delivered:
        return Place(Method.CARRYOUT, store.id)
    street = f"{1 + customer % 97} {STREETS[customer % len(STREETS)]}"
    return Place(Method.DELIVERY, store.id, street=street, city=store.city, zip=store.zip)


def _contact(customer: int) -> Contact:
    name = f"{FIRST[customer % len(FIRST)]} {LAST[customer // len(FIRST) % len(LAST)]}"
    return Contact(name, f"+1312555{100 + customer % 100:04d}", f"guest{customer}@history.example")


def _cents(price: str) -> int:
    dollars, _, cents = price.partition(".")
    return int(dollars) * 100 + int(cents.ljust(2, "0"))
