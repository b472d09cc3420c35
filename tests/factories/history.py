"""A little book of older orders, in the files and form of the real one: two orders a day, one of them of two pizzas."""

from datetime import date, timedelta
from pathlib import Path

PIZZAS = ("hawaiian_m", "classic_dlx_l", "the_greek_xxl", "veggie_veg_s")
PRICES = {"hawaiian_m": "13.25", "classic_dlx_l": "20.5", "the_greek_xxl": "35.95", "veggie_veg_s": "12"}


def book(folder: Path, days: int = 10, since: date = date(2015, 3, 2)) -> Path:
    """Write the three files of a book; orders come at noon and a little before midnight."""
    orders, details = ["order_id,date,time"], ["order_details_id,order_id,pizza_id,quantity"]
    for n in range(2 * days):
        day = since + timedelta(days=n // 2)
        orders.append(f"{n + 1},{day},{'23:41:00' if n % 2 else '12:05:36'}")
        details.append(f"{2 * n},{n + 1},{PIZZAS[n % 4]},1")
        if n % 2:
            details.append(f"{2 * n + 1},{n + 1},{PIZZAS[(n + 1) % 4]},1")
    kinds = [
        f"{key},{key.rpartition('_')[0]},{key.rpartition('_')[2].upper()},{cents}" for key, cents in PRICES.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("orders", orders), ("order_details", details)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    (folder / "pizzas.csv").write_text("\n".join(["pizza_id,pizza_type_id,size,price", *kinds]) + "\n")
    return folder
