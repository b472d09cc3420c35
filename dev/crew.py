"""The programs that make up a running shop: started, watched, started again when they die, stopped in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dev import processes
from dev.logs import Tail

LONGEST_PAUSE = 30.0
SETTLED_AFTER = 60.0


@dataclass(slots=True)
class Member:
    """One program: its command, what it gets to know, and how it has fared."""

    name: str
    command: list[str | Path]
    environ: Mapping[str, str]
    tail: Tail
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    again_at: float | None = None


@dataclass(slots=True)
class Crew:
    """All programs of one run. `say` tells the person at the terminal; `keep_open` is inherited by every program."""

    logs: Path
    say: Callable[[str], None]
    keep_open: tuple[int, ...] = ()
    members: dict[str, Member] = field(default_factory=dict)

    def start(self, name: str, command: list[str | Path], environ: Mapping[str, str], *, loud: bool = True) -> None:
        """Start a program under a name. The warnings of a `loud` one are shown in the terminal."""
        tail = Tail(self.logs / f"{name}.log", loud=loud)
        process = processes.start(command, tail.path, environ=environ, keep_open=self.keep_open)
        self.members[name] = Member(name, command, environ, tail, process, time.monotonic())

    def wait_for(self, name: str, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Return once `ready()`; raises StartError when the program ends first or takes longer."""
        member = self.members[name]
        processes.wait_until(ready, member.process, name, member.tail.path, seconds)

    def look_after(self) -> None:
        """Show new warnings and start again what died, each time after a longer pause. Call it a few times a second."""
        now = time.monotonic()
        for member in self.members.values():
            for line in member.tail.warnings():
                self.say(f"{member.name:<8} {line}")
            if member.again_at is not None:
                self._start_again(member, now)
            elif member.process.poll() is not None:
                self._mourn(member, now)

    def stop(self, *waves: tuple[Iterable[str], float]) -> None:
        """Ask the programs of each wave to end, give them their seconds, kill what is left, go on with the next."""
        for names, seconds in waves:
            wave = [member.process for name in names if (member := self.members.pop(name, None))]
            for process in wave:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + seconds
            for process in wave:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0, deadline - time.monotonic()))
                processes.kill_group(process)

    def _mourn(self, member: Member, now: float) -> None:
        processes.kill_group(member.process)  # its children may still hold the port
        member.deaths = 1 if now - member.started > SETTLED_AFTER else member.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (member.deaths - 1))
        member.again_at = now + pause
        self.say(f"{member.name:<8} {_ending(member.process.returncode)}; starts again in {pause:g} s")

    def _start_again(self, member: Member, now: float) -> None:
        if member.again_at is not None and now >= member.again_at:
            member.again_at, member.started = None, now
            log = member.tail.path
            member.process = processes.start(member.command, log, environ=member.environ, keep_open=self.keep_open)


def _ending(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
