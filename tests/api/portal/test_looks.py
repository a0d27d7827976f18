"""The pages in a real browser: axe finds nothing, nothing overflows, and nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from sizzle.api.auth.api_keys import ApiScope
from sizzle.drafting import Stores
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.drafts import Origin
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.segments import Segments
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.campaign import Action, Campaign
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.promoted_file import parse_promoted
from sizzle.outreach.journeys.states import JourneyAction
from sizzle.outreach.segments.rule import Rule
from sizzle.outreach.vocabulary import Channel, PromotedKind
from tests.api.portal.content_samples import FACTS
from tests.api.portal.desk_service import PASSWORD, DeskService, desk_service
from tests.browser import open_browser, serving
from tests.outreach.journeys.sample_journeys import journey
from tests.packager import packaged_asset

pytestmark = pytest.mark.full

ADA, BEN = "ada@example.com", "ben@example.com"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 4
FILE = f"""\
member_id,name,email,language
m-1,{LONG},one@example.com,de
m-2,محمد عبد الله,two@example.com,ar
m-3,<b>Three</b>,not an address,en
{LONG[:90]},Four,four@example.com,en
"""
LOOKS = [("dark", 1440), ("light", 390), ("light", 1440), ("dark", 390)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A service's address, and the paths of its pages in their states."""
    folder = tmp_path_factory.mktemp("desk")
    made = packaged_asset.shared(tmp_path_factory)
    with desk_service(folder, uploads=True, made=made) as desk:
        desk.user(ADA, *(scope for scope in ApiScope if scope is not ApiScope.ADMIN))
        desk.user(BEN, ApiScope.OUTREACH_READ)
        done, failed = desk.import_file(FILE), desk.import_file("PK\x03\x04")
        paths = [
            *("/", "/account", "/outreach", "/outreach/members", "/outreach/members?q=nobody"),
            *(f"/outreach/members/one?id={member}" for member in ("m-1", "m-2")),
            *("/outreach/members/one?id=unknown", "/outreach/imports"),
            *(f"/outreach/imports/{job}" for job in (done, failed)),
            *journeys(desk),
            *("/editor", "/editor/assets/demo?member_id=m-1", "/editor/assets/unknown"),
            *content_paths(desk),
            *campaign_paths(desk),
        ]
        with serving(desk.app) as address:
            yield address, paths


def journeys(desk: DeskService) -> Iterator[str]:
    """Pages of journeys: of forty steps with long names, and of one that is closed."""
    path, kept = "/outreach/journeys", Journeys(desk.database)
    steps = [{"id": f"s{each}", "type": "wait", "for": "1 day", "name": LONG} for each in range(40)]
    kept.save(journey(*steps, journey_id="forty", name="رحلة طويلة"), ADA, 1)
    kept.save(journey(journey_id="closed", name=LONG), ADA, 1)
    kept.act("closed", JourneyAction.CLOSE, 1)
    yield from (path, f"{path}/new", f"{path}/one/forty", f"{path}/one/closed")
    yield from (f"{path}/one/forty/edit", f"{path}/one/forty/runs", f"{path}/one/unknown")


def campaign_paths(desk: DeskService) -> Iterator[str]:
    """The pages of a snapshot, of a campaign that runs, and of a draft that is changed."""
    segment = Segments(desk.database).find("all")
    taken = Snapshots(desk.database).take(segment, 2, promoted="title:nocturne")
    Snapshots(desk.database).approve(taken.snapshot_id, ADA, 3)
    campaigns = Campaigns(desk.database)
    for name in ("draft", "runs"):
        campaign = Campaign(
            campaign_id=name, name=LONG, kind=PromotedKind.TITLE, promoted_id="nocturne",
            snapshot_id=taken.snapshot_id, holdout=0.1,
        )  # fmt: skip
        campaigns.create(campaign, "user:somebody@example.com", 1)
    for action in (Action.APPROVE, Action.START):
        campaigns.act("runs", action, ADA, 4)
    yield from ("/outreach/campaigns", "/outreach/campaigns/new", "/outreach/reports")
    yield f"/outreach/snapshots/{taken.snapshot_id}"
    yield f"/outreach/one-to-one?snapshot={taken.snapshot_id}&promoted=title:nocturne"
    yield from (f"/outreach/campaigns/one/{name}" for name in ("draft", "draft/edit", "runs"))
    yield from ("/outreach/campaigns/one/runs/sends", "/outreach/reports/runs")


def content_paths(desk: DeskService) -> list[str]:
    """The pages of segments, lines, prompts and 1:1 content in their states."""
    stores, one_to_one = Stores(desk.database), "/outreach/one-to-one?segment=all&promoted="
    for each in parse_promoted(FACTS, "facts"):
        stores.promoted.save(each, 0)
    Segments(desk.database).save(f"<i>{LONG[:150]}", Rule.read({"Dimensions": {}}), 1, "all")
    for channel in ("EMAIL", "SMS"):
        line = Line(
            PromotedKind.TITLE, "nocturne", "", "de", Channel(channel), "S", "{title}: 9 €!"
        )
        stores.drafts.add(line, Origin("user:x@example.com"), [], 1)
    return [
        *(f"/outreach/{name}" for name in ("segments", "segments/new", "segments/all")),
        *(f"/outreach/{name}" for name in ("segments/all?counted=true", "affinity", "promoted")),
        *(f"/outreach/{name}" for name in ("promoted/new", "lines", "prompts", "prompts/invite")),
        f"/outreach/lines/{line.digest}",
        "/outreach/promoted/one?promoted=title:nocturne",
        "/outreach/one-to-one",
        f"{one_to_one}title:nocturne&member=m-1",
        f"{one_to_one}title:nocturne&member=m-1&channel=SMS",
        f"{one_to_one}title:nocturne&member=m-2",
        f"{one_to_one}offer:loan",
        f"{one_to_one}title:nocturne&member=zzz",
        "/outreach/segments/gone",
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with open_browser() as browser:
        yield browser


def sign_in(page: Page, address: str) -> None:
    """Sign in by the form."""
    page.fill("[name=address]", address)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")


def faults(page: Page) -> list[Any]:
    """What axe finds on a page, and whether it is wider than its window."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [(each["id"], each["nodes"][0]["html"]) for each in found] + ["wide"] * wide


def looked_at(page: Page, user: str, paths: list[str]) -> dict[str, list[Any]]:
    """What is wrong with the pages that somebody looks at, by their paths."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/outreach")
    found = {"signing in": faults(page)}
    sign_in(page, user)
    for path in paths:
        page.goto(path)
        found[path] = faults(page) + wrong
    return {path: each for path, each in found.items() if each}


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_pages_are_without_faults(
    scheme: Any,  # noqa: ANN401 - one of Playwright's literals
    width: int,
    browser: Browser,
    site: tuple[str, list[str]],
) -> None:
    """In the dark and in the light, at a desk and on a phone; for who may do all, and little."""
    address, paths = site
    for user, some in ((ADA, paths), (BEN, paths[:7])):
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        assert looked_at(context.new_page(), user, some) == {}
        context.close()
