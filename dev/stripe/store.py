"""What the stand-in remembers: Stripe's objects by id, kept in a small SQLite file when one is given."""

import json
import random
import secrets
import sqlite3
import string
import time
from pathlib import Path
from typing import Any

from dev.stripe.errors import ApiError

Object = dict[str, Any]
_ALPHABET = string.ascii_letters + string.digits


def public(thing: Object) -> Object:
    """A copy as the API shows it: fields that start with an underscore are our own."""
    return {name: value for name, value in json.loads(json.dumps(thing)).items() if not name.startswith("_")}


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, check_same_thread=False)
    file.execute("PRAGMA journal_mode = WAL")
    # A killed process loses nothing with this, only a killed machine could: right for test data, and fast.
    file.execute("PRAGMA synchronous = OFF")
    file.execute("CREATE TABLE IF NOT EXISTS object (id TEXT UNIQUE NOT NULL, body TEXT NOT NULL)")
    return file


class Store:
    """Objects in the order they were made. `touch` changes one; `save` writes all changes at the end of a call."""

    def __init__(self, path: Path | None = None, seed: int | None = None) -> None:
        self._file = _opened(path) if path else None
        rows = self._file.execute("SELECT id, body FROM object ORDER BY rowid") if self._file else ()
        self._objects: dict[str, Object] = {name: json.loads(body) for name, body in rows}
        self._touched: dict[str, None] = {}
        # Seeded ids must not come again after a restart, so what is there already is part of the seed.
        self._random = random.Random(secrets.token_bytes() if seed is None else f"{seed}/{len(self._objects)}")

    def token(self, length: int = 24) -> str:
        """Letters and digits that do not come again, or the same ones each time when a seed was given."""
        return "".join(self._random.choices(_ALPHABET, k=length))

    def new(self, prefix: str, kind: str, /, **fields: Any) -> Object:
        """Make an object with a fresh id such as `pi_...`."""
        return self.put(f"{prefix}_{self.token()}", kind, **fields)

    def put(self, name: str, kind: str, /, **fields: Any) -> Object:
        """Keep an object under an id of the caller's choice."""
        thing = {"id": name, "object": kind, "created": int(time.time()), "livemode": False, **fields}
        self._objects[name] = thing
        self._touched[name] = None
        return thing

    def touch(self, thing: Object, **changes: Any) -> Object:
        """Change an object and remember to save it."""
        thing.update(changes)
        self._touched[thing["id"]] = None
        return thing

    def remove(self, thing: Object) -> None:
        """Forget an object, in the file too once that is saved."""
        del self._objects[thing["id"]]
        self._touched[thing["id"]] = None

    def find(self, name: str | None, kind: str) -> Object | None:
        """The object of this id and kind, or nothing."""
        thing = self._objects.get(name or "")
        return thing if thing and thing["object"] == kind else None

    def get(self, name: str | None, kind: str, param: str = "id") -> Object:
        """The object of this id and kind. Raises a 404 that names `param`."""
        if thing := self.find(name, kind):
            return thing
        raise ApiError(404, f"No such {kind}: '{name}'", code="resource_missing", param=param)

    def every(self, kind: str) -> list[Object]:
        """All objects of a kind, newest first, as Stripe lists them."""
        return [thing for thing in reversed(self._objects.values()) if thing["object"] == kind]

    def save(self) -> None:
        """Write what changed to the file, in one transaction."""
        if self._file:
            self._write(self._file)
        self._touched.clear()

    def _write(self, file: sqlite3.Connection) -> None:
        rows = [(name, json.dumps(self._objects[name])) for name in self._touched if name in self._objects]
        gone = [(name,) for name in self._touched if name not in self._objects]
        insert = "INSERT INTO object (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
        with file:
            file.executemany(insert, rows)
            file.executemany("DELETE FROM object WHERE id = ?", gone)

    def clear(self) -> None:
        """Forget everything."""
        self._objects.clear()
        self._touched.clear()
        if self._file:
            with self._file:
                self._file.execute("DELETE FROM object")

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
