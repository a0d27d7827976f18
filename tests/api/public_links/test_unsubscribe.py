"""Unsubscription: by the reader's own hand, and by nothing that follows links."""

from __future__ import annotations

import re
from html import unescape

import pytest

from sizzle.outreach.members.consent import Consent, Verdict
from sizzle.outreach.vocabulary import Channel
from tests.api.public_links.messages_app import TOPIC, MessagesApp
from tests.outreach.content.sample_messages import BASE

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.full)])
def test_scanner_that_follows_every_link_unsubscribes_nobody(
    count: int, service: MessagesApp
) -> None:
    """GET and HEAD of all links of so many mails change nothing."""
    reel = service.reel()
    mails = [service.send(f"bb{number:02x}", reel) for number in range(count)]
    for sent in mails:
        content = unescape(sent.mail.html) + sent.mail.text
        paths = set(re.findall(rf"{re.escape(BASE)}(/[^\s\"'<>]+)", content))
        assert {sent.unsubscribe, sent.reel, sent.opened} <= paths
        for path in paths:
            assert service.client.head(path).status_code == 200
            assert service.client.get(path).status_code == 200
    assert {service.verdict(sent) for sent in mails} == {Verdict.UNKNOWN}


def test_one_click(service: MessagesApp) -> None:
    """RFC 8058: no cookie, no page before; twice is as good as once, and 200 both times."""
    sent, other = service.send("bc01", service.reel()), service.send("bc02", service.reel())
    for _ in range(2):
        assert service.client.post(sent.unsubscribe, data=ONE_CLICK).status_code == 200
    assert service.verdict(sent) is Verdict.OPTED_OUT
    assert service.verdict(sent, "another") is Verdict.UNKNOWN
    assert service.verdict(other) is Verdict.UNKNOWN
    with service.database.reading() as connection:
        history = service.consents.history(connection, Channel.EMAIL, sent.address)
    assert [(consent.topic, consent.source) for consent in history] == [
        (TOPIC, "unsubscribed bc01")
    ]
    assert [event.type for event in service.events()] == ["_email.unsubscribe"]


def test_one_click_in_parts(service: MessagesApp) -> None:
    """Mail services may send multipart/form-data too."""
    sent = service.send("bc03", service.reel())
    parts = {name: (None, value) for name, value in ONE_CLICK.items()}
    assert service.client.post(sent.unsubscribe, files=parts).status_code == 200
    assert service.verdict(sent) is Verdict.OPTED_OUT


def test_page_asks_and_its_button_acts(service: MessagesApp) -> None:
    """What the page's form sends is what mail services send."""
    sent = service.send("bc04", service.reel())
    page = service.client.get(sent.unsubscribe).text
    form = re.search(r'name="([^"]+)" value="([^"]+)"', page)
    assert form is not None
    assert 'method="post"' in page
    done = service.client.post(sent.unsubscribe, data={form[1]: form[2]})
    assert "no more of these messages" in done.text
    assert service.verdict(sent) is Verdict.OPTED_OUT
    # Who only looked at the page is told from who acted, and people from programs.
    service.client.head(sent.unsubscribe)
    events = [(event.type, event.attributes["label"]) for event in service.events()]
    assert events == [
        ("_email.unsubscribe_page", "human"),
        ("_email.unsubscribe", "human"),
        ("_email.unsubscribe_page", "scanner"),
    ]


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=No", "x" * 20_000, "One-Click"])
def test_other_bodies_change_nothing(body: str, service: MessagesApp) -> None:
    """They are answered 400, with the page that asks."""
    sent = service.send("bc05", service.reel())
    assert service.client.post(sent.unsubscribe, content=body).status_code == 400
    assert service.verdict(sent) is Verdict.UNKNOWN


def test_it_works_without_the_send(service: MessagesApp) -> None:
    """The address stays unsubscribed from what is sent later, though the send is not kept."""
    sent = service.send("bc06", service.reel())
    service.forget(sent)
    assert service.client.get(sent.unsubscribe).status_code == 200
    assert service.client.post(sent.unsubscribe, data=ONE_CLICK).status_code == 200
    assert service.verdict(sent) is Verdict.OPTED_OUT


def test_old_link_acts_again_after_subscribing_again(service: MessagesApp) -> None:
    """Who agreed again and unsubscribes by the old mail is unsubscribed."""
    sent = service.send("bc07", service.reel())
    service.client.post(sent.unsubscribe, data=ONE_CLICK)
    with service.database.reading() as connection:
        first = service.consents.history(connection, Channel.EMAIL, sent.address)[0]
    again = Consent(TOPIC, Verdict.OPTED_IN, "form", first.at + 1)
    with service.database.writing() as connection:
        service.consents.add(connection, Channel.EMAIL, sent.address, [again])
    assert service.verdict(sent) is Verdict.OPTED_IN
    service.client.post(sent.unsubscribe, data=ONE_CLICK)
    assert service.verdict(sent) is Verdict.OPTED_OUT


def test_opening_is_recorded_and_never_dropped(service: MessagesApp) -> None:
    """Each fetch of the picture, with who probably made it."""
    sent = service.send("bc08", service.reel())
    agents = ["Mozilla/5.0", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"]
    for agent in agents:
        picture = service.client.get(sent.opened, headers={"user-agent": agent})
        assert picture.headers["content-type"] == "image/gif"
        assert picture.content.startswith(b"GIF89a")
        assert picture.headers["cache-control"] == "private, no-store"
    service.client.get(sent.opened)
    events = service.events()
    assert [event.type for event in events] == ["_email.open"] * 3
    assert [event.attributes["label"] for event in events] == ["proxy", "proxy", "human"]
