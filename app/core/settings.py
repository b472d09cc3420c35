"""Every setting of the house, read once from the environment into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import SplitResult, parse_qs, urlsplit

from flask import current_app

Kind = Literal["development", "production", "test"]
DEVELOPMENT_SECRET = "only-for-development"  # noqa: S105 (its whole point is to be refused in production)
LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})  # none is named where a socket of this machine is
CLOSED_MODES = frozenset({"require", "verify-ca", "verify-full"})
OR_PRIVATE = "off this machine, or PRIVATE_NETWORK be on"
# What a vault may write into a file for us.
FILED = frozenset(
    {
        *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "REDIS_URL", "MAIL_URL", "SMS_URL", "METRICS_TOKEN"),
        *("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "GEOCODER_KEY"),
    }
)


class SettingsError(Exception):
    """The environment is half configured or unsafe; the message says what to mend."""


@dataclass(frozen=True, slots=True, eq=False)  # a process has one: nobody need compare all of it
class Settings:
    """What differs between a laptop and production."""

    kind: Kind
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    database_url: str
    redis_url: str
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secret: str
    stripe_api_base: str
    stripe_js_url: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    sockets_port: int | None
    socket_limit: int
    proxy_hops: int
    mail_url: str
    mail_from: str
    sms_url: str
    rate_limits: bool
    geocoder: str
    geocoder_key: str
    geocoder_url: str
    geocoder_seconds: int
    geocoder_per_minute: int
    tile_url: str
    tile_words: str
    metrics_token: str
    failpoints: str
    api_origins: tuple[str, ...]
    private_network: bool
    outbound_hosts: tuple[str, ...]
    breached_passwords: str

    @property
    def production(self) -> bool:
        """Whether real customers and real money are behind this."""
        return self.kind == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check the environment; `NAME_FILE` names a file with NAME in it. Raises SettingsError."""
        env = _with_files(env)
        settings = cls(
            kind=_kind(env.get("HOTCORNER_ENV", "development")),
            secret_key=env.get("SECRET_KEY", DEVELOPMENT_SECRET),
            secret_key_fallbacks=_words(env.get("SECRET_KEY_FALLBACKS", "")),
            database_url=env.get("DATABASE_URL", "sqlite:///hotcorner.db"),
            redis_url=env.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
            stripe_secret_key=env.get("STRIPE_SECRET_KEY", ""),
            stripe_publishable_key=env.get("STRIPE_PUBLISHABLE_KEY", ""),
            stripe_webhook_secret=env.get("STRIPE_WEBHOOK_SECRET", ""),
            stripe_api_base=env.get("STRIPE_API_BASE", "https://api.stripe.com"),
            stripe_js_url=env.get("STRIPE_JS_URL", "https://js.stripe.com/endive/stripe.js"),
            base_url=env.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            trusted_hosts=_words(env.get("TRUSTED_HOSTS", "")),
            sockets_port=_number(env, "SOCKETS_PORT", None),
            socket_limit=_number(env, "SOCKET_LIMIT", 10_000) or 0,
            proxy_hops=_number(env, "PROXY_HOPS", 0) or 0,
            mail_url=env.get("MAIL_URL", "console:"),
            mail_from=env.get("MAIL_FROM", "Hot Corner <orders@hotcorner.example>"),
            sms_url=env.get("SMS_URL", ""),
            rate_limits=env.get("RATE_LIMITS", "on") != "off",
            geocoder=env.get("GEOCODER", ""),
            geocoder_key=env.get("GEOCODER_KEY", ""),
            geocoder_url=env.get("GEOCODER_URL", ""),
            geocoder_seconds=_number(env, "GEOCODER_SECONDS", 2) or 2,
            geocoder_per_minute=_number(env, "GEOCODER_PER_MINUTE", 60) or 60,
            tile_url=env.get("TILE_URL", ""),
            tile_words=env.get("TILE_WORDS", ""),
            metrics_token=env.get("METRICS_TOKEN", ""),
            failpoints=env.get("FAILPOINTS", ""),
            api_origins=_words(env.get("API_ORIGINS", "")),
            private_network=env.get("PRIVATE_NETWORK", "off") == "on",
            outbound_hosts=_words(env.get("OUTBOUND_HOSTS", "")),
            breached_passwords=env.get("BREACHED_PASSWORDS", ""),
        )
        return _ready(settings, env)


