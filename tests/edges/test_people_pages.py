"""The pages of people, of invitations, of rights, and of who did what."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import batches, longwork
from app.core.db import db, transaction
from app.users import exporting, invitations
from app.users import service as users
from app.users.audit import PAGE, verify
from app.users.exporting import detail_words
from app.users.models import AuditRow, Invitation, User
from app.users.service import IN_WORDS, Right, Role
from blueprints.deed_words import DEEDS
from blueprints.users import posts
from tests.conftest import browser
from tests.edges.pages import fields
from tests.factories.customers import at_home, customer
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import hired, number, signed_in, written_down

ROOT = Path(__file__).parents[2]
PEOPLE, AUDIT = "/manage/people", "/manage/audit"
ROSA = {"name": "Rosa", "email": "rosa@example.com", "role": "counter", "store": str(ELM_STREET)}


@pytest.fixture
def mina(shop):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def ada(shop):
    return signed_in(shop, "Ada", Role.ADMIN, None)


def test_somebody_is_invited_joins_and_works(shop, mina):
    answer = mina.get(mina.post(f"{PEOPLE}/invitations", data=ROSA).location)
    assert "Rosa gets a link by mail" in answer.text
    assert "rosa@example.com" in answer.text
    rosa = browser(shop)
    where = "/" + invitations.link(db.session.scalar(select(Invitation.id))).split("/", 3)[3]
    page = rosa.get(where)
    assert page.headers["Cache-Control"] == "no-store"
    assert fields(page)["name"] == "Rosa"
    assert rosa.post(where, data={"name": "Rosa", "password": "short"}).status_code == 422
    answer = rosa.post(where, data={"name": "Rosa", "password": "four quiet ovens"})
    assert answer.location == "/sign-in?next=/staff"
    assert rosa.get(where).status_code == 410
    answer = rosa.post("/session", data={"email": "rosa@example.com", "password": "four quiet ovens"})
    assert rosa.get("/staff").status_code == 200
    assert [row.deed for row in written_down()] == ["person.invite", "person.join"]


def test_what_is_wrong_with_an_invitation_is_said_beside_its_field(mina):
    for wrong, words in (
        ({"email": "rosa"}, "Write an email address"),
        ({"name": ""}, "Enter their name"),
        ({"role": "admin"}, "Not a valid choice"),
        ({"store": str(MILWAUKEE_AVENUE)}, "Not a valid choice"),
        ({"store": "every"}, "Not a valid choice"),
        ({"store": ""}, "Choose a store."),
    ):
        answer = mina.post(f"{PEOPLE}/invitations", data={**ROSA, **wrong})
        assert (answer.status_code, words in answer.text) == (422, True), wrong
    assert db.session.scalars(select(Invitation)).all() == []


def test_an_admin_is_asked_for_which_store_somebody_is_invited(ada, mina):
    chosen = re.compile(r"<option selected value=")
    form = ada.get(PEOPLE).text.partition('name="store"')[2].partition("</select>")[0]
    assert re.findall(r'<option (?:selected )?value="([^"]*)"', form)[0] == ""
    hurried = ada.post(f"{PEOPLE}/invitations", data={**ROSA, "store": ""})
    assert (hurried.status_code, "Choose a store." in hurried.text) == (422, True)
    ada.post(f"{PEOPLE}/invitations", data={**ROSA, "role": "marketing", "store": "every"})
    assert db.session.scalars(select(Invitation.store_id)).all() == [None]
    for page in (ada.get(f"{PEOPLE}?store={ELM_STREET}"), mina.get(PEOPLE)):  # where there is but one, it is that
        form = page.text.partition('<select class="input " id="store"')[2].partition("</select>")[0]
        assert f'value="{ELM_STREET}"' in form
    form = ada.get(f"{PEOPLE}/{number('Mina')}").text.partition('id="store"')[2].partition("</select>")[0]
    assert chosen.search(form)
    assert f'<option selected value="{ELM_STREET}">' in form


def test_in_a_chain_of_many_stores_the_one_that_is_meant_is_found_by_what_is_typed(ada, monkeypatch):
    monkeypatch.setattr(posts, "MOST_PLACES", 3)
    page = ada.get(PEOPLE).text
    assert 'name="place"' in page
    assert '<select class="input " id="store"' not in page
    said = {name: value for name, value in ROSA.items() if name != "store"}
    for typed, words in (
        ("", "Write which store"),
        ("nowhere at all", "None of your stores fits “nowhere at all”."),
        ("street", "Several fit, write one name whole: "),
    ):
        answer = ada.post(f"{PEOPLE}/invitations", data={**said, "place": typed})
        assert answer.status_code == 422, typed
        assert words in answer.text
        assert f'value="{typed}"' in answer.text
    for typed in ("elm street", "every"):
        role = "admin" if typed == "every" else "counter"
        wanted = {**said, "place": typed, "role": role, "email": f"{role}@example.com"}
        assert ada.post(f"{PEOPLE}/invitations", data=wanted).status_code == 303
    assert set(db.session.scalars(select(Invitation.store_id))) == {ELM_STREET, None}
    hired("Beppe")
    assert 'name="place" value="Elm Street"' in ada.get(f"{PEOPLE}/{number('Beppe')}").text


def test_a_role_is_given_and_taken_and_a_sign_in_closed_and_opened(shop, ada):
    hired("Beppe")
    beppe = f"{PEOPLE}/{number('Beppe')}"
    wrong = ada.post(f"{beppe}/roles", data={"role": "admin", "store": str(ELM_STREET)})
    assert (wrong.status_code, "An admin is one at every store" in wrong.text) == (422, True)
    for path, data, words in (
        ("/roles", {"role": "manager", "store": str(ELM_STREET)}, "<b>Manager</b>, Elm Street"),
        ("/closing", {}, "Their sign-in is closed"),
        ("/closing/end", {}, "Close their sign-in"),
    ):
        assert words in ada.get(ada.post(f"{beppe}{path}", data=data).location).text
    post = ada.get(beppe).text.partition(f"{beppe}/roles/")[2].partition("/")[0]
    assert ada.post(f"{beppe}/roles/{post}/end").location == PEOPLE
    assert ada.get(beppe).status_code == 404
    deeds = ["person.role.give", "person.disable", "person.enable", "person.role.take"]
    assert [row.deed for row in written_down()] == deeds


def test_nobody_is_offered_to_change_what_they_are_themselves(ada):
    page = ada.get(f"{PEOPLE}/{number('Ada')}")
    assert "This is you" in page.text
    assert "/roles" not in page.text
    assert ada.post(f"{PEOPLE}/{number('Ada')}/closing").status_code == 403


def test_a_manager_sees_the_people_of_their_own_store(shop, mina):
    hired("Otto", Role.KITCHEN, MILWAUKEE_AVENUE)
    assert "Otto" not in mina.get(PEOPLE).text
    assert mina.get(f"{PEOPLE}?store={MILWAUKEE_AVENUE}").status_code == 404
    assert mina.get(f"{PEOPLE}/{number('Otto')}").status_code == 404
    assert "Nobody fits that" in mina.get(f"{PEOPLE}?q=otto").text


def test_people_come_a_page_at_a_time(shop, ada):
    with transaction():
        for one in range(PAGE + 5):
            users.add_staff(f"cook{one:02}@hotcorner.example", f"Cook {one:02}", "x" * 8, Role.KITCHEN, ELM_STREET)
    first = ada.get(f"{PEOPLE}?role=kitchen")
    more = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert ("Cook 49" in first.text, "Cook 50" in first.text) == (True, False)
    assert "Cook 50" in ada.get(more).text


def test_a_deed_about_people_wants_a_fresh_sign_in(shop, ada, monkeypatch):
    hands = Hands(monkeypatch)
    hired("Beppe")
    fresh = signed_in(shop, "Eva", Role.ADMIN, None)
    assert fresh.post(f"{PEOPLE}/{number('Beppe')}/closing").status_code == 303
    hands.move(minutes=6)
    assert fresh.get(PEOPLE).status_code == 200
    answer = fresh.post(f"{PEOPLE}/{number('Beppe')}/closing/end")
    assert (answer.status_code, 'action="/confirm"' in answer.text) == (403, True)
    assert db.session.scalar(select(User.disabled).where(User.name == "Beppe")) is True


def test_the_page_of_rights_tells_every_right_in_words(shop, client):
    assert set(IN_WORDS) == set(Right)
    page = signed_in(shop, "Beppe").get("/manage/rights")
    assert page.status_code == 200
    assert all(words.replace("'", "&#39;") in page.text for words in IN_WORDS.values())


def test_who_did_what_is_shown_to_managers_of_their_stores_and_to_admins(shop, mina, ada):
    with transaction():
        users.audit(number("Ada"), "menu.stock", f"store:{ELM_STREET}", key="basil", sold_out=True)
        users.audit(number("Ada"), "menu.stock", f"store:{MILWAUKEE_AVENUE}", key="olives")
        users.audit(number("Ada"), "menu.import", "menu")
    assert [word in mina.get(AUDIT).text for word in ("basil", "olives", "<td>menu</td>")] == [True, False, False]
    assert [word in ada.get(AUDIT).text for word in ("basil", "olives")] == [True, True]
    assert "key: basil, sold out: yes" in ada.get(f"{AUDIT}?person=ada&deed=menu.stock&subject=store:1").text
    assert "Nobody did that" in ada.get(f"{AUDIT}?until=2026-07-02").text
    assert "basil" in ada.get(f"{AUDIT}?since=2026-07-03&until=2026-07-03").text
    for wrong in ("2026-7", "9999-12-31", "x" * 500, "\0"):
        assert ada.get(AUDIT, query_string={"until": wrong}).status_code == 422
    assert signed_in(shop, "Beppe").get(AUDIT).status_code == 403


def begun(client, **asked) -> int:
    answer = client.post(f"{AUDIT}/exports", data=asked)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def taken(client, **asked) -> str:
    """The file of deeds that long work makes, as it is taken along."""
    job = begun(client, **asked)
    batches.work(job)
    page = client.get(f"/manage/jobs/{job}").text
    assert f'href="/manage/jobs/{job}/file" download>Take the file' in page
    return client.get(f"/manage/jobs/{job}/file").text


def test_the_list_and_its_file_are_of_one_store_where_one_is_chosen(shop, mina, ada):
    with transaction():
        users.audit(number("Mina"), "menu.stock", f"store:{ELM_STREET}", key="basil")
        users.audit(number("Ada"), "menu.stock", f"store:{MILWAUKEE_AVENUE}", key="olives")
        users.audit(number("Ada"), "menu.import", "menu")
    here, there = f"{AUDIT}?store={ELM_STREET}", f"{AUDIT}?store={MILWAUKEE_AVENUE}"
    assert [word in ada.get(here).text for word in ("basil", "olives", "<td>menu</td>")] == [True, False, False]
    assert [word in ada.get(there).text for word in ("basil", "olives", "<td>menu</td>")] == [False, True, False]
    assert f'<option value="{MILWAUKEE_AVENUE}" selected>' in ada.get(there).text
    asked = {"store": str(MILWAUKEE_AVENUE), "person": "ada"}
    assert {name: fields(ada.get(f"{there}&person=ada"))[name] for name in asked} == asked
    file = taken(ada, **asked)
    assert [word in file for word in ("basil", "olives", "menu.import")] == [False, True, False]
    assert written_down()[-1].store_id == MILWAUKEE_AVENUE
    assert 'name="store"' not in mina.get(AUDIT).text  # she has but one
    assert mina.get(there).status_code == 404
    assert mina.post(f"{AUDIT}/exports", data={"store": MILWAUKEE_AVENUE}).status_code == 404
    assert mina.get(here).status_code == 200


def test_deeds_come_a_page_at_a_time(shop, ada):
    with transaction():
        for one in range(PAGE + 1):
            users.audit(None, "menu.import", f"menu:{one:03}")
    first = ada.get(AUDIT)
    older = first.text.partition('href="/manage/audit?&amp;before=')[2].partition('"')[0]
    assert ("menu:001" in first.text, "menu:000" in first.text) == (True, False)
    assert "menu:000" in ada.get(f"{AUDIT}?before={older}").text


def test_the_list_comes_as_a_file_from_long_work_and_that_is_written_down(shop, mina, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 1)
    with transaction():
        users.audit(number("Mina"), "order.cancel", "order:7", ELM_STREET, reason="=1+1")
        users.audit(None, "menu.import", "=menu", ELM_STREET)
        users.audit(None, "menu.import", "elsewhere", MILWAUKEE_AVENUE)
    job = begun(mina)
    assert mina.get(f"/manage/jobs/{job}/file").status_code == 404
    with transaction():
        users.audit(None, "menu.import", "later", ELM_STREET)
    batches.work(job)
    answer = mina.get(f"/manage/jobs/{job}/file")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["deed"], row["subject"], row["detail"]) for row in rows] == [
        ("menu.import", "'=menu", ""),
        ("order.cancel", "order:7", "reason: =1+1"),
    ]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "2 of 2 deeds" in mina.get(f"/manage/jobs/{job}").text
    (deed,) = (row for row in written_down() if row.deed == "audit.export")
    assert deed.detail == {"by": "", "deeds": 2, "job": job}


def test_the_file_keeps_to_what_was_looked_for_and_its_work_keeps_no_name(shop, mina, ada, monkeypatch):
    with transaction():
        users.audit(number("Mina"), "menu.stock", f"store:{ELM_STREET}", key="basil")
        users.audit(number("Ada"), "menu.stock", f"store:{ELM_STREET}", key="olives")
        users.audit(number("Ada"), "menu.import", "menu")
    job = begun(ada, person="ADA", deed="menu.st", since="2026-07-03", until="2026-07-03")
    wish = longwork.job(job).wish
    assert (wish["people"], "ada" in str(wish).lower()) == ([number("Ada")], False)
    db.session.rollback()
    batches.work(job)
    (row,) = csv.DictReader(io.StringIO(ada.get(f"/manage/jobs/{job}/file").text))
    assert (row["person"], row["detail"]) == ("Ada", "key: olives")
    for asked, at in (({"person": "nobody"}, "Nobody did that"), ({"until": "2026-7"}, 'href="#until"')):
        answer = ada.post(f"{AUDIT}/exports", data=asked)
        assert (answer.status_code, at in answer.text) == (422, True)
    monkeypatch.setattr(exporting, "MOST_PEOPLE", 1)
    answer = ada.post(f"{AUDIT}/exports", data={"person": "a"})
    assert (answer.status_code, 'href="#person"' in answer.text) == (422, True)
    assert 'value="a"' in answer.text


def test_nobody_exports_the_list_who_may_not_see_it(shop):
    assert signed_in(shop, "Beppe").post(f"{AUDIT}/exports").status_code == 403


def test_being_refused_is_written_down_once_a_minute(shop, monkeypatch):
    hands = Hands(monkeypatch)
    beppe = signed_in(shop, "Beppe")
    for _ in range(3):
        assert beppe.get(f"/manage/prices?store={ELM_STREET}").status_code == 403
    assert beppe.get(f"/staff?store={MILWAUKEE_AVENUE}").status_code == 404
    hands.move(minutes=2)
    assert beppe.get(f"/manage/prices?store={ELM_STREET}").status_code == 403
    rows = db.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.subject, row.detail["status"]) for row in rows] == [
        ("GET /manage/prices", 403),
        ("GET /staff", 404),
        ("GET /manage/prices", 403),
    ]
    assert [row.store_id for row in rows] == [ELM_STREET, None, ELM_STREET]


def refused() -> list[str]:
    return list(db.session.scalars(select(AuditRow.subject).order_by(AuditRow.id)))


def test_whoever_reaches_for_one_thing_after_another_is_written_down_once_a_minute(shop):
    beppe = signed_in(shop, "Beppe")
    for slug in ("cola", "margherita", "no-such-thing"):
        assert beppe.get(f"/manage/menu/products/{slug}").status_code == 403
    assert refused() == ["GET /manage/menu/products/cola"]


def test_customers_who_knock_at_the_desk_write_one_row_a_minute_in_all(shop, monkeypatch):
    hands = Hands(monkeypatch)
    ana, carlo = at_home(shop, customer()), at_home(shop, customer("Carlo"))
    for door in ("/staff", "/manage/people", "/manage/menu"):
        assert [one.get(door).status_code for one in (ana, carlo)] == [403, 403]
    assert refused() == ["GET /staff"]
    hands.move(minutes=2)
    assert carlo.get("/manage/menu").status_code == 403
    assert refused() == ["GET /staff", "GET /manage/menu"]


def test_every_deed_that_is_written_down_has_words():
    said = re.compile(r"""(?<![\w.])(?:users\.)?audit\(\s*[^,]+,\s*"([a-z_.]+)\"""")
    assert said.findall('users.audit(at_work(person).user_id, "menu.stock", "x")') == ["menu.stock"]
    files = [file for folder in ("app", "blueprints") for file in (ROOT / folder).rglob("*.py")]
    deeds = {deed for file in files for deed in said.findall(file.read_text())}
    assert len(deeds) > 40
    assert deeds - set(DEEDS) == set()


