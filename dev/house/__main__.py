"""`python -m dev.house`: measure the project and hold it to the rules of the house."""

import sys
from pathlib import Path

from dev.house import figures, laws, pages, sizes, source, vendored

RULES = (*sizes.RULES, *laws.RULES, *pages.RULES)


def main() -> int:
    """Print the figures and every finding; 1 when there is one."""
    root = Path(__file__).parents[2]
    sources = source.collect(root)
    print(figures.table(sources))
    findings = [finding for one in sources for rule in RULES for finding in rule(one)]
    findings += vendored.checksums(root)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"House rules: {len(RULES) + 1} rules, {len(sources)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
