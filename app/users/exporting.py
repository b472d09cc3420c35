"""The book of deeds as a file, as long work: a thousand a batch, newest first, as it was when it was asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from app.core import longwork, sheets
from app.core.errors import Refusal
from app.core.longwork import Batch, Job, Owner, Wanted
from app.users import audit
from app.users.audit import Entry

KIND, BATCH, MOST_PEOPLE = "deed.export", 1_000, 500
COLUMNS = ("number", "at", "person", "store", "deed", "subject", "detail")


def wanted(sought: audit.Wanted, owner: Owner) -> Wanted:
    """Such a file, ready to begin; a name that was typed is kept as the numbers of those whom it means. Raises Refusal
    `many_people` with its field, `nothing_found`.
    """
    people = audit.people(sought.person, MOST_PEOPLE + 1) if sought.person else None
    if people is not None and len(people) > MOST_PEOPLE:
        raise Refusal("many_people", f"More than {MOST_PEOPLE} people fit that. Type more of the name.", field="person")
    sought = replace(sought, person="", people=people)
    total, newest = audit.count(sought), audit.entries(sought, most=1)
    if not newest:
        raise Refusal("nothing_found", "Nobody did that, so there is nothing to take along.")
    return Wanted(KIND, f"{total:,} deeds as a file", "deeds", total, owner, _kept(sought, newest[0].id + 1))


def _kept(sought: audit.Wanted, before: int) -> dict[str, Any]:
    return {
        "stores": None if sought.stores is None else sorted(sought.stores),
        "own": sought.own,
        "people": sought.people,
        "deed": sought.deed,
        "subject": sought.subject,
        "since": sought.since.isoformat() if sought.since else None,
        "until": sought.until.isoformat() if sought.until else None,
        "before": before,
    }


def _sought(wish: Mapping[str, Any]) -> audit.Wanted:
    since, until = (datetime.fromisoformat(wish[name]) if wish[name] else None for name in ("since", "until"))
    same = {name: wish[name] for name in ("stores", "own", "people", "deed", "subject")}
    return audit.Wanted(**same, since=since, until=until)


def export(job: Job) -> Batch:
    """The next deeds. None is ever changed or taken away, so the file has all that were counted, each once."""
    last, part = job.carry.get("last", job.wish["before"]), job.carry.get("parts", 0)
    rows = audit.entries(_sought(job.wish), before=last, most=BATCH)
    done = job.total if len(rows) < BATCH else min(job.done + len(rows), job.total - 1)
    carry = {"last": rows[-1].id if rows else last, "parts": part + 1}
    text = sheets.lines([*([] if part else [COLUMNS]), *map(_cells, rows)])
    return Batch(done, carry, partial(longwork.keep_part, job.id, part, text))


def _cells(entry: Entry) -> tuple[object, ...]:
    at, said = entry.at.isoformat(), detail_words(entry.detail)
    return (entry.id, at, entry.person or "", entry.store_id or "", entry.deed, entry.subject, said)


def detail_words(detail: Mapping[str, object]) -> str:
    """What a deed changed, on one line: `key: basil, sold out: yes`. Seals of words say nothing to anybody."""
    said = ((name, value) for name, value in detail.items() if value not in ("", None) and not name.endswith("_seal"))
    return ", ".join(f"{name.replace('_', ' ')}: {_word(value)}" for name, value in said)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_word(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name} {_word(one)}" for name, one in value.items())
    return str(value)
