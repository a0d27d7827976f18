"""The pages of campaigns and reports, as marketers with different roles see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.portal.campaign_form import CampaignForm
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.segments import Segments
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.campaign import Campaign, Measurement, ReelPolicy, Treatment
from sizzle.outreach.segments.rule import Rule
from sizzle.outreach.vocabulary import Channel, PromotedKind
from tests.api.portal.desk_service import DeskService, desk_service

MAKER = (ApiScope.OUTREACH_READ, ApiScope.OUTREACH_WRITE, ApiScope.OUTREACH_APPROVE)
SENDER = (ApiScope.OUTREACH_READ, ApiScope.OUTREACH_APPROVE, ApiScope.OUTREACH_SEND)
NAME = "<b>خریف</b> & more"
FORM = {
    "campaign_id": "autumn",
    "name": NAME,
    "kind": "title",
    "promoted_id": "nocturne",
    "channels": "EMAIL",
    "holdout": "12,5",
    "days": "14",
    "latest_start": "2099-12-01T18:00",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A desk of two people, who may do different things."""
    with desk_service(tmp_path_factory.mktemp("desk")) as desk:
        desk.user("maker@example.com", *MAKER)
        desk.user("sender@example.com", *SENDER)
        yield desk


@pytest.fixture(scope="module")
def snapshot_id(desk: DeskService) -> str:
    """Of three members."""
    desk.import_file("member_id,country,email\n" + "".join(f"{m},FR,{m}@x.org\n" for m in "abc"))
    rule = Rule.read(
        {
            "Dimensions": {
                "Demographic": {"Channel": {"DimensionType": "INCLUSIVE", "Values": ["EMAIL"]}}
            }
        }
    )
    segment = Segments(desk.database).save("France", rule, 1)
    snapshots = Snapshots(desk.database)
    taken = snapshots.take(segment, 2, promoted="title:nocturne")
    return snapshots.approve(taken.snapshot_id, "user:maker@example.com", 3).snapshot_id


def test_a_campaign_from_its_draft_to_its_end(desk: DeskService, snapshot_id: str) -> None:
    """Made by one person, approved and sent by another; buttons say why not."""
    maker, sender = (desk.browser(f"{name}@example.com") for name in ("maker", "sender"))
    assert "No campaign yet" in maker.get("/outreach/campaigns").text
    at = "/outreach/campaigns/one/autumn"
    form = {**FORM, "snapshot_id": snapshot_id}
    made = maker.submit("/outreach/campaigns", "/outreach/campaigns/new", **form)
    assert (made.status_code, made.headers["location"]) == (303, at)
    page = maker.get(at).text
    assert "&lt;b&gt;خریف&lt;/b&gt; &amp; more" in page
    assert "somebody else has to approve it" in page
    assert "12.5" in page
    own = maker.submit(f"{at}/approve", at, seen=digest(desk, "autumn"))
    assert (own.status_code, "Somebody else" in own.text) == (403, True)
    for action in ("approve", "start", "pause", "resume", "stop"):
        done = sender.press(at, f"{at}/{action}")
        assert (done.status_code, done.headers["location"]) == (303, at), done.text
    ended = sender.get(at).text
    assert "stopped" in ended
    assert "nothing more can be sent" in ended
    late = sender.submit(f"{at}/start", "/outreach/campaigns/new")
    assert (late.status_code, "does not allow" in late.text) == (409, True)
    assert "autumn" in sender.get("/outreach/campaigns").text


def test_two_edit_a_draft_at_once(desk: DeskService, snapshot_id: str) -> None:
    """The second is told, sees what the first has changed, and loses nothing of their own."""
    maker, sender = (desk.browser(f"{name}@example.com") for name in ("maker", "sender"))
    at = "/outreach/campaigns/one/both"
    form = {**FORM, "snapshot_id": snapshot_id, "campaign_id": "both"}
    maker.submit("/outreach/campaigns", "/outreach/campaigns/new", **form)
    base = digest(desk, "both")
    typed = {key: value for key, value in form.items() if key != "campaign_id"}
    first = maker.press(f"{at}/edit", f"{at}/edit", **{**typed, "holdout": "20"})
    assert (first.status_code, first.headers["location"]) == (303, at)
    late = {**typed, "name": "<i>Mine", "base": base}
    second = maker.press(f"{at}/edit", f"{at}/edit", **late)
    assert second.status_code == 409
    assert "has changed the campaign meanwhile" in second.text
    assert "<dt>Held out, %</dt><dd><bdi>20</bdi></dd>" in second.text
    assert 'value="&lt;i&gt;Mine"' in second.text
    assert stored(desk, "both").holdout == 0.2
    stale = sender.submit(f"{at}/approve", at, seen=base)
    assert (stale.status_code, "Changed meanwhile" in stale.text) == (409, True)
    found = re.search(r'name="base" value="([0-9a-f]{64})"', second.text)
    assert found is not None
    after = maker.press(f"{at}/edit", f"{at}/edit", **{**late, "base": found[1]})
    assert after.status_code == 303
    assert sender.press(at, f"{at}/approve").status_code == 303
    closed = maker.submit(f"{at}/edit", "/account", **{**late, "days": "3"})
    assert (closed.status_code, "is approved" in closed.text) == (409, True)
    assert maker.get(f"{at}/edit").headers["location"] == at


