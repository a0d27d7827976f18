"""The page of a reel: open, for ever, and without a word to others."""

from __future__ import annotations

import json
import re
import shutil
import time
from html import unescape
from pathlib import Path

import pytest

from sizzle.events import MessageSource, attribute
from sizzle.links.signing import Signing
from sizzle.outreach.fetches import RULE_VERSION
from sizzle.outreach.vocabulary import MessageClass
from tests.api.public_links.messages_app import MessagesApp


def data_of(page: str) -> dict[str, object]:
    """What the page's script reads."""
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, object] = json.loads(found[1])
    return read


def test_page_plays_the_reel_that_was_sent(service: MessagesApp) -> None:
    """No key is needed; the film, the picture and the titles are those of the mail."""
    reel = service.reel()
    sent = service.send("aa01", reel)
    page = service.client.get(sent.reel)
    assert page.status_code == 200
    assert data_of(page.text)["reel_id"] == reel.reel_id
    films = re.findall(r'<source src="([^"]+)"', page.text)
    assert len(films) == 3
    for address in films:
        assert service.client.get(unescape(address)).status_code == 200
    poster = re.search(r'poster="([^"]+)"', page.text)
    assert poster is not None
    assert poster[1] in sent.mail.html
    assert service.client.get(poster[1]).headers["content-type"] == "image/jpeg"
    names = [cut.title for cut in reel.cuts]
    assert sorted(names, key=page.text.rindex) == names


def test_nothing_of_the_page_leaks(service: MessagesApp) -> None:
    """No referrer, no index, no cache, no frame, and no address of another host."""
    sent = service.send("aa02", service.reel())
    for path in (sent.reel, sent.unsubscribe):
        page = service.client.get(path)
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in page.headers["x-robots-tag"]
        assert page.headers["cache-control"] == "private, no-store"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert not re.findall(r"""(?:src|href|poster)="(?!/)[^"]*""", page.text)
        assert not re.search(r"<script(?![^>]*(src=|application/json))|style=|\son\w+=", page.text)
        assert "set-cookie" not in page.headers


def test_click_is_recorded_and_attributed(service: MessagesApp) -> None:
    """A person's and a scanner's, each with its label; a scanner's changes nothing else."""
    sent = service.send("aa03", service.reel())
    service.client.get(sent.reel)
    service.client.head(sent.reel)
    service.client.get(sent.reel, headers={"user-agent": "Barracuda Sentinel (EE)"})
    events = service.events()
    assert [event.type for event in events] == ["_email.click"] * 3
    assert [event.attributes["label"] for event in events] == ["human", "scanner", "scanner"]
    assert {event.attributes["label_rule"] for event in events} == {RULE_VERSION}
    assert {(event.member_id, event.endpoint_id) for event in events} == {
        ("member-ada", "endpoint-aa03")
    }
    found = attribute(events[0].type, events[0].attributes)
    assert found is not None
    assert (found.source, found.source_id, found.activity_id, found.action) == (
        MessageSource.CAMPAIGN,
        "campaign-1",
        "campaign-1.all",
        "click",
    )


def test_click_of_a_transactional_message_names_its_send(service: MessagesApp) -> None:
    """Pinpoint could not attribute these."""
    sent = service.send("aa04", service.reel(), MessageClass.TRANSACTIONAL)
    assert sent.unsubscribe == ""
    service.client.get(sent.reel)
    event = service.events()[0]
    found = attribute(event.type, event.attributes)
    assert found is not None
    assert (found.source, found.send_id) == (MessageSource.TRANSACTIONAL, "aa04")


def test_what_is_seen_can_be_recorded_without_a_key(service: MessagesApp) -> None:
    """The page has an event token of its member and reel."""
    sent = service.send("aa05", service.reel())
    assert data_of(service.client.get(sent.reel).text)["token"]


