"""The editors' pages in a real browser, from a timeline that is dropped to its publication."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import pytest
from playwright.sync_api import Browser, Page, expect

from fixtures.defects import DEFECTS, clean_xml
from tests.api.editor.conftest import EditorSite
from tests.api.ingests.ingest_app import CADENCE, LAYOUT, export

SCRIPT = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def files(folder: Path, timeline: bytes, name: str = "export.xml") -> tuple[str, str]:
    """A timeline and the service's layout as files to choose."""
    (folder / name).write_bytes(timeline)
    (folder / "layout.toml").write_text(LAYOUT)
    return str(folder / name), str(folder / "layout.toml")


def defective() -> bytes:
    """An export of four clips with a disabled one and one that a dissolve leads to."""
    root = fromstring(clean_xml())
    sequence = root.find("./sequence")
    assert sequence is not None
    for name in ("disabled", "marker deleted", "dissolve"):
        next(defect for defect in DEFECTS if defect.name == name).breaks(sequence)
    return tostring(root)


def test_a_timeline_is_checked_looked_at_and_published(
    page: Page, site: EditorSite, folder: Path
) -> None:
    """The whole way of a clean one: upload, progress, preview, publish, and it is published."""
    timeline, layout = files(folder, export(), "spring slate.xml")
    page.goto("/editor")
    page.set_input_files("[name=timeline]", timeline)
    expect(page.locator("[name=asset_id]")).to_have_value("spring-slate")
    page.select_option("[name=media]", "mega.mp4")
    page.select_option("[name=bed]", "bed.wav")
    page.click("text=Layout, sheets and format")
    page.set_input_files("[name=layout]", layout)
    page.click("text=Check it")
    expect(page.locator(".crumbs ~ .fine")).to_contain_text("no findings")

    page.fill("[name=member_id]", "ada")
    page.fill("[name=cadence]", CADENCE)
    page.click("button:has-text('Preview')")
    expect(page.locator(".cuts tbody tr")).to_have_count(2)
    expect(page.locator(".cuts tbody tr").first).to_contain_text("aurora-clip-1")
    strip = page.locator(".strip img")
    strip.first.scroll_into_view_if_needed()
    expect(strip.first).to_have_js_property("naturalWidth", 192)

    page.click("summary:has-text('Publish')")
    page.click("button:has-text('Publish it')")
    expect(page.locator(".notice")).to_contain_text("Published as version")
    assert "spring-slate" in site.ingests.service.catalog.assets()
    page.click(".notice a")
    expect(page.locator("tr[aria-current]")).to_contain_text("in use")


@pytest.fixture(scope="module")
def broken(site: EditorSite) -> str:
    """The page of a timeline with findings, and with media that is shorter than it."""
    job = site.ingests.ingest(defective(), asset_id="broken", layout=None, media="mega.mp4")
    return f"/editor/ingests/{job['id']}"


def test_findings_are_named_and_their_frames_are_shown(page: Page, broken: str) -> None:
    """In the table and on the timeline; a click on either shows the frame."""
    page.goto(broken)
    rules = page.locator(".findings .rule")
    expect(rules.first).to_be_visible()
    assert {"disabled", "transition", "marker-missing", "media-length"} <= set(
        rules.all_inner_texts()
    )

    row = page.locator(".findings tr[data-rule=transition]")
    row.click()
    viewer = page.locator(".viewer")
    expect(viewer.locator("img")).to_have_js_property("naturalWidth", 320)
    expect(viewer.locator("figcaption")).to_contain_text("01:00:06:06 frame 150")
    expect(viewer.locator("dl")).to_contain_text("delete the transition")

    page.locator(".viewer [data-step='1']").click()
    expect(viewer.locator("figcaption")).to_contain_text("01:00:06:07 frame 151")
    expect(viewer.locator("img")).to_have_attribute("src", "/v1" + _frame_of(page, 151))

    late = page.locator(".findings tr[data-rule=marker-missing]")
    number = late.get_attribute("data-number")
    page.locator(f".pin[data-number='{number}'] path").click()
    expect(late).to_have_class("selected")
    expect(viewer.locator("figcaption")).to_contain_text("past the media's end")


def test_findings_are_filtered_and_sorted(page: Page, broken: str) -> None:
    """By words, severity and rule; by keyboard from one to the next."""
    page.goto(broken)
    shown = page.locator(".findings tbody tr:visible")
    expect(page.locator(".filter output")).to_have_text(f"{shown.count()} findings")
    all_of_them = shown.count()
    page.fill(".filter input", "DISSOLVE")
    expect(shown).to_have_count(1)
    expect(page.locator(".filter output")).to_have_text(f"1 of {all_of_them}")
    expect(page.locator(".pin:visible")).to_have_count(1)
    page.fill(".filter input", "")
    page.select_option(".filter [aria-label=Rule]", "disabled")
    expect(shown).to_have_count(1)
    page.select_option(".filter [aria-label=Rule]", "")
    page.select_option(".filter [aria-label=Severity]", "error")
    errors = set(page.locator(".findings tr:visible .error").all_inner_texts())
    assert errors == {"error"}

    page.click("th button:has-text('Rule')")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    rules = page.locator(".findings tr:visible .rule").all_inner_texts()
    assert rules == sorted(rules)
    page.click("th button:has-text('Rule')")
    rules = page.locator(".findings tr:visible .rule").all_inner_texts()
    assert rules == sorted(rules, reverse=True)

    shown.first.click()
    page.keyboard.press("j")
    expect(shown.nth(1)).to_have_class("selected")
    page.keyboard.press("k")
    expect(shown.first).to_have_class("selected")
    page.keyboard.press("+")
    expect(page.locator(".picture")).to_have_attribute("width", "200%")


