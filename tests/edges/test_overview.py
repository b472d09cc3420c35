"""The chain at a glance, for headquarters and for monitors."""

import dataclasses
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock, outbox, queue
from app.core.db import db, transaction
from app.core.events import OutboxRow
from app.core.queue import QueueHealth
from app.core.schedule import ScheduleRow
from app.stores import service as stores
from app.stores.models import Store
from app.stores.service import headcount
from app.tracking.models import TicketRow
from app.tracking.service import Stage, kitchen_pulse
from app.users.service import Role
from blueprints import pulse
from blueprints.overview import in_minutes
from tests.edges.pages import HTMX
from tests.factories.hands import Hands
from tests.factories.kitchen import tap
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, ordered, placed
from tests.factories.staff import signed_in
from tests.queries import counted

PATH, PIECE = "/manage/overview", "/x/overview"
AT_WORK = QueueHealth(0, 0, 1)


@pytest.fixture
def hands(shop, monkeypatch):
    return Hands(monkeypatch)


@pytest.fixture
def ada(shop, hands):
    return signed_in(shop, "Ada", Role.ADMIN, None)


@pytest.fixture
def at_work(monkeypatch):
    monkeypatch.setattr(queue, "health", lambda: AT_WORK)


def put_off(minutes: int) -> None:
    """Every ticket was due so long ago."""
    then = clock.now() - timedelta(minutes=minutes)
    with transaction():
        db.session.execute(update(TicketRow).values(promised_to=then, begin_at=then))


def figure(page, name: str) -> str:
    return re.sub(r"<[^>]+>", " ", page.text.partition(f"<dt>{name}</dt><dd>")[2].partition("</dd>")[0]).strip()


def gauges(answer) -> dict[str, int]:
    lines = [line.split() for line in answer.text.splitlines() if not line.startswith("#")]
    return {name.removeprefix("hotcorner_"): int(value) for name, value in lines}


def test_stores_are_counted_by_whether_they_take_orders(ada, hands):
    with transaction():
        db.session.execute(update(Store).where(Store.id == MILWAUKEE_AVENUE).values(hours="Mo-Su 00:00-24:00"))
        stores.pause(MILWAUKEE_AVENUE, clock.now() + timedelta(hours=1), "The oven rests")
    seen = headcount()
    assert MILWAUKEE_AVENUE in {pause.store_id for pause in seen.paused}
    page = ada.get(PATH)
    assert figure(page, "Stores open").startswith(str(seen.open))
    assert figure(page, "Stores paused").startswith("1")
    assert "The oven rests" in page.text
    hands.move(minutes=120)
    assert headcount().paused == ()


def test_the_count_of_stores_says_what_each_store_says_of_itself(shop, hands):
    for _ in range(12):
        each = stores.listed(most=100)
        assert headcount().open == sum(stores.opening(info).open for info in each)
        assert headcount().stores == len(each)
        hands.move(minutes=120)


def test_what_waits_at_the_counter_for_its_customer_is_not_late(shop, hands, work_off):
    ready, late = (placed(COLA, place=COUNTER) for _ in range(2))
    work_off()
    for stage in (Stage.RECEIVED, Stage.PREP, Stage.QUALITY_CHECK):
        tap(ready, stage)
    put_off(minutes=60)
    with transaction():
        earlier = clock.now() - timedelta(minutes=90)
        db.session.execute(update(TicketRow).where(TicketRow.order_id == ready).values(promised_to=earlier))
        due = db.session.scalars(select(TicketRow.promised_to).where(TicketRow.order_id == late)).one()
    assert [(one.tickets, one.since) for one in kitchen_pulse().late] == [(1, due)]


