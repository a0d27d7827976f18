"""The page in a real browser, as its users use it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from sizzle.reel import TimecodeList
from tests.browser import serving
from tests.web_player import sample_asset
from tests.web_player.recorded_frames import on_screen, open_player, until, watch

_REEL = "**/v1/reels"
_BOTH = {"left": "ada", "right": "ben"}


@pytest.fixture
def reels(asset: sample_asset.SampleAsset) -> list[TimecodeList]:
    """The reels of ada and ben."""
    return [asset.reel_of(member) for member in sample_asset.MEMBERS]


@pytest.fixture(scope="module")
def shared(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """A player with two members' reels, and its browser's errors."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    open_player(page, address, engine="mse", **_BOTH)
    watch(page)
    yield page, complaints
    context.close()


@pytest.fixture
def player(shared: tuple[Page, list[str]]) -> Iterator[Page]:
    """The player at its first frame. Opening one takes longer than most tests, so they share it."""
    page, complaints = shared
    page.locator("#lanes").focus()
    page.keyboard.press("Home")
    yield page
    assert complaints == []


def frame_of(page: Page) -> int:
    """The position that the page shows."""
    return int(page.locator("#lanes").get_attribute("aria-valuenow") or -1)


def choose_left(page: Page, member: str) -> None:
    """Have the left reel be another member's, and wait until it has a picture."""
    field = page.get_by_label("Member").first
    field.fill(member)
    field.press("Enter")
    until(page, f"location.search.includes('left={member}')")
    until(page, "document.querySelectorAll('.veil:not([hidden])').length == 0")
    watch(page)


def check_shows(page: Page, reels: list[TimecodeList], frame: int) -> None:
    """Check that the page is at a frame, and that both pictures are the right ones."""
    assert frame_of(page) == frame
    wanted = [reel.source_frames()[frame] for reel in reels]
    until(page, "[...document.querySelectorAll('video')].every((each) => !each.seeking)")
    for _ in range(40):
        shown = [seen.number for seen in on_screen(page)]
        if shown == wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"frame {frame} shows {shown}, not {wanted}")


def test_keys_go_where_they_say(player: Page, reels: list[TimecodeList]) -> None:
    """By frame, second, cut, rank and to both ends; the pictures follow, on both sides of joins."""
    joins = [cut.record.start.frame for cut in reels[0].cuts]
    second_c = [cut.record.start.frame for cut in reels[0].cuts if cut.rank == 3][1]
    last = reels[0].duration.frame - 1
    for key, frame in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowDown", joins[1]),
        ("ArrowLeft", joins[1] - 1),
        ("ArrowRight", joins[1]),
        ("ArrowDown", joins[2]),
        ("ArrowUp", joins[1]),
        ("3", joins[2]),
        ("3", second_c),
        ("Shift+ArrowRight", second_c + 24),
        ("Shift+ArrowLeft", second_c),
        ("End", last),
        ("ArrowRight", last),
        ("1", 0),
        ("End", last),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        player.keyboard.press(key)
        check_shows(player, reels, frame)


def test_seeks_show_the_right_pictures(player: Page, reels: list[TimecodeList]) -> None:
    """Twenty at random by pointing at the strip, every second one directly beside a join."""
    _seek_at_random(player, reels)


@pytest.mark.full
def test_seeks_in_hls_show_the_right_pictures(
    page: Page, address: str, reels: list[TimecodeList]
) -> None:
    """The same in the other engine."""
    open_player(page, address, engine="hls", **_BOTH)
    watch(page)
    _seek_at_random(page, reels)


def _seek_at_random(page: Page, reels: list[TimecodeList]) -> None:
    chance = random.Random(7)
    joins = [cut.record.start.frame for cut in reels[0].cuts[1:]]
    frames = [chance.randrange(reels[0].duration.frame) for _ in range(10)]
    frames += [chance.choice(joins) - chance.randrange(2) for _ in range(10)]
    chance.shuffle(frames)
    box = page.locator("#lanes").bounding_box()
    assert box is not None
    for frame in frames:
        x = box["x"] + (frame + 0.5) / reels[0].duration.frame * box["width"]
        page.mouse.click(x, box["y"] + box["height"] / 2)
        check_shows(page, reels, frame)


def test_both_play_on_one_clock(player: Page, reels: list[TimecodeList]) -> None:
    """Space starts and stops both on the same frame; one has sound, and M mutes it."""
    player.keyboard.press("Space")
    until(player, "Number(document.querySelector('#lanes').ariaValueNow) > 30")
    assert not any(player.evaluate("[...document.querySelectorAll('video')].map((v) => v.paused)"))
    player.keyboard.press("Space")
    assert all(player.evaluate("[...document.querySelectorAll('video')].map((v) => v.paused)"))
    muted = "[...document.querySelectorAll('video')].map((each) => each.muted)"
    assert player.evaluate(muted) == [False, True]
    player.keyboard.press("m")
    assert player.evaluate(muted) == [True, True]
    player.keyboard.press("m")
    assert player.evaluate(muted) == [False, True]
    stopped = frame_of(player)
    player.keyboard.press("ArrowLeft")
    check_shows(player, reels, stopped - 1)


