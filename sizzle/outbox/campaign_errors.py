"""Errors of whoever makes or approves campaigns."""

from __future__ import annotations

from sizzle.errors import InputError


class CampaignExistsError(InputError):
    """Another campaign has this id."""

    status = 409
    slug = "campaign-exists"
    title = "The campaign exists"


class OwnCampaignError(InputError):
    """Whoever made a campaign approves it, where somebody else could."""

    exit_code = 1
    status = 403
    slug = "own-campaign"
    title = "Somebody else has to approve it"


class CampaignChangedError(InputError):
    """A campaign that somebody else has changed since it was looked at."""

    exit_code = 1
    status = 409
    slug = "campaign-changed"
    title = "Changed meanwhile"
