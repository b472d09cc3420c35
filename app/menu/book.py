"""The chain's whole menu as records, read from its tables and written to them: what sheets and forms edit alike."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select, true, update
from sqlalchemy.exc import OperationalError

from app.core.db import Base, db
from app.core.errors import Conflict
from app.menu import catalogue, models
from app.menu.cells import A_DAY, in_order
from app.menu.columns import RECORDS
from app.menu.sheet import Row
from app.menu.values import Amount, Placement, Side

Book = dict[tuple[Any, ...], Row]

# The kinds that are one table each: which columns are called differently there.
TABLES: dict[str, tuple[type[Base], dict[str, str]]] = {
    "category": (models.Category, {"key": "slug", "tax": "tax_code"}),
    "size": (models.Size, {"text": "note", "topping_price": "topping_cents"}),
    "crust": (models.Crust, {"text": "note"}),
    "topping_group": (models.ToppingGroup, {}),
    "topping": (models.Topping, {}),
    "option_group": (models.OptionGroup, {}),
    "option": (models.Option, {"price": "price_cents"}),
    "product": (models.Product, {"key": "slug", "group": "category", "text": "description"}),
}
ELSEWHERE = frozenset({"toppings", "options"})  # columns of a product that have tables of their own


def book(products: Collection[str] | None = None) -> Book:
    """Every record of the menu by its identity, in the order of a sheet; of products only these, if any are named."""
    slug = models.Product.slug
    wanted = true() if products is None else slug.in_(list(products))
    found: list[Row] = []
    for record in TABLES:
        found += _products(wanted) if record == "product" else _rows(record)
    found += _variants(wanted)
    found += _prices(wanted)
    return {row.identity: row for row in found}


def _columns(record: str) -> dict[str, str]:
    """Columns of the sheet and of the table."""
    renamed = TABLES[record][1]
    return {name: renamed.get(name, name) for name in RECORDS[record].cells if name not in ELSEWHERE}


def _rows(record: str, wanted: ColumnElement[bool] | None = None) -> Iterator[Row]:
    table = _table(record)
    columns = _columns(record)
    key = [table.c.slug] if "slug" in table.c else list(table.primary_key)
    query = select(*(table.c[column].label(name) for name, column in columns.items()))
    query = query.order_by(table.c.position, *key)
    for row in db.session.execute(query if wanted is None else query.where(wanted)):
        values = dict(row._mapping)
        if values.get("allergens") is not None:
            values["allergens"] = in_order(values["allergens"])
        yield Row(record, values)


def _products(wanted: ColumnElement[bool]) -> Iterator[Row]:
    presets, options = _presets(wanted), _options(wanted)
    for row in _rows("product", wanted):
        values: dict[str, Any] = dict(row.values)
        if values["closes"] is not None:
            values["closes"] %= A_DAY
        slug = values["key"]
        yield Row("product", {**values, "toppings": tuple(sorted(presets[slug])), "options": options[slug]})


def _presets(wanted: ColumnElement[bool]) -> defaultdict[str, list[Placement]]:
    row, found = models.Preset, defaultdict[str, list[Placement]](list)
    query = select(models.Product.slug, row.topping, row.side, row.amount).join(models.Product).where(wanted)
    for slug, topping, side, amount in db.session.execute(query):
        found[slug].append(Placement(topping, Side(side), Amount(amount)))
    return found


def _options(wanted: ColumnElement[bool]) -> defaultdict[str, dict[str, tuple[str, ...]]]:
    row, found = models.ProductOption, defaultdict[str, dict[str, tuple[str, ...]]](dict)
    query = select(models.Product.slug, row.group, row.comes_with).join(models.Product).where(wanted)
    for slug, group, keys in db.session.execute(query.order_by(row.group)):
        found[slug][group] = tuple(sorted(keys))
    return found


def _variants(wanted: ColumnElement[bool]) -> Iterator[Row]:
    own, product = models.Variant, models.Product
    query = (
        select(product.slug, own.size, own.crust, own.price_cents, own.calories, own.default)
        .join(product)
        .where(wanted)
        .order_by(product.position, own.id)
    )
    for slug, size, crust, cents, calories, default in db.session.execute(query):
        said = {"product": slug, "size": size, "crust": crust, "price": cents, "calories": calories}
        yield Row("variant", {**said, "default": default, "made": True})


def _prices(wanted: ColumnElement[bool]) -> Iterator[Row]:
    price, own, product = models.VariantPrice, models.Variant, models.Product
    query = (
        select(product.slug, own.size, own.crust, price.starts, price.price_cents)
        .join(own, own.id == price.variant_id)
        .join(product, product.id == own.product_id)
        .where(wanted)
        .order_by(product.position, own.id, price.starts)
    )
    for slug, size, crust, starts, cents in db.session.execute(query):
        said = {"product": slug, "size": size, "crust": crust, "from": starts}
        yield Row("price", {**said, "price": cents, "made": True})


def changed(rows: Iterable[Row], known: Mapping[tuple[Any, ...], Row]) -> list[Row]:
    """Those that say something else than the menu does now, with all that they leave unsaid."""
    whole = ((_whole(row, known.get(row.identity)), known.get(row.identity)) for row in rows)
    return [row for row, now in whole if (row.values.get("made", True) if now is None else row.values != now.values)]


def _whole(row: Row, now: Row | None) -> Row:
    """A record with every column; what a new one lacks and needs stays out, for `rules.faults` to find."""
    if now is not None:
        return Row(row.record, {**now.values, **row.values}, row.line)
    cells = RECORDS[row.record].cells
    unsaid = {name: cell.value("") for name, cell in cells.items() if cell.empty is not None and name != "position"}
    return Row(row.record, {**unsaid, **row.values}, row.line)


def lock() -> None:
    """Keep others from changing the chain's menu until this unit of work ends. Raises Conflict `menu_busy`."""
    first = select(models.Category.slug).order_by(models.Category.slug).limit(1).with_for_update()
    try:
        db.session.execute(first)
    except OperationalError as error:
        raise Conflict("menu_busy", "Somebody else is changing the menu right now. Please try again.") from error


