"""Campaigns are read strictly, and their states change in one way."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from sizzle.errors import InputError
from sizzle.outreach.campaign import (
    Action,
    Campaign,
    CampaignState,
    CampaignStateError,
    next_state,
)

GIVEN = {
    "campaign_id": "aurora-premiere",
    "kind": "title",
    "promoted_id": "aurora",
    "snapshot_id": "s-1",
}


def campaign(**changes: object) -> Campaign:
    """A campaign, as JSON has it."""
    return Campaign.parse(json.dumps({**GIVEN, **changes}))


def test_an_approval_is_of_all_that_a_campaign_says() -> None:
    """Any change gives another digest; the order of what is written does not."""
    first = campaign()
    assert Campaign.parse(json.dumps(dict(reversed(GIVEN.items())))).digest == first.digest
    assert Campaign.parse(first.content) == first
    changes: list[dict[str, object]] = [
        {"snapshot_id": "s-2"}, {"topic": "news"}, {"name": "x"}, {"expires": 5},
        {"treatments": [{"name": "b"}]}, {"reel": {"asset_id": "demo"}},
    ]  # fmt: skip
    digests = {campaign(**change).digest for change in changes}
    assert len(digests | {first.digest}) == len(changes) + 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"campaign_id": "a b"}, "campaign_id"),
        ({"campaign_id": "a\n"}, "campaign_id"),
        ({"campaign_id": ""}, "campaign_id"),
        ({"kind": "film"}, "kind"),
        ({"unknown": 1}, "unknown"),
        ({"class": "transactional"}, "A campaign is marketing"),
        ({"treatments": []}, "treatments"),
        ({"treatments": [{"name": "a"}, {"name": "a"}]}, "Two treatments"),
        ({"treatments": [{"channels": ["EMAIL", "EMAIL"]}]}, "a channel twice"),
        ({"treatments": [{"channels": ["PIGEON"]}]}, "PIGEON"),
        ({"treatments": [{"weight": 0}]}, "weight"),
        ({"start": 9, "latest_start": 5}, "order"),
        ({"start": "soon"}, "start"),
        ({"promoted_id": "a\u202eb"}, "promoted_id"),
    ],
)
def test_what_is_no_campaign_is_refused(change: dict[str, object], why: str) -> None:
    """With the field."""
    with pytest.raises(InputError, match=why):
        campaign(**change)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_json_are_refused(data: bytes) -> None:
    """However they are broken."""
    with pytest.raises(InputError, match="Not a campaign"):
        Campaign.parse(data)


def test_members_share_treatments_by_weight_and_keep_theirs() -> None:
    """The same member always gets the same one."""
    both = campaign(treatments=[{"name": "a", "weight": 3}, {"name": "b"}])
    members = [f"member-{number}" for number in range(4000)]
    counts = Counter(both.treatment_of(member).name for member in members)
    assert 0.7 < counts["a"] / 4000 < 0.8
    assert both.treatment_of("ada") == both.treatment_of("ada")
    assert both.activity_id("a") == "aurora-premiere.a"


def test_states_change_in_one_way() -> None:
    """What was done before changes nothing; all else is refused with what would be right."""
    draft, approved = CampaignState.DRAFT, CampaignState.APPROVED
    assert next_state("c", draft, Action.APPROVE) is approved
    assert next_state("c", approved, Action.START) is CampaignState.RUNNING
    assert next_state("c", CampaignState.RUNNING, Action.START) is CampaignState.RUNNING
    assert next_state("c", CampaignState.PAUSED, Action.RESUME) is CampaignState.RUNNING
    for state, action in (
        (draft, Action.START),
        (CampaignState.STOPPED, Action.RESUME),
        (CampaignState.FINISHED, Action.STOP),
        (CampaignState.PAUSED, Action.START),
    ):
        with pytest.raises(CampaignStateError, match=state.value):
            next_state("c", state, action)
