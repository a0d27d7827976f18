"""The form of a campaign: a new one, or a draft, which two people may change at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Form, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.portal.desk import Desk
from sizzle.errors import InputError, SizzleError
from sizzle.events.event import milliseconds
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.campaign_drafts import change_draft
from sizzle.outbox.campaign_errors import CampaignChangedError
from sizzle.outbox.segment_names import segment_names
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.campaign import Campaign, CampaignState, Treatment
from sizzle.outreach.vocabulary import Channel

PATH: Final = "/outreach/campaigns"
"""Of the pages of campaigns."""

# A campaign may be called "new".
ONE: Final = "/one/{campaign_id:campaign}"
"""Below it, of the pages of one of them."""

_MAX_TEXT: Final = 300
_SNAPSHOTS: Final = 100
_PROMOTED: Final = 500  # ids that are offered

_Text = Annotated[str, Field(max_length=_MAX_TEXT)]
_SnapshotId = Annotated[str, Query(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_CampaignId = Annotated[str, Path(max_length=MAX_ID_LENGTH)]


class CampaignForm(BaseModel):
    """What was typed; FastAPI reads it from a form.

    Attributes:
        base: the digest of the draft that is changed; empty for a new campaign.
        channels: that are ticked, by their names; none where several treatments have theirs.
        holdout: in percent.
        latest_start: a date and a time in UTC, as `datetime-local` fields send it.
    """

    model_config = ConfigDict(frozen=True)

    base: _Text = ""
    campaign_id: _Text = ""
    name: _Text = ""
    kind: _Text = "title"
    promoted_id: _Text = ""
    snapshot_id: _Text = ""
    channels: Annotated[list[str], Field(max_length=len(Channel))] = []
    reel_asset: _Text = ""
    holdout: _Text = ""
    latest_start: _Text = ""
    days: _Text = "28"

    @classmethod
    def of(cls, campaign: Campaign) -> CampaignForm:
        """The form with a campaign as it is."""
        start = campaign.latest_start
        return cls(
            base=campaign.digest,
            campaign_id=campaign.campaign_id,
            name=campaign.name,
            kind=campaign.kind.value,
            promoted_id=campaign.promoted_id,
            snapshot_id=campaign.snapshot_id,
            channels=[] if len(campaign.treatments) > 1 else [*campaign.treatments[0].channels],
            reel_asset=campaign.reel.asset_id if campaign.reel else "",
            holdout=f"{campaign.holdout * 100:.10g}",
            latest_start="" if start is None else _local(start),
            days=str(campaign.measurement.days),
        )

    def campaign(self, before: Campaign | None = None) -> Campaign:
        """The campaign that it describes.

        Args:
            before: the draft that is changed: what the form does not ask for stays.

        Raises:
            InputError: it describes none.
        """
        content: dict[str, Any] = json.loads(before.content) if before else {}
        measured = content.get("measurement", {})
        content |= {
            "campaign_id": self.campaign_id.strip(),
            "name": self.name.strip(),
            "kind": self.kind,
            "promoted_id": self.promoted_id.strip(),
            "snapshot_id": self.snapshot_id.strip(),
            "treatments": self._treatments(before),
            "holdout": _number(self.holdout or "0", "The holdout") / 100,
            "measurement": measured | {"days": _whole(self.days or "28", "The days")},
            "latest_start": _moment(self.latest_start) if self.latest_start else None,
            "reel": self._reel(content.get("reel")),
        }
        return Campaign.parse(json.dumps(content))

    def _treatments(self, before: Campaign | None) -> list[Any]:
        treatments = before.treatments if before else (Treatment(),)
        found: list[Any] = msgspec.to_builtins(treatments)
        return found if len(found) > 1 else [found[0] | {"channels": self.channels}]

    def _reel(self, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
        asset_id = self.reel_asset.strip()
        if not asset_id:
            return None
        return {**(before or {}), "asset_id": asset_id}


def campaign_form_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The form of a new campaign or a draft; and what keeps it."""
    pages = _CampaignFormPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("/new", pages.new)
    router.add_api_route(f"{ONE}/edit", pages.edit)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("", pages.create, methods=["POST"])
    writing.add_api_route(f"{ONE}/edit", pages.change, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class _CampaignFormPages:
    desk: Desk

    def new(self, request: Request, snapshot_id: _SnapshotId = "") -> Response:
        """The form for a campaign."""
        form = CampaignForm(snapshot_id=snapshot_id, channels=[Channel.EMAIL], holdout="10")
        return self._page(request, form)

    def create(self, request: Request, form: Annotated[CampaignForm, Form()]) -> Response:
        """Keep a draft; what cannot be kept is shown again, as it was typed."""
        sending = self.desk.sending
        try:
            stored = sending.campaigns.create(form.campaign(), author_of(request), sending.now)
        except SizzleError as error:
            return self._page(request, form, error)
        href = f"{PATH}/one/{stored.campaign.campaign_id}"
        return self.desk.pages.see(request, href, "The draft is kept. Somebody else approves it.")

    def edit(self, request: Request, campaign_id: _CampaignId) -> Response:
        """The form with a draft."""
        stored = self.desk.sending.campaigns.get(campaign_id)
        if stored.state is not CampaignState.DRAFT:
            return self.desk.pages.see(request, f"{PATH}/one/{campaign_id}")
        return self._page(request, CampaignForm.of(stored.campaign), of=stored.campaign)

    def change(
        self, request: Request, campaign_id: _CampaignId, form: Annotated[CampaignForm, Form()]
    ) -> Response:
        """Keep a draft as it was changed; if somebody else has changed it, both are shown."""
        sending, of = self.desk.sending, self.desk.sending.campaigns.get(campaign_id).campaign
        form = form.model_copy(update={"campaign_id": campaign_id})
        try:
            changed = form.campaign(of)
            change_draft(sending.database, changed, form.base, author_of(request), sending.now)
        except CampaignChangedError as error:
            theirs = sending.campaigns.get(campaign_id).campaign
            form = form.model_copy(update={"base": theirs.digest})
            return self._page(request, form, error, of=theirs, theirs=_differences(form, theirs))
        except SizzleError as error:
            return self._page(request, form, error, of=of)
        notice = "The draft is changed. Somebody else approves it."
        return self.desk.pages.see(request, f"{PATH}/one/{campaign_id}", notice)

    def _page(
        self,
        request: Request,
        form: CampaignForm,
        error: SizzleError | None = None,
        *,
        of: Campaign | None = None,
        theirs: Sequence[tuple[str, str]] = (),
    ) -> Response:
        database = self.desk.sending.database
        snapshots = Snapshots(database).newest(_SNAPSHOTS)
        return self.desk.pages.page(
            request,
            "campaigns/form.html",
            error.status if error else 200,
            form=form,
            of=of,
            theirs=theirs,
            error=error,
            snapshots=snapshots,
            segments=segment_names(database, {each.segment_id for each in snapshots}),
            things=self.desk.content.stores.promoted.all(limit=_PROMOTED),
            channels=list(Channel),
        )


def _differences(form: CampaignForm, theirs: Campaign) -> list[tuple[str, str]]:
    """The fields in which somebody else's campaign is another one, and what they have there."""
    found = CampaignForm.of(theirs).model_dump(exclude={"base", "campaign_id"})
    return [
        (name, ", ".join(value) if isinstance(value, list) else value)
        for name, value in found.items()
        if getattr(form, name) != value
    ]


def _local(time: int) -> str:
    """Milliseconds since 1970 as a field for a date and a time shows them, in UTC."""
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _number(text: str, what: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"{what} is not a number: {text[:40]!r}.", fix="write it as 10.") from None


def _whole(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(
            f"{what} is not a whole number: {text[:40]!r}.", fix="write it as 28."
        ) from None


def _moment(text: str) -> int:
    """What a field for a date and a time holds, in UTC, as milliseconds since 1970."""
    try:
        return milliseconds(datetime.fromisoformat(text).replace(tzinfo=UTC))
    except ValueError:
        raise InputError(
            f"The latest start is not a time: {text[:40]!r}.", fix="write it as 2026-12-01T18:00."
        ) from None
