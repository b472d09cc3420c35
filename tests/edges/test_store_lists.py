"""New stores by a list: checked by row and column, opened by long work, each with a menu, none of them twice."""

import io
import re

import pytest
from sqlalchemy.exc import IntegrityError

from app.core import batches, clock, longwork
from app.core.db import db, transaction
from app.core.longwork import Job, JobState
from app.menu import prices
from app.menu import service as menu
from app.stores import clocks, importing
from app.stores import service as stores
from app.users.service import Role
from tests.factories.hands import Hands
from tests.factories.staff import signed_in, written_down
from tests.races import race

HEAD = "number,address,city,state,zip,lat,lon,miles,hours\n"
GOOD = '7,12 Main St,Saraland,AL,36571,30.7939,-88.0717,4,"Mon-Thu 11am-10pm, Fri-Sat 11-2"\n'


@pytest.fixture
def ada(shop, monkeypatch):
    Hands(monkeypatch)
    return signed_in(shop, "Ada", Role.ADMIN, None)


class KilledError(BaseException):
    """What a SIGKILL looks like from inside: nothing after it runs."""


def deeds():
    db.session.rollback()
    return [(row.deed, row.subject) for row in written_down()]


def send(person, text):
    return person.post("/staff/stores/list", data={"file": (io.BytesIO(text.encode()), "list.csv")})


def number(answer) -> int:
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def checked(person, text) -> str:
    return person.get(send(person, text).location).text


def started(person, text) -> int:
    job = number(send(person, text))
    assert person.post(f"/staff/stores/list/{job}/start").location == f"/manage/jobs/{job}"
    return job


def opened(person, text) -> Job:
    job = started(person, text)
    batches.work(job)
    return fresh(job)


def fresh(job: int) -> Job:
    db.session.rollback()
    return longwork.job(job)


def several(count: int) -> str:
    rows = (f"{n},{n} Main St,Saraland,AL,36571,30.7939,-88.0717,4,\n" for n in range(1, count + 1))
    return HEAD + "".join(rows)


def test_a_list_is_checked_first_and_opened_on_a_word(ada):
    page = checked(ada, HEAD + GOOD)
    assert "<b>1</b> store can be opened" in page
    assert stores.count() == 8
    job = opened(ada, HEAD + GOOD)
    assert (job.state, job.done, job.total) == (JobState.DONE, 1, 1)
    info = stores.by_slug("saraland-7")
    assert (info.zone.key, info.hours_words[0]) == ("America/Chicago", ("Monday to Thursday", "11 am to 10 pm"))
    assert menu.catalogue(info.id).products
    assert prices.today(info.id) == info.hours.business_date(clock.now())
    assert stores.delivering(stores.Spot(info.point), 1)[0].store_id == info.id
    assert ("stores.import", "stores") in deeds()
    assert "1 of 1 stores" in ada.get(f"/manage/jobs/{job.id}").text


def test_a_worker_that_dies_loses_its_batch_alone_and_every_store_there_has_a_menu(ada, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 4)
    job = started(ada, several(10))

    def die(name: str) -> None:
        if stores.count() > 12:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(batches, "failpoint", die)
        with pytest.raises(KilledError):
            batches.work(job)
    assert (fresh(job).done, fresh(job).state, stores.count()) == (4, JobState.RUNNING, 12)
    batches.work(job)
    assert (fresh(job).state, stores.count()) == (JobState.DONE, 18)
    assert all(menu.catalogue(stores.by_slug(f"saraland-{n}").id).products for n in range(1, 11))


def test_called_off_it_keeps_what_is_open_and_says_how_many(ada, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 4)
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    job = started(ada, several(10))
    batches.work(job)
    assert "4 of 10 stores" in ada.get(f"/manage/jobs/{job}").text
    ada.post(f"/manage/jobs/{job}/cancellation")
    batches.work(job)
    assert (fresh(job).state, stores.count()) == (JobState.CANCELLED, 12)
    assert "The first 4 stores are done and stay." in ada.get(f"/manage/jobs/{job}").text


def test_rows_with_mistakes_and_stores_that_came_meanwhile_are_left_out_and_named(ada):
    job = started(ada, HEAD + GOOD + "8,x,,AL,36571,30.79,-88.07,,\n" + several(2).removeprefix(HEAD))
    opened(ada, HEAD + GOOD)
    batches.work(job)
    assert fresh(job).state is JobState.DONE
    assert stores.count() == 11
    page = ada.get(f"/manage/jobs/{job}").text
    assert "2 were left out:" in page
    assert "row 3, city: A city has 1 to 60 letters" in page
    assert "row 2, number: There is a store saraland-7 already" in page


