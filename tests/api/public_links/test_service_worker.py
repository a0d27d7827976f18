"""Notifications in a real browser: a push is delivered, shown, clicked, and each is attributed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Worker

from sizzle.events import Event
from sizzle.events.attribution import MessageSource, attribute
from tests.api.public_links.messages_app import MessagesApp
from tests.browser import open_browser, serving

PATIENCE = 20.0  # seconds
REGISTER = """
async () => {
  await navigator.serviceWorker.register("/push/service-worker.js", { scope: "/" });
  await navigator.serviceWorker.ready;
}
"""
SHOWN = """
async () => (await self.registration.getNotifications())
  .map(({ title, body, lang }) => ({ title, body, lang }))
"""
CLICK = """
async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}
"""


class Installed:
    """A page that has registered the service worker, in a browser that allows notifications."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        context.grant_permissions(["notifications"], origin=address)
        self.address = address
        self.page: Page = context.new_page()
        self.page.goto(f"{address}/livez")
        self._cdp: CDPSession = context.new_cdp_session(self.page)
        self._registration = ""
        self._cdp.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._cdp.send("ServiceWorker.enable")
        self.page.evaluate(REGISTER)
        self.worker: Worker = context.service_workers[0]

    def _note(self, event: dict[str, Any]) -> None:
        for registration in event["registrations"]:
            self._registration = registration["registrationId"]

    def deliver(self, data: str) -> None:
        """Deliver a push, as a push service does once it is decrypted."""
        given = {"origin": self.address, "registrationId": self._registration, "data": data}
        self._cdp.send("ServiceWorker.deliverPushMessage", given)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser."""
    with open_browser() as found:
        yield found


def events_of(service: MessagesApp, count: int) -> list[Event]:
    """What has been recorded, once it is so many."""
    deadline = time.monotonic() + PATIENCE
    while len(service.events()) < count:
        assert time.monotonic() < deadline, [event.type for event in service.events()]
        time.sleep(0.05)
    return service.events()


@pytest.mark.full
def test_a_delivered_push_is_shown_and_each_moment_attributed(
    browser: Browser, service: MessagesApp
) -> None:
    """Received while a page is seen, and while none is, and clicked: three events, once each."""
    service.log.upgrade()
    with serving(service.app) as address, browser.new_context() as context:
        installed = Installed(context, address)
        first, second = (
            service.send_push(send_id, service.reel(), address) for send_id in ("ab01", "ab02")
        )
        installed.deliver(pushed(first))
        (shown,) = events_of(service, 1)
        assert shown.type == "_campaign.received_foreground"
        assert installed.worker.evaluate(SHOWN) == [
            {"title": first.title, "body": first.body, "lang": first.language}
        ]
        installed.page.goto("about:blank")
        installed.deliver(pushed(second))
        assert events_of(service, 2)[1].type == "_campaign.received_background"
        installed.worker.evaluate(CLICK)
        installed.worker.evaluate(CLICK)
        opened = events_of(service, 4)[2:]
        assert {event.type for event in opened} == {"_campaign.opened_notification"}
        assert {event.attributes["send_id"] for event in opened} == {"ab01", "ab02"}
        installed.deliver("no JSON")
        installed.deliver(json.dumps({"title": "x", "data": {"report": "javascript:1"}}))
        installed.page.wait_for_timeout(300)
        assert len(service.events()) == 4
    for event in service.events():
        found = attribute(event.type, event.attributes)
        assert found is not None
        assert (found.source, found.source_id) == (MessageSource.CAMPAIGN, "campaign-1")
        assert found.activity_id == "campaign-1.all"
        assert event.member_id == "member-ada"


def pushed(message: object) -> str:
    """The content of a push, as the transport writes it."""
    given = asdict(message)  # type: ignore[call-overload]
    names = ("title", "body", "language", "image", "link", "silent", "data")
    return json.dumps({name: given[name] for name in names if given[name] != ""})


def test_only_moments_of_our_own_tokens_are_recorded(service: MessagesApp) -> None:
    """Once each; a token of another purpose, or with another letter, is none."""
    message = service.send_push("ab03", service.reel(), "http://testserver")
    path = message.data["report"].removeprefix("http://testserver")
    for _ in range(2):
        assert service.client.post(f"{path}/received_background").status_code == 204
    assert [event.type for event in service.events()] == ["_campaign.received_background"]
    assert service.client.post(f"{path}/bought_everything").status_code == 422
    assert service.client.post(f"{path}x/opened_notification").status_code == 404
    reel = message.link.removeprefix("http://testserver").removeprefix("/r/")
    assert service.client.post(f"/o/{reel}/opened_notification").status_code == 404
    assert len(service.events()) == 1


def test_the_service_worker_may_serve_the_whole_site(service: MessagesApp) -> None:
    """Else it would hear of pages below /push alone."""
    answer = service.client.get("/push/service-worker.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["content-type"].startswith("text/javascript")
