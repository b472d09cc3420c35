"""`flask simulate`: a real day of orders against a shop that runs, with a bar that shows how far it is."""

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Thread
from types import FrameType

import click

from app.core import clock
from app.users import totp
from dev import place, welcome
from dev.simulate import customers, stream
from dev.simulate.browser import Browser
from dev.simulate.diary import Day
from dev.simulate.kitchens import Kitchen

STORE = re.compile(r"/staff\?store=(\d+)")
ELM_STREET, MOST, HANDS = 1, 500, 6
CASH_EVERY = 3
PATIENCE = 90 * 60  # simulated seconds after the last order in which the kitchens may still finish


@click.command("simulate")
@click.option("--url", default="http://127.0.0.1:8000", help="The shop, opened with RATE_LIMITS=off make run.")
@click.option("--speed", default=30.0, type=click.FloatRange(1, 240), help="How many times faster than life.")
@click.option("--orders", default=100, type=click.IntRange(1, MOST), help="How many orders of the day, at most.")
@click.option("--day", default="2015-11-27", help="A day of 2015 whose orders are taken.")
@click.option("--seed", default=1, help="For the dice of cooks and drivers.")
def simulate(url: str, speed: float, orders: int, day: str, seed: int) -> None:
    """Let customers order what a pizzeria's customers ordered, while simulated kitchens make and deliver it."""
    if not stream.found():
        raise click.ClickException(f"The orders are not there: {stream.FOLDER}")
    try:
        wishes = stream.wishes(day, orders)
        staff = sign_in(url)
    except (LookupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    stores = [ELM_STREET, *(each for each in _stores(staff) if each != ELM_STREET)]
    today = Day(speed)
    kitchens = [Kitchen(each, staff.twin(), today, Random(seed * 100 + each)) for each in stores]
    workers = [Thread(target=kitchen.run, daemon=True) for kitchen in kitchens]
    for worker in workers:
        worker.start()
    try:
        with _ctrl_c_calls_off(today):
            _let_in(url, today, wishes, stores)
            _wait_for_kitchens(today, wishes[-1].seconds)
    finally:
        today.over.set()
        for worker in workers:
            worker.join(30)
    click.echo("\n".join(today.summary()))


@contextmanager
def _ctrl_c_calls_off(today: Day) -> Iterator[None]:
    """The first Ctrl-C lets nobody else order and has who is at it get done; a second one ends at once."""

    def call_off(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        Thread(target=today.over.set).start()  # not here: whoever was interrupted may hold its lock

    before = signal.signal(signal.SIGINT, call_off)
    try:
        yield
        if today.over.is_set():
            click.echo("\nStopped: nobody else orders.")
    finally:
        signal.signal(signal.SIGINT, before)


def _let_in(url: str, today: Day, wishes: tuple[stream.Wish, ...], stores: list[int]) -> None:
    """Everybody orders when they did; never more at once than there are hands."""
    hands, everybody = ThreadPoolExecutor(HANDS), False
    try:
        with click.progressbar(wishes, label="Orders", item_show_func=lambda _: _so_far(today)) as bar:
            for n, wish in enumerate(bar):
                if not today.wait_until(wish.seconds):
                    return
                delivered = n % 5 < 3
                store = ELM_STREET if delivered else stores[n % len(stores)]
                hands.submit(customers.order, url, today, wish, store, delivered=delivered, by_card=n % CASH_EVERY != 1)
        everybody = True
    finally:
        hands.shutdown(cancel_futures=not everybody)


def _wait_for_kitchens(today: Day, last: float) -> None:
    with click.progressbar(length=max(1, len(today.placed)), label="Kitchens") as bar:
        while today.finished() < len(today.placed) and today.now() < last + PATIENCE:
            if not today.wait_until(today.now() + 20):
                return
            bar.update(today.finished() - bar.pos)


def _so_far(today: Day) -> str:
    return f"{len(today.placed)} placed, {today.finished()} finished"


def sign_in(url: str) -> Browser:
    """The made-up admin's browser. Raises LookupError when there is none, or the shop does not let them in."""
    path = place.folder(os.environ) / place.SIGN_INS
    person = next((one for one in welcome.sign_ins(path) if one["role"] == "admin"), None)
    if person is None:
        raise LookupError(f"There is no admin in {path}. Open the shop first, with the same VAR.")
    browser = Browser.at(url)
    answer = browser.post("/session", {"email": person["email"], "password": person["password"]})
    if answer.location.startswith("/sign-in/second-step"):
        code = totp.code(person["totp"], totp.step_at(clock.now()))
        answer = browser.post("/session/second-step", {"code": code})
    if answer.status != 303 or answer.location.startswith("/sign-in"):
        raise LookupError("The shop did not let the admin in. A code works once: wait half a minute, and try again.")
    return browser


def _stores(staff: Browser) -> list[int]:
    page = staff.get("/staff/stores?door=board").text
    return sorted({int(number) for number in STORE.findall(page)})