def test_the_cut_lists_follow(player: Page, reels: list[TimecodeList]) -> None:
    """The current cut is marked in both lists and visible; a click on another seeks there."""
    for place in (0, 7, 31, 12):
        player.keyboard.press("Home")
        for _ in range(place):
            player.keyboard.press("ArrowDown")
        for side, reel in enumerate(reels):
            cut = reel.cuts[place]
            row = player.locator(".list").nth(side).locator("tr[aria-current=true]")
            expect(row).to_be_in_viewport()
            cells = row.locator("td").all_inner_texts()
            assert cells == [
                *("ABCDEFGH"[cut.rank - 1], cut.title, cut.clip_key),
                *(cut.source.start.timecode, cut.record.start.timecode, "12"),
            ]
            lower = player.locator(".lower").nth(side)
            assert cut.title in lower.inner_text()
            assert cut.source.start.timecode in lower.inner_text()
    player.locator(".list").first.locator("tbody tr").nth(14).get_by_role("button").click()
    check_shows(player, reels, reels[0].cuts[14].record.start.frame)


def test_the_page_says_why_titles_are_in_their_order(
    player: Page, reels: list[TimecodeList]
) -> None:
    """In place of the cut lists: what each member may want, and what moved each title."""
    button = player.get_by_role("button", name="Why this order")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    panel = player.get_by_role("region", name="Why the titles are in this order")
    for column, reel in zip(panel.get_by_role("article").all(), reels, strict=True):
        expect(column.get_by_role("heading")).to_have_text(reel.member_id)
        expect(column).to_contain_text("Genre, 75 % of the order")
        expect(column).to_contain_text("Drama 62 %, Comedy 38 %")
        first = column.get_by_role("row").nth(1)
        title = next(cut.title for cut in reel.cuts if cut.rank == 1)
        for what in ("A", title, "100 %", "taste \u00d72.0", "1 lower"):
            expect(first).to_contain_text(what)
    expect(player.locator("#lists")).to_be_hidden()
    player.keyboard.press("n")
    expect(panel).to_be_hidden()
    player.keyboard.press("w")
    expect(player.locator("#orders")).to_be_hidden()
    expect(panel).to_be_visible()
    player.keyboard.press("w")
    expect(player.locator("#lists")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_quality_can_be_forced(player: Page, reels: list[TimecodeList]) -> None:
    """What is fetched ahead is replaced, and the pictures stay right; Q takes the next quality."""
    player.get_by_label("Quality").select_option("144p")
    for _ in range(100):  # at the beginning, so that all that lies ahead is replaced
        player.keyboard.press("End")
        check_shows(player, reels, 383)
        if [seen.height for seen in on_screen(player)] == [144, 144]:
            break
        player.keyboard.press("Home")
        player.wait_for_timeout(100)
    else:
        raise AssertionError("what was fetched ahead was not replaced")
    until(player, "document.querySelector('.facts').textContent.startsWith('144p')")
    assert "quality=144p" in player.url
    player.locator("#lanes").focus()
    player.keyboard.press("q")
    assert player.get_by_label("Quality").input_value() == "auto"


@pytest.mark.full
def test_the_engine_can_be_changed(page: Page, address: str, reels: list[TimecodeList]) -> None:
    """The reels keep their position; the address has the choices, to be shared."""
    open_player(page, address, engine="mse", **_BOTH)
    watch(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    until(page, "document.querySelectorAll('.veil:not([hidden])').length == 0")
    assert "engine=hls" in page.url
    check_shows(page, reels, 12)


def test_keys_are_left_to_fields_and_shown_on_demand(player: Page) -> None:
    """Typing a name with an m in it does not mute; ? lists the keys, and Escape closes the list."""
    field = player.get_by_label("Member").first
    field.press("End")
    field.press_sequentially(" m3")
    assert frame_of(player) == 0
    assert not player.evaluate("document.querySelector('video').muted")
    field.fill("ada")
    player.locator("#lanes").focus()
    player.keyboard.press("?")
    expect(player.get_by_role("dialog")).to_contain_text("one frame forward")
    player.keyboard.press("Escape")
    expect(player.get_by_role("dialog")).to_be_hidden()


def test_someone_new_is_said_to_be_new(player: Page, asset: sample_asset.SampleAsset) -> None:
    """Another member's reel replaces one; the page says if the member has no history."""
    expect(player.locator(".badge").first).to_be_hidden()
    choose_left(player, "zoe")
    expect(player.locator(".badge").first).to_be_visible()
    check_shows(player, [asset.reel_of("zoe"), asset.reel_of("ben")], 0)
    choose_left(player, "ada")
    expect(player.locator(".badge").first).to_be_hidden()
    check_shows(player, [asset.reel_of("ada"), asset.reel_of("ben")], 0)


def test_nothing_runs_off_the_page(player: Page) -> None:
    """From a small phone to a desktop: no sideways scrolling, and controls fit for touch."""
    for width, height in ((320, 568), (390, 844), (844, 390), (768, 1024), (1440, 900)):
        player.set_viewport_size({"width": width, "height": height})
        assert player.evaluate("document.documentElement.scrollWidth") <= width
        for button in player.locator(".buttons button").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 38
            assert 0 <= box["x"] <= width - box["width"]


def test_a_phone_shows_one_list_at_a_time(browser: Browser, address: str) -> None:
    """Controls stay visible while it scrolls; a tab shows each member's list."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_player(page, address, engine="mse", **_BOTH)
    expect(page.get_by_role("button", name="Play")).to_be_in_viewport()
    expect(page.locator(".list").nth(1)).to_be_hidden()
    page.get_by_role("button", name="ben", exact=True).tap()
    expect(page.locator(".list").nth(0)).to_be_hidden()
    expect(page.locator(".list").nth(1)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Play")).to_be_in_viewport()
    context.close()


def test_everything_has_a_name(player: Page) -> None:
    """For screen readers: all controls, the position, and the member on each side."""
    unnamed = player.evaluate(
        """[...document.querySelectorAll("button, select, input, [role=slider]")].filter((each) =>
            !each.ariaLabel && !each.textContent.trim() && !each.labels?.length)
            .map((each) => each.outerHTML)"""
    )
    assert unnamed == []
    expect(player.get_by_role("slider")).to_have_attribute("aria-valuetext", "00:00:00:00, cut 1")
    expect(player.get_by_role("article", name="Left reel")).to_be_visible()
    expect(player.get_by_role("link", name="Skip to the controls")).not_to_be_in_viewport()
    player.get_by_role("link", name="Skip to the controls").focus()
    expect(player.get_by_role("link", name="Skip to the controls")).to_be_in_viewport()
    player.keyboard.press("ArrowDown")
    expect(player.locator("#status")).to_contain_text("Cut 2: ")


def test_a_lost_connection_is_said_and_mended(page: Page, address: str) -> None:
    """Where one reel fails the other plays alone; a retry then loads it."""
    page.route(_REEL, _failing_for("ben"))
    page.goto(f"{address}/player?left=ada&right=ben&engine=mse")
    failure = page.locator(".pane").nth(1).get_by_role("alert")
    expect(failure).to_contain_text("The service cannot be reached.")
    expect(failure).to_contain_text("sizzle serve")
    until(page, "document.querySelector('video').readyState >= 2")
    page.unroute(_REEL)
    failure.get_by_role("button", name="Try again").click()
    until(page, "[...document.querySelectorAll('video')].every((each) => each.readyState >= 2)")
    expect(failure).to_be_hidden()


def _failing_for(member: str) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        if f'"{member}"' in (route.request.post_data or ""):
            route.abort("connectionrefused")
        else:
            route.continue_()

    return answer


@pytest.mark.full
def test_media_that_cannot_be_had_is_said(page: Page, address: str) -> None:
    """A refusal of the packaged media shows an error, not an endless spinner."""
    page.route("**/v1/media/**", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{address}/player?left=ada&right=ben&engine=mse")
    failure = page.locator(".failure").first
    expect(failure).to_contain_text(
        "The service responded with 404 to a range of the packaged media."
    )
    expect(failure).to_contain_text("Try again")


@pytest.mark.full
def test_refusals_are_shown_with_their_fix(page: Page, address: str) -> None:
    """The page shows the service's message for a wrong choice."""
    page.goto(f"{address}/player?left=ada&right=ben&asset=other")
    expect(page.locator(".failure").first).to_contain_text("has no asset 'other'")
    expect(page.locator(".failure").first).to_contain_text("Publish it with")


def test_a_service_without_packages_says_what_to_do(
    page: Page, asset: sample_asset.SampleAsset
) -> None:
    """The page loads, and names the commands that are needed."""
    with serving(sample_asset.app_of(asset, delivers=False)) as address:
        page.goto(f"{address}/player")
        expect(page.get_by_role("alert")).to_contain_text("This service streams no packages.")
        expect(page.get_by_role("alert")).to_contain_text("sizzle serve --packages packages")


@pytest.mark.full
def test_motion_is_reduced_where_that_is_asked(browser: Browser, address: str) -> None:
    """Lists jump instead of scrolling smoothly, and nothing fades."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    open_player(page, address, engine="mse", **_BOTH)
    page.keyboard.press("End")
    row = page.locator(".list").first.locator("tr[aria-current=true]")
    expect(row).to_be_in_viewport(timeout=1000)
    style = "getComputedStyle(document.querySelector('.block')).transitionProperty"
    assert page.evaluate(style) == "none"
    context.close()
