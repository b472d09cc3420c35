"""A seeded database for every test: a template made once, copied before each. SQLite or PostgreSQL, as asked."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Set as AbstractSet
from contextlib import closing
from pathlib import Path

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url, text

KIND = os.environ.get("HOTCORNER_TEST_DB", "sqlite")
MEMORY, ROOM = Path("/dev/shm"), 256 * 2**20  # noqa: S108 - a folder of its own is made in it


@event.listens_for(Engine, "connect")
def turn_round(connection: object, _record: object) -> None:
    """SQLite gives rows that nobody ordered the other way round, so that whoever relies on an order must ask for it."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON")


class SqliteCopies:
    """A template file and the copy that a test works on."""

    def __init__(self, folder: Path) -> None:
        self.template, self.copy = folder / "template.db", folder / "test.db"
        self.template_url, self.url = f"sqlite:///{self.template}", f"sqlite:///{self.copy}"

    def renew(self, engine: Engine) -> None:
        """A fresh copy behind the engine of those who worked on the last one."""
        engine.dispose()
        # A new file in the place of the old one: a thread of the last test may still have that open, or come back at
        # any moment, and would make an empty one where there is none.
        fresh = self.copy.with_suffix(".fresh")
        shutil.copyfile(self.template, fresh)
        for suffix in ("-wal", "-shm"):
            self.copy.with_name(self.copy.name + suffix).unlink(missing_ok=True)
        fresh.replace(self.copy)

    def as_owner(self, script: str) -> None:
        """Run a script as the owner of the tables, who is the shop itself."""
        with closing(sqlite3.connect(self.copy)) as connection:
            connection.executescript(script)

    def touched(self) -> None:
        """Which tables were written to, nobody notes here."""

    def empty(self) -> str:
        """The URL of one more database, with nothing in it."""
        file = self.template.with_name("empty.db")
        file.unlink(missing_ok=True)
        return f"sqlite:///{file}"

    def close(self) -> None:
        """A folder in memory goes at once, any other with the test run."""
        if self.template.is_relative_to(MEMORY):
            shutil.rmtree(self.template.parent, ignore_errors=True)


# Each table gets a twin with the seed in it, and a trigger that notes when the table was written to. Rows of notes
# never meet, so tests that race see no lock that the shop does not have.
WATCH = """
CREATE SCHEMA seeded;
CREATE TABLE seeded.touched (name text);
CREATE FUNCTION seeded.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN INSERT INTO seeded.touched VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE seeded.%1$I AS SELECT * FROM public.%1$I', name);
    EXECUTE format('CREATE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON public.%1$I '
      'EXECUTE FUNCTION seeded.touch()', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pages;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO pages;
CREATE TABLE seeded.sequence AS SELECT sequencename AS name, last_value AS value FROM pg_sequences;
"""
RENEW = """
SET LOCAL session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT DISTINCT touched.name FROM seeded.touched LOOP
    EXECUTE format('DELETE FROM public.%1$I', name);
    EXECUTE format('INSERT INTO public.%1$I SELECT * FROM seeded.%1$I', name);
  END LOOP;
END $$;
DELETE FROM seeded.touched;
SELECT setval(format('public.%I', name), coalesce(value, 1), value IS NOT NULL) FROM seeded.sequence;
"""


# The shop of the tests is nobody's owner, so that policies hold for it as for the pages of a real one.
PAGES = """
DO $$ BEGIN CREATE ROLE pages LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT SET ON PARAMETER session_replication_role TO pages;  -- for a test that tampers with what is append-only
"""
# Whoever is idle holds no lock, and what their connection has learned of the tables serves the next test too.
ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid();
"""


class PostgresCopies:
    """A template database and the copy that a test works on, in the cluster at TEST_POSTGRES_URL.

    The copy is made once; after that, only the tables that a test wrote to are put back. Making a database takes a
    checkpoint, which on a busy machine is seconds.
    """

    def __init__(self, name: str) -> None:
        self.maintenance = make_url(os.environ["TEST_POSTGRES_URL"])
        self.names = (f"template_{name}", f"test_{name}", f"empty_{name}")
        self.template_url, self.url, self.empty_url = (
            self.maintenance.set(database=name).render_as_string(hide_password=False) for name in self.names
        )
        self.owner_url, self.url = self.url, make_url(self.url).set(username="pages").render_as_string()
        self.owner: psycopg.Connection | None = None
        self._do(PAGES)
        self._do(f"DROP DATABASE IF EXISTS {self.names[0]}", f"CREATE DATABASE {self.names[0]}")

    def renew(self, engine: Engine) -> None:
        """The seed once more, behind the engine of those who worked on it."""
        if self.owner:
            self.as_owner(ALONE + RENEW)
            return
        engine.dispose()
        template, copy, _ = self.names
        self._do(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)", f"CREATE DATABASE {copy} TEMPLATE {template}")
        self.owner = psycopg.connect(self.owner_url.replace("+psycopg", ""), autocommit=True)
        self.as_owner(WATCH)

    def as_owner(self, script: str) -> None:
        """Run a script as the owner of the tables."""
        with self.owner.transaction():
            self.owner.execute(script)

    def touched(self) -> AbstractSet[str]:
        """The tables that were written to, and not rolled back, since the seed was put in."""
        return {name for (name,) in self.owner.execute("SELECT DISTINCT name FROM seeded.touched")}

    def empty(self) -> str:
        """The URL of one more database, with nothing in it."""
        name = self.names[2]
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        return self.empty_url

    def close(self) -> None:
        if self.owner:
            self.owner.close()
        self._do(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in self.names))

    def _do(self, *statements: str) -> None:
        engine = create_engine(self.maintenance, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def copies(folder: Path, name: str) -> SqliteCopies | PostgresCopies:
    """The kind of copies that this run is for."""
    return PostgresCopies(name) if KIND == "postgres" else SqliteCopies(_in_memory() or folder)


def _in_memory() -> Path | None:
    """A folder that waits for no disk, where the system has room for one: each test writes three megabytes anew."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return Path(tempfile.mkdtemp(prefix="hotcorner-", dir=MEMORY))