def test_details_are_told_on_one_line():
    assert detail_words({"sold_out": False, "prices": {"3": 950, "4": None}, "rows": ["a", 2], "until": ""}) == (
        "sold out: no, prices: 3 950; 4 None, rows: a; 2"
    )


def test_the_command_line_makes_an_admin_and_checks_the_audit(shop):
    from blueprints.commands import create_admin, verify_audit  # noqa: PLC0415 - the command line's edge

    run = shop.test_cli_runner().invoke
    made = run(create_admin, ["--name", "Ada", "--email", "ada@example.com"])
    where = "/" + made.output.strip().splitlines()[-1].split("/", 3)[3]
    assert browser(shop).post(where, data={"name": "Ada", "password": "four quiet ovens"}).status_code == 303
    assert run(create_admin, ["--name", "Ada", "--email", "ada"]).exit_code == 1
    ok = run(verify_audit)
    assert "2 rows, all as they were written" in ok.output
    assert run(verify_audit, ["--noted", f"2:{verify().hash}"]).exit_code == 0
    wrong = run(verify_audit, ["--noted", "2:00"])
    assert (wrong.exit_code, "Row 2 is not the one that was noted" in wrong.output) == (1, True)
    assert run(verify_audit, ["--noted", "x"]).exit_code == 2


def test_the_command_line_seals_second_steps_with_todays_key(shop, monkeypatch):
    from blueprints.commands import seal_anew  # noqa: PLC0415 - the command line's edge

    hired("Mina", Role.MANAGER)
    run, ours = shop.test_cli_runner().invoke, shop.extensions["settings"]
    monkeypatch.setitem(shop.extensions, "settings", replace(ours, secret_key="b" * 40))
    lost = run(seal_anew)
    assert (lost.exit_code, "SECRET_KEY_FALLBACKS" in lost.output) == (1, True)
    turned = replace(ours, secret_key="b" * 40, secret_key_fallbacks=(ours.secret_key,))
    monkeypatch.setitem(shop.extensions, "settings", turned)
    assert run(seal_anew).output == "1 sealed with today's key.\n"
