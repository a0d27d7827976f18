"""A marketer's day in a real browser, from the import of members to what a campaign brought.

Two people work: Ada writes, Ben approves and sends. Each page that matters is photographed.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, ViewportSize, expect

from sizzle.events.event import time_text
from tests.api.portal.marketers_installation import (
    ADA,
    BEN,
    BROKEN_TIMELINE,
    NEWCOMER,
    PASSWORD,
    Installation,
)
from tests.smtp_sink import Taken, wait_for

TITLE: Final = "nocturne"
CAMPAIGN: Final = "nocturne-premiere"
JOURNEY: Final = "welcome"

_DESK: Final = ViewportSize(width=1440, height=900)
_PHONE: Final = ViewportSize(width=390, height=844)
_PHONE_BROWSER: Final = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/143.0.0.0 Mobile Safari/537.36"
)
_WAIT: Final = 90_000  # milliseconds for a page, a job or a worker
_AUDIENCE: Final = "16"
_FACTS: Final = """{
  "title": [
    {
      "id": "nocturne",
      "title": "Nocturne City",
      "title.fr": "Nocturne City",
      "title.es": "Nocturne City",
      "title.ja": "Nocturne City",
      "genres": "Crime"
    }
  ]
}"""
_PROMPT: Final = "Write one warm sentence that invites to {title} in {language}.\n{limits}\n{slots}"
_REASON: Final = "It does not say why tonight"


@dataclass
class Camera:
    """Takes pictures of pages, as a desk and a phone show them.

    Attributes:
        folder: of the pictures.
        wide: pages that were wider than their window.
    """

    folder: Path
    wide: list[str] = field(default_factory=list)

    def take(self, page: Page, name: str) -> None:
        """A picture of a whole page at both widths."""
        for size in (_PHONE, _DESK):
            page.set_viewport_size(size)
            page.evaluate("scrollTo(0, 0)")
            page.wait_for_timeout(150)
            page.screenshot(
                path=self.folder / f"{name}-{size['width']}.png",
                full_page=True,
                animations="disabled",
            )
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.wide.append(f"{name} at {size['width']}")


@dataclass
class Day:
    """What happens on it, in its order.

    Attributes:
        errors: that scripts of pages raised.
    """

    installation: Installation
    browser: Browser
    camera: Camera
    errors: list[str] = field(default_factory=list)
    segment: str = ""
    snapshot: str = ""

    def __post_init__(self) -> None:
        self.ada, self.ben = self._person(), self._person()

    def live(self) -> None:
        """All of it."""
        expect.set_options(timeout=_WAIT)
        for part in (
            self.sign_in,
            self.import_members,
            self.make_a_segment,
            self.write_facts,
            self.find_an_audience,
            self.iterate_a_prompt,
            self.freeze,
            self.judge_one_to_one,
            self.make_a_campaign,
            self.send_it,
            self.members_play,
            self.read_the_report,
            self.run_a_journey,
            self.erase_a_member,
            self.look_into_the_editor,
        ):
            part()

    def sign_in(self) -> None:
        """Two people, each in a browser of their own."""
        for page, address in ((self.ada, ADA), (self.ben, BEN)):
            page.goto("/outreach")
            if address == ADA:
                self.camera.take(page, "00-sign-in")
            page.fill("[name=address]", address)
            page.fill("[name=password]", PASSWORD)
            page.click("button:has-text('Sign in')")
            expect(page.get_by_role("heading", name="Outreach", exact=True)).to_be_visible()
        self.camera.take(self.ada, "01-overview-empty")

    def import_members(self) -> None:
        """A file with a wrong row, whose findings stand on the page of the import."""
        page = self.ada
        page.goto("/outreach/imports")
        page.set_input_files("[name=file]", self.installation.folder / "members.csv")
        page.fill("[name=source]", "crm")
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_text("91 of 92 rows kept")).to_be_visible()
        self.camera.take(page, "02-import")
        page.goto("/outreach/members")
        self.camera.take(page, "03-members")

    def make_a_segment(self) -> None:
        """By the small form, with its live count."""
        page = self.ada
        page.goto("/outreach/segments/new")
        page.fill("[name=name]", "Mail readers in France and Spain")
        page.fill("[name=countries]", "FR, ES")
        page.get_by_role("button", name="Add to the rule").click()
        expect(page.get_by_text(re.compile(r"^\d+ of 91 members now\.$"))).to_be_visible()
        self.camera.take(page, "04-segment-form")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Version 1 is saved.")).to_be_visible()
        expect(page.get_by_text(re.compile(r"^\d+ of 91 members now\.$"))).to_be_visible()
        self.camera.take(page, "05-segment")

    def write_facts(self) -> None:
        """Of the title that is promoted."""
        page = self.ada
        page.goto("/outreach/promoted/new")
        page.fill("[name=text]", _FACTS)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Nocturne City")).to_be_visible()

    def find_an_audience(self) -> None:
        """A job ranks the members, and makes a segment of those who are likeliest to watch."""
        page = self.ada
        page.goto("/outreach/affinity")
        page.fill("[name=titles]", TITLE)
        page.fill("[name=count]", _AUDIENCE)
        page.get_by_role("button", name="Find them").click()
        expect(page.get_by_role("link", name="The segment")).to_be_visible()
        self.camera.take(page, "06-affinity")
        page.get_by_role("link", name="The segment").click()
        self.segment = page.url.rpartition("/")[2]
        self.camera.take(page, "07-audience")

    def iterate_a_prompt(self) -> None:
        """A version is saved, both run over the panel, and their drafts stand side by side."""
        page = self.ada
        page.goto("/outreach/prompts/invite")
        self._evaluate(page)
        page.goto("/outreach/prompts/invite")
        page.fill("[name=text]", _PROMPT)
        page.fill("[name=note]", "warmer, and one sentence")
        page.get_by_role("button", name="Save as version").click()
        self._evaluate(page)
        page.goto("/outreach/prompts/invite")
        expect(page.get_by_role("columnheader", name="Change")).to_be_visible()
        self.camera.take(page, "08-prompt")
        page.get_by_role("button", name="Write both").click()
        expect(page.locator("blockquote")).to_have_count(2)
        self.camera.take(page, "09-side-by-side")

    def _evaluate(self, page: Page) -> None:
        page.get_by_role("button", name="Run over the panel").click()
        expect(page.get_by_role("link", name="To the prompt")).to_be_visible()

    def freeze(self) -> None:
        """Whom the segment selects now; a second person approves it."""
        page = self.ada
        page.goto(f"/outreach/segments/{self.segment}")
        page.select_option("[name=promoted]", f"title:{TITLE}")
        page.get_by_role("button", name="Take a snapshot").click()
        page.get_by_role("link", name="See the snapshot").click()
        self.snapshot = page.url.rpartition("/")[2]
        self.ben.goto(f"/outreach/snapshots/{self.snapshot}")
        self.camera.take(self.ben, "10-snapshot")
        self.ben.get_by_role("button", name="Approve").click()
        expect(self.ben.get_by_text("The snapshot is approved.")).to_be_visible()

    def judge_one_to_one(self) -> None:
        """Lines are written for members in their languages; Ben refuses one, and agrees with all.

        Ada cannot agree with what she asked for.
        """
        walk = f"/outreach/one-to-one?segment={self.segment}&promoted=title:{TITLE}"
        self._write_all(walk)
        ben = self.ben
        ben.goto(f"/outreach/one-to-one?snapshot={self.snapshot}&promoted=title:{TITLE}")
        ben.get_by_label("What is wrong with it").fill(_REASON)
        ben.get_by_role("button", name="Disagree and try again").click()
        expect(ben.get_by_text("here is another try")).to_be_visible()
        expect(ben.get_by_role("heading", name="Refused before")).to_be_visible()
        self._see_frames(ben)
        self.camera.take(ben, "12-one-to-one")
        self.ada.goto(ben.url)  # Ben asked for this one, so Ada agrees with it
        self.ada.get_by_role("button", name="Agree", exact=True).click()
        expect(self.ada.get_by_text("may be sent.")).to_be_visible()
        self._agree_with_all(walk)

    def _write_all(self, walk: str) -> None:
        """Ada goes through the members until there is a line for each of them."""
        page = self.ada
        page.goto(walk)
        while True:
            if page.get_by_text("No line yet").count():
                page.get_by_role("button", name="Have it written").click()
                expect(page.get_by_text("A draft was written.")).to_be_visible()
                agree = page.get_by_role("button", name="Agree", exact=True)
                expect(agree).to_be_disabled()
            following = page.get_by_role("link", name="Next", exact=True)
            if not following.count():
                break
            following.click()
            page.wait_for_load_state()
        expect(page.get_by_text("You wrote it, or asked for it").first).to_be_visible()

    def _agree_with_all(self, walk: str) -> None:
        """Ben presses `a` wherever a line waits, and goes on by the arrow key elsewhere."""
        page = self.ben
        page.goto(walk)
        for _ in range(int(_AUDIENCE)):
            heading = page.locator("h1").inner_text()
            last = not page.locator('[data-key="ArrowRight"]').count()
            agree = page.locator('form[action$="/agree"] button')
            page.keyboard.press("ArrowRight" if agree.is_disabled() else "a")
            if last:
                break
            expect(page.locator("h1")).not_to_have_text(heading)
        page.goto(f"/outreach/promoted/one?promoted=title:{TITLE}")
        self.camera.take(page, "13-lines")

    def _see_frames(self, page: Page) -> None:
        """Both frames of the mail have its text."""
        for title in ("The mail on a phone", "The mail on a computer"):
            frame = page.frame_locator(f"iframe[title='{title}']")
            shown = frame.get_by_text("Nocturne City").locator("visible=true")
            expect(shown.first).to_be_visible()

    def make_a_campaign(self) -> None:
        """Ada keeps a draft, which she cannot approve."""
        page = self.ada
        page.goto("/outreach/campaigns/new")
        page.fill("[name=campaign_id]", CAMPAIGN)
        page.fill("[name=name]", "Nocturne City: première à 21 h · عرض أول")
        page.fill("[name=promoted_id]", TITLE)
        page.select_option("[name=snapshot_id]", self.snapshot)
        page.fill("[name=reel_asset]", "demo")
        page.fill("[name=holdout]", "20")
        self.camera.take(page, "14-campaign-form")
        page.get_by_role("button", name="Keep the draft").click()
        expect(page.get_by_role("button", name="Approve")).to_be_disabled()
        expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
        self.camera.take(page, "15-campaign-draft")

    def send_it(self) -> None:
        """Ben approves and starts it; going back and pressing again does nothing twice."""
        page, path = self.ben, f"/outreach/campaigns/one/{CAMPAIGN}"
        page.goto(path)
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.get_by_text("Approved.")).to_be_visible()
        stale = page.context.new_page()
        stale.goto(path)
        for each in (page, stale):
            each.get_by_role("button", name="Start", exact=True).click()
            expect(each.get_by_text("Workers send it now.")).to_be_visible()
        stale.close()
        page.go_back()
        expect(page.get_by_role("button", name="Start", exact=True)).to_have_count(0)
        expect(page.get_by_text("finished", exact=True)).to_be_visible()
        self.camera.take(page, "16-campaign")
        page.goto(f"/outreach/campaigns/one/{CAMPAIGN}/sends")
        self.camera.take(page, "17-sends")
        addresses = [taken.recipient for taken in self.installation.sink.taken]
        assert len(addresses) == len(set(addresses)) > 5

    def members_play(self) -> None:
        """Three follow their links, and play; two of them then watch the title."""
        for number, taken in enumerate(self.installation.sink.taken[:3]):
            self._play(taken, number)
        watched = [taken.recipient.partition("@")[0] for taken in self.installation.sink.taken[:2]]
        self.send_events(*(_watched(member) for member in watched))

    def _play(self, taken: Taken, number: int) -> None:
        # As a headless browser it would be taken for a program that looks at links.
        context = self.browser.new_context(viewport=_PHONE, user_agent=_PHONE_BROWSER)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self._link(taken))
        page.wait_for_load_state("networkidle")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        _until(lambda: page.evaluate("video.currentTime") > 3)
        if number == 0:
            page.screenshot(path=self.camera.folder / "18-members-reel-390.png")
        page.evaluate("video.pause()")
        page.wait_for_timeout(500)  # what was seen is on its way
        context.close()

    def _link(self, taken: Taken) -> str:
        body = taken.mail.get_body(("plain",))
        assert body is not None
        (link, *_) = re.findall(
            rf"{re.escape(self.installation.address)}/r/[\w-]+", body.get_content()
        )
        return str(link)

    def send_events(self, *events: dict[str, Any]) -> None:
        """Events, as a back end sends them."""
        body = {"sent_at": time_text(int(time.time() * 1000)), "events": list(events)}
        request = urllib.request.Request(
            f"{self.installation.address}/v1/events",
            json.dumps(body).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.installation.key}",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            results = json.load(response)["results"]
        assert [result["status"] for result in results] == ["accepted"] * len(events), results

    def read_the_report(self) -> None:
        """What was sent, clicked and played; that so few members cannot show a lift."""
        page = self.ada

        def is_counted() -> bool:
            page.goto(f"/outreach/reports/{CAMPAIGN}")
            return self._figure(page, "Reel played") == "3" and (
                self._figure(page, "Title started") == "2"
            )

        _until(is_counted)
        self.camera.take(page, "19-report")
        page.goto("/outreach/reports")
        self.camera.take(page, "20-all-outreach")

    def _figure(self, page: Page, name: str) -> str:
        return page.locator(f".stat:has(dt:text-is('{name}')) dd").first.inner_text()

    def run_a_journey(self) -> None:
        """Ada writes it, Ben approves and starts it; who signs up gets a mail."""
        page, ben = self.ada, self.ben
        page.goto("/outreach/journeys/new")
        self.camera.take(page, "21-journey-form")
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("heading", name="Picture of what you typed")).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Version 1 is saved.")).to_be_visible()
        ben.goto(f"/outreach/journeys/one/{JOURNEY}")
        ben.get_by_role("button", name="Approve").click()
        expect(ben.get_by_text("it is the one that members enter")).to_be_visible()
        ben.get_by_text("Start…").click()
        ben.get_by_role("button", name="Start it").click()
        expect(ben.get_by_text("The journey has started")).to_be_visible()
        self.send_events(_event("signed_up", NEWCOMER))
        before = len(self.installation.sink.taken)
        wait_for(lambda: len(self.installation.sink.taken) > before, 90)
        assert self.installation.sink.taken[-1].recipient == f"{NEWCOMER}@example.com"
        ben.goto(f"/outreach/journeys/one/{JOURNEY}")
        self.camera.take(ben, "22-journey")
        ben.goto(f"/outreach/reports/{JOURNEY}")
        self.camera.take(ben, "23-journey-report")

    def erase_a_member(self) -> None:
        """The page of a member who was sent a mail is gone; the report still stands."""
        taken = self.installation.sink.taken[0]
        member = taken.recipient.partition("@")[0]
        page = self.ada
        page.goto("/outreach")
        self.camera.take(page, "24-overview")
        page.goto(f"/outreach/members/one?id={member}")
        self.camera.take(page, "25-member")
        page.get_by_text("Erase…").click()
        page.get_by_role("button", name="Erase for good").click()
        expect(page.get_by_text("The member is erased.")).to_be_visible()
        response = page.goto(f"/outreach/members/one?id={member}")
        assert response is not None
        assert response.status == 404
        self.camera.take(page, "26-erased")
        page.goto(f"/outreach/reports/{CAMPAIGN}")
        expect(page.get_by_role("heading", name=CAMPAIGN)).to_be_visible()

    def look_into_the_editor(self) -> None:
        """The same navigation leads to it: a timeline with findings, and the frame of one."""
        page = self.ada
        page.get_by_role("link", name="Editor").click()
        page.set_input_files("[name=timeline]", self.installation.folder / BROKEN_TIMELINE)
        page.select_option("[name=media]", "mega.mp4")
        page.click("text=Check it")
        row = page.locator(".findings tr[data-rule=wrong-length]").first
        row.click()
        expect(page.locator(".viewer img")).not_to_have_js_property("naturalWidth", 0)
        self.camera.take(page, "27-editor")

    def _person(self) -> Page:
        context = self.browser.new_context(
            base_url=self.installation.address,
            viewport=_DESK,
            color_scheme="dark",
        )
        page = context.new_page()
        page.set_default_timeout(_WAIT)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page


def _event(kind: str, member_id: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    now = time_text(int(time.time() * 1000))
    return {"id": uuid.uuid4().hex, "type": kind, "time": now, "member_id": member_id, **content}


def _watched(member_id: str) -> dict[str, Any]:
    metrics = {"seconds": 3600}
    return _event("title_played", member_id, attributes={"title_id": TITLE}, metrics=metrics)


def _until(is_so: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.2)
