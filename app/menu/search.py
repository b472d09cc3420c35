"""Finding things on a menu by words, typing mistakes forgiven. Pure, and quick enough to be asked with each letter.

Each word of the question must be near a word of a product: the same, the beginning of it, or some letters off. A
menu has a few hundred different words, so all of them are compared, each once.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.menu.facts import Diet
from app.menu.values import Catalogue, Product

WORD = re.compile(r"[a-z0-9]+")
MOST_WORDS = 6
NAME, REST = 3, 1
SAME, BEGINNING, NEAR = 8, 6, 4


@dataclass(frozen=True, slots=True)
class Index:
    """Which products have a word, and how much that says: `weights` maps words to slugs to weights."""

    slugs: tuple[str, ...]
    weights: Mapping[str, Mapping[str, int]]


def index(catalogue: Catalogue) -> Index:
    """The words of a menu: of names, and of descriptions, sections, toppings, options and diets."""
    weights: dict[str, dict[str, int]] = {}
    sections = {category.slug: category.name for category in catalogue.categories}
    for item in catalogue.products.values():
        for word in _words(" ".join(_rest(catalogue, item, sections))):
            weights.setdefault(word, {})[item.slug] = REST
        for word in _words(item.name):
            weights.setdefault(word, {})[item.slug] = NAME
    return Index(tuple(catalogue.products), weights)


def _rest(catalogue: Catalogue, item: Product, sections: Mapping[str, str]) -> Iterator[str]:
    yield from (item.description, sections.get(item.category, ""), *item.tags)
    yield from (catalogue.toppings[placement.topping].name for placement in item.preset)
    yield from (catalogue.sizes[variant.size].name for variant in item.variants if not item.pizza)
    for key in item.options if not item.pizza else ():
        yield from (option.name for option in catalogue.options[key].options.values())
    if not item.pizza and item.facts.fits(Diet.VEGETARIAN):
        yield item.facts.diet.value


def search(found: Index, text: str) -> list[str]:
    """The slugs of what fits every word of a question, the best first; at equal merit in menu order."""
    words = _words(text)[:MOST_WORDS]
    scores = [_scores(found, word) for word in words]
    fitting = [slug for slug in found.slugs if scores and all(slug in score for score in scores)]
    return sorted(fitting, key=lambda slug: -sum(score[slug] for score in scores))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return WORD.findall(plain)


def _scores(found: Index, asked: str) -> dict[str, int]:
    scores: dict[str, int] = {}
    for word, weights in found.weights.items():
        if nearness := _nearness(asked, word):
            for slug, weight in weights.items():
                scores[slug] = max(scores.get(slug, 0), nearness * weight)
    return scores


def _nearness(asked: str, word: str) -> int:
    """How near a word is to what was typed: 0 where it is another word."""
    if asked == word:
        return SAME
    if word.startswith(asked) and (len(asked) > 1 or len(word) <= 2):
        return BEGINNING
    allowed = forgiven(len(asked))
    if not allowed or len(word) < len(asked) - allowed:
        return 0
    ends = range(len(asked) - allowed, len(asked) + allowed + 1)
    off = min(mistakes(asked, word[:end], allowed) for end in {min(end, len(word)) for end in ends})
    return NEAR - off if off <= allowed else 0


def forgiven(length: int) -> int:
    """How many mistakes are forgiven in a word of so many letters."""
    return 0 if length < 4 else 1 if length < 7 else 2


def mistakes(one: str, other: str, most: int) -> int:
    """Letters left out, put in, exchanged or swapped between two words (optimal string alignment); past `most` any
    larger number will do.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return row[-1]
