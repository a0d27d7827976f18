"""Campaigns: made, approved by a second person, started, watched while they send, and ended."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.design import Slice
from sizzle.api.http.server_sent_events import event_stream
from sizzle.api.portal.campaign_form import ONE, PATH, campaign_form_pages
from sizzle.api.portal.desk import Desk
from sizzle.errors import SizzleError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.campaign_rows import SendCount, StoredCampaign
from sizzle.outbox.judged_lines import JudgedLine, LineState, judged_lines
from sizzle.outbox.segment_names import segment_names
from sizzle.outbox.snapshots import Snapshot, Snapshots
from sizzle.outreach.campaign import Action, Campaign, CampaignState
from sizzle.outreach.vocabulary import SendState

_SIZE: Final = 50
_DAY: Final = 86_400_000  # milliseconds
_LOOK_SECONDS: Final = 1.0
_FOLLOW_SECONDS: Final = 600.0
"""After which a browser asks again: no connection is held for ever."""

_CampaignId = Annotated[str, Path(max_length=MAX_ID_LENGTH)]
_Digest = Annotated[str, Form(pattern="^[0-9a-f]{64}$")]
_After = Annotated[str, Query(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


def campaign_pages(desk: Desk) -> tuple[APIRouter, ...]:
    """The pages of campaigns, and the forms that make, approve and send them."""
    pages = _CampaignPages(desk)
    reading = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    reading.add_api_route("", pages.campaigns)
    reading.add_api_route(ONE, pages.campaign)
    reading.add_api_route(f"{ONE}/sends", pages.sends)
    reading.add_api_route(f"{ONE}/progress", pages.progress)
    approving = desk.pages.router(PATH, ApiScope.OUTREACH_APPROVE)
    approving.add_api_route(f"{ONE}/approve", pages.approve, methods=["POST"])
    sending = desk.pages.router(PATH, ApiScope.OUTREACH_SEND)
    for action in (Action.START, Action.PAUSE, Action.RESUME, Action.STOP):
        sending.add_api_route(
            f"{ONE}/{action.value}", getattr(pages, action.value), methods=["POST"]
        )
    return reading, *campaign_form_pages(desk), approving, sending


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the sends of a campaign are.

    Attributes:
        states: how many there are in each state.
        reasons: state, reason and how many, the most first.
    """

    states: Mapping[str, int]
    reasons: Sequence[tuple[str, str, int]]
    members: int
    planned: int

    @classmethod
    def of(cls, stored: StoredCampaign, counts: Sequence[SendCount], members: int) -> _Progress:
        states, reasons = Counter[str](), Counter[tuple[str, str]]()
        for each in counts:
            states[each.state] += each.count
            if each.reason:
                reasons[each.state, each.reason] += each.count
        ordered = [(*key, count) for key, count in reasons.most_common()]
        return cls(states, ordered, members, stored.planned)

    @property
    def total(self) -> int:
        """All sends that there are by now."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """Sends of which nothing more will be done."""
        waiting = (SendState.PLANNED, SendState.HELD, SendState.CLAIMED, SendState.TEMPORARY)
        return self.total - sum(self.states.get(state.value, 0) for state in waiting)


@dataclass(frozen=True, slots=True)
class _CampaignPages:
    desk: Desk

    def campaigns(self, request: Request, after: _After = "") -> Response:
        """Campaigns by their ids."""
        found = self.desk.sending.campaigns.page(after, _SIZE + 1)
        rows = Slice.of(found, after, _SIZE, lambda each: each.campaign.campaign_id)
        return self.desk.pages.page(request, "campaigns/list.html", slice=rows)

    def campaign(self, request: Request, campaign_id: _CampaignId) -> Response:
        """A campaign: what it is, how far it is, and what may be done now."""
        stored = self.desk.sending.campaigns.get(campaign_id)
        two, snapshot = self.desk.sending.two_people(), self._snapshot(stored)
        return self.desk.pages.page(
            request,
            "campaigns/campaign.html",
            stored=stored,
            campaign=stored.campaign,
            snapshot=snapshot,
            segment_name=self._segment_name(snapshot),
            lines=self._lines(stored.campaign),
            progress=self._progress(stored),
            own=two and stored.created_by == author_of(request),
            late=stored.is_late(self.desk.sending.now),
        )

    def sends(
        self,
        request: Request,
        campaign_id: _CampaignId,
        state: SendState | None = None,
        after: _After = "",
    ) -> Response:
        """Sends of a campaign, all or those of a state."""
        sending = self.desk.sending
        stored = sending.campaigns.get(campaign_id)
        found = sending.sends.page(campaign_id, state, after, _SIZE + 1)
        rows = Slice.of(found, after, _SIZE, lambda each: each.send_id)
        return self.desk.pages.page(
            request,
            "campaigns/sends.html",
            stored=stored,
            campaign=stored.campaign,
            slice=rows,
            state=state,
            states=list(SendState),
        )

    async def progress(self, campaign_id: _CampaignId) -> Response:
        """Says when the page of a campaign has changed, as server-sent events."""
        await asyncio.to_thread(self.desk.sending.campaigns.get, campaign_id)
        return event_stream(self._changes(campaign_id))

    def approve(self, request: Request, campaign_id: _CampaignId, seen: _Digest) -> Response:
        """Approve what its page has shown."""
        return self._act(request, campaign_id, Action.APPROVE, "Approved.", seen=seen)

    def start(
        self, request: Request, campaign_id: _CampaignId, late: Annotated[bool, Form()] = False
    ) -> Response:
        """Have workers send it."""
        return self._act(request, campaign_id, Action.START, "Workers send it now.", late=late)

    def pause(self, request: Request, campaign_id: _CampaignId) -> Response:
        """Send nothing more until it is resumed."""
        return self._act(request, campaign_id, Action.PAUSE, "Nothing more is sent for now.")

    def resume(
        self, request: Request, campaign_id: _CampaignId, late: Annotated[bool, Form()] = False
    ) -> Response:
        """Go on with the sends that are left."""
        return self._act(request, campaign_id, Action.RESUME, "Workers go on.", late=late)

    def stop(self, request: Request, campaign_id: _CampaignId) -> Response:
        """End it for good."""
        return self._act(request, campaign_id, Action.STOP, "The campaign is ended.")

    def _act(
        self,
        request: Request,
        campaign_id: str,
        action: Action,
        notice: str,
        *,
        late: bool = False,
        seen: str = "",
    ) -> Response:
        sending = self.desk.sending
        # Who presses the button though it is late says that late is all right, for a day.
        latest = sending.now + _DAY if late else None
        sending.campaigns.act(
            campaign_id,
            action,
            author_of(request),
            sending.now,
            latest,
            two_people=sending.two_people(),
            seen=seen,
        )
        return self.desk.pages.see(request, f"{PATH}/one/{campaign_id}", notice)

    def _snapshot(self, stored: StoredCampaign) -> Snapshot | None:
        try:
            return Snapshots(self.desk.sending.database).find(stored.campaign.snapshot_id)
        except SizzleError:
            return None

    def _segment_name(self, snapshot: Snapshot | None) -> str:
        if snapshot is None:
            return ""
        names = segment_names(self.desk.sending.database, [snapshot.segment_id])
        return names.get(snapshot.segment_id, snapshot.segment_id)

    def _lines(self, campaign: Campaign) -> list[JudgedLine]:
        """The lines that members may get, or that wait, in the channels of the campaign."""
        channels = {channel for each in campaign.treatments for channel in each.channels}
        found = judged_lines(self.desk.sending.database, campaign.kind, campaign.promoted_id)
        return [
            each
            for each in found
            if each.line.channel in channels and each.state is not LineState.REFUSED
        ]

    def _progress(self, stored: StoredCampaign) -> _Progress:
        counts = self.desk.sending.campaigns.counts(stored.campaign.campaign_id)
        snapshot = self._snapshot(stored)
        return _Progress.of(stored, counts, snapshot.count if snapshot else 0)

    async def _changes(self, campaign_id: str) -> AsyncIterator[str]:
        until = time.monotonic() + _FOLLOW_SECONDS
        seen: object = None
        while time.monotonic() < until:
            stored = await asyncio.to_thread(self.desk.sending.campaigns.get, campaign_id)
            progress = await asyncio.to_thread(self._progress, stored)
            found = (stored.state, stored.reason, progress)
            if seen not in (None, found):
                yield "event: change\ndata:\n\n"
            if stored.state is not CampaignState.RUNNING:
                yield "event: end\ndata:\n\n"
                return
            seen = found
            await asyncio.sleep(_LOOK_SECONDS)
            yield ": still here\n\n"  # fails where nobody listens any more
