"""How long things may be. A long one does two things, and should be two."""

import ast
from collections.abc import Iterator

from dev.house.source import Finding, Rule, Source, functions, length

FUNCTION, VIEW, FILE, TEMPLATE = 40, 20, 300, 120
ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})


def long_functions(source: Source) -> Iterator[Finding]:
    """A function that does not fit on a screen cannot be judged at a glance. Tests and migrations may tell longer."""
    if source.is_python and not source.path.startswith(("tests/", "migrations/")):
        for node in functions(source):
            if (lines := length(node)) > FUNCTION:
                yield Finding(source.path, node.lineno, f"{node.name} has {lines} lines, {FUNCTION} at most")


def long_views(source: Source) -> Iterator[Finding]:
    """A view parses, asks and answers. Where it grows, a rule or a query has moved into the edge."""
    if source.is_python and source.path.startswith("blueprints/"):
        for node in functions(source):
            if is_view(node) and (lines := length(node)) > VIEW:
                yield Finding(source.path, node.lineno, f"view {node.name} has {lines} lines, {VIEW} at most")


def long_files(source: Source) -> Iterator[Finding]:
    """One file holds one thing; past a few screens it holds several. Tests and migrations may be longer."""
    if source.is_python and not source.path.startswith(("tests/", "migrations/")):
        yield from _long(source, FILE)


def long_templates(source: Source) -> Iterator[Finding]:
    """A page includes pieces, so none of them is long."""
    if source.is_template:
        yield from _long(source, TEMPLATE)


def is_view(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a decorator such as `@pages.get("/menu")` makes it answer a route."""
    calls = (decorator.func for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in ROUTES for call in calls)


def _long(source: Source, most: int) -> Iterator[Finding]:
    if (lines := len(source.lines)) > most:
        yield Finding(source.path, most + 1, f"{lines} lines, {most} at most")


RULES: tuple[Rule, ...] = (long_functions, long_views, long_files, long_templates)