def test_what_cannot_be_used_is_said_beside_the_form(page: Page, folder: Path) -> None:
    """What was filled in stays; a file that is no timeline has a page that says so."""
    timeline, _ = files(folder, b"not a timeline", "notes.txt")
    (folder / "bad.toml").write_text("name =")
    page.goto("/editor")
    page.set_input_files("[name=timeline]", timeline)
    page.click("text=Layout, sheets and format")
    page.set_input_files("[name=layout]", str(folder / "bad.toml"))
    page.click("text=Check it")
    expect(page.locator("[role=alert]")).to_contain_text("not valid TOML")
    expect(page.locator("[name=asset_id]")).to_have_value("notes")
    page.set_input_files("[name=layout]", [])
    page.click("text=Check it")
    expect(page.locator(".failure h2")).to_have_text("Unreadable timeline")
    page.click("text=Discard…")
    page.click("text=Discard it")
    expect(page).to_have_url(f"{page.url.split('/editor')[0]}/editor")


def test_the_second_publisher_is_told(page: Page, site: EditorSite) -> None:
    """The page that was opened before the other published answers 409; a fresh one may go on."""
    jobs = [
        site.ingests.ingest(export(), asset_id="contested", media="mega.mp4", **each)["id"]
        for each in ({}, {"bed": "bed.wav"})
    ]
    page.goto(f"/editor/ingests/{jobs[1]}")
    assert site.ingests.client.post(f"/v1/ingests/{jobs[0]}/publish").status_code == 200
    page.click("summary:has-text('Publish')")
    page.click("button:has-text('Publish it')")
    expect(page.locator(".failure")).to_contain_text("Another producer was first 409")
    page.goto(f"/editor/ingests/{jobs[1]}")
    page.click("summary:has-text('Publish')")
    expect(page.locator(".pop:visible")).to_contain_text("They replace version")
    page.click("button:has-text('Publish it')")
    page.click(".notice a")
    page.click("summary:has-text('Roll back')")
    page.click("button:has-text('Roll back to version')")
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    versions = site.ingests.client.get("/v1/assets/contested/versions").json()["versions"]
    assert [version["asset_version"] for version in versions][::2] == [
        versions[0]["asset_version"]
    ] * 2


def test_what_files_say_is_text_and_nothing_else(page: Page, site: EditorSite) -> None:
    """A script in a clip's, sequence's, marker's or file's name is shown, and never run."""
    root = fromstring(defective())
    for name in root.iter("name"):
        name.text = f"{SCRIPT}{name.text}"
    job = site.ingests.ingest(tostring(root), asset_id="xss", layout=None, name=f"{SCRIPT}.xml")
    answer = page.goto(f"/editor/ingests/{job['id']}")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    expect(page.locator(".clip").first).to_contain_text("<script>")
    expect(page.locator(".about")).to_contain_text("<img src=x onerror")
    page.locator(".findings tbody tr").first.click()
    page.locator(".bar").first.click()
    assert page.title() != "taken"
    page.goto("/editor")
    assert page.locator("main img").count() == 0


def test_it_works_without_a_script(browser: Browser, site: EditorSite, folder: Path) -> None:
    """Upload, progress, findings, frames by link, and publishing."""
    timeline, layout = files(folder, export())
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/editor")
    page.set_input_files("[name=timeline]", timeline)
    page.fill("[name=asset_id]", "scriptless")
    page.select_option("[name=media]", "mega.mp4")
    page.click("text=Layout, sheets and format")
    page.set_input_files("[name=layout]", layout)
    page.click("text=Check it")
    site.ingests.done(page.url.rsplit("/", 1)[1])
    page.reload()
    page.click("summary:has-text('Publish')")
    page.click("button:has-text('Publish it')")
    expect(page.locator(".notice")).to_contain_text("Published as version")
    context.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/editor/ingests/nowhere", 404), ("/editor/assets/a", 404), ("/editor/assets/%00", 422)],
)
def test_a_page_that_is_not_there_is_a_page(site: EditorSite, path: str, status: int) -> None:
    """With the headers of any other."""
    answer = site.ingests.client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_phone_needs_no_sideways_scrolling(
    browser: Browser, site: EditorSite, broken: str
) -> None:
    """Of the page; wide tables scroll by themselves."""
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 740})
    page = context.new_page()
    for path in ("/editor", broken):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def _frame_of(page: Page, frame: int) -> str:
    return f"/ingests/{page.url.rsplit('/', 1)[1]}/frames/{frame}.jpg"
