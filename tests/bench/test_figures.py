"""What is counted and written down."""

import os

from app.promotions.best import cheapest
from bench import aims, carts, deals, queries, report, servers
from bench.rounds import Figure
from dev.memory import Usage

FIGURE = Figure(0.5, (0.4, 0.6), 900.0, 1.5, 0.45, 0.05, 12.0, 20.0, 44.0)


def test_warm_pages_ask_the_database_little(environment, shop):
    counted = queries.count(environment)
    assert counted["menu, first visit"].warm == 0
    assert counted["menu with a cart"].warm == 1
    assert counted["builder piece"].warm == 1
    assert counted["add to cart"].warm <= 8


def test_processor_time_is_that_of_the_server():
    ourselves = servers.Server("ourselves", 0, (os.getpid(),))
    before = ourselves.cpu_seconds()
    while ourselves.cpu_seconds() == before:
        sum(range(1000))
    assert 0 < ourselves.cpu_seconds() - before < 5


def test_an_aim_that_is_missed_is_said_to_be():
    page = "menu, first visit (SQLite)"
    found = [*aims.of_requests({page: FIGURE}, "SQLite"), aims.of_weight(500, 401)]
    assert [(aim.words, aim.reached) for aim in found] == [(page, True), ("make run, all processes", False)]
    usage = Usage(1, "web", 2048, 1024)
    text = report.page(report.Run(9, 0.6, {page: FIGURE}, {"menu": queries.Count(15, 0)}, [usage], found))
    assert "| make run, all processes | < 400 MB | 401 MB PSS | 500 MB RSS | short of |" in text
    assert "| menu, first visit (SQLite) | 0.45 | 0.50 | 0.40–0.60 | 1.50 | 12.00 | 20.00 | 44.00 |" in text
    assert "| **all** | 2.0 | 1.0 |" in text


def test_the_price_engine_is_measured_and_told_of():
    found = deals.measure(quick=True)
    assert all(speed.unproved == 0 for speed in found.speeds.values())
    assert all(0 < part < 100 for part in found.missed.values())
    aims_of_it = aims.of_deals(found)
    text = report.page(report.Run(9, 0.6, {}, {}, [], aims_of_it, found))
    assert [aim.wanted for aim in aims_of_it] == ["< 0.5 ms CPU", "< 20 ms CPU", "< 200 ms CPU", "< 200 ms CPU"]
    assert f"| the one best deal | {found.missed['the one best deal']:.1f} % |" in text


def test_a_simpler_rule_never_finds_a_lower_total():
    for cart in carts.made_up(100, 6):
        bill = carts.bill(cart)
        best = cheapest(bill, carts.SIX).total_cents
        assert best <= deals.greedy(bill, carts.SIX, lambda ways: ways[0])