@pytest.mark.parametrize(("row", "column", "words"), [
    ("7,x,Saraland,AL,36571,,", "lat", "is no place on the globe"),
    ("7,x,Saraland,AL,36571,nan,1", "lat", "is no place on the globe"),
    ("7,x,Saraland,AL,36571,-88.07,30.79", "lat", "miles from ZIP code 36571"),
    ("7,x,Saraland,AL,36571,41.9,-87.6", "lat", "miles from ZIP code 36571"),
    ("7,x,Saraland,Alabama,36571,30.79,-88.07", "state", "two capital letters"),
    ("7,x,Saraland,AL,3657x,30.79,-88.07", "zip", "five digits"),
    ("7,x,,AL,36571,30.79,-88.07", "city", "1 to 60 letters"),
    ("7,x,Saraland,AL,36571,30.79,-88.07,-1,", "miles", "a number up to 60"),
    ("7,x,Saraland,AL,36571,30.79,-88.07,,whenever", "hours", "We cannot read"),
])  # fmt: skip
def test_every_mistake_is_told_by_row_and_column_and_the_rest_can_be_opened(ada, row, column, words):
    page = checked(ada, HEAD + GOOD + row + "\n")
    assert f'<td class="num">3</td><td>{column}</td>' in page
    assert words in page
    assert "<b>1</b> store can be opened, <b>1</b> row cannot" in page


PHONES = "city,state,zip,lat,lon,name,phone\nSaraland,AL,36571,30.79,-88.07,Bay,{}\n"


@pytest.mark.parametrize(("written", "shown"), [
    ("(251) 555-0100", "tel:+12515550100"), ("251.555.0100", "tel:+12515550100"),
    ("1 251 555 0100", "tel:+12515550100"), ("+12515550100", "tel:+12515550100"), ("", None),
])  # fmt: skip
def test_a_phone_is_read_as_people_write_it_and_nobody_is_sent_to_one_that_is_none(ada, written, shown):
    opened(ada, PHONES.format(written))
    near = re.search(r'id="store-bay-2".*?</li>', ada.get("/stores?q=36571").text, re.DOTALL)
    pages = [ada.get("/stores/bay-2").text, near.group() if near else "tel:nobody"]
    assert [re.findall(r"tel:[^\"]*", page) for page in pages] == [[shown] if shown else []] * 2


@pytest.mark.parametrize("written", ["555-0100", "+442071234567", "call us", "٢٥١٥٥٥٠١٠٠"])
def test_what_is_no_phone_is_a_mistake(ada, written):
    assert "ten digits" in checked(ada, PHONES.format(written))


def test_a_column_that_is_left_out_is_named_and_a_list_without_a_good_row_leads_back(ada):
    page = checked(ada, "street," + PHONES.format("x").replace("Saraland", "1 Main St,Saraland"))
    assert "leave it out: street." in page
    assert "Choose another file" in page
    assert "leave it out" not in checked(ada, HEAD + GOOD)


def test_the_time_zones_of_a_long_list_are_read_once(ada, monkeypatch):
    asked = []
    monkeypatch.setattr(clocks, "available_timezones", lambda: asked.append(1) or {"America/Chicago"})
    clocks.known_zones.cache_clear()
    rows = "".join(f"{n},Saraland,AL,36571,30.79,-88.07,America/Chicago\n" for n in range(50))
    assert "<b>50</b> stores can be opened" in checked(ada, "number,city,state,zip,lat,lon,timezone\n" + rows)
    clocks.known_zones.cache_clear()
    assert len(asked) == 1


def test_the_same_store_twice_is_a_mistake(ada):
    assert "Row 2 is the store saraland-7 already." in checked(ada, HEAD + GOOD + GOOD)
    opened(ada, HEAD + GOOD)
    again = number(send(ada, HEAD + GOOD))
    assert "There is a store saraland-7 already." in ada.get(f"/staff/stores/list/{again}").text
    answer = ada.post(f"/staff/stores/list/{again}/start")
    assert (answer.status_code, stores.count()) == (409, 9)
    assert "every store of this list is open already" in answer.text


def test_one_list_started_twice_is_opened_once(ada):
    job = opened(ada, HEAD + GOOD)
    ada.post(f"/staff/stores/list/{job.id}/start")
    batches.work(job.id)
    db.session.rollback()
    assert (stores.count(), deeds().count(("stores.import", "stores"))) == (9, 1)


def test_two_lists_of_the_same_stores_at_once_open_them_once(shop, ada, monkeypatch):
    jobs = [started(ada, several(6)), started(ada, several(6))]
    race(shop, *[lambda job=job: batches.work(job) for job in jobs])
    for job in jobs:  # what met the other's store is looked at again
        batches.work(job)
    assert [fresh(job).state for job in jobs] == [JobState.DONE] * 2
    assert stores.count() == 14


def test_a_list_that_was_checked_before_the_other_was_written_would_fail(shop, ada):
    listed = importing.read(HEAD + GOOD)

    def write():
        with transaction():
            return importing.open_stores(listed.stores)

    outcomes = race(shop, write, write)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\0", HEAD.replace("lat", "latitude"), '"' + HEAD])
def test_what_is_no_list_is_told_so(ada, text):
    assert send(ada, text).status_code == 422
    assert stores.count() == 8


def test_a_list_that_is_too_large_is_told_so(ada):
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    body = head + b"x" * 2_100_000 + b"\r\n--b--\r\n"
    answer = ada.post("/staff/stores/list", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 422
    assert "larger than" in answer.text


def test_nobody_sees_or_starts_the_list_of_somebody_else(shop, ada):
    job = number(send(ada, HEAD + GOOD))
    eve = signed_in(shop, "Eve", Role.ADMIN, None)
    assert eve.get(f"/staff/stores/list/{job}").status_code == 404
    assert eve.post(f"/staff/stores/list/{job}/start").status_code == 404
    assert fresh(job).state is JobState.CHECKED
