"""What a mailbox confirms: accounts made, entered, changed by codes that work once, shortly, and for few tries."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.core.errors import Refusal
from app.core.events import OutboxRow
from app.users import codes, jobs, second_step, totp
from app.users import service as users
from app.users.models import AuditRow, MailCode, RecoveryCode, User
from app.users.service import Purpose, Role
from tests.factories.hands import Hands
from tests.factories.mail import code_in, link_in, mails
from tests.factories.staff import SECRET, app_code, hired

ANA = "ana@example.com"
PASSWORD = "a pizza peel and a broom"


@pytest.fixture(autouse=True)
def hands(shop, outbox, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def registered(work_off):
    """Makes accounts as customers do; gives the user's id."""

    def make(email=ANA, name="Ana", password=PASSWORD):
        with transaction():
            code_id = users.ask_to_register(email, name, password)
        work_off()
        with transaction():
            entry = users.enter_by(users.give(code_id, code_in(mails(email)[-1])))
        return users.who(entry.token).user_id

    return make


def ask(purpose, email=ANA):
    with transaction():
        return users.ask(purpose, email)


def give(code_id, typed):
    with transaction():
        return users.give(code_id, typed)


def seal_anew():
    with transaction():
        return second_step.seal_anew()


def refused(deed, *given):
    with pytest.raises(Refusal) as raised, transaction():
        deed(*given)
    return raised.value.code


def test_an_account_comes_to_be_when_its_code_comes_back(registered, work_off):
    with transaction():
        code_id = users.ask_to_register(" Ana@Example.com", "Ana", PASSWORD)
    assert db.session.scalars(select(User)).all() == []
    work_off()
    (mail,) = mails()
    assert (mail.to, "Welcome" in mail.text, "Welcome" in mail.html) == (ANA, True, True)
    assert mail.subject == f"{code_in(mail)} is your code for Hot Corner"
    with transaction():
        entry = users.enter_by(users.give(code_id, f" {code_in(mail)[:3]}-{code_in(mail)[3:]} "), "Firefox on Linux")
    person = users.who(entry.token)
    assert (person.name, person.staff, entry.halfway) == ("Ana", False, False)
    assert users.account(person.user_id).verified_at
    with transaction():
        assert users.sign_in(ANA, PASSWORD).token


def test_who_has_an_account_is_told_by_mail_alone_and_it_stays_as_it_is(registered, work_off):
    ana = registered()
    with transaction():
        code_id = users.ask_to_register(ANA, "Carlo", "another password of his")
    work_off()
    assert "You have an account with this address already" in mails()[-1].text
    with transaction():
        entry = users.enter_by(users.give(code_id, code_in(mails()[-1])))
    assert (users.who(entry.token).user_id, users.who(entry.token).name) == (ana, "Ana")
    assert users.password_is(ana, PASSWORD)


def test_a_code_works_once_and_takes_the_others_of_its_kind_along(registered, work_off):
    registered()
    first, second, other = ask(Purpose.SIGN_IN), ask(Purpose.SIGN_IN), ask(Purpose.RESET)
    assert give(first, codes.digits(first))
    for used in (first, second):
        assert refused(users.give, used, codes.digits(used)) == "code_over"
        assert users.by_key(codes.key(used)) is None
    assert give(other, codes.digits(other))


def test_five_tries_and_ten_minutes_are_all_that_a_code_has(registered, hands):
    registered()
    code_id = ask(Purpose.SIGN_IN)
    wrong = f"{(int(codes.digits(code_id)) + 1) % 1_000_000:06}"
    assert [give(code_id, typed) for typed in (wrong, "", "١٢٣٤٥٦", "x" * 1000, wrong)] == [None] * 5
    assert refused(users.give, code_id, codes.digits(code_id)) == "code_over"
    assert users.by_key(codes.key(code_id)) is None

    code_id = ask(Purpose.SIGN_IN)
    hands.move(minutes=10)
    assert refused(users.give, code_id, codes.digits(code_id)) == "code_over"
    assert users.waiting(code_id) is None


def test_of_two_who_give_the_same_code_the_second_is_too_late_however_early_they_looked(registered):
    registered()
    code_id = ask(Purpose.SIGN_IN)
    link, typed = users.by_key(codes.key(code_id)), codes.digits(code_id)
    assert give(code_id, typed)
    assert refused(users.use, link.id) == "code_over"


def test_neither_code_nor_link_nor_password_is_kept_where_somebody_could_read_it(registered):
    registered()
    with transaction():
        code_id = users.ask_to_register("bea@example.com", "Bea", PASSWORD)
    row = db.session.get(MailCode, code_id)
    told = [str(event.payload) for event in db.session.scalars(select(OutboxRow))]
    kept = " ".join([*told, row.email, str(row.carry)])
    for secret in (codes.digits(code_id), codes.key(code_id).partition("-")[2], PASSWORD):
        assert secret not in kept
    assert ANA not in " ".join(told)


