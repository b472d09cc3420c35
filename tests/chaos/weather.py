"""The weather: programs are killed, and processes stopped at named places, at moments that the seed decides."""

import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from dev import processes, redis
from tests.chaos.shop import WORKERS, Shop

TARGETS = ("web", "child", *WORKERS, "clock", "redis", "sockets")
PLACES = ("committed", "noted", "acted", "heard", "answered", "claimed")
GRACE_SECONDS = {"web": 1.0, "sockets": 4.0, "redis": 0.3}
JOBS_START_SECONDS = 3.0
FIRST_DEATHS = 6


@dataclass
class Weather:
    """Blows until it is calmed. Only the main thread may: the kernel ends a program with the thread that started it."""

    shop: Shop
    dice: Random = field(init=False)
    kills: Counter[str] = field(default_factory=Counter)
    armed: list[Path] = field(default_factory=list)
    up_since: dict[str, float] = field(default_factory=dict)
    deaths: int = 0
    deadly: int = 0
    spare: float = 0.0
    next_kill: float = 0.0
    next_stop: float = 0.0

    def __post_init__(self) -> None:
        self.dice = Random(f"{self.shop.plan.seed}/weather")

    def blow(self, finished: int) -> None:
        """A moment of storm: open again what died, kill, and put a stop somewhere. `finished` checkouts are over."""
        self.mend()
        self.spare = FIRST_DEATHS + self.shop.plan.deaths_each * finished - sum(self.kills.values()) - self.deadly
        now = time.monotonic()
        if now >= self.next_kill:
            self.next_kill = now + self.dice.uniform(*self.shop.plan.kill_every)
            target = self.dice.choice(TARGETS)
            if self.spare > 0:
                self._kill(target)
        if now >= self.next_stop:
            self.next_stop = now + self.dice.uniform(*self.shop.plan.stop_every)
            place, deed = self.dice.choice(PLACES), self.dice.choice(("die", "sleep"))
            if deed == "sleep" or self.spare > 0:
                self._arm(place, deed)

    def mend(self) -> None:
        """Open again what died, at once: a launcher's growing pauses would be all that a storm sees."""
        crew = self.shop.house.crew
        for name, member in list(crew.members.items()):
            if member.process.poll() is not None:
                processes.kill_group(member.process)
                self.deaths += 1
                self.up_since.pop(name, None)
                self.shop.house.open(name)

    def calm(self) -> None:
        """No more stops, no more troubles at the provider."""
        for file in self.armed:
            file.unlink(missing_ok=True)
        self.shop.trouble({})

    @property
    def stops(self) -> int:
        """How many processes have met a stop."""
        return sum(not file.exists() for file in self.armed)

    def _arm(self, place: str, deed: str) -> None:
        if not (self.shop.failpoints / f"{place}.{deed}").exists():
            self.armed.append(self.shop.stop_at(place, deed))
            self.deadly += deed == "die"

    def _kill(self, target: str) -> None:
        """Kill only what has come up: where nothing ever works, nothing is proved."""
        name = "web" if target == "child" else target
        if not self._is_up(name):
            return
        process = self.shop.house.crew.members[name].process
        self.up_since.pop(name)
        with suppress(ProcessLookupError):
            if target == "child":
                for child in _children(process.pid):
                    os.kill(child, signal.SIGKILL)
            else:
                processes.kill_group(process)
        self.kills[target] += 1

    def _is_up(self, name: str) -> bool:
        now = time.monotonic()
        if name not in self.up_since:
            if not self._answers(name):
                return False
            self.up_since[name] = now
        return now - self.up_since[name] >= GRACE_SECONDS.get(name, 0)

    def _answers(self, name: str) -> bool:
        if name == "web":
            return self.shop.answers()
        if name == "redis":
            return redis.answers(self.shop.house.place.redis_port)
        member = self.shop.house.crew.members[name]
        return time.monotonic() - member.started > JOBS_START_SECONDS


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
