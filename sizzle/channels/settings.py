"""Settings of transports, from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sizzle.errors import InputError

PREFIX: Final = "SIZZLE_OUTREACH_"


class ChannelSettings(BaseSettings):
    """How messages are handed over. `SIZZLE_OUTREACH_EMAIL` sets `email`, and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    email: Literal["folder", "smtp"] = Field(
        "folder", description="How mails go out: written to a folder, or by SMTP."
    )
    folder: Path = Field(
        Path("outbox"),
        description="The folder of messages that go to nobody: those of channels without another "
        "transport.",
    )
    smtp_host: str = Field("127.0.0.1", min_length=1, description="The SMTP server.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="Encryption: with STARTTLS, from the start (port 465), or none, which only a "
        "server on this machine deserves.",
    )
    smtp_ca_file: Path | None = Field(
        None, description="PEM certificates of authorities to trust, beside the system's."
    )
    smtp_user: str = Field("", description="The user name; empty for no authentication.")
    smtp_password: SecretStr = Field(SecretStr(""), description="The password.")
    smtp_local_hostname: str = Field(
        "", description="The name to greet the server with; empty for this machine's."
    )
    smtp_envelope_from: str = Field(
        "", description="The address that bounces go to; empty for the mail's sender."
    )
    smtp_connections: int = Field(4, ge=1, le=100, description="Connections at once.")
    smtp_messages: int = Field(
        100, ge=1, description="Mails over one connection before a new one is opened."
    )
    smtp_rate: float | None = Field(
        None, gt=0, le=100_000, description="Mails a second, of all machines together, at most."
    )
    smtp_timeout: float = Field(30, gt=0, description="Seconds to wait for a response.")
    dkim_domain: str = Field("", description="The domain that signs mails; empty for no DKIM.")
    dkim_selector: str = Field("", description="The selector of the RSA key.")
    dkim_key: Path | None = Field(None, description="The RSA key, PEM.")
    dkim_ed25519_selector: str = Field("", description="The selector of the Ed25519 key.")
    dkim_ed25519_key: Path | None = Field(
        None, description="The Ed25519 key, base64 of its 32 bytes; beside the RSA key."
    )

    @classmethod
    def read(cls, **given: object) -> Self:
        """The settings; those that are given take precedence over the environment.

        Raises:
            InputError: an invalid value.
        """
        try:
            return cls(**given)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = f"{PREFIX}{first['loc'][0]}".upper() if first["loc"] else "the settings"
            raise InputError(
                f"{name} is invalid: {first['msg']}.",
                where="the environment",
                fix="docs/outreach.md describes each setting.",
            ) from error
