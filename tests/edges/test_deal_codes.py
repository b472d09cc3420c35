"""Codes, sheets, flights and the page of long work: what is checked first, what is written once, and who may look."""

import io

import pytest
from sqlalchemy import select

from app.core import batches, longwork
from app.core.db import db
from app.core.longwork import JobState
from app.promotions import code_sheet, giving
from app.promotions import service as promotions
from app.promotions.models import DealCode
from app.users.service import Role
from tests.edges.pages import HTMX, fields
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal
from tests.factories.hands import Hands
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA, placed
from tests.factories.staff import signed_in, written_down


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def milo(shop, hands):
    return signed_in(shop, "Milo", Role.MARKETING, None)


@pytest.fixture
def found(shop) -> int:
    return deal(QUARTER_OFF, by_code=True)


def codes(deal_id: int) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(DealCode.code).where(DealCode.deal_id == deal_id)))


def deeds() -> list[str]:
    db.session.rollback()
    return [row.deed for row in written_down()]


def send(client, deal_id: int, content: str | bytes, name: str = "spring.csv"):
    data = content.encode() if isinstance(content, str) else content
    return client.post(f"/manage/deals/{deal_id}/codes/sheets", data={"file": (io.BytesIO(data), name)})


def number(answer) -> int:
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_a_code_is_added_and_a_taken_one_is_said_beside_its_field(milo, found):
    path = f"/manage/deals/{found}/codes"
    assert milo.post(path, data={"code": "pizza-20", "limit": "5"}).status_code == 303
    assert promotions.codes_of(found)[0].limit == 5
    other = deal(QUARTER_OFF)
    for asked, words in ((found, "PIZZA20 is a code of this deal already."), (other, "PIZZA20 is taken already.")):
        again = milo.post(f"/manage/deals/{asked}/codes", data={"code": "PIZZA20"})
        assert (again.status_code, words in again.text) == (422, True)
    assert 'value="PIZZA20"' in again.text
    assert milo.post(path, data={"code": "OTHER1", "limit": "x"}).status_code == 422
    assert (codes(found), deeds()) == ({"PIZZA20"}, ["deal.code"])


def test_many_codes_are_made_as_long_work_and_a_second_press_makes_no_more(milo, found):
    page = milo.get(f"/manage/deals/{found}/codes")
    form = {**fields(page), "count": "1,200", "prefix": "fall"}
    first, second = (milo.post(f"/manage/deals/{found}/codes/many", data=form) for _ in range(2))
    assert first.location == second.location
    job = number(first)
    assert codes(found) == set()
    batches.work(job)
    assert len(codes(found)) == 1_200
    assert deeds() == ["deal.codes"]
    for count in ("0", "10001", "many", ""):
        answer = milo.post(f"/manage/deals/{found}/codes/many", data={**form, "count": count})
        assert answer.status_code == 422
        assert 'id="count-error"' in answer.text


def test_a_sheet_is_shown_first_and_written_on_a_word_once(milo, found):
    checked = send(milo, found, "code,limit\n" + "".join(f"SPRING{n:03d},2\n" for n in range(30)))
    job = number(checked)
    page = milo.get(checked.location).text
    assert "Nothing is written yet." in page
    assert "Import 30 codes" in page
    assert page.count("SPRING") == 20
    assert codes(found) == set()
    batches.work(job)
    assert codes(found) == set()
    for _ in range(2):
        assert milo.post(f"{checked.location}/start").location == f"/manage/jobs/{job}"
    batches.work(job)
    batches.work(job)
    assert len(codes(found)) == 30
    assert deeds() == ["deal.sheet", "deal.import"]
    assert milo.get(checked.location).location == f"/manage/jobs/{job}"