@pytest.mark.parametrize("key", ["", "1", "1-", "x-y", "1-é", "99999999999999999999-a", "-1-abc"])
def test_a_made_up_link_opens_nothing(registered, key):
    registered()
    assert users.by_key(key) is None


def test_an_address_without_an_account_gets_one_mail_too_which_says_so(work_off):
    code_id = ask(Purpose.SIGN_IN, "carlo@example.com")
    work_off()
    (mail,) = mails("carlo")
    assert "no account" in mail.text
    assert codes.digits(code_id) not in mail.text + mail.html
    assert refused(users.enter_by, users.waiting(code_id)) == "code_over"


def test_who_was_disabled_comes_in_by_no_code(registered, work_off):
    registered()
    with transaction():
        db.session.execute(update(User).values(disabled=True))
    with transaction():
        users.ask_to_register(ANA, "Ana")
    work_off()
    assert "no account" in mails()[-1].text
    code_id = ask(Purpose.SIGN_IN)
    work_off()
    assert "no account" in mails()[-1].text
    assert refused(lambda: users.enter_by(users.give(code_id, codes.digits(code_id)))) == "code_over"


def test_a_forgotten_password_is_set_by_a_code_and_every_session_ends(registered, work_off):
    ana = registered()
    with transaction():
        token = users.sign_in(ANA, PASSWORD).token
    code_id = ask(Purpose.RESET)
    assert refused(lambda: users.reset_password(users.give(code_id, codes.digits(code_id)), "short")) == "weak_password"
    with transaction():
        users.reset_password(users.use(users.by_key(codes.key(code_id)).id), "a new and longer one")
    assert users.who(token) is None
    assert users.password_is(ana, "a new and longer one")
    work_off()
    assert "password of your account at Hot Corner was just changed" in mails(ANA)[-1].text
    assert db.session.scalars(select(AuditRow.deed)).all() == ["password_changed"]


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.REGISTER, Purpose.NEW_EMAIL, Purpose.CONFIRM])
def test_a_code_for_one_thing_is_no_code_for_another(registered, purpose):
    registered()
    with transaction():
        code = users.use(users.ask(purpose, ANA, name="Ana", password_hash="", old=ANA))
    assert refused(users.reset_password, code, "a new and longer one") == "code_over"
    if purpose in {Purpose.NEW_EMAIL, Purpose.CONFIRM}:
        assert refused(users.enter_by, code) == "code_over"
    else:
        assert refused(users.change_email, code, "") == "code_over"


def test_changing_a_password_ends_every_session_but_this_one_which_gets_a_new_token(registered):
    ana = registered()
    with transaction():
        here, there = users.sign_in(ANA, PASSWORD).token, users.sign_in(ANA, PASSWORD).token
    with transaction():
        fresh = users.change_password(ana, "a new and longer one", here)
    assert [bool(users.who(token)) for token in (here, there, fresh)] == [False, False, True]


def test_an_address_changes_once_the_new_one_answers_and_the_old_one_is_told(registered, work_off):
    ana = registered()
    with transaction():
        here, there = users.sign_in(ANA, PASSWORD).token, users.sign_in(ANA, PASSWORD).token
        code_id = users.ask_to_change_email(ana, "Ana@New.example")
    work_off()
    assert users.account(ana).email == ANA
    assert code_in(mails("ana@new.example")[-1]) == codes.digits(code_id)
    with transaction():
        fresh = users.change_email(users.give(code_id, codes.digits(code_id)), here)
    assert [bool(users.who(token)) for token in (here, there, fresh)] == [False, False, True]
    work_off()
    assert users.account(ana).email == "ana@new.example"
    assert "has another one now: ana@new.example" in mails(ANA)[-1].text


def test_an_address_that_somebody_has_is_not_taken_from_them(registered, work_off):
    ana = registered()
    registered("bea@example.com", "Bea")
    with transaction():
        code_id = users.ask_to_change_email(ana, "bea@example.com")
    work_off()
    assert "It has an account of its own" in mails("bea")[-1].text
    assert refused(lambda: users.change_email(users.give(code_id, codes.digits(code_id)), "")) == "code_over"
    assert users.account(ana).email == ANA


def test_a_link_goes_to_our_own_address_and_gives_the_very_code(registered, work_off):
    registered()
    code_id = ask(Purpose.SIGN_IN)
    work_off()
    path = link_in(mails()[-1])
    assert path.startswith("/code/")
    assert users.by_key(path.removeprefix("/code/")).id == code_id


