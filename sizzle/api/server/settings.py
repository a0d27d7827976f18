"""The service's settings, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sizzle.api.auth.proxies import TrustedProxies
from sizzle.errors import InputError
from sizzle.state_folder import state_folder
from sizzle.viewing_source import DEFAULT_HISTORIES

_PREFIX = "SIZZLE_"


class Settings(BaseSettings):
    """The service's settings. `SIZZLE_CATALOG` sets `catalog`, and so on."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    catalog: str = Field(
        "catalog", description="The catalog: a folder, or the URL of an object store."
    )
    model: Path = Field(Path("ranker.pt"), description="The ranker's model file.")
    histories: Path = Field(
        DEFAULT_HISTORIES,
        description="Viewing histories from before the log of events, JSON Lines.",
    )
    cache_bytes: int = Field(
        32_000_000,
        ge=1_000_000,
        description="Bytes of members' histories, as the model has read them, that each worker "
        "keeps: some 10 kB for each member, and 1 kB for each event.",
    )
    titles: Path | None = Field(None, description="Titles' metadata, JSON Lines.")
    packages: str | None = Field(
        None,
        description="The packaged assets: a folder, or the URL of an object store; enables "
        "streaming to players.",
    )
    ingests: Path | None = Field(
        None, description="The folder for editors' uploads; enables /v1/ingests and /editor."
    )
    uploads: str | None = Field(
        None,
        description="Where several machines find uploaded files: the URL of an object store, or a "
        "folder that all see; by default each keeps them in its own folders.",
    )
    media: Path | None = Field(None, description="The folder of media that uploads may refer to.")
    viewing_policy: Path | None = Field(None, description="What counts as viewing, TOML.")
    cadences: Path | None = Field(None, description="More cadences, and sets of them, TOML.")
    treatments: Path | None = Field(None, description="What treatments change in reels, TOML.")
    state: Path = Field(
        default_factory=state_folder,
        description="The folder of API keys, the secret, and stored responses.",
    )
    database: SecretStr | None = Field(
        None,
        description="The database: PostgreSQL, which several machines share, or SQLite; by "
        "default in the state.",
    )
    record_exposures: bool = Field(
        True, description="Record each reel that is answered: what was shown to whom."
    )
    exposure_days: int = Field(
        400, ge=30, description="Days for which these records are kept; then they are deleted."
    )

    outreach_writer: str = Field(
        "catalogue", description="Who writes lines: `catalogue`, `openai` or `bedrock`."
    )
    outreach_writer_url: str = Field("", description="Where the writer `openai` is, up to /v1.")
    outreach_writer_model: str = Field("", description="The writer's model.")
    outreach_improver_url: str = Field(
        "", description="Where the writer is that improves prompts; empty for the writer's."
    )
    outreach_improver_model: str = Field(
        "", description="The model that improves prompts; empty for the writer's."
    )
    outreach_writer_key: SecretStr | None = Field(None, description="The key of `openai`.")
    outreach_policy: Path | None = Field(
        None, description="Limits of texts, and words that they may not have, TOML."
    )

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port; 0 chooses a free one.")
    workers: int = Field(1, ge=1, le=256, description="Number of worker processes.")
    shutdown_seconds: int = Field(
        20, ge=1, description="Time to finish requests in progress when the service ends."
    )

    secret: SecretStr | None = Field(
        None,
        min_length=32,
        description="The secret that seals reel ids; by default one in the state folder.",
    )
    sign_addresses: bool = Field(False, description="Answer only signed addresses of streams.")
    address_seconds: int = Field(
        21_600, ge=60, description="Minimum time that a signed address is valid."
    )

    trusted_proxies: str = Field(
        "", description="Addresses and networks of proxies to trust, comma-separated."
    )

    oidc_issuer: str | None = Field(
        None, description="URL of the OpenID Connect provider whose bearer tokens are accepted."
    )
    oidc_audience: str | None = Field(None, description="The audience that these tokens must name.")

    oidc_client_id: str | None = Field(
        None, description="Our id with that provider; people then sign in there."
    )
    oidc_client_secret: SecretStr | None = Field(
        None, description="Our secret with it; none for a public client."
    )
    oidc_name: str = Field("", description="What pages call the provider; by default its host.")
    oidc_roles_claim: str = Field(
        "roles", description="The claim of its ID tokens that holds scopes of this service."
    )

    session_hours: float = Field(
        12, gt=0, le=720, description="Hours after which somebody signs in anew."
    )
    session_idle_minutes: float = Field(
        120, ge=5, le=43_200, description="Minutes without a request after which a session ends."
    )

    rate: float = Field(
        1000, gt=0, description="Requests per second for each key without its own rate."
    )
    token_rate: float = Field(
        20, gt=0, description="Requests per second with the event token of one reel."
    )
    queue_members: int = Field(
        5000,
        ge=1,
        description="Members who may wait for their rankings in each worker: so many for single "
        "requests, and as many for batches. More are refused with 503.",
    )
    queue_seconds: float = Field(
        30, gt=0, description="How long a request may wait until its ranking is begun."
    )
    body_bytes: int = Field(
        2**20, ge=1024, description="Maximum bytes of a request body, except uploads."
    )
    upload_bytes: int = Field(2**29, ge=1024, description="Maximum bytes of an upload.")
    header_seconds: float = Field(10, gt=0, description="Time to send a request's headers.")
    body_seconds: float = Field(
        20, gt=0, description="Time to send a body, in addition to its size divided by body_rate."
    )
    body_rate: int = Field(
        16_384,
        gt=0,
        description="Minimum bytes per second at which a client sends or reads a body.",
    )

    refresh_seconds: float = Field(
        2, gt=0, description="Interval between checks for newer catalogs, models, cadences, keys."
    )
    log_requests: bool = Field(True, description="Log a line for each request.")

    @field_validator("state")
    @classmethod
    def _absolute(cls, state: Path) -> Path:
        return state.absolute()

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: str) -> str:
        TrustedProxies.parse(proxies)
        return proxies

    @classmethod
    def read(cls, **given: object) -> Settings:
        """The settings; those that are given take precedence over the environment.

        Raises:
            InputError: an invalid value.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            name, what = next(iter(_invalid(error).items()))
            raise InputError(
                f"{_variable(name)} is invalid: {what}.",
                where="the environment or an option",
                fix="`sizzle config` describes each setting.",
            ) from error

    @classmethod
    def read_valid(cls) -> tuple[Settings, dict[str, str]]:
        """The settings with the defaults of those that are invalid, and what is wrong with these.

        Returns:
            The settings; and by the variables of those that are invalid, what is wrong.
        """
        try:
            return cls(), {}  # type: ignore[call-arg]
        except ValidationError as error:
            wrong = _invalid(error)
        fields = cls.model_fields
        defaults = {name: fields[name].get_default(call_default_factory=True) for name in wrong}
        return cls(**defaults), {_variable(name): what for name, what in wrong.items()}

    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for worker processes to read."""
        return {_variable(name): _plain(value) for name, value in self if value is not None}

    def shown(self) -> Mapping[str, Any]:
        """The values by their variables, with secrets masked."""
        return {_variable(name): value for name, value in self.model_dump(mode="json").items()}

    def source_of(self, name: str) -> str:
        """Where a variable's value comes from."""
        return "environment" if name in os.environ else "default"


def _variable(name: str) -> str:
    return f"{_PREFIX}{name}".upper()


def _invalid(error: ValidationError) -> dict[str, str]:
    """What is wrong with each setting, by name."""
    return {str(problem["loc"][0]): problem["msg"] for problem in error.errors() if problem["loc"]}


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
