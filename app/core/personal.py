"""What is known about people: each domain says what it keeps of somebody, what has to end first, and how it forgets.

A domain registers a `Keeper` (keeping.py at the root lists them) and erases its own tables when it hears
`PersonErased`. How long each kind of thing is kept is a `Rule` there, too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app

from app.core.schedule import Work


def _nothing(_user_id: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Keeper:
    """A domain that knows something about people. `export` tells all of it in plain values, `waits` what has to end
    before it can be erased, in words for the person, or None.
    """

    domain: str
    export: Callable[[int], Mapping[str, Any]]
    waits: Callable[[int], str | None] = _nothing


@dataclass(frozen=True, slots=True)
class Rule:
    """How long something is kept, and for what; `forget` erases what is older, in units of work of its own.

    Rules that are `told` stand on the page on which customers read what is known about them.
    """

    name: str
    what: str
    kept: timedelta
    why: str
    forget: Callable[[], object]
    every: timedelta = timedelta(hours=6)
    told: bool = False

    @property
    def words(self) -> str:
        """How long, as people say it."""
        hours = int(self.kept.total_seconds()) // 3600
        return f"{hours // 24} day{'' if hours == 24 else 's'}" if hours % 24 == 0 else f"{hours} hours"


def init_app(app: Flask, keepers: Sequence[Keeper], rules: Sequence[Rule]) -> None:
    """Tell the program who knows something about people, and for how long."""
    app.extensions["keepers"], app.extensions["rules"] = tuple(keepers), tuple(rules)


def works(rules: Sequence[Rule]) -> dict[str, Work]:
    """The recurring work that rules are."""
    return {rule.name: Work(rule.forget, rule.every, slow=True) for rule in rules}


def told_rules() -> tuple[Rule, ...]:
    """The rules that customers read."""
    return tuple(rule for rule in cast("tuple[Rule, ...]", current_app.extensions["rules"]) if rule.told)


def _keepers() -> tuple[Keeper, ...]:
    return cast("tuple[Keeper, ...]", current_app.extensions["keepers"])


def export(user_id: int) -> dict[str, Any]:
    """All that the shop knows about somebody, by domain, as plain values that JSON can carry."""
    return {keeper.domain: _plain(keeper.export(user_id)) for keeper in _keepers()}


def waits_for(user_id: int) -> tuple[str, ...]:
    """What has to end before somebody can be erased, in words for them."""
    return tuple(_reasons(user_id))


def _reasons(user_id: int) -> Iterator[str]:
    for keeper in _keepers():
        if reason := keeper.waits(user_id):
            yield reason


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value
