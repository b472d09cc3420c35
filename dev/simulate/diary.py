"""What a simulated day came to, and the clock that it runs by."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Day:
    """The simulated day: how fast its clock runs, whether it is called off, and what happened on it."""

    speed: float
    began: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)
    counts: Counter[str] = field(default_factory=Counter)
    no: Counter[str] = field(default_factory=Counter)
    placed: set[int] = field(default_factory=set)
    minutes: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        """Simulated seconds since it began."""
        return (time.monotonic() - self.began) * self.speed

    def wait_until(self, seconds: float) -> bool:
        """Wait for a simulated moment; False when the day was called off before."""
        return not self.over.wait(max(0.0, (seconds - self.now()) / self.speed))

    def note(self, what: str, many: int = 1) -> None:
        """Something happened."""
        with self._lock:
            self.counts[what] += many

    def refuse(self, why: str) -> None:
        """The shop said no."""
        with self._lock:
            self.counts["turned away"] += 1
            self.no[why] += 1

    def place(self, number: int) -> None:
        """A customer of this day has ordered."""
        with self._lock:
            self.placed.add(number)

    def finish(self, number: int, seconds: float) -> None:
        """An order is with its customer, so many simulated seconds after the kitchen first saw it."""
        with self._lock:
            self.minutes[number] = seconds / 60

    def finished(self) -> int:
        """How many of this day's orders are with their customers."""
        with self._lock:
            return len(self.placed & self.minutes.keys())

    def summary(self) -> list[str]:
        """The day in a few lines."""
        done, times = self.counts, sorted(self.minutes[number] for number in self.placed & self.minutes.keys())
        orders = f"{len(self.placed)} placed, {done['turned away']} turned away, {len(times)} finished"
        drives = f"{done['runs']} runs of drivers, {done['failed']} deliveries failed"
        lines = [
            f"{orders}, {len(self.placed) - len(times)} still open.",
            f"{done['by card']} paid by card, {done['declined']} of them with their second one; the rest in cash.",
            f"{done['taps']} taps, of them {done['overtaken']} too late; {drives}.",
            f"Nobody answered {done['errors']} times.",
        ]
        if before := len(self.minutes) - len(times):
            lines.append(f"The kitchens finished {before} from before, too.")
        if times:
            p90 = times[min(len(times) - 1, len(times) * 9 // 10)]
            half = times[len(times) // 2]
            lines.append(f"From the board to the customer: half within {half:.0f} min, 9 in 10 within {p90:.0f}.")
        return lines + [f"  turned away {many}×: {why}" for why, many in self.no.most_common(5)]
