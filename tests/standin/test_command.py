import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from stripe import StripeClient

ROOT = Path(__file__).parents[2]
ORDER = {"amount": 1000, "currency": "usd"}
KEY = {"idempotency_key": "k"}


@pytest.fixture
def run():
    started = []

    def start(*given):
        command = [sys.executable, "-m", "dev.stripe", "--port", "0", *given]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def client(process):
    ready = process.stdout.readline()
    assert ready.startswith("Payment stand-in ready on http://127.0.0.1:")
    return StripeClient("sk_test_x", base_addresses={"api": ready.split()[-1]}, max_network_retries=0).v1


def test_everything_is_there_again_after_a_kill(run, tmp_path):
    state = ("--state", str(tmp_path / "standin.sqlite3"), "--seed", "1")
    first = run(*state)
    made = client(first).payment_intents.create(ORDER, KEY)
    first.kill()
    again = client(run(*state))
    assert again.payment_intents.retrieve(made.id).client_secret == made.client_secret
    assert again.payment_intents.create(ORDER, KEY).last_response.headers["Idempotent-Replayed"] == "true"
    assert again.payment_intents.create(ORDER).id != made.id
    assert len(again.events.list().data) == 2


def test_it_ends_at_once_when_told_to_and_says_nothing(run):
    process = run("--faults", '{"endpoints": {"*": {"delay_ms": 1}}}')
    client(process).payment_intents.create(ORDER)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=3) == 0
    assert process.stderr.read() == ""


def test_it_does_not_carry_the_client_that_the_library_would_speak_with(run):
    process = run()
    client(process).payment_intents.create(ORDER)
    loaded = Path(f"/proc/{process.pid}/maps").read_text()
    assert "_ssl" in loaded  # what is compiled shows
    assert "charset_normalizer" not in loaded


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--host", "192.0.2.1"), "not a loopback address"),
        (("--faults", '{"endpoints": {"*": {"explode": 1}}}'), "is not one of"),
        (("--faults", "nowhere.json"), "No such file"),
    ],
)
def test_a_wrong_start_is_a_sentence(run, given, sentence):
    process = run(*given)
    assert process.wait(timeout=10) == 2
    errors = process.stderr.read()
    assert sentence in errors
    assert "Traceback" not in errors


def test_an_account_has_only_wallets_that_there_are(run):
    process = run("--wallets", "wampum")
    _, words = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "wallets are apple_pay, google_pay" in words


def test_wallets_change_while_it_runs(standin):
    assert standin.post("wallets", wallets=["apple_pay"]) == {"wallets": ["apple_pay"]}
    for wrong in (["wampum"], "apple_pay", None):
        answer = requests.post(f"{standin.url}/_standin/wallets", json={"wallets": wrong}, timeout=10)
        assert answer.status_code == 400