def write(rows: Iterable[Row], known: Mapping[tuple[Any, ...], Row]) -> None:
    """Write whole records that hold (`rules.faults`) into the tables, in the open unit of work. From then on every
    store's menu is another one.
    """
    by_record: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_record[row.record].append(row)
    for record in TABLES:
        _write_table(record, by_record[record], known)
    _write_parts(by_record["product"])
    _write_variants(by_record["variant"])
    _write_prices(by_record["price"])
    db.session.expire_all()
    raise_versions()


def raise_versions() -> None:
    """Every store's menu has changed, in the open unit of work."""
    edition = models.StoreMenu
    db.session.execute(update(edition).values(version=edition.version + 1))
    catalogue.changed()


def _write_table(record: str, rows: list[Row], known: Mapping[tuple[Any, ...], Row]) -> None:
    table, columns = _table(record), _columns(record)
    stored = [(row.identity in known, _stored(row, columns)) for row in rows]
    last = db.session.scalar(select(func.max(table.c.position)))
    fresh = [values for is_known, values in stored if not is_known]
    for position, values in enumerate(fresh, start=0 if last is None else last + 1):
        values.setdefault("position", position)
    if fresh:
        db.session.execute(insert(table), fresh)
    keys = [columns[name] for name in RECORDS[record].keys]
    _update(table, keys, [values for is_known, values in stored if is_known])


def _table(record: str) -> Table:
    return cast("Table", TABLES[record][0].__table__)


def _update(table: Table, keys: Collection[str], rows: list[dict[str, Any]]) -> None:
    """Change many rows, each found by these columns; all of them have the same columns."""
    if not rows:
        return
    found = [table.c[key] == bindparam(f"is_{key}") for key in keys]
    changing: dict[str, Any] = {name: bindparam(f"to_{name}") for name in rows[0] if name not in keys}
    named = [{(f"is_{name}" if name in keys else f"to_{name}"): value for name, value in row.items()} for row in rows]
    db.session.connection().execute(update(table).where(*found).values(changing), named)


def _stored(row: Row, columns: Mapping[str, str]) -> dict[str, Any]:
    """A record's values as its table keeps them: hours past midnight go on counting."""
    values = {columns[name]: value for name, value in row.values.items() if name in columns}
    opens, closes = values.get("opens"), values.get("closes")
    if opens is not None and closes is not None and closes <= opens:
        values["closes"] = closes + A_DAY
    return values


def _ids(slugs: Iterable[str]) -> dict[str, int]:
    rows = db.session.execute(select(models.Product.slug, models.Product.id)).all()
    wanted = set(slugs)
    return {slug: number for slug, number in rows if slug in wanted}


def _write_parts(rows: list[Row]) -> None:
    """What pizzas come with, and what products are asked about: written anew."""
    ids = _ids(row.values["key"] for row in rows)
    presets = [
        {"product_id": ids[row.values["key"]], "topping": p.topping, "side": p.side.value, "amount": p.amount.value}
        for row in rows
        for p in row.values["toppings"]
    ]
    asked = [
        {"product_id": ids[row.values["key"]], "group": group, "comes_with": list(keys)}
        for row in rows
        for group, keys in row.values["options"].items()
    ]
    for model, parts in ((models.Preset, presets), (models.ProductOption, asked)):
        db.session.execute(delete(model).where(model.product_id.in_(ids.values())))
        if parts:
            db.session.execute(insert(model), parts)


def _variant_ids(slugs: Iterable[str]) -> dict[tuple[Any, ...], int]:
    own, products = models.Variant, {number: slug for slug, number in _ids(slugs).items()}
    rows = db.session.execute(select(own.id, own.product_id, own.size, own.crust)).all()
    return {(products[row.product_id], row.size, row.crust): row.id for row in rows if row.product_id in products}


def _write_variants(rows: list[Row]) -> None:
    slugs = [row.values["product"] for row in rows]
    products, ids = _ids(slugs), _variant_ids(slugs)
    fresh, known, gone = [], [], []
    for row in rows:
        said = row.values
        where = (said["product"], said["size"], said["crust"])
        values = {"price_cents": said["price"], "calories": said["calories"], "default": said["default"]}
        if not said["made"]:
            gone.append(ids[where])
        elif where in ids:
            known.append({"id": ids[where], **values})
        else:
            product_id = products[said["product"]]
            fresh.append({"product_id": product_id, "size": said["size"], "crust": said["crust"], **values})
    if gone:
        for model in (models.VariantPrice, models.StorePrice):
            db.session.execute(delete(model).where(model.variant_id.in_(gone)))
        db.session.execute(delete(models.Variant).where(models.Variant.id.in_(gone)))
    _update(cast("Table", models.Variant.__table__), ("id",), known)
    if fresh:
        db.session.execute(insert(models.Variant), fresh)


def _write_prices(rows: list[Row]) -> None:
    ids, price = _variant_ids(row.values["product"] for row in rows), models.VariantPrice
    made = []
    for row in rows:
        said = row.values
        number = ids.get((said["product"], said["size"], said["crust"]))  # None: it went with its variant
        db.session.execute(delete(price).where(price.variant_id == number, price.starts == said["from"]))
        if said["made"]:
            made.append({"variant_id": number, "starts": said["from"], "price_cents": said["price"]})
    if made:
        db.session.execute(insert(price), made)
