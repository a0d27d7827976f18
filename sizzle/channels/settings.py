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
    sms: Literal["folder", "http"] = Field(
        "folder", description="How text messages go out: written to a folder, or to a gateway."
    )
    web_push: Literal["folder", "on"] = Field(
        "folder", description="How browsers' notifications go out."
    )
    fcm: Literal["folder", "on"] = Field(
        "folder", description="How Android's notifications go out."
    )
    apns: Literal["folder", "on"] = Field("folder", description="How Apple's notifications go out.")
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

    sms_url: str = Field("", description="The address of the gateway for text messages.")
    sms_token: SecretStr = Field(SecretStr(""), description="The bearer token that it wants.")
    sms_rate: float | None = Field(
        None, gt=0, le=100_000, description="Text messages a second, of all machines, at most."
    )
    sms_connections: int = Field(8, ge=1, le=100, description="Text messages at once.")
    push_connections: int = Field(16, ge=1, le=1000, description="Notifications at once.")
    http_timeout: float = Field(30, gt=0, description="Seconds to wait for a provider's answer.")
    vapid_key: Path | None = Field(
        None, description="The key by which push services know us, PEM, on the curve P-256."
    )
    vapid_contact: str = Field("", description="Whom they write to: mailto:... or https://...")
    web_push_hosts: str = Field(
        "fcm.googleapis.com updates.push.services.mozilla.com .notify.windows.com "
        "web.push.apple.com",
        description="The push services that are asked; a leading dot stands for all below.",
    )
    web_push_ca_file: Path | None = Field(
        None, description="PEM certificates of authorities to trust instead of the system's."
    )
    fcm_credentials: Path | None = Field(
        None, description="The JSON file of a service account's key."
    )
    fcm_url: str = Field("https://fcm.googleapis.com", description="FCM's address.")
    apns_key: Path | None = Field(None, description="The .p8 file of a key for APNs.")
    apns_key_id: str = Field("", description="Its id, ten characters.")
    apns_team: str = Field("", description="The team's id, ten characters.")
    apns_topic: str = Field("", description="The app's bundle id.")
    apns_url: str = Field(
        "https://api.push.apple.com",
        description="APNs' address; https://api.sandbox.push.apple.com for development.",
    )
    apns_ca_file: Path | None = Field(
        None, description="PEM certificates of authorities to trust instead of the system's."
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


def require_secure(url: str, name: str) -> None:
    """Refuse an address to which a secret would be sent in the clear.

    Raises:
        InputError: it has no https, and is not on this machine.
    """
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise InputError(
            f"{url[:200]!r} is not an https address.", where=name, fix="set it to https://..."
        )
