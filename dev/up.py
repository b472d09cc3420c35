"""`make run`: the whole shop on this machine, under one launcher. Ctrl-C ends all of it."""

import os
import signal
import sys
import time
from types import FrameType

from dev import place, ports, processes, programs, redis, welcome
from dev.crew import Crew
from dev.place import Place

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Asked in this order to end: nobody new comes in, then the work in hand, then what the others stand on. The seconds
# add up to less than ten.
CLOSING = ((("web", "sockets"), 5.5), (("worker", "clock", "stripe"), 2.5), (("redis",), 1.0))


def main() -> int:
    """Open the shop, look after it until somebody stops us, close it; gives an exit code."""
    for number in SIGNALS:
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:  # nohup means what it says
            signal.signal(number, _interrupt)
    given = {name: value for name, value in os.environ.items() if value}
    try:
        lock = place.claim(place.folder(given))
        return run(place.find(given), lock, given)
    except place.NoPlaceError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def run(spot: Place, lock: int, given: dict[str, str]) -> int:
    """From the first program to the last; gives an exit code."""
    crew = Crew(spot.logs, say, keep_open=(lock,))
    try:
        open_shop(spot, crew, given)
        while True:
            crew.look_after()
            time.sleep(0.2)
    except processes.StartError as error:
        print(f"The shop could not open. {error}\nMore in {spot.logs}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nClosing ...")
        return 0
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        crew.stop(*CLOSING)


def say(words: str) -> None:
    """Tell the person at the terminal, at once."""
    print(words, flush=True)


def open_shop(spot: Place, crew: Crew, given: dict[str, str]) -> None:
    """Start every part in order and print the welcome; raises StartError when one does not come up."""
    began = time.monotonic()
    environ = programs.settings(spot, given)
    if "REDIS_URL" not in given:
        say("Starting Redis ...")
        crew.start("redis", redis.command(spot.folder / "redis", spot.redis_port), environ, loud=False)
        crew.wait_for("redis", lambda: redis.answers(spot.redis_port))
    stand_in = "STRIPE_SECRET_KEY" not in given
    if stand_in:
        say("Starting the Stripe stand-in ...")
        crew.start("stripe", programs.stand_in(spot, environ["STRIPE_WEBHOOK_SECRET"]), environ)
    say("Preparing the database ...")
    prepare(spot, environ)
    say("Starting web, sockets, worker and clock ...")
    crew.start("web", programs.gunicorn(spot.host, spot.port, "create_app()", threads=8), environ)
    crew.start("sockets", programs.sockets(spot.host, spot.sockets_port), environ)
    for role in ("worker", "clock"):
        crew.start(role, programs.job_process(role), environ)
    wait_for_all(spot, crew)
    people = welcome.sign_ins(spot.sign_ins)
    say(welcome.text(spot.url, people, spot.folder, stand_in=stand_in, seconds=time.monotonic() - began))


def prepare(spot: Place, environ: dict[str, str]) -> None:
    """Migrate and seed. The seed makes sign-ins once and leaves them in a file; a new database gets new ones."""
    if environ["DATABASE_URL"] == spot.database_url and not spot.database.exists():
        spot.sign_ins.unlink(missing_ok=True)
    log = spot.logs / "prepare.log"
    words = ("seed", "--migrate", "--sign-ins", spot.sign_ins)
    process = processes.start(programs.flask(*words), log, environ=environ)
    try:
        code = process.wait()
    finally:
        processes.stop(process)
    if code:
        raise processes.StartError(f"flask seed ended with code {code}.\n{processes.tail(log)}")


def wait_for_all(spot: Place, crew: Crew) -> None:
    """Return once every door is open."""
    ask = f"GET /healthz HTTP/1.1\r\nHost: {spot.url.removeprefix('http://')}\r\nConnection: close\r\n\r\n".encode()
    crew.wait_for("web", lambda: ports.answers(spot.door, spot.port, ask, b"HTTP/1.1 200 "))
    crew.wait_for("sockets", lambda: ports.answers(spot.door, spot.sockets_port))
    if "stripe" in crew.members:
        crew.wait_for("stripe", lambda: ports.answers("127.0.0.1", spot.stripe_port))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
