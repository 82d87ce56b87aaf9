"""Settings, read once from the environment and checked before anything starts.

Every name carries the prefix ``AMICUS_`` except those that other tools know by a fixed name: ``DATABASE_URL`` and
``STRIPE_…``. An unknown name under our prefixes is refused, because a mistyped setting must not pass unnoticed.
"""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
_FIXED_NAMES = {
    "DATABASE_URL",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_CHECKOUT_ORIGIN",
}
_PREFIXES = ("AMICUS_", "STRIPE_")


class ConfigError(RuntimeError):
    """A setting is missing, unknown or dangerous; the message says which and why."""


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address) never leaves this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _fixed(name: str) -> AliasChoices:
    return AliasChoices(name)


class Settings(BaseSettings):
    """All settings. Amounts are pence (minor units), rates are hundredths of a per cent, times are as named."""

    model_config = SettingsConfigDict(env_prefix="AMICUS_", extra="ignore", frozen=True, populate_by_name=True)

    env: Literal["development", "production"] = "production"
    site_name: str = "Amicus"
    base_url: str = "http://localhost:8000"
    secret_key: SecretStr
    data_dir: Path = ROOT / "var"
    proxy_count: int = Field(0, ge=0, le=5)

    database_url: str = Field("", validation_alias=_fixed("DATABASE_URL"))
    database_pool_size: int = Field(5, ge=1, le=100)

    stripe_secret_key: SecretStr = Field(validation_alias=_fixed("STRIPE_SECRET_KEY"))
    stripe_webhook_secret: SecretStr = Field(validation_alias=_fixed("STRIPE_WEBHOOK_SECRET"))
    stripe_api_base: str = Field("", validation_alias=_fixed("STRIPE_API_BASE"))
    stripe_checkout_origin: str = Field("", validation_alias=_fixed("STRIPE_CHECKOUT_ORIGIN"))

    mail_backend: Literal["smtp", "console", "file"] = "smtp"
    mail_host: str = "localhost"
    mail_port: int = 25
    mail_username: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_starttls: bool = False
    mail_from: str = "Amicus <hello@amicus.example>"

    clock_file: Path | None = None
    log_format: Literal["json", "text"] = "json"

    currency: str = "GBP"
    court_time_zone: str = "Europe/London"
    minimum_pledge: int = Field(500, ge=30, le=100_000_00)
    maximum_pledge: int = Field(5_000_00, ge=500, le=1_000_000_00)
    typical_pledge: int = Field(40_00, ge=500)  # what the fixed part of a card fee is spread over in a budget
    minimum_target: int = Field(500_00, ge=500, le=1_000_000_00)
    maximum_target: int = Field(1_000_000_00, ge=500, le=100_000_000_00)
    unfiled_cap: int = Field(15_000_00, ge=500, le=100_000_000_00)  # the largest target while nobody checked the filing
    deadline_days_min: int = Field(7, ge=1, le=365)
    deadline_days_max: int = Field(60, ge=1, le=365)
    withdraw_hours: int = Field(24, ge=0)
    fresh_minutes: int = Field(15, ge=1, le=1440)  # how old a proof of who one is may be before something sensitive
    evidence_days: int = Field(90, ge=1, le=3653)  # how long a lawyer's evidence is kept after the decision
    sign_in_days: int = Field(30, ge=1, le=3653)  # how long sign-ins and links are kept that have ended
    letter_days: int = Field(365, ge=1, le=3653)  # how long it is kept to which address a letter went
    unfinished_days: int = Field(30, ge=1, le=3653)  # how long a pledge that was never finished keeps its name
    unpaid_days: int = Field(365, ge=1, le=3653)  # … one that ended without a charge
    paid_days: int = Field(2192, ge=365, le=7305)  # … one that was paid: six years
    draft_days: int = Field(730, ge=30, le=3653)  # how long a page is kept that nobody sent in or touched
    verification_days: int = Field(365, ge=60, le=1826)  # how long a lawyer's badge stands
    register_days: int = Field(35, ge=1, le=366)  # how old an imported register may be
    review_days: int = Field(3, ge=1, le=60)  # working days within which staff answer
    second_reviewer_from: int = Field(25_000_00, ge=1, le=100_000_000_00)  # pages that ask for this much take two
    invitation_days: int = Field(30, ge=1, le=365)  # how long an invitation to a private page works
    update_duty_days: int = Field(60, ge=14, le=365)
    retry_days: tuple[int, ...] = (1, 3, 5, 7)
    platform_fee_rate: int = Field(300, ge=0, le=2000)
    card_fee_rate: int = Field(150, ge=0, le=1000)
    card_fee_fixed: int = Field(20, ge=0)
    page_cache: bool = True  # whole pages for visitors without a session
    charges_per_second: int = Field(20, ge=1, le=24)

    @model_validator(mode="after")
    def _refuse_danger(self) -> Self:
        url = urlsplit(self.base_url)
        if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/"):
            raise ValueError("AMICUS_BASE_URL must be an origin such as https://amicus.example, without a path")
        if url.scheme == "http" and not is_loopback(url.hostname):
            raise ValueError("AMICUS_BASE_URL may use http on this machine only; use https")
        if len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("AMICUS_SECRET_KEY must have at least 32 characters")
        live = self.stripe_secret_key.get_secret_value().startswith(("sk_live_", "rk_live_"))
        if self.stripe_api_base:
            if live:
                raise ValueError("STRIPE_API_BASE points at a stand-in; it must not be used with a live key")
            if not is_loopback(urlsplit(self.stripe_api_base).hostname or ""):
                raise ValueError("STRIPE_API_BASE may only point at this machine")
        if self.env == "production":
            if self.clock_file:
                raise ValueError("AMICUS_CLOCK_FILE moves the clock; it is for development only")
            if "development" in self.secret_key.get_secret_value():
                raise ValueError("AMICUS_SECRET_KEY is the development key")
        if self.deadline_days_min > self.deadline_days_max:
            raise ValueError("AMICUS_DEADLINE_DAYS_MIN is above AMICUS_DEADLINE_DAYS_MAX")
        return self

    @property
    def is_secure(self) -> bool:
        """Whether the site is reached by https; cookies are marked Secure then."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """Host name (and port, where one is written) that requests must name."""
        return urlsplit(self.base_url).netloc

    @property
    def hostname(self) -> str:
        """Host name alone, to which passkeys are bound."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers write them: without the port that goes without saying."""
        url = urlsplit(self.base_url)
        usual = {"http": 80, "https": 443}[url.scheme]
        return f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port not in (None, usual) else "")

    @property
    def sqlalchemy_url(self) -> str:
        """SQLAlchemy URL; a SQLite file under `data_dir` unless DATABASE_URL is given."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'amicus.sqlite3'}"
        for old in ("postgres://", "postgresql://"):
            if url.startswith(old):
                return "postgresql+psycopg://" + url.removeprefix(old)
        return url

    @property
    def checkout_origin(self) -> str:
        """Origin of the provider's hosted pages, named in the Content-Security-Policy of pages that lead there."""
        if self.stripe_checkout_origin:
            return self.stripe_checkout_origin
        if self.stripe_api_base:
            url = urlsplit(self.stripe_api_base)
            return f"{url.scheme}://{url.netloc}"
        return "https://checkout.stripe.com"

    @property
    def livemode(self) -> bool:
        """Whether the provider key moves real money."""
        return "_live_" in self.stripe_secret_key.get_secret_value()

    @property
    def session_cookie_name(self) -> str:
        """`__Host-` binds the cookie to this host and to https; browsers refuse the prefix on http."""
        return "__Host-session" if self.is_secure else "session"

    def flask(self) -> dict[str, object]:
        """The settings that Flask and its extensions read by their own names."""
        return {
            "SECRET_KEY": self.secret_key.get_secret_value(),
            "SERVER_NAME": None,
            "PREFERRED_URL_SCHEME": urlsplit(self.base_url).scheme,
            "TRUSTED_HOSTS": [urlsplit(self.base_url).hostname or "", *(["127.0.0.1"] if not self.is_secure else [])],
            "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "SESSION_COOKIE_NAME": self.session_cookie_name,
            "SESSION_COOKIE_PATH": "/",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_secure,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": True,
            "SQLALCHEMY_DATABASE_URI": self.sqlalchemy_url,
            "MAIL_BACKEND": self.mail_backend,
            "MAIL_SERVER": self.mail_host,
            "MAIL_PORT": self.mail_port,
            "MAIL_USERNAME": self.mail_username or None,
            "MAIL_PASSWORD": self.mail_password.get_secret_value() or None,
            "MAIL_USE_TLS": self.mail_starttls,
            "MAIL_TIMEOUT": 30,
            "MAIL_DEFAULT_SENDER": self.mail_from,
            "MAIL_FILE_PATH": str(self.data_dir / "mail"),
            "BABEL_DEFAULT_LOCALE": "en",
            "AMICUS": self,
        }


def unknown_names(environ: dict[str, str]) -> list[str]:
    """Names under our prefixes that no setting has, sorted."""
    known = {f"AMICUS_{name.upper()}" for name in Settings.model_fields} | _FIXED_NAMES
    return sorted(name for name in environ if name.startswith(_PREFIXES) and name not in known)


def load(**overrides: object) -> Settings:
    """Settings from the environment, with `overrides` by field name. Raises ConfigError with every problem at once."""
    unknown = unknown_names(dict(os.environ))
    if unknown:
        raise ConfigError("Unknown settings: " + ", ".join(unknown))
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValueError as error:
        raise ConfigError(f"The settings are not usable:\n{error}") from None
