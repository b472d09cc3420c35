"""Inviting many at once: a sheet of names, addresses, roles and stores, checked whole, then long work by the batch."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from email_validator import EmailNotValidError, validate_email

from app.core import sheets
from app.core.longwork import Batch, Job, Owner, Wanted, sheet
from app.core.sheets import Fault, bad
from app.users import invitations
from app.users.audit import audit
from app.users.rights import Role, Who
from app.users.starters import as_now

KIND, BATCH = "person.import", 50
MOST_ROWS, MOST_BYTES, LONGEST_NAME = 2_000, 512 * 1024, 80
COLUMNS = ("name", "email", "role", "store")
EVERYWHERE = "every"  # what the column of a chain's role says


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who is to be invited; `store_id` None for every store."""

    row: int
    name: str
    email: str
    role: Role
    store_id: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet holds: the rows that are right, and every fault."""

    rows: tuple[StaffRow, ...]
    faults: tuple[Fault, ...]


def read(text: str, places: Mapping[str, int], by: Who) -> Sheet:
    """A sheet as somebody may have it: `places` are stores by the name in their address. Raises Refusal `bad_file`."""
    lines = _lines(text)
    rows: list[StaffRow] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, int | None], int] = {}
    for number, line in enumerate(lines, start=2):
        given = {name: (line.get(name) or "").strip() for name in COLUMNS}
        if any(given.values()):
            found = list(_faults(number, given, places, by))
            faults += found
            row = None if found else _row(number, given, places)
            if row and (first := seen.setdefault((row.email, row.store_id), number)) != number:
                faults.append(Fault(number, "email", f"They stand in row {first} already."))
            elif row:
                rows.append(row)
    if not rows and not faults:
        raise bad("There is nobody in that file.")
    return Sheet(tuple(rows), tuple(faults))


def _lines(text: str) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        lines = list(reader)
    except csv.Error:
        raise bad("That file has a quotation mark that never ends, or one in the wrong place.") from None
    if sorted(name.strip().lower() for name in reader.fieldnames or ()) != sorted(COLUMNS):
        raise bad(f"The first row must name the columns: {', '.join(COLUMNS)}. Nothing else.")
    if len(lines) > MOST_ROWS:
        raise bad(f"A sheet may have {MOST_ROWS:,} rows. Send it in parts.")
    return [{(key or "").strip().lower(): value for key, value in line.items()} for line in lines]


def _faults(number: int, given: Mapping[str, str], places: Mapping[str, int], by: Who) -> list[Fault]:
    faults = []
    if not 0 < len(given["name"]) <= LONGEST_NAME or not given["name"].isprintable():
        faults.append(Fault(number, "name", f"Write their name, in up to {LONGEST_NAME} letters."))
    if not _email(given["email"]):
        faults.append(Fault(number, "email", "Write an email address like mina@example.com."))
    role, place = given["role"].lower(), given["store"].lower()
    if role not in set(Role):
        faults.append(Fault(number, "role", f"A role is one of {', '.join(Role)}."))
    if place != EVERYWHERE and place not in places:
        faults.append(Fault(number, "store", f"Write a store of yours as its address does, or {EVERYWHERE}."))
    if not faults and not by.gives(Role(role), places.get(place)):
        faults.append(Fault(number, "role", "Your role does not allow giving that one there."))
    if role == Role.ADMIN and place != EVERYWHERE:
        faults.append(Fault(number, "store", f"An admin is one at every store: write {EVERYWHERE}."))
    return faults


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return ""


def _row(number: int, given: Mapping[str, str], places: Mapping[str, int]) -> StaffRow:
    role, store_id = Role(given["role"].lower()), places.get(given["store"].lower())
    return StaffRow(number, given["name"], _email(given["email"]), role, store_id)


def wanted(found: Sheet, owner: Owner) -> Wanted:
    """The invitations of a sheet that is right, ready to be prepared."""
    count = len(found.rows)
    rows = [(row.row, row.name, row.email, row.role.value, row.store_id or "") for row in found.rows]
    title = f"{count:,} invitation{'' if count == 1 else 's'} from a file"
    return Wanted(KIND, title, "people", count, owner, sheet=sheets.lines(rows))


def kept(job_id: int) -> tuple[StaffRow, ...]:
    """The rows of a prepared sheet."""
    return tuple(
        StaffRow(int(row), name, email, Role(role), int(store_id) if store_id else None)
        for row, name, email, role, store_id in csv.reader(io.StringIO(sheet(job_id), newline=""))
    )


def take_in(job: Job) -> Batch:
    """The next invitations, as whoever began it may give them by now."""
    rows = kept(job.id)[job.done : job.done + BATCH]
    return Batch(job.done + len(rows), write=partial(_invite, job.user_id, rows))


def _invite(user_id: int, rows: tuple[StaffRow, ...]) -> None:
    by = as_now(user_id)
    for row in rows:
        number = invitations.invite(by, row.name, row.email, row.role, row.store_id)
        audit(user_id, "person.invite", f"invitation:{number}", row.store_id, role=row.role.value)