def test_a_secret_that_was_rotated_away_still_opens_what_it_made(registered, shop, monkeypatch):
    registered()
    code_id = ask(Purpose.SIGN_IN)
    old, key = codes.digits(code_id), codes.key(code_id)
    kept = shop.extensions["settings"]
    changed = {"secret_key": "b" * 40, "secret_key_fallbacks": (kept.secret_key,)}
    monkeypatch.setitem(shop.extensions, "settings", replace(kept, **changed))
    assert codes.digits(code_id) != old
    assert users.by_key(key).id == code_id
    assert give(code_id, old)


def test_codes_of_yesterday_are_forgotten(registered, hands):
    registered()
    ask(Purpose.SIGN_IN)
    hands.now += timedelta(days=1, seconds=1)
    jobs.forget_codes()
    assert db.session.scalars(select(MailCode.id)).all() == []


# ---- the second step


def test_the_second_step_is_set_up_with_a_code_and_asked_for_from_then_on(registered, work_off):
    ana = registered()
    for wrong in ("", "000000", "é" * 6):
        assert refused(users.enrol, ana, SECRET, wrong) == "wrong_code"
    assert refused(users.enrol, ana, "", app_code()) == "wrong_code"
    with transaction():
        recovery = users.enrol(ana, SECRET, app_code())
    assert (len(set(recovery)), users.recovery_left(ana)) == (10, 10)
    with transaction():
        entry = users.sign_in(ANA, PASSWORD)
    assert (entry.halfway, users.who(entry.token)) == (True, None)
    work_off()
    assert "asks for a code of your phone from now on" in mails(ANA)[-1].text


def test_the_secret_of_an_app_is_kept_sealed_and_survives_a_new_key(hands, shop, monkeypatch):
    hired("Mina", Role.MANAGER)
    mina, kept = db.session.execute(select(User.id, User.totp_secret)).one()
    assert SECRET not in kept
    ours = shop.extensions["settings"]

    def passes(*secrets):
        changed = replace(ours, secret_key=secrets[0], secret_key_fallbacks=secrets[1:])
        monkeypatch.setitem(shop.extensions, "settings", changed)
        hands.move(minutes=1)
        with transaction():
            return users.passes(mina, app_code())

    assert passes("b" * 40, ours.secret_key)
    assert not passes("b" * 40)
    monkeypatch.setitem(shop.extensions, "settings", replace(ours, secret_key="b" * 40))
    assert seal_anew() == (1, 1)
    assert passes("b" * 40, ours.secret_key)
    assert seal_anew() == (1, 0)
    assert passes("b" * 40)


def test_no_code_of_the_app_is_taken_twice(hands):
    hired("Mina", Role.MANAGER)
    mina = db.session.scalars(select(User.id)).one()

    def passes(typed):
        with transaction():
            return users.passes(mina, typed)

    before, now, after = (app_code(later=n) for n in (-1, 0, 1))
    assert passes(f"{now[:3]} {now[3:]}")
    assert not passes(now)
    assert not passes(before)  # older than the last one used
    assert passes(after)
    hands.move(seconds=60)
    assert passes(app_code())
    assert not any(passes(typed) for typed in ("", "000000x", "é", "x" * 1000))


def test_a_code_is_not_taken_twice_by_somebody_who_looked_before_it_was_used(shop, monkeypatch):
    hired("Mina", Role.MANAGER)
    mina, typed = db.session.scalars(select(User.id)).one(), app_code()
    look = totp.step_of
    monkeypatch.setattr(totp, "step_of", lambda *given, **_: look(*given, after=0))  # as the row was before
    outcomes = []
    for _ in range(2):
        with transaction():
            outcomes.append(users.passes(mina, typed))
    assert outcomes == [True, False]


def test_a_recovery_code_works_once_however_it_is_written(registered):
    ana = registered()
    with transaction():
        first, second, *_ = users.enrol(ana, SECRET, app_code())
    assert first.replace("-", "") not in str(db.session.scalars(select(RecoveryCode.code_hash)).all())
    for typed, right in ((first.upper(), True), (first, False), (second.replace("-", " "), True)):
        with transaction():
            assert users.passes(ana, typed) is right
    assert users.recovery_left(ana) == 8
    with transaction():
        users.renew_recovery(ana)
    assert users.recovery_left(ana) == 10


def test_a_customer_may_turn_it_off_and_a_manager_may_not(registered, work_off):
    ana = registered()
    hired("Mina", Role.MANAGER)
    with transaction():
        users.enrol(ana, SECRET, app_code())
        users.drop_second_step(ana)
    assert (users.account(ana).secured, users.recovery_left(ana)) == (False, 0)
    with transaction():
        assert not users.passes(ana, app_code(later=1))
    mina = db.session.scalars(select(User.id).where(User.name == "Mina")).one()
    assert refused(users.drop_second_step, mina) == "second_step_needed"