def test_what_is_late_and_what_nobody_has_begun_is_shown(ada, hands, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    assert kitchen_pulse().late == ()
    put_off(minutes=60)
    seen = kitchen_pulse()
    assert [(late.store_id, late.tickets) for late in seen.late] == [(ELM_STREET, 1)]
    assert [ticket.order_id for ticket in seen.untouched] == [order_id]
    page = ada.get(PATH)
    assert figure(page, "Stores late").startswith("1")
    assert f'href="/staff/orders/{order_id}"' in page.text
    with transaction():
        db.session.execute(update(TicketRow).values(closed_at=clock.now()))
    assert "Nobody is late" in ada.get(PATH).text


def test_orders_a_minute_count_what_came_to_a_store(ada, hands):
    for _ in range(3):
        placed(COLA, place=COUNTER)
    ordered(COLA)  # nobody has paid for it
    assert figure(ada.get(PATH), "Orders a minute").startswith("0.6 ")
    hands.move(minutes=6)
    assert figure(ada.get(PATH), "Orders a minute").startswith("0.0 in the last five; 3 in the last hour")


def test_trouble_behind_the_counter_is_said_in_words(ada, hands, at_work, monkeypatch):
    assert 'class="note bad"' not in ada.get(PATH).text
    placed(COLA, place=COUNTER)
    hands.move(minutes=5)
    with transaction():
        db.session.add(ScheduleRow(name="something", next_at=clock.now() - timedelta(minutes=3)))
    assert "the oldest for 5 min" in ada.get(PATH).text
    assert "No clock runs: recurring work has waited for 3 min" in ada.get(PATH).text
    with transaction():
        db.session.execute(update(OutboxRow).values(next_at=None, parked_at=clock.now()))
    assert "Parked events: " in ada.get(PATH).text
    monkeypatch.setattr(queue, "health", lambda: QueueHealth(3, 0, 0))
    assert "No worker is at work" in ada.get(PATH).text
    monkeypatch.setattr(queue, "health", lambda: None)
    told = "Redis does not answer. Orders reach kitchens, boards look every two seconds; mails and captures wait."
    assert told in ada.get(PATH).text


def test_redis_is_asked_how_the_queue_does_and_may_be_away(shop, monkeypatch):
    before = queue.health()
    assert before is not None
    queue.ask("app.core.events.deliver", 1)
    assert queue.health().waiting == before.waiting + 1
    bell = queue.doorbell()
    monkeypatch.setattr(bell, "redis", queue.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=1))
    assert (queue.health(), bell.resting) == (None, True)
    bell.resting_until = None


def test_the_page_renews_itself_with_the_piece_that_it_drew(ada, at_work, hands):
    page, piece = ada.get(PATH), ada.get(PIECE, headers=HTMX)
    assert 'hx-get="/x/overview"' in page.text
    assert piece.text.strip() in page.text
    assert ada.get(PIECE).status_code == 404


def test_only_those_who_may_see_the_whole_chain_do(shop):
    assert signed_in(shop, "Mina", Role.MANAGER).get(PATH).status_code == 403
    assert signed_in(shop, "Milo", Role.MARKETING, None).get(PATH).status_code == 403


def test_the_overview_asks_as_much_of_a_large_chain_as_of_a_small_one(shop, ada, hands, work_off):
    placed(COLA, place=COUNTER)
    work_off()
    with counted() as small:
        pulse.pulse()
    with transaction():
        before = stores.count()
        like = db.session.get_one(Store, ELM_STREET)
        row = {column.name: getattr(like, column.name) for column in Store.__table__.columns}
        many = [{**row, "id": 1_000 + n, "slug": f"store-{n}"} for n in range(300)]
        db.session.execute(Store.__table__.insert(), many)
    with counted() as large:
        assert pulse.pulse().stores.stores == 300 + before
    assert len(small) == len(large) == 9


def test_a_monitor_on_this_machine_reads_the_figures(client, at_work, hands, work_off):
    placed(COLA, place=COUNTER)
    work_off()
    put_off(minutes=60)
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    told = gauges(answer)
    assert (told["orders_1h"], told["tickets_open"], told["tickets_late"], told["stores_late"]) == (1, 1, 1, 1)
    assert told["ticket_untouched_seconds"] == 3_600
    assert (told["redis_up"], told["queue_workers"], told["outbox_parked"]) == (1, 1, 0)
    assert answer.text.count("# TYPE hotcorner_") == answer.text.count("# HELP hotcorner_") == len(told)


def test_figures_of_a_queue_that_nobody_hears_of_are_left_out(client, monkeypatch):
    monkeypatch.setattr(queue, "health", lambda: None)
    told = gauges(client.get("/metrics"))
    assert (told["redis_up"], "queue_workers" in told) == (0, False)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_without_a_token_nobody_from_outside_reads_them(client, header):
    assert client.get("/metrics", headers={header: "203.0.113.7"}).status_code == 404
    for address, status in (("203.0.113.7", 404), ("", 404), ("::1", 200), ("127.0.0.2", 200)):
        assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == status, address


def test_with_a_token_only_the_token_opens_them(shop, client, monkeypatch):
    token = "a token of forty characters, or nearly so"
    monkeypatch.setitem(
        shop.extensions, "settings", dataclasses.replace(shop.extensions["settings"], metrics_token=token)
    )
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    far = {"REMOTE_ADDR": "203.0.113.7"}
    given = {"Authorization": f"Bearer {token}"}
    assert client.get("/metrics", headers=given, environ_base=far).status_code == 200


def test_the_outbox_tells_how_it_does(shop, hands):
    assert outbox.health() == outbox.Health(0, None, 0)
    placed(COLA, place=COUNTER)
    told = outbox.health()
    assert (told.waiting > 0, told.since, told.parked) == (True, clock.now(), 0)


def test_spans_are_told_in_minutes_and_hours():
    for span, words in ((30, "less than a minute"), (240, "4 min"), (7_500, "2 h 05 min"), (-5, "less than a minute")):
        assert in_minutes(timedelta(seconds=span)) == words
