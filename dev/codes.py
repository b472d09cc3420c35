"""`make codes`: what the authenticator apps of the made-up staff show right now. For a shop that `make run` opened."""

import os

from app.core import clock
from app.users import totp
from dev import place, welcome


def main() -> int:
    """Print each person's code and how long it lasts; gives an exit code."""
    path = place.folder(os.environ) / place.SIGN_INS
    people = [person for person in welcome.sign_ins(path) if person.get("totp")]
    if not people:
        print(f"There are no sign-ins in {path}. Open the shop first: make run")
        return 1
    print("\n".join(lines(people)))
    return 0


def lines(people: list[dict[str, str]]) -> list[str]:
    """`manager  mina@…  123456`, and for how many seconds that is so. A code works once."""
    now = clock.now()
    left = totp.SECONDS - int(now.timestamp()) % totp.SECONDS
    shown = [f"  {one['role']:<9}  {one['email']}  {totp.code(one['totp'], totp.step_at(now))}" for one in people]
    return [f"For the next {left} seconds (each works once):", *shown]


if __name__ == "__main__":
    raise SystemExit(main())
