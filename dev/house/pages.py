"""What templates and drawings may not contain, and why."""

import re
from collections.abc import Iterator

from dev.house.source import Finding, Rule, Source

JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
INLINE = {
    r"""<[^>]*\sstyle\s*=""": "style attribute: the content policy refuses it, use a class",
    r"<style\b": "style element: the content policy refuses it, use static/css",
    r"<script\b(?![^>]*\ssrc\s*=)": "script without src: the content policy refuses it, use static/js",
    r"""<[^>]*\son[a-z]+\s*=""": "event attribute: the content policy refuses it, use static/js",
    r"javascript:": "javascript: address, refused by the content policy",
}
HTMX = {
    r"\bhx-disabled-elt\b": "htmx 2: write hx-disable",
    r"\bhx-on\b": "hx-on needs eval",
    r"\bhx-ext\b": "htmx 2: extensions are loaded by the bundle",
    r"\bhx-vars\b": "hx-vars needs eval",
    r"\bhx-boost\b": "plain links keep the browser's history right",
    r"""\bhx-(?:vals|headers)(?::[\w:]+)?\s*=\s*["']\s*(?:js|javascript):""": "js: values need eval",
    r"""\bhx-trigger(?::[\w:]+)?\s*=\s*(?:"[^"]*\[|'[^']*\[)""": "trigger filters need eval: use static/js",
    r"\bhx-disinherit\b|\bhx-inherit\b": "htmx 2: inheritance is written :inherited",
}
DRAWN_STYLE = re.compile(r"""\sstyle=\\?["']""")
UNDONE = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b")


def nothing_inline(source: Source) -> Iterator[Finding]:
    """The content policy lets no inline style or script run, so that injected ones do not run either.

    Mail has no such policy, and programs that read it look at no other styles.
    """
    mail = source.path.startswith("templates/mail/")
    if (source.is_template and not mail) or source.path.endswith(".svg"):
        yield from _search(source, INLINE)


def htmx_4_without_eval(source: Source) -> Iterator[Finding]:
    """Old attributes are ignored in silence by htmx 4, and those that evaluate text break the content policy."""
    if source.is_template:
        yield from _search(source, HTMX)


def drawings_without_style(source: Source) -> Iterator[Finding]:
    """Drawings are set into pages, where a style attribute is refused: presentation attributes do the same."""
    if source.path.startswith("app/pictures/"):
        for number, line in enumerate(source.lines, start=1):
            if DRAWN_STYLE.search(line):
                yield Finding(source.path, number, "style attribute: use presentation attributes")


def nothing_left_to_do(source: Source) -> Iterator[Finding]:
    """A note to oneself is a promise to nobody: do it, or write it where work is planned."""
    for number, line in enumerate(source.lines, start=1):
        if found := UNDONE.search(line):
            yield Finding(source.path, number, f"{found[0]}: do it or plan it")


def _search(source: Source, patterns: dict[str, str]) -> Iterator[Finding]:
    """Jinja comments are blanked out first, with their lines kept, so that line numbers stay true."""
    text = JINJA_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source.text)
    for pattern, words in patterns.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield Finding(source.path, text.count("\n", 0, found.start()) + 1, words)


RULES: tuple[Rule, ...] = (nothing_inline, htmx_4_without_eval, drawings_without_style, nothing_left_to_do)
