"""The numbers of the house, measured."""

from collections.abc import Iterable, Sequence
from statistics import median, quantiles

from dev.house.sizes import FILE, FUNCTION, TEMPLATE, VIEW, is_view
from dev.house.source import Source, functions, length

Row = tuple[str, int, str, str, str, str]
HEAD = ("", "count", "median", "9 in 10", "longest", "limit")


def table(sources: Sequence[Source]) -> str:
    """Sizes of files, functions, views and templates in lines, and the ratio of tests to code."""
    shop = [source for source in sources if source.is_shop]
    found = [node for source in shop for node in functions(source)]
    views = [node for source in shop if source.path.startswith("blueprints/") for node in functions(source)]
    rows = [
        _row("files", (_code(source) for source in shop), FILE),
        _row("functions", map(length, found), FUNCTION),
        _row("views", (length(node) for node in views if is_view(node)), VIEW),
        _row("templates", (len(source.lines) for source in sources if source.is_template), TEMPLATE),
    ]
    written = sum(_code(source) for source in shop)
    tested = sum(_code(source) for source in sources if source.is_test)
    ratio = f"{tested / written:.2f}" if written else "-"
    typed = f"{sum(node.returns is not None for node in found) / len(found):.0%}" if found else "-"
    lines = [f"{row[0]:<10}" + "".join(f"{cell:>9}" for cell in row[1:]) for row in (HEAD, *rows)]
    return "\n".join([*lines, f"code {written} lines, tests {tested}, ratio {ratio}; return types {typed}"])


def _code(source: Source) -> int:
    return sum(1 for line in source.lines if line.strip())


def _row(name: str, sizes: Iterable[int], limit: int) -> Row:
    known = sorted(size for size in sizes if size)
    if not known:
        return (name, 0, "-", "-", "-", str(limit))
    ninth = quantiles(known, n=10)[-1] if len(known) > 1 else known[0]
    return (name, len(known), f"{median(known):.0f}", f"{ninth:.0f}", str(known[-1]), str(limit))
