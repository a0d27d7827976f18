"""The form of a campaign: what was typed, and the campaign that it describes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from sizzle.errors import InputError
from sizzle.events.event import milliseconds
from sizzle.outreach.campaign import Campaign
from sizzle.outreach.vocabulary import Channel

_MAX_TEXT: Final = 300

_Text = Annotated[str, Field(max_length=_MAX_TEXT)]


class CampaignForm(BaseModel):
    """What was typed; FastAPI reads it from a form.

    Attributes:
        channels: that are ticked, by their names.
        holdout: in percent.
        latest_start: a date and a time in UTC, as `datetime-local` fields send it.
    """

    model_config = ConfigDict(frozen=True)

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

    def campaign(self) -> Campaign:
        """The campaign that it describes. Raises InputError."""
        content: dict[str, Any] = {
            "campaign_id": self.campaign_id.strip(),
            "name": self.name.strip(),
            "kind": self.kind,
            "promoted_id": self.promoted_id.strip(),
            "snapshot_id": self.snapshot_id.strip(),
            "treatments": [{"channels": self.channels}],
            "holdout": _number(self.holdout or "0", "The holdout") / 100,
            "measurement": {"days": _whole(self.days or "28", "The days")},
        }
        if self.reel_asset.strip():
            content["reel"] = {"asset_id": self.reel_asset.strip()}
        if self.latest_start:
            content["latest_start"] = _moment(self.latest_start)
        return Campaign.parse(json.dumps(content))


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
