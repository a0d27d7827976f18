"""What a message is composed from, beside the line, the member and what is promoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sizzle.events.attribution import DIRECT
from sizzle.outreach.vocabulary import Channel, MessageClass


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes.

    Attributes:
        address: a mail address, a number in E.164, a device token, or a browser's subscription.
    """

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class SendContext:
    """The send that a message is composed for.

    Attributes:
        topic: what the member can unsubscribe from.
        reason: as from `message_reason`; empty where none may be given.
        campaign_id: of the campaign; empty for a transactional message.
        activity_id: of the campaign or journey; empty for a transactional message.
        journey_id: of the journey instead.
        run_id: of the journey.
        treatment_id: of the campaign.
    """

    send_id: str
    message_class: MessageClass
    topic: str = ""
    reason: str = ""
    campaign_id: str = ""
    activity_id: str = ""
    treatment_id: str = ""
    journey_id: str = ""
    run_id: str = ""

    @property
    def event_attributes(self) -> dict[str, str]:
        """What events of the message have, so that they are attributed to it."""
        if self.journey_id:
            given = {
                "journey_id": self.journey_id,
                "journey_activity_id": self.activity_id,
                "journey_run_id": self.run_id,
            }
        elif self.campaign_id:
            given = {
                "campaign_id": self.campaign_id,
                "campaign_activity_id": self.activity_id,
                "treatment_id": self.treatment_id,
            }
        else:
            given = {"campaign_id": DIRECT, "campaign_activity_id": self.send_id}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class SendLinks:
    """The absolute addresses of one send.

    Attributes:
        reel: of the page that plays the member's reel.
        unsubscribe: of the page and of one-click unsubscription; empty for transactional.
        opened: of the picture that tells of the mail's opening, or below which a browser tells what
            became of a notification; empty where none is asked for.
    """

    reel: str
    unsubscribe: str = ""
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of a clip: absolute addresses by width in pixels, and the shape."""

    addresses: Mapping[int, str]
    width: int
    height: int

    def at_least(self, width: int) -> str:
        """The address of the smallest picture that is at least so wide, or of the widest."""
        wide = [each for each in self.addresses if each >= width]
        return self.addresses[min(wide) if wide else max(self.addresses)]


@dataclass(frozen=True, slots=True)
class ReelTitle:
    """A title of a reel, and the still of its first cut there."""

    title_id: str
    name: str
    still: Still | None = None


@dataclass(frozen=True, slots=True)
class MessageReel:
    """A member's reel as a message shows it.

    Attributes:
        reel_id: replays it.
        asset_id: of the Mega Asset that it is cut from.
        asset_version: of its index.
        model_version: of the ranking.
        titles: in the order of their first cuts.
        still: of the first cut; None where the asset's package has no stills.
        seconds: how long it lasts.
    """

    reel_id: str
    asset_id: str
    asset_version: str
    model_version: str
    titles: tuple[ReelTitle, ...]
    still: Still | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, in the words of its installation.

    Attributes:
        name: shown as the mail's sender and above its text.
        mail: the address that mails come from.
        postal_address: in one line or several; the law of most countries asks for it.
        reply_to: where answers go; empty for `mail`.
        unsubscribe_mail: an address that takes unsubscriptions by mail (RFC 2369), if there is one.
        phone: the number or name that text messages come from.
        domain: of message ids; empty for that of `mail`.
        accent: the colour of buttons, as #RRGGBB.
        app_link: where an app's notification leads, such as `app://reel`; empty for the page.
        push_sound: of notifications; empty for none.
        image_width: of a notification's picture, in pixels.
        extra_data: what apps get beside each notification.
    """

    name: str
    mail: str = ""
    postal_address: str = ""
    reply_to: str = ""
    unsubscribe_mail: str = ""
    phone: str = ""
    domain: str = ""
    accent: str = "#c2410c"
    app_link: str = ""
    push_sound: str = "default"
    image_width: int = 640
    extra_data: Mapping[str, str] = field(default_factory=dict)
