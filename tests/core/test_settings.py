import dataclasses
import re
from pathlib import Path

import pytest

from app.core.settings import DEVELOPMENT_SECRET, Settings, SettingsError
from wsgi import create_app

PRODUCTION = {
    "HOTCORNER_ENV": "production",
    "SECRET_KEY": "k" * 32,
    "DATABASE_URL": "postgresql+psycopg://shop@db/shop?sslmode=verify-full",
    "REDIS_URL": "rediss://:secret@redis:6379/0",
    "BASE_URL": "https://hotcorner.example",
    "TRUSTED_HOSTS": "hotcorner.example, www.hotcorner.example",
    "MAIL_URL": "smtp://mail:587",
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}

FAULTS = [
    ({"SECRET_KEY": DEVELOPMENT_SECRET}, "SECRET_KEY must be a secret"),
    ({"SECRET_KEY": "k" * 31}, "SECRET_KEY must be a secret"),
    ({"BASE_URL": "http://hotcorner.example"}, "BASE_URL must start with https://"),
    ({"DATABASE_URL": "sqlite:///shop.db"}, "DATABASE_URL must name a PostgreSQL database"),
    ({"STRIPE_API_BASE": "http://stand-in"}, "STRIPE_API_BASE and STRIPE_JS_URL must be https"),
    ({"STRIPE_JS_URL": "http://stand-in/stripe.js"}, "STRIPE_API_BASE and STRIPE_JS_URL must be https"),
    ({"MAIL_URL": "console:"}, "MAIL_URL must name a mail server"),
    ({"MAIL_URL": "folder:/var/mail"}, "MAIL_URL must name a mail server"),
    ({"SMS_URL": "http://sms.example"}, "SMS_URL must start with https://"),
    ({"TILE_URL": "http://tiles.example/{z}/{x}/{y}.png"}, "TILE_URL must start with https://"),
    ({"RATE_LIMITS": "off"}, "RATE_LIMITS must be on"),
    ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN must have at least 32 characters"),
    ({"API_ORIGINS": "https://app.example.com, http://evil.example"}, "API_ORIGINS must be https"),
    ({"FAILPOINTS": "places"}, "FAILPOINTS is only for tests"),
    ({"DATABASE_URL": "postgresql+psycopg://shop@db/shop"}, "DATABASE_URL must say sslmode=require or more"),
    ({"DATABASE_URL": "postgresql+psycopg://shop@db/shop?sslmode=prefer"}, "DATABASE_URL must say sslmode"),
    ({"DATABASE_URL": "postgresql+psycopg://shop@/shop?host=db"}, "DATABASE_URL must say sslmode"),
    ({"REDIS_URL": "redis://:secret@redis:6379/0"}, "REDIS_URL must start with rediss://"),
    ({"REDIS_URL": "rediss://redis:6379/0"}, "REDIS_URL must carry a password"),
    ({"GEOCODER": "nominatim"}, "OUTBOUND_HOSTS must name the host of GEOCODER"),
    ({"BREACHED_PASSWORDS": "/nowhere/passwords.txt"}, "BREACHED_PASSWORDS must name a file"),
]


def test_a_complete_production_is_accepted():
    settings = Settings.from_env(PRODUCTION)
    assert settings.production
    assert settings.trusted_hosts == ("hotcorner.example", "www.hotcorner.example")


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"HOTCORNER_ENV"}))
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "missing"])
def test_production_names_what_is_missing(name, empty):
    env = {key: value for key, value in PRODUCTION.items() if key != name} | ({name: ""} if empty else {})
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        Settings.from_env(env)


@pytest.mark.parametrize(("change", "words"), FAULTS)
def test_production_names_what_is_unsafe(change, words):
    with pytest.raises(SettingsError, match=words):
        Settings.from_env(PRODUCTION | change)


