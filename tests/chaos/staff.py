"""Staff: they tap tickets as their screens showed them, call orders off, reject some and give money back."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import requests

from app.core import clock
from app.users import totp
from tests.chaos import plan
from tests.chaos.deeds import Hands
from tests.chaos.plan import Fate
from tests.chaos.shop import Shop

PEOPLE = 3
COURSE = ("received", "prep", "baking", "quality_check", "ready")
ROUND_SECONDS = 0.3
SIGHT = """
SELECT o.id, o.name, o.status, t.stage, p.id AS payment_id, p.captured_cents FROM orders o
JOIN payments p ON p.order_id = o.id LEFT JOIN tickets t ON t.order_id = o.id
WHERE o.id % :people = :rest ORDER BY o.id
"""


@dataclass
class Work:
    """What is left to do for one order."""

    fate: Fate
    stages: list[str]
    called_off: bool = False
    rejected: bool = False
    refunded: bool = False


@dataclass
class Person:
    """One of them, who sees to the orders whose numbers leave this rest."""

    shop: Shop
    hands: Hands
    rest: int
    done: threading.Event
    work: dict[int, Work] = field(default_factory=dict)
    idle: bool = False
    taps: int = 0
    refunds: int = 0
    session: requests.Session | None = None

    def run(self) -> None:
        """Go round until everything is done and somebody says so."""
        while not self.done.wait(ROUND_SECONDS):
            with suppress(requests.RequestException):  # the shop fell over: they go on when it is there again
                self.idle = not self._round()

    def _round(self) -> bool:
        if self.session is None:
            self.session = self._sign_in()
        busy = False
        for row in self.shop.rows(SIGHT, people=PEOPLE, rest=self.rest):
            work = self.work.setdefault(row.id, self._begin(row.name))
            busy |= self._look_after(row, work)
        return busy

    def _begin(self, name: str) -> Work:
        number = int(name.rpartition(" ")[2])
        fate = plan.fate(self.shop.plan, number)
        return Work(fate, list(COURSE[: fate.taps]))

    def _look_after(self, row, work: Work) -> bool:
        if work.fate.cancelled and not work.called_off and row.stage:
            return self._call_off(row, work)
        if work.fate.rejected and not work.rejected and row.status == "placed":
            work.rejected = self.hands.do("reject", order_id=row.id) != "OperationalError"
            return True
        if work.fate.refunded and not work.refunded and row.captured_cents:
            return self._give_back(row, work)
        return self._tap(row, work) if row.stage and work.stages and not work.fate.rejected else False

    def _call_off(self, row, work: Work) -> bool:
        """Call an order off, while a screen that has not heard of it is tapped."""
        answer = self._send(f"/staff/orders/{row.id}/cancellation", reason="They called")
        work.called_off = answer < 500
        return self._tap(row, work) if work.stages else True

    def _give_back(self, row, work: Work) -> bool:
        cents = max(1, row.captured_cents // 3)
        for _ in range(2 if work.fate.refund_twice else 1):
            self.hands.do("refund", order_id=row.id, cents=cents, key=f"storm-{row.id}")
        work.refunded = True
        self.refunds += 1
        return True

    def _tap(self, row, work: Work) -> bool:
        """One tap from where this screen believes the ticket to be, were it cancelled a moment ago."""
        status = self._send(f"/staff/orders/{row.id}/moves", expected=work.stages[0])
        if status < 400 or (status == 409 and row.stage != work.stages[0]):
            work.stages.pop(0)
            self.taps += status < 400
        elif status < 500:
            work.stages.clear()
        return True

    def _send(self, path: str, **form: str) -> int:
        """Without a script, and not looking where it leads: nobody draws a board of a thousand tickets after a tap."""
        session = self.session
        assert session is not None
        answer = session.post(f"{self.shop.url}{path}", form, timeout=20, allow_redirects=False)
        if "/sign-in" in answer.headers.get("Location", ""):
            self.session = None
            raise requests.ConnectionError("signed out")
        return answer.status_code

    def _sign_in(self) -> requests.Session:
        person: Mapping[str, str] = self.shop.house.sign_in("admin")
        session = requests.Session()
        session.trust_env = False
        session.headers["Sec-Fetch-Site"] = "same-origin"
        form = {"email": person["email"], "password": person["password"]}
        answer = session.post(f"{self.shop.url}/session", form, timeout=20, allow_redirects=False)
        if answer.headers.get("Location") == "/sign-in/second-step":
            # A code works once, and this one may have come in just before the shop fell over.
            self.shop.house.change("UPDATE users SET totp_step = 0 WHERE email = :email", email=person["email"])
            typed = {"code": totp.code(person["totp"], totp.step_at(clock.now()))}
            answer = session.post(f"{self.shop.url}/session/second-step", typed, timeout=20, allow_redirects=False)
        if answer.status_code != 303:
            raise requests.ConnectionError("not let in")
        return session


class Staff:
    """Everybody who works in the shop."""

    def __init__(self, shop: Shop, hands: Hands) -> None:
        self._done = threading.Event()
        self._people = [Person(shop, hands, rest, self._done) for rest in range(PEOPLE)]
        self._threads = [threading.Thread(target=person.run, name="staff") for person in self._people]

    def come(self) -> None:
        for thread in self._threads:
            thread.start()

    def go_home(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    @property
    def idle(self) -> bool:
        """Whether nobody has anything left to do."""
        return all(person.idle for person in self._people)

    @property
    def taps(self) -> int:
        return sum(person.taps for person in self._people)

    @property
    def refunds(self) -> int:
        return sum(person.refunds for person in self._people)
