"""How the demo's members open messages: an app by boto3, and a real browser."""

from __future__ import annotations

import shutil
import time
import uuid
from typing import Any, Final

from sizzle.errors import SizzleError
from sizzle.events.event import time_text

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WATCHED: Final = 3.0  # seconds of the reel
_PATIENCE: Final = 30.0
_CAMPAIGN: Final = "pinpoint.campaign."


def open_by_boto3(address: str, app: str, endpoint_id: str, data: dict[str, str]) -> str:
    """Record that a notification was opened, as an app does that was made for Pinpoint.

    Args:
        address: of the service, which takes the place of Pinpoint's.
        app: the application's id.
        endpoint_id: of the device.
        data: of the notification; what is Pinpoint's of it is copied into the event.

    Returns:
        What was done, in words.

    Raises:
        ImportError: boto3 is not installed.
        SizzleError: the event is not accepted.
    """
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "pinpoint",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",  # noqa: S106 - this machine needs none before the first key
        config=Config(retries={"max_attempts": 1}),
    )
    attributes = {
        name.removeprefix(_CAMPAIGN): value
        for name, value in data.items()
        if name.startswith(_CAMPAIGN)
    }
    event = {
        "EventType": "_campaign.opened_notification",
        "Timestamp": time_text(int(time.time() * 1000)),
        "Attributes": attributes,
    }
    batch = {endpoint_id: {"Endpoint": {}, "Events": {uuid.uuid4().hex: event}}}
    answer = client.put_events(ApplicationId=app, EventsRequest={"BatchItem": batch})
    (result,) = answer["EventsResponse"]["Results"][endpoint_id]["EventsItemResponse"].values()
    if result["StatusCode"] != 202:
        raise SizzleError(f"The event was not accepted: {result}.")
    return f"boto3 {boto3.__version__} reports that the notification was opened"


def play_in_browser(link: str) -> str:
    """Open the link of a message in Chromium, and play the reel. Returns what was done, in words.

    Raises:
        ImportError: Playwright is not installed.
        FileNotFoundError: there is no browser.
        SizzleError: the reel does not play.
    """
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        raise FileNotFoundError("Chromium")
    flags = ["--autoplay-policy=no-user-gesture-required", "--mute-audio", "--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            return f"Chromium {browser.version} {_played(browser, link)}"
        finally:
            browser.close()


def _played(browser: Any, link: str) -> str:  # noqa: ANN401 - Playwright is optional
    """Play the reel with the keyboard for some seconds."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(link)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    deadline = time.monotonic() + _PATIENCE
    # `wait_for_function` needs `eval`, which the page's policy forbids.
    while (at := page.evaluate("video.currentTime")) < _WATCHED:
        if time.monotonic() > deadline:
            raise SizzleError(f"The reel stands at {at} seconds in the browser.")
        page.wait_for_timeout(100)
    page.evaluate("video.pause()")
    page.wait_for_timeout(500)  # what was seen is on its way
    page.close()
    return f"opens the page, and plays {at:.1f} s of the reel"
