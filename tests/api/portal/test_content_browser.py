"""The 1:1 page and a segment's form in a real browser: keys, frames, the reel, and a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle.drafting import Stores
from sizzle.outbox.segments import Segments
from sizzle.outreach.content.promoted_file import parse_promoted
from sizzle.outreach.segments.rule import Rule
from tests.api.portal.content_samples import FACTS, MEMBERS
from tests.api.portal.desk_service import desk_service
from tests.browser import open_browser, serving
from tests.packager import packaged_asset


def test_members_are_gone_through_by_keys(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A draft is agreed with by a key, the next member comes, and nothing is wider than a phone."""
    with desk_service(tmp_path, made=packaged_asset.shared(tmp_path_factory)) as desk:
        desk.import_file(MEMBERS)
        for each in parse_promoted(FACTS, "facts"):
            Stores(desk.database).promoted.save(each, 0)
        Segments(desk.database).save("All", Rule.read({"Dimensions": {}}), 1, "all")
        with serving(desk.app) as address, open_browser() as browser:
            page = browser.new_page(viewport={"width": 390, "height": 800})
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/outreach/one-to-one?segment=all&promoted=title:nocturne")
            page.get_by_role("button", name="Have it written").click()
            mail = page.frame_locator("iframe[title='The mail on a phone']")
            mail.get_by_text("Ann <b>& Söhne</b>").first.wait_for()
            assert page.locator("figure.reel video").get_attribute("src")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.keyboard.press("a")
            page.get_by_role("heading", name="Chloé").wait_for()
            page.keyboard.press("ArrowLeft")
            page.get_by_text("It is approved already.").wait_for()
            page.goto(f"{address}/outreach/segments/new")
            page.get_by_text("3 of 3 members now.").wait_for()
            page.get_by_role("textbox", name="Rule").fill('{"Dimensions": {')
            page.get_by_text("Line 1: The rule is no JSON").wait_for()
            assert errors == []