def _ready(settings: Settings, env: Mapping[str, str]) -> Settings:
    faults = _faults(settings, env) if settings.production else []
    if faults:
        raise SettingsError("Not ready for production: " + "; ".join(faults) + ".")
    return settings


def _faults(settings: Settings, env: Mapping[str, str]) -> list[str]:
    wanted = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "BASE_URL", "TRUSTED_HOSTS", "MAIL_URL")
    stripe = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
    insecure = [url for url in (settings.sms_url, settings.tile_url) if url and not url.startswith("https://")]
    provider = (settings.stripe_api_base, settings.stripe_js_url)
    wrong = {
        "SECRET_KEY must be a secret of at least 32 characters": settings.secret_key == DEVELOPMENT_SECRET
        or 0 < len(settings.secret_key) < 32,
        "BASE_URL must start with https://": not settings.base_url.startswith("https://"),
        "DATABASE_URL must name a PostgreSQL database": settings.database_url.startswith("sqlite"),
        "STRIPE_API_BASE and STRIPE_JS_URL must be https": not all(url.startswith("https://") for url in provider),
        "MAIL_URL must name a mail server": settings.mail_url.startswith(("console:", "folder:")),
        "SMS_URL must start with https://": settings.sms_url in insecure,
        "RATE_LIMITS must be on": not settings.rate_limits,
        "TILE_URL must start with https://": settings.tile_url in insecure,
        "METRICS_TOKEN must have at least 32 characters": 0 < len(settings.metrics_token) < 32,
        "API_ORIGINS must be https": not all(origin.startswith("https://") for origin in settings.api_origins),
        "FAILPOINTS is only for tests": bool(settings.failpoints),
        f"DATABASE_URL must say sslmode=require or more {OR_PRIVATE}": not _closed(settings, settings.database_url),
        f"REDIS_URL must start with rediss:// {OR_PRIVATE}": not _closed(settings, settings.redis_url),
        "REDIS_URL must carry a password": not _proves_itself(settings.redis_url),
        "OUTBOUND_HOSTS must name the host of GEOCODER where GEOCODER_URL does not": bool(settings.geocoder)
        and not (settings.geocoder_url or settings.outbound_hosts),
        "BREACHED_PASSWORDS must name a file": bool(settings.breached_passwords)
        and not Path(settings.breached_passwords).is_file(),
    }
    missing = [f"{name} is not set" for name in (*wanted, *stripe) if not env.get(name)]
    return [*missing, *(words for words, holds in wrong.items() if holds)]


def _closed(settings: Settings, url: str) -> bool:
    """Whether nobody on the way can listen: TLS, or a way that does not leave this machine or a network of our own."""
    where = urlsplit(url)
    mode = _said(where, "sslmode")
    return settings.private_network or _here(where) or where.scheme == "rediss" or mode in CLOSED_MODES


def _proves_itself(url: str) -> bool:
    where = urlsplit(url)
    return _here(where) or bool(where.password) or bool(_said(where, "ssl_certfile"))


def _here(where: SplitResult) -> bool:
    host = where.hostname or _said(where, "host")
    return where.scheme in {"unix", "sqlite"} or host.startswith("/") or host in LOOPBACK


def _said(where: SplitResult, name: str) -> str:
    return parse_qs(where.query).get(name, [""])[-1]


def _with_files(env: Mapping[str, str]) -> Mapping[str, str]:
    named = {name.removesuffix("_FILE"): path for name, path in env.items() if name.endswith("_FILE")}
    try:
        read = {name: Path(path).read_text(encoding="utf-8").strip() for name, path in named.items() if name in FILED}
    except OSError as error:
        raise SettingsError(f"{error.filename} cannot be read.") from None
    return {**env, **read}


def _kind(word: str) -> Kind:
    if word not in get_args(Kind):
        raise SettingsError(f"HOTCORNER_ENV is {word!r}; it must be one of {', '.join(get_args(Kind))}.")
    return cast("Kind", word)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _number(env: Mapping[str, str], name: str, default: int | None) -> int | None:
    text = env.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{name} is {text!r}; it must be a whole number.")
    return int(text)


def settings() -> Settings:
    """The settings of the running program."""
    return cast("Settings", current_app.extensions["settings"])