def test_every_fault_of_a_sheet_is_told_and_it_cannot_be_imported(milo, found):
    deal(QUARTER_OFF, code="TAKEN1", by_code=True)
    checked = send(milo, found, "code,limit\nAB,1\nGOOD01,x\nGOOD02,\nGOOD02,\n=HYPERLINK(1),1\nTAKEN1,1\n<b>x</b>,1\n")
    page = milo.get(checked.location).text
    assert "6 things to mend" in page
    for row, words in (
        (2, "A code is 3 to 24"),
        (3, "How often it works"),
        (5, "GOOD02 stands in row 4"),
        (7, "TAKEN1 is given"),
    ):
        assert f'<td class="num">{row}</td>' in page
        assert words in page
    assert "Import" not in page
    assert milo.post(f"{checked.location}/start").status_code == 409
    assert longwork.job(number(checked)).state is JobState.CHECKED
    assert codes(found) == set()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"name\nAna\n", b'code\n"A', b"x" * 1_001])
def test_what_is_no_sheet_is_refused_beside_the_field(milo, found, content, monkeypatch):
    monkeypatch.setattr(code_sheet, "MOST_BYTES", 1_000)
    answer = send(milo, found, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert written_down() == []


def test_no_file_and_a_far_too_large_one_are_refused(milo, found, monkeypatch):
    monkeypatch.setattr(code_sheet, "MOST_BYTES", 1_000)
    assert milo.post(f"/manage/deals/{found}/codes/sheets").status_code == 422
    assert send(milo, found, b"x" * 100_000).status_code == 413
    assert milo.post(f"/manage/deals/{found}/codes", data={"code": "x" * 100_000}).status_code == 413


def test_a_name_of_a_file_is_only_a_name(milo, found):
    checked = send(milo, found, "code\nFINE01\n", "../../<b>etc</b>.csv")
    assert "<b>etc</b>" not in milo.get(checked.location).text


def test_a_sheet_is_its_uploaders_and_its_deals(shop, milo, found):
    checked = send(milo, found, "code\nFINE01\n")
    nora, other = signed_in(shop, "Nora", Role.MARKETING, None), deal(OFF_ONE)
    for client, path in ((nora, checked.location), (milo, checked.location.replace(f"/{found}/", f"/{other}/"))):
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/start").status_code == 404
    assert codes(found) == set()


def test_codes_are_handed_out_as_a_file_by_long_work_and_that_is_written_down(milo, found, monkeypatch):
    monkeypatch.setattr(giving, "BATCH", 2)
    assert milo.post(f"/manage/deals/{found}/codes/exports").status_code == 422
    for n, limit in ((1, "3"), (2, ""), (3, "1")):
        milo.post(f"/manage/deals/{found}/codes", data={"code": f"FINE0{n}", "limit": limit})
    job = number(milo.post(f"/manage/deals/{found}/codes/exports"))
    batches.work(job)
    page = milo.get(f"/manage/jobs/{job}").text
    assert "3 of 3 codes" in page
    answer = milo.get(f"/manage/jobs/{job}/file")
    assert answer.text.splitlines() == ["code,limit,used", "FINE01,3,0", "FINE02,,0", "FINE03,1,0"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert deeds()[-1] == "deal.export"


def test_the_page_of_long_work_asks_again_until_it_is_over(milo, found, hands, monkeypatch):
    form = {**fields(milo.get(f"/manage/deals/{found}/codes")), "count": "1500"}
    job = number(milo.post(f"/manage/deals/{found}/codes/many", data=form))
    page = milo.get(f"/manage/jobs/{job}").text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "0 of 1,500 codes" in page
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    hands.move(seconds=10)
    batches.work(job)
    piece = milo.get(f"/x/jobs/{job}", headers=HTMX).text
    assert "500 of 1,500 codes, about 20 s left" in piece
    assert 'hx-trigger="every 1s"' in piece
    assert '<progress max="1500" value="500"' in piece
    assert f'href="/manage/jobs/{job}">At work' in milo.get("/manage/deals").text
    batches.work(job)
    batches.work(job)
    assert ">Done" in milo.get("/manage/deals").text
    piece = milo.get(f"/x/jobs/{job}", headers=HTMX).text
    assert "hx-trigger" not in piece
    assert f'href="/manage/deals/{found}/codes">See the result' in piece
    assert f"/manage/jobs/{job}" not in milo.get("/manage/deals").text
    assert milo.get(f"/x/jobs/{job}").status_code == 404


def test_work_that_is_called_off_says_what_was_done_and_goes_on_from_there(milo, found, monkeypatch):
    form = {**fields(milo.get(f"/manage/deals/{found}/codes")), "count": "1200"}
    job = number(milo.post(f"/manage/deals/{found}/codes/many", data=form))
    with monkeypatch.context() as patch:
        patch.setattr(batches, "SLICE_SECONDS", -1)
        batches.work(job)
    for _ in range(2):
        assert milo.post(f"/manage/jobs/{job}/cancellation").status_code == 303
    batches.work(job)
    page = milo.get(f"/manage/jobs/{job}").text
    assert "The first 500 codes are done and stay. The other 700 are not." in page
    assert len(codes(found)) == 500
    assert milo.post(f"/manage/jobs/{job}/again").status_code == 303
    assert milo.post(f"/manage/jobs/{job}/again").status_code == 409
    batches.work(job)
    assert len(codes(found)) == 1_200


def test_work_is_seen_by_whoever_started_it_and_by_admins(shop, milo, found):
    form = {**fields(milo.get(f"/manage/deals/{found}/codes")), "count": "5"}
    job = number(milo.post(f"/manage/deals/{found}/codes/many", data=form))
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.get(f"/manage/jobs/{job}").status_code == 200
    for name, role in (("Nora", Role.MARKETING), ("Mina", Role.MANAGER), ("Beppe", Role.KITCHEN)):
        client = signed_in(shop, name, role, None if role is Role.MARKETING else ELM_STREET)
        for path in ("", "/cancellation", "/again"):
            answer = client.post(f"/manage/jobs/{job}{path}") if path else client.get(f"/manage/jobs/{job}")
            assert answer.status_code == 404, (name, path)
    assert longwork.job(job).state is JobState.RUNNING
    assert milo.get("/manage/jobs/4711").status_code == 404


def test_a_flight_is_long_work_whose_page_tells_what_came_of_it(milo, hands):
    deal(OFF_ONE, name="A dollar off")
    draft = deal(QUARTER_OFF, name="Quarter off", by_code=True)
    for _ in range(2):
        placed(MARGHERITA, COLA)
    page = milo.get(f"/manage/deals/{draft}")
    hands.move(minutes=1)
    form = {"idem": fields(page)["idem"], "days": "7"}
    first, second = (milo.post(f"/manage/deals/{draft}/flights", data=form) for _ in range(2))
    assert first.location == second.location
    job = number(first)
    batches.work(job)
    shown = milo.get(f"/manage/deals/{draft}/flights/{job}").text
    assert "as if everybody knew its code" in shown
    assert "<small>of 2</small>" in shown
    assert '<th scope="row">A dollar off</th>' in shown
    assert '<rect width="1000"' in shown
    assert f'href="/manage/deals/{draft}/flights/{job}"' in milo.get(f"/manage/deals/{draft}").text
    assert milo.get(f"/manage/deals/1/flights/{job}").status_code == 404
    none = milo.post(f"/manage/deals/{draft}/flights", data={**form, "days": "0"})
    assert none.status_code == 422
    assert deeds() == ["deal.flight"]


def test_a_manager_flies_over_her_own_stores_only(shop, hands):
    mina = signed_in(shop, "Mina", Role.MANAGER)
    own = deal(QUARTER_OFF, stores=[ELM_STREET])
    placed(MARGHERITA)
    hands.move(minutes=1)
    form = {"idem": "f" * 20, "days": "7"}
    assert mina.post(f"/manage/deals/{own}/flights", data={**form, "stores": "2"}).status_code == 422
    job = longwork.job(number(mina.post(f"/manage/deals/{own}/flights", data=form)))
    assert job.wish["stores"] == [ELM_STREET]
