"""Whatever anything is called, it is text on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from sizzle.api.auth.api_keys import ApiScope
from sizzle.drafting import Stores
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.drafts import Origin
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.judged_lines import unjudged_lines
from sizzle.outbox.segments import Segments
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.campaign import Campaign
from sizzle.outreach.content.lines import Line
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.segments.rule import Rule
from sizzle.outreach.vocabulary import Channel, Promoted, PromotedKind
from tests.api.portal.desk_service import DeskService, desk_service
from tests.outreach.journeys.sample_journeys import journey

ADA = "ada@example.com"
NAME = "\"'><script>alert(1)</script>{{7*7}}"
RAW = ("<script>alert", "'><script", "49<", "49&")
MEMBER = quote(NAME)
BY = f"user:{NAME}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A desk at which everything that people name has the same name."""
    with desk_service(tmp_path_factory.mktemp("desk")) as desk:
        desk.import_file(f"member_id,name,email\n<script>alert(1),x,{RAW[1]}\n", NAME)
        everybody, attributes = Rule.read({"Dimensions": {}}), {NAME: [NAME]}
        desk.members.members.replace(NAME, ProfileFields(name=NAME, attributes=attributes), 1)
        segment = Segments(desk.database).save(NAME, everybody, 1, "all")
        taken = Snapshots(desk.database).take(segment, 2, promoted=f"title:{NAME}")
        Snapshots(desk.database).approve(taken.snapshot_id, BY, 3)
        add_content(desk)
        campaign = Campaign(
            campaign_id="named", name=NAME, kind=PromotedKind.TITLE, promoted_id=NAME,
            snapshot_id=taken.snapshot_id,
        )  # fmt: skip
        Campaigns(desk.database).create(campaign, BY, 1)
        step = {"id": "pause", "type": "wait", "for": "1 day", "name": NAME}
        Journeys(desk.database).save(journey(step, journey_id="walk", name=NAME), BY, 1)
        desk.user(ADA, *(each for each in ApiScope if each is not ApiScope.ADMIN))
        yield desk


def add_content(desk: DeskService) -> None:
    """What is promoted, a line about it that was refused, and a prompt."""
    stores = Stores(desk.database)
    stores.promoted.save(Promoted(PromotedKind.TITLE, NAME, {"title": NAME, "genres": NAME}), 1)
    line = Line(PromotedKind.TITLE, NAME, NAME, "en", Channel.EMAIL, NAME, NAME)
    stores.drafts.add(line, Origin(BY), [], 1)
    stores.prompts.add("named", NAME, NAME, BY, 1)


def paths(desk: DeskService) -> list[str]:
    """All pages that show a name."""
    (snapshot,) = Snapshots(desk.database).newest(1)
    (job,) = desk.jobs.newest(1)
    (line,) = unjudged_lines(desk.database)
    return [
        *("", "/members", f"/members?q={MEMBER}", f"/members/one?id={MEMBER}", "/imports"),
        *(f"/imports/{job.job_id}", "/segments", "/segments/all", "/segments/all?counted=true"),
        *("/segments/all/edit", f"/snapshots/{snapshot.snapshot_id}", "/affinity", "/promoted"),
        *(f"/promoted/{page}?promoted=title:{MEMBER}" for page in ("one", "edit")),
        *("/lines", f"/lines/{line.digest}", "/prompts", "/prompts/named", "/one-to-one"),
        f"/one-to-one?segment=all&promoted=title:{MEMBER}&member={MEMBER}",
        f"/one-to-one?snapshot={snapshot.snapshot_id}&promoted=title:{MEMBER}",
        *("/journeys", "/journeys/one/walk", "/journeys/one/walk/edit"),
        *("/campaigns", "/campaigns/new", "/campaigns/one/named", "/campaigns/one/named/edit"),
        *("/campaigns/one/named/sends", "/reports/named"),
    ]


def test_no_page_has_a_name_as_markup(desk: DeskService) -> None:
    """Nor evaluates it as a template."""
    browser, shown = desk.browser(ADA), 0
    for path in paths(desk):
        page = browser.get(f"/outreach{path}")
        assert page.status_code == 200, path
        assert [each for each in RAW if each in page.text] == [], path
        shown += "&lt;script&gt;alert(1)" in page.text
    assert shown > 20
