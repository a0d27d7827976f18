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

_PREFIX = "SIZZLE_"


class Settings(BaseSettings):
    """Each is set by `SIZZLE_` and its name in capitals, such as `SIZZLE_CATALOG`."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    catalog: str = Field("catalog", description="Published indexes: a folder, or a store's URL.")
    model: Path = Field(Path("ranker.pt"), description="The ranker's file.")
    histories: Path = Field(Path("histories.jsonl"), description="Viewing histories, JSON Lines.")
    titles: Path | None = Field(None, description="What titles are about, JSON Lines.")
    packages: Path | None = Field(None, description="Packaged assets, for HLS and DASH players.")
    ingests: Path | None = Field(None, description="Editors' uploads, where they may upload.")
    media: Path | None = Field(None, description="The folder whose files editors may name.")
    cadences: Path | None = Field(None, description="Cadences and sets of them, TOML.")
    state: Path = Field(
        default_factory=state_folder,
        description="The folder of API keys, the secret, and answers to repeated requests.",
    )

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="0 takes a free one.")
    workers: int = Field(1, ge=1, le=256, description="Processes that answer.")
    shutdown_seconds: int = Field(20, ge=1, description="How long answers may go on at the end.")

    secret: SecretStr | None = Field(
        None, min_length=32, description="Seals reel ids; without it, one is kept in `state`."
    )
    sign_addresses: bool = Field(False, description="Answer only signed addresses of delivery.")
    address_seconds: int = Field(21_600, ge=60, description="How long a signed address holds.")

    trusted_proxies: str = Field(
        "", description="Addresses and networks of proxies whose X-Forwarded-For is believed."
    )

    oidc_issuer: str | None = Field(None, description="Whose bearer tokens are taken too.")
    oidc_audience: str | None = Field(None, description="Whom those tokens must be for.")

    rate: float = Field(1000, gt=0, description="Requests a second of a key, unless it says so.")
    body_bytes: int = Field(2**20, ge=1024, description="Of a request, but for uploads.")
    upload_bytes: int = Field(2**29, ge=1024, description="Of an upload.")
    header_seconds: float = Field(10, gt=0, description="Until a request's headers are there.")
    body_seconds: float = Field(20, gt=0, description="Until a body is there, and a second more")
    body_rate: int = Field(16_384, gt=0, description="for each of so many bytes.")

    refresh_seconds: float = Field(2, gt=0, description="Between looks at what may be newer.")
    log_requests: bool = Field(True, description="A line of the log for each request.")

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
        """The settings in force; what is given goes before the environment.

        Raises:
            InputError: one that cannot be used.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = f"{_PREFIX}{first['loc'][0]}".upper() if first["loc"] else "the settings"
            raise InputError(
                f"{name} cannot be used: {first['msg']}.",
                where="the environment or an option",
                fix="`sizzle config` explains each.",
            ) from error

    def environment(self) -> dict[str, str]:
        """The same, for the processes of workers to read."""
        return {
            f"{_PREFIX}{name}".upper(): _plain(value) for name, value in self if value is not None
        }

    def shown(self) -> Mapping[str, Any]:
        """Each by its variable, secrets masked."""
        return {
            f"{_PREFIX}{name}".upper(): value
            for name, value in self.model_dump(mode="json").items()
        }

    def source_of(self, name: str) -> str:
        """Where a variable's value comes from."""
        return "environment" if name in os.environ else "default"


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
