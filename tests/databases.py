"""A seeded database for every test: a template made once, copied before each. SQLite or PostgreSQL, as asked."""

import os
import shutil
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

KIND = os.environ.get("HOTCORNER_TEST_DB", "sqlite")


class SqliteCopies:
    """A template file and the copy that a test works on."""

    def __init__(self, folder: Path) -> None:
        self.template, self.copy = folder / "template.db", folder / "test.db"
        self.template_url, self.url = f"sqlite:///{self.template}", f"sqlite:///{self.copy}"

    def renew(self) -> None:
        for suffix in ("-wal", "-shm"):
            self.copy.with_name(self.copy.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.copy)

    def empty(self) -> str:
        """The URL of one more database, with nothing in it."""
        file = self.template.with_name("empty.db")
        file.unlink(missing_ok=True)
        return f"sqlite:///{file}"

    def close(self) -> None:
        """The folder goes with the test run."""


class PostgresCopies:
    """A template database and the copy that a test works on, in the cluster at TEST_POSTGRES_URL."""

    def __init__(self, name: str) -> None:
        self.maintenance = make_url(os.environ["TEST_POSTGRES_URL"])
        self.names = (f"template_{name}", f"test_{name}", f"empty_{name}")
        self.template_url, self.url, self.empty_url = (
            self.maintenance.set(database=name).render_as_string(hide_password=False) for name in self.names
        )
        self._do(f"DROP DATABASE IF EXISTS {self.names[0]}", f"CREATE DATABASE {self.names[0]}")

    def renew(self) -> None:
        template, copy, _ = self.names
        self._do(
            f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)",
            f"CREATE DATABASE {copy} TEMPLATE {template} STRATEGY file_copy",
        )

    def empty(self) -> str:
        """The URL of one more database, with nothing in it."""
        name = self.names[2]
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        return self.empty_url

    def close(self) -> None:
        self._do(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in self.names))

    def _do(self, *statements: str) -> None:
        engine = create_engine(self.maintenance, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def copies(folder: Path, name: str) -> SqliteCopies | PostgresCopies:
    """The kind of copies that this run is for."""
    return PostgresCopies(name) if KIND == "postgres" else SqliteCopies(folder)
