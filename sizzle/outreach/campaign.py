"""Campaigns: what is sent to whom, and the states that a campaign goes through."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from sizzle.errors import InputError
from sizzle.experiments import assign
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.transitions import Transition
from sizzle.outreach.vocabulary import Channel, MessageClass, PromotedKind

MARKETING_TOPIC: Final = "marketing"

# An activity's id is made of both, and is an id as well.
_CampaignId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z")]
_TreatmentName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,29}\Z")]
_Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_OptionalId = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


class CampaignState(StrEnum):
    """States of a campaign."""

    DRAFT = "draft"
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a campaign."""


class Treatment(_Part, frozen=True, kw_only=True):
    """What some of the members get.

    Attributes:
        name: the same name always gets the same members.
        weight: of those who get it, among the weights of all treatments.
        channels: in the order in which they are preferred.
        give_reason: whether the message says why the member may like what it promotes.
        show_reel: whether it shows the member's own reel.
    """

    name: _TreatmentName = "all"
    weight: Annotated[float, Meta(gt=0, le=1_000_000)] = 1.0
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=8)] = (Channel.EMAIL,)
    give_reason: bool = True
    show_reel: bool = True


class ReelPolicy(_Part, frozen=True, kw_only=True):
    """Which reel a message shows; the member's own, as it is when the message is sent."""

    asset_id: _Id
    cadence: _OptionalId = ""


class Measurement(_Part, frozen=True, kw_only=True):
    """What is planned to be found out, said before anything is sent.

    Attributes:
        days: after the start, what members watch is counted for so long.
        rate: the share of members who are expected to play what is promoted without a message.
        lift: the smallest difference to that share that is worth finding.
        most_minutes: of a member that count as watched; more would be an outlier.
    """

    days: Annotated[int, Meta(ge=1, le=366)] = 28
    rate: Annotated[float, Meta(gt=0, lt=1)] = 0.05
    lift: Annotated[float, Meta(gt=0, lt=1)] = 0.02
    most_minutes: Annotated[int, Meta(ge=1, le=10_000)] = 600


class ContradictoryCampaignError(InputError):
    """A campaign whose parts contradict each other."""

    status = 409
    slug = "contradictory-campaign"
    title = "The campaign contradicts itself"


class Campaign(_Part, frozen=True, kw_only=True, rename={"message_class": "class"}):
    """What a campaign sends, to whom, and when: an approval is of all of this.

    Attributes:
        snapshot_id: of the members, as a person saw them.
        app: whose endpoints are used; empty for those of all applications.
        reach: `first`: one message for a member, over the first channel that they can be reached
            by; `all`: one for each endpoint.
        start: when it may begin, in milliseconds since 1970; None for at once.
        latest_start: after this, a person is asked before anything more is sent.
        expires: after this, what was not sent is skipped.
        holdout: the share of members who get nothing, to compare with.
        measurement: what is found out by that.
    """

    campaign_id: _CampaignId
    name: Annotated[str, Meta(max_length=200, pattern=PRINTABLE)] = ""
    message_class: MessageClass = MessageClass.MARKETING
    topic: _Id = MARKETING_TOPIC
    kind: PromotedKind
    promoted_id: _Id
    snapshot_id: _Id
    app: _OptionalId = ""
    treatments: Annotated[tuple[Treatment, ...], Meta(min_length=1, max_length=20)] = (Treatment(),)
    reach: Literal["first", "all"] = "first"
    reel: ReelPolicy | None = None
    start: int | None = None
    latest_start: int | None = None
    expires: int | None = None
    holdout: Annotated[float, Meta(ge=0, le=0.9)] = 0.0
    measurement: Measurement = Measurement()

    @classmethod
    def parse(cls, data: bytes | str, where: str = "") -> Campaign:
        """Read JSON. Raises InputError: not a campaign."""
        try:
            campaign = msgspec.json.decode(data, type=cls)
        except (msgspec.DecodeError, RecursionError) as error:
            raise InputError(
                f"Not a campaign: {error}.", where=where, fix="docs/outreach.md describes it."
            ) from error
        campaign.check()
        return campaign

    def check(self) -> None:
        """Raises ContradictoryCampaignError."""
        for problem in _problems(self):
            raise ContradictoryCampaignError(
                f"{problem}.", where=f"campaign {self.campaign_id}", fix="change the campaign."
            )

    @property
    def content(self) -> str:
        """Canonical JSON."""
        record = msgspec.to_builtins(self)
        for name, usual in _NEW_FIELDS.items():
            # What is as it always was is left out: the digests of approved campaigns stay.
            if getattr(self, name) == usual:
                del record[name]
        return msgspec.json.encode(record, order="deterministic").decode()

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: what an approval is of."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def activity_id(self, treatment: str) -> str:
        """The id of what sends one treatment."""
        return f"{self.campaign_id}.{treatment}"

    def assigned(self, member_id: str) -> str:
        """The name of a member's treatment, always the same; `HOLDOUT` for those held out."""
        weights = {each.name: each.weight for each in self.treatments}
        return assign("", self.campaign_id, member_id, weights, self.holdout)

    def treatment_of(self, member_id: str) -> Treatment:
        """The treatment that a member gets, always the same."""
        weights = {each.name: each.weight for each in self.treatments}
        name = assign("", self.campaign_id, member_id, weights)
        return next(each for each in self.treatments if each.name == name)


