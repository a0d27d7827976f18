"""The panel's page in a browser, at the smallest size that Premiere may give it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from sizzle.premiere_panel import PANEL
from tests.browser import open_browser
from tests.node_project import NodeProject

_SIZE = 320


@pytest.fixture(scope="module")
def page(project: NodeProject) -> Iterator[Page]:
    """The panel over the fake Premiere, in 320 by 320 pixels; UXP scrolls no document."""
    answer = project.run("build.mjs", "preview/out", "preview/main.ts")
    assert answer.returncode == 0, answer.stderr
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": _SIZE, "height": _SIZE})
        page.goto((project.folder / "preview" / "out" / "index.html").as_uri())
        page.get_by_text("23.976 fps").wait_for()
        yield page


def _smallest() -> dict[str, int]:
    """The smallest size that the manifest asks for."""
    manifest = json.loads((PANEL / "manifest.json").read_text())
    size: dict[str, int] = manifest["entrypoints"][0]["minimumSize"]
    return size


def _lies_within(page: Page, name: str) -> bool:
    box = page.get_by_role("button", name=name).bounding_box()
    return (
        box is not None
        and (box["x"] >= 0 and box["x"] + box["width"] <= page.evaluate("innerWidth"))
        and (box["y"] >= 0 and box["y"] + box["height"] <= _SIZE)
    )


def test_every_button_can_be_reached(page: Page) -> None:
    """What does not fit is scrolled to within the page, whose document fits exactly."""
    assert _smallest()["height"] <= _SIZE
    assert page.evaluate("document.documentElement.scrollHeight") == _SIZE
    for name in (
        "Number clips",
        "Check sequence",
        "Show findings…",
        "Clear findings",
        "Export XML…",
        "Layout: default…",
    ):
        button = page.get_by_role("button", name=name)
        # By hand, as the document that Playwright would scroll must not scroll.
        button.evaluate("(element) => element.parentElement.scrollIntoView({block: 'nearest'})")
        assert _lies_within(page, name), name
        assert button.is_visible()


def test_a_long_list_leaves_its_buttons_in_sight(page: Page) -> None:
    """The list scrolls by itself, under the buttons that write it or not."""
    page.get_by_role("button", name="Number clips").click()
    page.locator("#plan-list > div").nth(10).wait_for(state="attached")
    assert _lies_within(page, "Write")
    assert _lies_within(page, "Cancel")
    assert page.evaluate("document.documentElement.scrollHeight") == _SIZE
    heights = "element => [element.clientHeight, element.scrollHeight]"
    shown, whole = page.locator("#plan-list").evaluate(heights)
    assert 60 <= shown < whole
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Number clips").wait_for()


def test_findings_leave_their_buttons_in_sight(page: Page) -> None:
    """Their rows scroll, and the keyboard goes through them, each row coming into sight."""
    page.get_by_role("button", name="Check sequence").click()
    rows = page.get_by_role("option")
    rows.first.wait_for()
    page.set_viewport_size({"width": _smallest()["width"], "height": _SIZE})
    for name in ("Fix 1…", "Mark…", "Close"):
        assert _lies_within(page, name), name
    page.set_viewport_size({"width": _SIZE, "height": _SIZE})
    assert page.evaluate("document.documentElement.scrollHeight") == _SIZE
    assert page.locator("#report-list").evaluate("element => element.clientHeight") >= 60
    rows.first.focus()
    page.keyboard.press("End")
    box = rows.last.bounding_box()
    assert rows.last.get_attribute("aria-selected") == "true"
    assert box is not None
    assert box["y"] + box["height"] <= _SIZE
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Number clips").wait_for()
