"""`make storm`: seeds times databases, a line for each storm, each invariant with its count, and the verdict at last.

STORM_CHECKOUTS (1000), STORM_SEEDS (5, or which: `3,7`) and STORM_DATABASES (sqlite,postgres) make it shorter.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from dev import postgres
from tests.chaos import invariants, storm
from tests.chaos.plan import Plan
from tests.chaos.storm import Outcome


def main() -> int:
    """Storm until all plans are through; 1 when anything was broken."""
    with ExitStack() as stack:
        if any(plan.database == "postgres" for plan in _plans()):
            os.environ["TEST_POSTGRES_URL"] = stack.enter_context(postgres.cluster())
        outcomes = [_storm(plan) for plan in _plans()]
    broken = sum((Counter({name: len(cases) for name, cases in one.broken.items()}) for one in outcomes), Counter())
    _say("")
    for name in invariants.ALL:
        _say(f"{broken[name]:>6}  {name}")
    worst = sum(broken.values())
    checkouts = sum(one.plan.checkouts for one in outcomes)
    held = f"Held: {len(outcomes)} storms, {checkouts} checkouts, nothing lost or doubled."
    _say(f"BROKEN: {worst} cases." if worst else held)
    return 1 if worst else 0


def _plans() -> Iterator[Plan]:
    asked = os.environ.get("STORM_SEEDS") or "5"
    seeds = [int(word) for word in asked.split(",") if word] if "," in asked else range(1, int(asked) + 1)
    for database in (os.environ.get("STORM_DATABASES") or "sqlite,postgres").split(","):
        for seed in seeds:
            yield Plan(database, seed, int(os.environ.get("STORM_CHECKOUTS") or 1000))


def _storm(plan: Plan) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="hotcorner-storm-"))
    outcome = storm.run(plan, folder)
    _say(str(outcome))
    for name, cases in outcome.broken.items():
        for case in cases[:5]:
            _say(f"    {name}: {case}")
    if outcome.held and not os.environ.get("STORM_KEEP"):
        shutil.rmtree(folder)
    else:
        _say(f"    logs and data are kept in {folder}")
    return outcome


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
