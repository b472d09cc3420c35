"""The shape of the house, as docs/decisions/0001 has it: who owns which table, and who may know whom."""

import ast
import re
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import wsgi
from app.core.db import Base
from app.core.events import Event

ROOT = Path(__file__).parents[1]
DOMAINS = {path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()}
MODELS = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
OWNER = {mapper.local_table.name: mapper.class_.__module__.split(".")[1] for mapper in MODELS}
SOURCES = sorted(path for folder in ("app", "blueprints") for path in (ROOT / folder).rglob("*.py"))


def test_imports_keep_their_contracts(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_table_has_exactly_one_owner():
    assert set(OWNER) == set(Base.metadata.tables)
    assert len(MODELS) == len(OWNER), "two classes share a table"
    assert set(OWNER.values()) <= DOMAINS


def test_tables_live_in_the_models_of_their_domain():
    homes = {mapper.class_.__module__ for mapper in MODELS}
    assert {home for home in homes if not home.endswith((".models", "_models"))} <= {
        "app.core.events",
        "app.core.idempotency",
        "app.core.longwork",
        "app.core.schedule",
    }


def test_no_relationship_crosses_between_tables():
    assert {name for mapper in MODELS for name in mapper.relationships.keys()} == set()  # noqa: SIM118 - no dict


SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|INTO)\b")


def statements(path):
    """Every text of a file that reads like SQL."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_raw_sql_names_the_table_of_another_domain(path):
    domain = path.relative_to(ROOT).parts[1]
    named = {
        table
        for sql in statements(path)
        for table in OWNER
        if re.search(rf"\b(FROM|JOIN|INTO|UPDATE)\s+\"?{table}\b", sql, re.IGNORECASE)
    }
    assert {table for table in named if OWNER[table] != domain} == set()


def test_foreign_keys_point_down_or_stay_at_home():
    floors = [{"core"}, {"menu", "stores", "promotions", "users"}, {"orders"}, {"payments", "tracking"}]
    level = {domain: height for height, floor in enumerate(floors) for domain in floor}
    for name, table in Base.metadata.tables.items():
        for key in table.foreign_keys:
            assert level[OWNER[key.column.table.name]] <= level[OWNER[name]], f"{name} points up to {key.column}"


def events():
    # a dataclass with slots is made twice; the one that its module names counts
    return {
        event
        for event in Event.__subclasses__()
        if event.__module__.startswith("app.") and getattr(sys.modules[event.__module__], event.__name__) is event
    }


def test_every_event_is_in_the_one_table_of_who_hears_what():
    assert set(wsgi.HEARS) == events()


def test_events_have_kinds_of_their_own_that_name_their_domain():
    kinds = {event.kind: event for event in events()}
    assert len(kinds) == len(events())
    assert all(event.__module__ == f"app.{kind.split('.')[0]}.events" for kind, event in kinds.items())


def test_no_two_hearers_share_a_name_in_the_inbox():
    for event, handlers in wsgi.HEARS.items():
        names = [handler.name for handler in handlers]
        assert len(set(names)) == len(names), event.kind
        assert all(len(name) <= 80 for name in names)


def test_recurring_work_fits_its_column():
    assert all(len(name) <= 40 for name in wsgi.WORKS)