def test_what_the_form_does_not_ask_for_stays(desk: DeskService, snapshot_id: str) -> None:
    """Treatments with channels of their own, and the reel's cadence, as they came by HTTP."""
    campaign = Campaign(
        campaign_id="rich", kind=PromotedKind.TITLE, promoted_id="nocturne",
        snapshot_id=snapshot_id, expires=4_000_000_000_000, start=1_000_000_000_000,
        treatments=(Treatment(name="a", weight=3.0), Treatment(name="b", channels=(Channel.SMS,))),
        reel=ReelPolicy(asset_id="demo", cadence="short"), latest_start=3_999_999_999_000,
        measurement=Measurement(days=9, rate=0.3, lift=0.1),
    )  # fmt: skip
    Campaigns(desk.database).create(campaign, "user:somebody", 1)
    at = "/outreach/campaigns/one/rich"
    page = desk.browser("maker@example.com").get(f"{at}/edit").text
    assert "The channels of its 2 treatments stay" in page
    same = {**CampaignForm.of(campaign).model_dump(), "name": "New"}
    done = desk.browser("maker@example.com").press(f"{at}/edit", f"{at}/edit", **same)
    assert done.status_code == 303, done.text
    assert stored(desk, "rich") == replace(campaign, name="New")


def stored(desk: DeskService, campaign_id: str) -> Campaign:
    """A campaign as the database has it."""
    return Campaigns(desk.database).get(campaign_id).campaign


def digest(desk: DeskService, campaign_id: str) -> str:
    """Of a campaign as it is stored."""
    return stored(desk, campaign_id).digest


def test_what_cannot_be_kept_is_shown_as_it_was_typed(desk: DeskService, snapshot_id: str) -> None:
    """With what is wrong; a campaign of the same id by somebody else is not replaced."""
    maker = desk.browser("maker@example.com")
    form = {**FORM, "snapshot_id": snapshot_id, "campaign_id": "winter"}
    new = "/outreach/campaigns/new"
    for wrong in (
        {"holdout": "much"},
        {"holdout": "nan"},
        {"days": "inf"},
        {"days": "1.5"},
        {"latest_start": "soon"},
        {"channels": "PIGEON"},
    ):
        answer = maker.submit("/outreach/campaigns", new, **{**form, **wrong})
        assert 400 <= answer.status_code < 500, wrong
        assert 'value="winter"' in answer.text
    assert maker.submit("/outreach/campaigns", new, **form).status_code == 303
    assert maker.submit("/outreach/campaigns", new, **form).status_code == 303, "the same again"
    other = maker.submit("/outreach/campaigns", new, **{**form, "promoted_id": "tundra"})
    assert other.status_code == 409
    assert 'value="tundra"' in other.text


def test_sends_are_listed_by_state(desk: DeskService, snapshot_id: str) -> None:
    """A state that no send has says so; an unknown one is refused as a page."""
    maker = desk.browser("maker@example.com")
    form = {**FORM, "snapshot_id": snapshot_id, "campaign_id": "spring"}
    maker.submit("/outreach/campaigns", "/outreach/campaigns/new", **form)
    at = "/outreach/campaigns/one/spring/sends"
    assert "No send yet" in maker.get(at).text
    assert "No such send" in maker.get(f"{at}?state=skipped").text
    assert maker.get(f"{at}?state=lost").status_code == 422
    assert maker.get("/outreach/campaigns/one/nowhere").status_code == 404


def test_followers_are_told_of_the_end(desk: DeskService, snapshot_id: str) -> None:
    """By server-sent events; a campaign that does not run has ended."""
    maker = desk.browser("maker@example.com")
    form = {**FORM, "snapshot_id": snapshot_id, "campaign_id": "summer"}
    maker.submit("/outreach/campaigns", "/outreach/campaigns/new", **form)
    answer = maker.get("/outreach/campaigns/one/summer/progress")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == "event: end\ndata:\n\n"


def test_reports_are_pages_with_charts(desk: DeskService, snapshot_id: str) -> None:
    """Of a campaign before it began, which says what it can show, and of all outreach."""
    maker = desk.browser("maker@example.com")
    form = {**FORM, "snapshot_id": snapshot_id, "campaign_id": "may"}
    maker.submit("/outreach/campaigns", "/outreach/campaigns/new", **form)
    report = maker.get("/outreach/reports/may")
    assert report.status_code == 200
    assert "Targeted" in report.text
    chart = maker.get("/outreach/reports/may/charts/funnel.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert maker.get("/outreach/reports/may/charts/pie.svg").status_code == 404
    assert maker.get("/outreach/reports").status_code == 200
    assert maker.get("/outreach/reports?quarter=2026-Q9").status_code == 422