@pytest.mark.parametrize(
    "change",
    [
        {"DATABASE_URL": "postgresql+psycopg://shop@localhost/shop", "REDIS_URL": "redis://127.0.0.1:6379/0"},
        {"DATABASE_URL": "postgresql+psycopg://shop@/shop?host=/run/postgresql", "REDIS_URL": "unix:///run/redis.sock"},
        {"DATABASE_URL": "postgresql+psycopg://shop@db/shop?sslmode=require"},
        {"DATABASE_URL": "postgresql+psycopg://shop@db/shop", "PRIVATE_NETWORK": "on"},
        {"REDIS_URL": "redis://:secret@redis:6379/0", "PRIVATE_NETWORK": "on"},
        {"GEOCODER": "nominatim", "OUTBOUND_HOSTS": "nominatim.openstreetmap.org"},
    ],
    ids=str,
)
def test_what_nobody_can_listen_to_is_accepted(change):
    assert Settings.from_env(PRODUCTION | change).production


def test_a_secret_may_stand_in_a_file(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text("f" * 40 + "\n")
    env = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert Settings.from_env({**env, "SECRET_KEY_FILE": str(kept)}).secret_key == "f" * 40
    with pytest.raises(SettingsError, match="gone cannot be read"):
        Settings.from_env({**env, "SECRET_KEY_FILE": str(tmp_path / "gone")})


def test_all_faults_are_told_at_once():
    with pytest.raises(SettingsError) as told:
        Settings.from_env({"HOTCORNER_ENV": "production"})
    named = [*sorted(set(PRODUCTION) - {"HOTCORNER_ENV"}), "https://", "PostgreSQL", "mail server", "32 characters"]
    assert [word for word in named if word not in str(told.value)] == []


def test_no_secret_is_repeated_in_the_message():
    with pytest.raises(SettingsError) as told:
        Settings.from_env(PRODUCTION | {"SECRET_KEY": "hunter2", "STRIPE_WEBHOOK_SECRET": ""})
    assert "hunter2" not in str(told.value)
    assert "sk_live_1" not in str(told.value)


def test_a_laptop_needs_nothing():
    settings = Settings.from_env({})
    assert (settings.kind, settings.production, settings.sockets_port) == ("development", False, None)
    assert settings.rate_limits


@pytest.mark.parametrize("word", ["", "prod", "PRODUCTION", "production "])
def test_an_unknown_kind_is_refused(word):
    with pytest.raises(SettingsError, match="must be one of development, production, test"):
        Settings.from_env({"HOTCORNER_ENV": word})


@pytest.mark.parametrize("name", ["SOCKETS_PORT", "SOCKET_LIMIT", "PROXY_HOPS"])
@pytest.mark.parametrize("text", ["x", "-1", "1.5", " 1", "²", "８０"])
def test_a_number_must_be_one(name, text):
    with pytest.raises(SettingsError, match=f"{name} is .* whole number"):
        Settings.from_env({name: text})


def test_numbers_and_lists_are_read():
    env = {"SOCKETS_PORT": "8001", "PROXY_HOPS": "2", "SECRET_KEY_FALLBACKS": "old, older,", "BASE_URL": "https://a.b/"}
    settings = Settings.from_env(env)
    assert (settings.sockets_port, settings.proxy_hops) == (8001, 2)
    assert settings.secret_key_fallbacks == ("old", "older")
    assert settings.base_url == "https://a.b"


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.from_env({}).kind = "production"


def test_an_unsafe_production_does_not_start(monkeypatch):
    monkeypatch.setenv("HOTCORNER_ENV", "production")
    with pytest.raises(SettingsError):
        create_app()


def test_production_shows_no_secret_in_its_cookies_name_and_guards_it(environment):
    env = PRODUCTION | {"DATABASE_URL": environment["DATABASE_URL"]}
    changes = {"database_url": env["DATABASE_URL"], "rate_limits": False}  # limits would hold for the tests that follow
    settings = dataclasses.replace(Settings.from_env(PRODUCTION), **changes)
    app = create_app(settings=settings)
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-hotcorner"
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_the_example_names_each_setting_but_the_one_for_storms():
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    known = {field.name.upper() for field in dataclasses.fields(Settings)} | {"HOTCORNER_ENV"}
    assert set(re.findall("^([A-Z_]+)=", example, re.MULTILINE)) == known - {"KIND", "FAILPOINTS"}
