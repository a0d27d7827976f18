"""A desk at which everything that people name has the same name, and all pages that show it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

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
from tests.packager.packaged_asset import Made

ADA = "ada@example.com"
"""May do all but what only administrators may."""


@contextmanager
def named_desk(
    folder: Path, name: str, language: str = "en", made: Made | None = None
) -> Iterator[DeskService]:
    """The desk.

    Args:
        folder: for all of its files.
        name: of everything.
        language: of the line.
        made: a packaged asset, whose reels pages then show.
    """
    by = f"user:{name}"
    with desk_service(folder, made=made) as desk:
        desk.import_file("member_id,name,email\n<script>alert(1),x,'><script\n", name)
        everybody, attributes = Rule.read({"Dimensions": {}}), {name: [name]}
        profile = ProfileFields(name=name, attributes=attributes)
        desk.members.members.replace(name, profile, 1)
        segment = Segments(desk.database).save(name, everybody, 1, "all")
        taken = Snapshots(desk.database).take(segment, 2, promoted=f"title:{name}")
        Snapshots(desk.database).approve(taken.snapshot_id, by, 3)
        _add_content(desk, name, language)
        campaign = Campaign(
            campaign_id="named", name=name, kind=PromotedKind.TITLE, promoted_id=name,
            snapshot_id=taken.snapshot_id,
        )  # fmt: skip
        Campaigns(desk.database).create(campaign, by, 1)
        step = {"id": "pause", "type": "wait", "for": "1 day", "name": name}
        Journeys(desk.database).save(journey(step, journey_id="walk", name=name), by, 1)
        desk.user(ADA, *(scope for scope in ApiScope if scope is not ApiScope.ADMIN))
        yield desk


def _add_content(desk: DeskService, name: str, language: str) -> None:
    """What is promoted, a line about it that was refused, and a prompt."""
    stores, by = Stores(desk.database), f"user:{name}"
    stores.promoted.save(Promoted(PromotedKind.TITLE, name, {"title": name, "genres": name}), 1)
    line = Line(PromotedKind.TITLE, name, name, language, Channel.EMAIL, name, name)
    stores.drafts.add(line, Origin(by), [], 1)
    stores.prompts.add("named", name, name, by, 1)


def paths_with_names(desk: DeskService, name: str) -> list[str]:
    """All pages under /outreach that show a name."""
    quoted = quote(name)
    (snapshot,) = Snapshots(desk.database).newest(1)
    (job,) = desk.jobs.newest(1)
    (line,) = unjudged_lines(desk.database)
    return [
        *("", "/members", f"/members?q={quoted}", f"/members/one?id={quoted}", "/imports"),
        *(f"/imports/{job.job_id}", "/segments", "/segments/all", "/segments/all?counted=true"),
        *("/segments/all/edit", f"/snapshots/{snapshot.snapshot_id}", "/affinity", "/promoted"),
        *(f"/promoted/{page}?promoted=title:{quoted}" for page in ("one", "edit")),
        *("/lines", f"/lines/{line.digest}", "/prompts", "/prompts/named", "/one-to-one"),
        f"/one-to-one?segment=all&promoted=title:{quoted}&member={quoted}",
        f"/one-to-one?snapshot={snapshot.snapshot_id}&promoted=title:{quoted}",
        *("/journeys", "/journeys/one/walk", "/journeys/one/walk/edit"),
        *("/campaigns", "/campaigns/new", "/campaigns/one/named", "/campaigns/one/named/edit"),
        *("/campaigns/one/named/sends", "/reports/named"),
    ]
