"""Settings of one installation, declared once: validation, help, docs and `doctor` read them."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from marketing_agent.providers.addresses import check_url


class SettingsError(Exception):
    """A setting that cannot be used; the message says which one and what to do."""


class Settings(BaseSettings):
    """What an installation is told through its environment; the rest are run-time switches."""

    model_config = SettingsConfigDict(
        env_prefix="MARKETING_AGENT_", frozen=True, extra="ignore", populate_by_name=True
    )

    home: Path = Field(
        default_factory=lambda: Path.home() / ".marketing-agent",
        description="Folder that holds the database, the key, logs, reports and backups.",
    )
    database_url: str = Field(
        default="",
        validation_alias=AliasChoices("DATABASE_URL", "database_url"),
        description="The agent store: sqlite:///FILE or postgresql://…; empty: SQLite in the home.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server binds to.")
    port: int = Field(default=8787, ge=0, le=65535, description="Port of the web server.")
    public_url: str = Field(
        default="", description="Address under which people reach the web server."
    )
    web_threads: int = Field(
        default=8, ge=1, le=64, description="Requests answered at the same time."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Reverse proxies whose forwarded headers count, with commas between.",
    )
    key: str = Field(
        default="",
        repr=False,
        description="Key that encrypts secrets; empty means the file `key` in the home.",
    )
    ca_file: str = Field(
        default="",
        description="Extra certificate authority (PEM) trusted for SMTP, IMAP and providers.",
    )
    smtp_step_s: float = Field(
        default=60.0, gt=0, le=120, description="Seconds an SMTP server may take for one step."
    )
    smtp_final_s: float = Field(
        default=600.0,
        gt=0,
        le=600,
        description="Seconds an SMTP server may take to answer the final dot of a letter.",
    )
    imap_step_s: float = Field(
        default=60.0,
        gt=0,
        le=300,
        description="Seconds an IMAP server may take to answer one command; a large mail may take longer.",
    )
    llm_grok_url: str = Field(
        default="https://api.x.ai/v1",
        description="Address of Grok's API; its key is the secret LLM_GROK, without which nobody asks.",
    )
    llm_grok_model: str = Field(default="grok-4.3", description="The model that Grok is asked for.")
    llm_grok_price_in: float = Field(
        default=1.25, ge=0, description="Dollars for a million tokens that Grok reads."
    )
    llm_grok_price_out: float = Field(
        default=2.5, ge=0, description="Dollars for a million tokens that Grok writes."
    )
    llm_grok_reasoning: str = Field(
        default="none", description="How much Grok reasons: none, low, medium, high; empty: unsaid."
    )
    llm_grok_budget: float = Field(
        default=1.0, ge=0, description="Dollars that Grok may cost a day (UTC)."
    )
    llm_fallback_url: str = Field(
        default="",
        description="Address of a compatible API, asked when Grok gives no answer; key: LLM_FALLBACK.",
    )
    llm_fallback_model: str = Field(default="", description="The model asked for there.")
    llm_fallback_price_in: float = Field(
        default=0.0, ge=0, description="Dollars for a million tokens read there; 0: free."
    )
    llm_fallback_price_out: float = Field(
        default=0.0, ge=0, description="Dollars for a million tokens written there; 0: free."
    )
    llm_fallback_reasoning: str = Field(
        default="", description="How much that model reasons; empty: unsaid."
    )
    llm_fallback_budget: float = Field(
        default=1.0, ge=0, description="Dollars that the fallback may cost a day (UTC)."
    )
    llm_connect_s: float = Field(
        default=5.0, gt=0, le=30, description="Seconds to connect to a model's server."
    )
    llm_answer_s: float = Field(
        default=30.0, gt=0, le=90, description="Seconds that a model may take for the whole answer."
    )
    llm_per_minute: float = Field(
        default=60.0, gt=0, le=10_000, description="Questions a minute to each model at most."
    )
    intent_threshold: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="Confidence below which the rules' reading of a reply is doubted, a model's not taken.",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    sandbox: bool = Field(
        default=False,
        description="A throw-away world: only loopback is reached, test domains are allowed, and from this "
        "machine nobody needs a token.",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _words(value) if isinstance(value, str) else value

    @field_validator("llm_grok_url", "llm_fallback_url")
    @classmethod
    def _safe(cls, value: str) -> str:
        if value:
            check_url(value)
        return value

    @property
    def base_url(self) -> str:
        """Where the API answers, without a trailing slash."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def store_url(self) -> str:
        """The agent store's URL with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'agent.sqlite3'}"

    def key_material(self) -> str:
        """Give the key that encrypts secrets, from environment or home; empty before `init`."""
        file = self.home / "key"
        return self.key or (file.read_text().strip() if file.is_file() else "")


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Give the settings of this process, read once.

    Raises:
        SettingsError: when a variable cannot be understood.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).removeprefix("MARKETING_AGENT_").upper()
        raise SettingsError(
            f"The setting {name} cannot be used: {first['msg'].removeprefix('Value error, ')}."
        ) from None


def database_config(url: str) -> dict[str, object]:
    """Turn a database URL into Django's settings for it.

    Raises:
        SettingsError: when the URL is neither sqlite:///… nor postgresql://…, or has a broken host.
    """
    try:
        return _database_config(url)
    except ValueError:  # its text may hold a part of the password
        raise SettingsError(
            "DATABASE_URL cannot be read: host or port is malformed. "
            "A special character in the password is written as %40 and the like."
        ) from None


def _database_config(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(
            unquote(parts.path[1:]) if parts.path.startswith("//") else unquote(parts.path)
        )
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(url)
    raise SettingsError(
        "DATABASE_URL must begin with sqlite:/// or postgresql://; it is neither. "
        "Example: DATABASE_URL=postgresql://agent@127.0.0.1:5432/agent"
    )


def _sqlite(path: str) -> dict[str, object]:
    # A recorded attempt must survive a power cut, hence FULL; writers queue instead of failing,
    # hence IMMEDIATE and the busy timeout. The cache is per connection, in KiB, hence its size.
    pragmas = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;"
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "marketing-agent"} | options,
    }
