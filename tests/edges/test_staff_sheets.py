"""Inviting many at once: a file is checked by row and column, nobody is invited before all of it is right."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import batches, clock, oldwork
from app.core.db import db, transaction
from app.core.longwork import JobRow
from app.users import staff_sheet
from app.users.models import Invitation, Membership
from app.users.service import Role
from tests.factories.mail import mails
from tests.factories.staff import signed_in, written_down

PATH = "/manage/people/sheets"
HEAD = "name,email,role,store\n"
TWO = HEAD + "Rosa Ruiz,rosa@example.com,counter,elm-street\nBeppe Bo,Beppe@Example.com,Kitchen,elm-street\n"


@pytest.fixture
def mina(shop):
    return signed_in(shop, "Mina", Role.MANAGER)


def send(client, text):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(PATH, data={"file": (io.BytesIO(content), "people.csv")})


def invited():
    columns = (Invitation.name, Invitation.email, Invitation.role, Invitation.store_id)
    return db.session.execute(select(*columns).order_by(Invitation.id)).all()


def test_a_file_that_is_right_is_shown_and_then_its_people_are_invited(shop, mina, outbox, work_off, monkeypatch):
    monkeypatch.setattr(staff_sheet, "BATCH", 1)
    answer = send(mina, TWO)
    assert answer.status_code == 303
    job = int(answer.location.rpartition("/")[2])
    page = mina.get(answer.location).text
    assert "Rosa Ruiz" in page
    assert "Counter, Elm Street" in page
    batches.work(job)
    assert invited() == []
    db.session.rollback()
    assert mina.post(f"{PATH}/{job}/start").location == f"/manage/jobs/{job}"
    batches.work(job)
    work_off()
    wanted = [("Rosa Ruiz", "rosa@example.com", "counter", 1), ("Beppe Bo", "beppe@example.com", "kitchen", 1)]
    assert [tuple(row) for row in invited()] == wanted
    assert {mail.to for mail in mails()} >= {"rosa@example.com", "beppe@example.com"}
    assert "2 of 2 people" in mina.get(f"/manage/jobs/{job}").text
    deeds = [row.deed for row in written_down()]
    assert deeds == ["person.sheet", "person.import", "person.invite", "person.invite"]


def test_starting_twice_invites_once(mina):
    job = int(send(mina, TWO).location.rpartition("/")[2])
    for _ in range(2):
        mina.post(f"{PATH}/{job}/start")
        batches.work(job)
    assert len(invited()) == 2


@pytest.mark.parametrize(
    ("line", "row", "words"),
    [
        (",rosa@example.com,counter,elm-street", 2, "Write their name"),
        ("Rosa,nowhere,counter,elm-street", 2, "email address like"),
        ("Rosa,rosa@example.com,boss,elm-street", 2, "A role is one of"),
        ("Rosa,rosa@example.com,counter,milwaukee-avenue", 2, "Write a store of yours"),
        ("Rosa,rosa@example.com,admin,every", 2, "does not allow giving"),
        ("Rosa,rosa@example.com,marketing,elm-street", 2, "does not allow giving"),
        ("Ann,a@example.com,kitchen,elm-street\nAnna,A@example.com,counter,elm-street", 3, "stand in row 2 already"),
    ],
)
def test_every_fault_is_told_by_row_and_column_and_nobody_is_invited(mina, line, row, words):
    answer = send(mina, f"{HEAD}{line}\n")
    assert answer.status_code == 422
    assert words in answer.text
    assert f'<td class="num">{row}</td>' in answer.text
    assert invited() == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", HEAD, "name,email\n", 'name,email,role,store\n"open'],
)
def test_what_is_no_such_file_is_said_to_be_none(mina, content):
    assert send(mina, content).status_code == 422
    assert invited() == []


def test_a_file_that_is_too_large_is_turned_away(mina, monkeypatch):
    monkeypatch.setattr(staff_sheet, "MOST_BYTES", 60)
    answer = send(mina, TWO)
    assert answer.status_code == 422
    assert "Send it in parts" in answer.text


def test_an_admin_invites_to_any_store_and_to_every_one(shop):
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    people = "Mo,mo@example.com,manager,milwaukee-avenue\nEve,e@example.com,admin,every\n"
    job = int(send(ada, HEAD + people).location.rpartition("/")[2])
    ada.post(f"{PATH}/{job}/start")
    batches.work(job)
    assert [row.store_id for row in invited()][1] is None
    assert invited()[0].role == "manager"


def test_who_may_no_longer_invite_invites_nobody_more(mina, shop):
    job = int(send(mina, TWO).location.rpartition("/")[2])
    mina.post(f"{PATH}/{job}/start")
    with transaction():
        db.session.execute(Membership.__table__.update().values(role="counter"))
    batches.work(job)
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_nobody_sees_or_starts_the_sheet_of_somebody_else(shop, mina):
    job = int(send(mina, TWO).location.rpartition("/")[2])
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.get(f"{PATH}/{job}").status_code == 404
    assert ada.post(f"{PATH}/{job}/start").status_code == 404
    assert signed_in(shop, "Rosa", Role.COUNTER).get(PATH).status_code == 403


def test_called_off_it_may_go_on_for_a_day_and_then_its_page_says_that_the_file_is_gone(shop, mina, now):
    job = int(send(mina, TWO).location.rpartition("/")[2])
    mina.post(f"{PATH}/{job}/start")
    mina.post(f"/manage/jobs/{job}/cancellation")
    assert "Go on</button>" in mina.get(f"/manage/jobs/{job}").text
    now(clock.now() + oldwork.SHEETS_KEPT + timedelta(minutes=1))
    oldwork.forget_sheets()
    assert "rosa@example.com" not in str(db.session.execute(select(JobRow.__table__)).all())
    db.session.rollback()
    page = signed_in(shop, "Ada", Role.ADMIN, None).get(f"/manage/jobs/{job}").text
    assert ("Go on</button>" in page, "its file was dropped after a day" in page) == (False, True)