_NEW_FIELDS: Final[Mapping[str, object]] = {"holdout": 0.0, "measurement": Measurement()}


def _problems(campaign: Campaign) -> list[str]:
    names = [each.name for each in campaign.treatments]
    found = []
    if len(set(names)) < len(names):
        found.append("Two treatments have one name")
    if any(len(set(each.channels)) < len(each.channels) for each in campaign.treatments):
        found.append("A treatment names a channel twice")
    times = (campaign.start, campaign.latest_start, campaign.expires)
    known = [time for time in times if time is not None]
    if known != sorted(known):
        found.append("Its start, latest start and end are not in this order")
    if campaign.message_class is not MessageClass.MARKETING:
        found.append("A campaign is marketing; POST /v1/outreach/messages sends transactional mail")
    if campaign.measurement.rate + campaign.measurement.lift >= 1:
        found.append("The rate and the lift that it is measured by are more than all members")
    return found


class Action(StrEnum):
    """What a person does to a campaign."""

    APPROVE = "approve"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


_TRANSITIONS: Final[Mapping[Action, Transition[CampaignState]]] = {
    Action.APPROVE: Transition(CampaignState.APPROVED, (CampaignState.DRAFT,)),
    Action.START: Transition(CampaignState.RUNNING, (CampaignState.APPROVED,)),
    Action.PAUSE: Transition(CampaignState.PAUSED, (CampaignState.RUNNING,)),
    Action.RESUME: Transition(CampaignState.RUNNING, (CampaignState.PAUSED,)),
    Action.STOP: Transition(
        CampaignState.STOPPED,
        (
            CampaignState.DRAFT,
            CampaignState.APPROVED,
            CampaignState.RUNNING,
            CampaignState.PAUSED,
        ),
    ),
}


class CampaignStateError(InputError):
    """An action that a campaign's state does not allow."""

    status = 409
    slug = "campaign-state"
    title = "The campaign's state does not allow this"


def next_state(campaign_id: str, state: CampaignState, action: Action) -> CampaignState:
    """The state after an action; the same one where it was done before.

    Raises:
        CampaignStateError: the state does not allow it.
    """
    transition = _TRANSITIONS[action]
    if not transition.allows(state):
        raise CampaignStateError(
            f"The campaign is {state.value}.",
            where=f"campaign {campaign_id}",
            fix=f"`{action.value}` is for campaigns that are {transition.wanted}.",
        )
    return transition.target
