"""A manager lost her phone and her recovery codes: an admin lets her set up a second step anew."""

import pytest
from sqlalchemy import select

from app.core.db import db
from app.users.models import User
from app.users.service import Role
from tests.conftest import browser
from tests.factories.mail import mails
from tests.factories.staff import PASSWORD, hired, number, signed_in, written_down

PEOPLE = "/manage/people"


@pytest.fixture
def mina(shop):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def ada(shop):
    return signed_in(shop, "Ada", Role.ADMIN, None)


def test_an_admin_takes_the_second_step_off_for_somebody_who_lost_their_phone(shop, ada, mina, outbox, work_off):
    page, step = f"{PEOPLE}/{number('Mina')}", f"{PEOPLE}/{number('Mina')}/second-step/end"
    assert "Lost phone" in ada.get(page).text
    assert "they are signed out" in ada.get(ada.post(step).location).text
    assert "Lost phone" not in ada.get(page).text
    assert mina.get("/staff").location.startswith("/sign-in")
    assert [(row.deed, row.subject) for row in written_down()] == [("person.second_step_off", f"user:{number('Mina')}")]
    work_off()
    assert "Your second step was turned off" in mails("mina@hotcorner.example")[-1].subject
    again = browser(shop)
    answer = again.post("/session", data={"email": "mina@hotcorner.example", "password": PASSWORD})
    assert answer.status_code == 303
    assert again.get("/staff").location == "/account/second-step"  # and nothing else opens until she has a new one
    assert ada.post(step).status_code == 409


def test_nobody_but_an_admin_takes_a_second_step_off_and_none_their_own(shop, ada, mina):
    hired("Marta", Role.MANAGER)
    path = f"{PEOPLE}/{number('Marta')}"
    assert "Lost phone" not in mina.get(path).text
    assert mina.post(f"{path}/second-step/end").status_code == 403
    assert "Lost phone" not in ada.get(f"{PEOPLE}/{number('Ada')}").text
    assert ada.post(f"{PEOPLE}/{number('Ada')}/second-step/end").status_code == 403
    assert db.session.scalar(select(User.totp_secret).where(User.name == "Marta")) is not None
    assert written_down() == []
