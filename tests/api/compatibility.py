"""Whether a document keeps the promises of an earlier one: what was taken still is, what was answered still comes."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def breaks(old: Schema, new: Schema) -> list[str]:
    """Every promise of the old document that the new one breaks, in words."""
    return list(_paths(old, new))


def _paths(old: Schema, new: Schema) -> Iterator[str]:
    for path, operations in old["paths"].items():
        for method, said in operations.items():
            now = new["paths"].get(path, {}).get(method)
            where = f"{method.upper()} {path}"
            if now is None:
                yield f"{where} is gone"
                continue
            yield from _asked(where, said, now, old, new)
            yield from _answered(where, said, now, old, new)


def _asked(where: str, said: Schema, now: Schema, old: Schema, new: Schema) -> Iterator[str]:
    before = {(one["name"], one["in"]): one for one in said["parameters"]}
    after = {(one["name"], one["in"]): one for one in now["parameters"]}
    for key in before.keys() - after.keys():
        yield f"{where}: {key[0]} is not read any more"
    for key, one in after.items():
        if one["required"] and not before.get(key, {}).get("required"):
            yield f"{where}: {key[0]} is needed now"
        if key in before:
            yield from _narrower(f"{where}: {key[0]}", before[key]["schema"], one["schema"], old, new)
    if body := _body(now):
        yield from _narrower(f"{where}: body", _body(said) or {}, body, old, new)
    if not set(map(str, said["security"])) <= set(map(str, now["security"])):
        yield f"{where}: fewer may ask"


def _answered(where: str, said: Schema, now: Schema, old: Schema, new: Schema) -> Iterator[str]:
    good = next(status for status in said["responses"] if status.startswith("2"))
    if good not in now["responses"]:
        yield f"{where}: {good} is gone"
        return
    for status in now["responses"].keys() - said["responses"].keys():
        yield f"{where}: {status} is new"
    for kind, content in said["responses"][good].get("content", {}).items():
        after = now["responses"][good].get("content", {}).get(kind)
        if after is None:
            yield f"{where}: {kind} is gone"
        else:
            yield from _poorer(f"{where}: answer", content["schema"], after["schema"], old, new, ())


def _body(said: Schema) -> Schema | None:
    content = said.get("requestBody", {}).get("content", {}).get("application/json")
    return content["schema"] if content else None


def _narrower(where: str, before: Schema, after: Schema, old: Schema, new: Schema) -> Iterator[str]:
    """What was taken and is not any more."""
    yield from _other_types(where, before, after, lost=True)
    before, after = _meant(before, old), _meant(after, new)
    yield from _other_words(where, before, after, lost=True)
    for field in set(after.get("required", ())) - set(before.get("required", ())):
        yield f"{where}.{field} is needed now"
    for field, schema in before.get("properties", {}).items():
        if field not in after.get("properties", {}):
            yield f"{where}.{field} is not taken any more"
        else:
            yield from _narrower(f"{where}.{field}", schema, after["properties"][field], old, new)
    if "items" in before and "items" in after:
        yield from _narrower(f"{where}[]", before["items"], after["items"], old, new)


def _poorer(
    where: str, before: Schema, after: Schema, old: Schema, new: Schema, seen: tuple[str, ...]
) -> Iterator[str]:
    """What was answered and is not any more, or is something else now."""
    ref = str(before.get("$ref"))
    if ref in seen:
        return
    yield from _other_types(where, before, after, lost=False)
    before, after = _meant(before, old), _meant(after, new)
    yield from _other_words(where, before, after, lost=False)
    for field in set(before.get("required", ())) - set(after.get("required", ())):
        yield f"{where}.{field} may be missing now"
    for field, schema in before.get("properties", {}).items():
        if field not in after.get("properties", {}):
            yield f"{where}.{field} is gone"
        else:
            yield from _poorer(f"{where}.{field}", schema, after["properties"][field], old, new, (*seen, ref))
    if "items" in before and "items" in after:
        yield from _poorer(f"{where}[]", before["items"], after["items"], old, new, (*seen, ref))


def _other_types(where: str, before: Schema, after: Schema, *, lost: bool) -> Iterator[str]:
    """Another type, or a null that was not there; what is asked may be of more types than before."""
    if _types(before) != _types(after) and not (lost and _types(before) <= _types(after)):
        yield f"{where} was {sorted(_types(before))}, is {sorted(_types(after))}"


def _other_words(where: str, before: Schema, after: Schema, *, lost: bool) -> Iterator[str]:
    """For what is asked a word less or a bound tighter, for what is answered a word more."""
    words, others = (before, after) if lost else (after, before)
    if "enum" in others and not set(words.get("enum", ())) <= set(others["enum"]):
        yield f"{where} has other words"
    for bound, sign in (("maxLength", 1), ("maximum", 1), ("minLength", -1), ("minimum", -1)) if lost else ():
        if bound in after and sign * after[bound] < sign * before.get(bound, sign * float("inf")):
            yield f"{where} is bounded tighter"


def _types(schema: Schema) -> set[str]:
    if "anyOf" in schema:
        return {kind for one in schema["anyOf"] for kind in _types(one)}
    return {str(schema.get("type", "object" if "$ref" in schema else "any"))}


def _meant(schema: Schema, document: Schema) -> Schema:
    """A schema with its reference followed; of several alternatives the one that is something."""
    schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    ref = schema.get("$ref")
    if ref is None:
        return schema
    found: Schema = document["components"]["schemas"][ref.rpartition("/")[2]]
    return found
