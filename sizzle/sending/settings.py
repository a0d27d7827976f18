"""Settings of sending, from the environment: who sends, when, and how."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import Field, SecretStr, field_validator

from sizzle.channels import ChannelSettings
from sizzle.errors import InputError
from sizzle.outreach.content.parts import Sender
from sizzle.outreach.timing import FrequencyCap, GatePolicy, QuietHours
from sizzle.outreach.timing.zones import is_zone
from sizzle.outreach.vocabulary import MessageClass

_USUAL: Final = Sender("")
_LINK: Final = re.compile(r"(?!(?:javascript|data|vbscript|file):)[a-z][a-z0-9+.-]*:[!-~]+", re.I)


class SendingSettings(ChannelSettings):
    """Settings of sending. `SIZZLE_OUTREACH_QUIET_HOURS` sets `quiet_hours`, and so on."""

    public_url: str = Field(
        "", description="The address under which members reach the service, for links."
    )
    sender_name: str = Field("", description="Who sends, as members read it.")
    sender_mail: str = Field("", description="The address that mails come from.")
    postal_address: str = Field("", description="The sender's postal address, for mails.")
    reply_to: str = Field("", description="Where answers go; empty for the sender's address.")
    unsubscribe_mail: str = Field("", description="An address that takes unsubscriptions.")
    sms_sender: str = Field("", description="The number or name that text messages come from.")
    message_domain: str = Field(
        "", description="The domain of message ids; empty for the sender's."
    )
    accent: str = Field(
        _USUAL.accent,
        pattern="^#[0-9a-fA-F]{6}$",
        description="The colour of the button in mails, as #RRGGBB; its text is white.",
    )
    app_link: str = Field(
        "",
        max_length=500,
        description="Where notifications of apps lead, such as app://reel; empty for the reel's "
        "page. Browsers always open the page.",
    )
    push_sound: str = Field(
        _USUAL.push_sound,
        max_length=100,
        description="The sound of notifications, as apps name it; empty for none.",
    )
    quiet_hours: str = Field(
        "21:00-08:00",
        description="When no marketing is sent, by the member's own clock; empty for never.",
    )
    quiet_hours_transactional: str = Field(
        "", description="The same for transactional messages; empty for never."
    )
    zone: str = Field("UTC", description="The time zone of members of whom none is known.")
    per_day: int | None = Field(
        2, ge=0, description="The most marketing messages to a member within 24 hours."
    )
    per_week: int | None = Field(
        5, ge=0, description="The most marketing messages to a member within seven days."
    )
    holdout: float = Field(
        0.0,
        ge=0,
        le=0.5,
        description="The share of members who get no marketing at all, to compare with.",
    )
    consent: Literal["assumed", "required"] = Field(
        "assumed",
        description="Whether marketing goes to those who said neither yes nor no.",
    )
    webhook_secret: SecretStr | None = Field(
        None, min_length=32, description="The secret that providers sign their webhooks with."
    )

    @field_validator("quiet_hours", "quiet_hours_transactional")
    @classmethod
    def _hours(cls, text: str) -> str:
        try:
            QuietHours.parse(text)
        except InputError as error:
            raise ValueError(str(error)) from error
        return text

    @field_validator("zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        if not is_zone(name):
            raise ValueError(f"{name[:60]!r} is not a time zone")
        return name

    @field_validator("app_link")
    @classmethod
    def _link(cls, link: str) -> str:
        if link and not _LINK.fullmatch(link):
            raise ValueError(f"{link[:60]!r} is not an address such as app://reel")
        return link

    @property
    def policy(self) -> GatePolicy:
        """The rules of the gate."""
        marketing, transactional = MessageClass.MARKETING, MessageClass.TRANSACTIONAL
        return GatePolicy(
            quiet={
                marketing: QuietHours.parse(self.quiet_hours),
                transactional: QuietHours.parse(self.quiet_hours_transactional),
            },
            caps={marketing: FrequencyCap(self.per_day, self.per_week)},
        )

    @property
    def sender(self) -> Sender:
        """Who sends.

        Raises:
            InputError: the settings lack what messages must say.
        """
        needed = ("public_url", "sender_name", "sender_mail", "postal_address")
        missing = [f"SIZZLE_OUTREACH_{name}".upper() for name in needed if not getattr(self, name)]
        if missing:
            raise InputError(
                f"Messages cannot say who sends them: {', '.join(missing)} is not set.",
                where="the environment",
                fix="set them; docs/outreach.md has an example.",
            )
        return Sender(
            name=self.sender_name,
            mail=self.sender_mail,
            postal_address=self.postal_address,
            reply_to=self.reply_to,
            unsubscribe_mail=self.unsubscribe_mail,
            phone=self.sms_sender,
            domain=self.message_domain,
            accent=self.accent,
            app_link=self.app_link,
            push_sound=self.push_sound,
        )
