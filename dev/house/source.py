"""The project's files as the rules see them."""

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

TEXT = frozenset({".py", ".html", ".css", ".js", ".md", ".toml", ".in", ".txt", ".yaml", ".yml", ".sh", ".svg", ""})
SHOP = ("app/", "blueprints/", "edges.py", "gates.py", "keeping.py", "programs.py", "worker.py", "wsgi.py")


@dataclass(frozen=True)
class Source:
    """One text file: its path from the root with forward slashes, and what stands in it."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.text, self.path)

    @property
    def is_python(self) -> bool:
        """Whether it is a Python file."""
        return self.path.endswith(".py")

    @property
    def is_template(self) -> bool:
        """Whether it is a page or a piece of one."""
        return self.path.startswith("templates/") and self.path.endswith(".html")

    @property
    def is_shop(self) -> bool:
        """Whether it runs in production."""
        return self.is_python and self.path.startswith(SHOP)

    @property
    def is_test(self) -> bool:
        """Whether it is a Python file of the tests."""
        return self.is_python and self.path.startswith("tests/")

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, without their ends."""
        return self.text.splitlines()


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a rule is broken, and what to do about it."""

    path: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words}"


Rule = Callable[[Source], Iterator[Finding]]


def collect(root: Path) -> list[Source]:
    """Every text file under version control or about to be, vendored ones left out."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    wanted = (name for name in names if name and not name.startswith("static/vendor/"))
    return [
        Source(name, (root / name).read_text(encoding="utf-8"))
        for name in sorted(wanted)
        if PurePosixPath(name).suffix in TEXT and (root / name).is_file()
    ]


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a Python file."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the last one; decorators do not count."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def dotted(node: ast.expr) -> str:
    """`db.session.commit` for such an expression; empty for anything that is not a plain dotted name."""
    if isinstance(node, ast.Attribute):
        front = dotted(node.value)
        return f"{front}.{node.attr}" if front else ""
    return node.id if isinstance(node, ast.Name) else ""