def test_swept_version_shows_the_newest_reel_and_says_so(service: MessagesApp) -> None:
    """The reel that was sent cannot be replayed, so the member's of today plays."""
    sent = service.send("aa06", service.reel(0, "f" * 64))
    service.newest = service.reel(1)
    page = service.client.get(sent.reel)
    assert page.status_code == 200
    assert data_of(page.text)["reel_id"] == service.newest.reel_id
    assert "no longer kept" in page.text
    assert (
        "no longer kept" not in service.client.get(service.send("aa07", service.reel()).reel).text
    )


def test_no_reel_at_all(service: MessagesApp) -> None:
    """A page that says so: where the send is not kept, or nothing can be played."""
    sent = service.send("aa08", service.reel(0, "f" * 64))
    assert service.client.get(sent.reel).status_code == 404
    service.forget(sent)
    page = service.client.get(sent.reel, headers={"accept-language": "fr-CA,en;q=0.5"})
    assert page.status_code == 404
    assert 'lang="fr"' in page.text


@pytest.mark.parametrize("index", [3, 20, -1])
def test_changed_token_is_no_page(index: int, service: MessagesApp) -> None:
    """A flipped letter is 404, and nothing is recorded."""
    sent = service.send("aa09", service.reel())
    for path in (sent.reel, sent.unsubscribe, sent.opened):
        token = path.split("/")[2].removesuffix(".gif")
        letters = list(token)
        letters[index] = "A" if letters[index] != "A" else "B"
        changed = path.replace(token, "".join(letters))
        assert service.client.get(changed).status_code == 404
        assert service.client.post(changed).status_code in (404, 405)
        if path != sent.opened:
            assert "This link does not work" in service.client.get(changed).text
    assert service.events() == []


def test_signed_addresses(shared: MessagesApp) -> None:
    """Where only signed addresses are answered, the page signs them as it is opened."""
    signing = Signing(b"k" * 32, time.time)
    service = MessagesApp(shared.made, shared.folder, signing=signing)
    service.clear()
    page = service.client.get(service.send("aa0d", service.reel()).reel).text
    films = [unescape(each) for each in re.findall(r'<source src="([^"]+)"', page)]
    for film in films:
        assert film.startswith("/~")
        assert service.client.get(film).status_code == 200
        assert service.client.get("/" + film.split("/", 2)[2]).status_code == 403
    service.close()


def test_database_that_is_away(shared: MessagesApp, tmp_path: Path) -> None:
    """People are told to come back, and nobody is told that something was done."""
    shutil.copy(shared.folder / "sizzle.db", tmp_path)
    service = MessagesApp(shared.made, tmp_path)
    service.clear()
    sent = service.send("aa0e", service.reel())
    service.log.close()
    (tmp_path / "sizzle.db").rename(tmp_path / "away.db")
    (tmp_path / "sizzle.db").mkdir()
    for page in (
        service.client.get(sent.reel),
        service.client.post(sent.unsubscribe, data={"List-Unsubscribe": "One-Click"}),
    ):
        assert page.status_code == 503
        assert "try again later" in page.text


def test_token_of_another_page_is_none(service: MessagesApp) -> None:
    """The token of the picture opens no reel."""
    sent = service.send("aa0a", service.reel())
    token = sent.opened.split("/")[2].removesuffix(".gif")
    assert service.client.get(f"/r/{token}").status_code == 404
    assert service.client.get(f"/u/{token}").status_code == 404


def test_too_many_requests(shared: MessagesApp) -> None:
    """One token is answered so often and no more; others are answered."""
    service = MessagesApp(shared.made, shared.folder, rate=2)
    service.clear()
    sent, other = service.send("aa0b", service.reel()), service.send("aa0c", service.reel())
    statuses = {service.client.get(sent.opened).status_code for _ in range(5)}
    assert statuses == {200, 429}
    assert service.client.get(other.opened).status_code == 200
    service.close()


def test_files_of_the_page(service: MessagesApp) -> None:
    """Only those that pages load."""
    assert service.client.get("/r/static/reel.js").headers["content-type"].startswith("text/java")
    assert service.client.get("/r/static/page.css").status_code == 200
    assert service.client.get("/r/static/base.html").status_code == 404
