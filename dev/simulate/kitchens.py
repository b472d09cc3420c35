"""Kitchens that behave: two cooks, an oven with its limits, a counter, and drivers who take what is boxed in runs."""

import http.client
import re
from dataclasses import dataclass, field
from random import Random

from dev.simulate.browser import Browser
from dev.simulate.diary import Day

TICKET = re.compile(r'id="ticket-(\d+)".*?<div class="who"><span>(\w+).*?name="expected" value="(\w+)"', re.DOTALL)
LATER = re.compile(r'<li><a href="/staff/orders/(\d+)">')
COOKS, OVEN, DRIVERS, RUN = 2, 4, 2, 3
LOOK_SECONDS = 15.0  # simulated: how often a cook looks up
# Simulated minutes that a stage takes, at least and at most.
TAKES = {"prep": (3, 6), "baking": (7, 8), "quality_check": (1, 2), "ready": (2, 12), "drive": (8, 20)}
FAILS = 0.03
WORKS = ("prep", "baking", "quality_check", "ready")


@dataclass
class Kitchen:
    """One store's people. `due` says when the work on a ticket is done, `roads` when each driver is at the door."""

    store_id: int
    browser: Browser
    day: Day
    dice: Random
    due: dict[tuple[int, str], float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    roads: list[dict[int, float]] = field(default_factory=list)

    def run(self) -> None:
        """Work until the day is called off."""
        while self.day.wait_until(self.day.now() + LOOK_SECONDS):
            try:
                self.look()
            except (OSError, http.client.HTTPException):
                self.day.note("errors")

    def look(self) -> None:
        """Once round the kitchen: what is done goes on, what waits begins where there is room, drivers come and go."""
        board = self.browser.get(f"/x/board/{self.store_id}", piece=True).text
        tickets = [(int(number), mode, stage) for number, mode, stage in TICKET.findall(board)]
        tickets += [(int(number), "", "received") for number in LATER.findall(board)]
        busy = {stage: sum(one == stage for _, _, one in tickets) for stage in (*WORKS, "received")}
        for number, mode, stage in reversed(tickets):  # what is furthest makes room first
            self.seen.setdefault(number, self.day.now())
            if self._goes_on(number, mode, stage, busy):
                self._tap(number, stage, busy)
        self._drive([number for number, mode, stage in tickets if mode == "Delivery" and self._boxed(number, stage)])

    def _goes_on(self, number: int, mode: str, stage: str, busy: dict[str, int]) -> bool:
        if stage == "received":
            return busy["prep"] < COOKS
        if stage not in WORKS or (stage == "quality_check" and mode == "Delivery"):
            return False
        return self._done(number, stage) and not (stage == "prep" and busy["baking"] >= OVEN)

    def _done(self, number: int, stage: str) -> bool:
        until = self.due.setdefault((number, stage), self.day.now() + self._takes(stage))
        return self.day.now() >= until

    def _takes(self, stage: str) -> float:
        least, most = TAKES[stage]
        return self.dice.uniform(least, most) * 60

    def _boxed(self, number: int, stage: str) -> bool:
        return stage == "delivery_failed" or (stage == "quality_check" and self._done(number, stage))

    def _tap(self, number: int, stage: str, busy: dict[str, int]) -> None:
        status = self.browser.post(f"/staff/orders/{number}/moves", {"expected": stage}).status
        self.day.note("taps")
        if status == 409:
            self.day.note("overtaken")
        elif status < 400:
            busy["prep"] += stage == "received"
            busy["prep"] -= stage == "prep"
            busy["baking"] += stage == "prep"
            if stage == "ready":
                self._finish(number)

    def _finish(self, number: int) -> None:
        self.day.finish(number, self.day.now() - self.seen.pop(number))

    def _drive(self, boxed: list[int]) -> None:
        for road in self.roads:
            for number in [each for each, until in road.items() if self.day.now() >= until]:
                del road[number]
                self._arrive(number)
        self.roads = [road for road in self.roads if road]
        while boxed and len(self.roads) < DRIVERS:
            run, boxed = boxed[:RUN], boxed[RUN:]
            form = [("store", str(self.store_id)), *(("order", str(number)) for number in run)]
            if self.browser.post("/staff/runs", form).status >= 400:
                return self.day.note("overtaken")
            self.day.note("runs")
            self.roads.append(
                {number: self.day.now() + self._takes("drive") * (n + 1) / 2 for n, number in enumerate(run)}
            )
        return None

    def _arrive(self, number: int) -> None:
        if self.dice.random() < FAILS:
            self.browser.post(f"/staff/runs/{number}/failure", {"why": "nobody"})
            return self.day.note("failed")
        if self.browser.post(f"/staff/runs/{number}/delivery", {}).status < 400:
            self._finish(number)
        return None
