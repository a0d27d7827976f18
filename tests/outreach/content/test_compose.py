"""Messages from lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sizzle.events import attribute
from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.messages import PushMessage, SmsMessage
from sizzle.outreach.content.mime import to_mime
from sizzle.outreach.content.parts import Destination, SendContext, SendLinks
from sizzle.outreach.content.texts import without_name
from sizzle.outreach.vocabulary import Channel, MemberProfile, MessageClass
from tests.events.push_payloads import amplify_event
from tests.outreach.content.mail_structure import content_of, parsed
from tests.outreach.content.sample_messages import (
    LINKS,
    MAIL_LINE,
    MEMBER,
    SEND,
    SENDER,
    mail,
    message,
    reel_of,
)

DATE = datetime(2026, 11, 30, 18, tzinfo=UTC)
DIRECT = SendContext("5e4d00bb", MessageClass.TRANSACTIONAL, reason="genres:Crime")


def test_mail_has_two_forms_with_reel_and_sender() -> None:
    """Plain text and HTML both name the titles in their order, the link, and who sends."""
    read = parsed(to_mime(mail(), DATE))
    for kind in ("plain", "html"):
        content = content_of(read, kind)
        titles = [content.rindex(name) for name in ("Harbor Lights", "Velvet Hour")]
        assert titles == sorted(titles)
        for needed in ("Hello Ada", LINKS.reel, LINKS.unsubscribe, "1 Harbour Road", "Dover"):
            assert needed in content
    assert read["Subject"] == "Tonight: Nocturne City"
    assert read["List-Unsubscribe"] == f"<{LINKS.unsubscribe}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Message-ID"] == "<5e4d00aa@lumen.example>"


def test_same_arguments_give_same_bytes() -> None:
    """A mail can be composed again, byte for byte."""
    assert to_mime(mail(), DATE) == to_mime(mail(), DATE)


def test_transactional_mail_cannot_be_unsubscribed_from() -> None:
    """It has neither header nor link, and needs no postal address."""
    sender = replace(SENDER, postal_address="")
    links = SendLinks(LINKS.reel)
    read = parsed(to_mime(mail(send=DIRECT, links=links, sender=sender), DATE))
    assert read["List-Unsubscribe"] is None
    assert "nsubscribe" not in content_of(read, "html") + content_of(read, "plain")


@pytest.mark.parametrize(
    ("changes", "message_part"),
    [
        ({"links": SendLinks(LINKS.reel)}, "unsubscribe"),
        ({"sender": replace(SENDER, postal_address=" ")}, "postal address"),
        ({"line": replace(MAIL_LINE, subject="\n")}, "no subject"),
        ({"line": replace(MAIL_LINE, text="{nothing}")}, "nothing to fill"),
        ({"line": replace(MAIL_LINE, promoted_id="another")}, "is about"),
        ({"line": replace(MAIL_LINE, channel=Channel.SMS)}, "is for SMS"),
        ({"send": replace(SEND, reason="genres:Comedy")}, "gives the reason"),
        ({"send": replace(SEND, reason="")}, "gives the reason"),
        ({"to": Destination(Channel.EMAIL, "a@b\r\nBcc: c@d")}, "address"),
        ({"to": Destination(Channel.EMAIL, "ada@example.org, b@c")}, "address"),
        ({"sender": replace(SENDER, accent="red;x")}, "colour"),
    ],
)
def test_impossible_mails_are_refused(changes: dict[str, object], message_part: str) -> None:
    """What would lack something, or say what is not so, is not composed."""
    with pytest.raises(ComposeError, match=message_part):
        mail(**changes)


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example",
        "EVIL.COM",
        "evil.com/x",
        "Win at evil.example",
        "call 0800123456",
        "x@evil.example",
    ],
)
def test_addresses_are_no_names(name: str) -> None:
    """Who enters an address as a name has it sent to nobody."""
    assert mail(member=MemberProfile("m", name)).text.startswith("Hello,\n")


@pytest.mark.parametrize(
    "name", ["J.Smith", "Mary-Jane O'Neil", "St. John", "Zoë 2", "李小龍", "J. R. R."]
)
def test_names_stay_names(name: str) -> None:
    """Dots, apostrophes, digits and other scripts are part of names."""
    assert mail(member=MemberProfile("m", name)).text.startswith(f"Hello {name},\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Hello {name}, see {title}", "Hello, see {title}"),
        ("{name}, tonight", "Tonight"),
        ("Bonjour {name} ! {name}, ce soir", "Bonjour ! Ce soir"),
        ("See it, {name}!", "See it!"),
        ("{name}さん、今夜", "今夜"),
        ("今夜、{name}さん", "今夜"),
        ("No slot", "No slot"),
    ],
)
def test_line_without_a_name(line: str, expected: str) -> None:
    """A greeting of nobody stays a sentence."""
    assert without_name(line) == expected


@pytest.mark.parametrize("language", ["fr", "es", "ja", "en", "ar", "he"])
def test_words_around_a_line_are_in_its_language(language: str) -> None:
    """Language and direction are marked, and the unsubscription is in that language."""
    composed = mail(line=replace(MAIL_LINE, language=language))
    direction = "rtl" if language in ("ar", "he") else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in composed.html
    assert f"direction:{'ltr' if direction == 'rtl' else 'rtl'}" not in composed.html
    assert (">Unsubscribe<" in composed.html) == (language == "en")


def test_right_to_left_name_does_not_reorder_its_line() -> None:
    """It is isolated, and its own marks of direction are gone."""
    composed = mail(member=MemberProfile("m", "\u202eדנה\u202c"))
    assert composed.text.startswith("Hello \u2068דנה\u2069,")


def test_text_message_ends_with_the_link() -> None:
    """The link comes once, whether or not the line has it."""
    for text in ("{title} is here.", "{title} is here. {link}"):
        line = replace(MAIL_LINE, channel=Channel.SMS, subject="", text=text)
        sms = message(Channel.SMS, line=line, to=Destination(Channel.SMS, "+14155550100"))
        assert isinstance(sms, SmsMessage)
        assert sms.text == f"Nocturne City is here. {LINKS.reel}"
        assert sms.segments == 1


def test_long_text_message_is_refused() -> None:
    """A text message of more than six segments is a mail."""
    line = replace(MAIL_LINE, channel=Channel.SMS, text="a" * 1000)
    with pytest.raises(ComposeError, match="segments"):
        message(Channel.SMS, line=line)


@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (SEND, ("campaign", "campaign-1", "activity-1", "")),
        (DIRECT, ("transactional", "", "", "5e4d00bb")),
        (
            replace(SEND, campaign_id="", journey_id="journey-1", run_id="run-1"),
            ("journey", "journey-1", "activity-1", ""),
        ),
    ],
)
def test_notification_is_attributed(send: SendContext, expected: tuple[str, ...]) -> None:
    """What Amplify's library makes of a notification is attributed to its send."""
    push = message(Channel.FCM, send=send, line=replace(MAIL_LINE, channel=Channel.APNS))
    assert isinstance(push, PushMessage)
    event = amplify_event(dict(push.data), "opened_notification")
    assert event is not None
    found = attribute(*event)
    assert found is not None
    assert (found.source, found.source_id, found.activity_id, found.send_id) == expected


def test_notification_shows_the_reel() -> None:
    """Title, body, picture, deep link and sound; without words it is silent."""
    push = message(Channel.WEB_PUSH)
    assert isinstance(push, PushMessage)
    assert (push.title, push.link, push.sound) == ("Tonight: Nocturne City", LINKS.reel, "default")
    assert push.image.endswith("clip0-640.jpg")
    silent = message(
        Channel.WEB_PUSH, line=replace(MAIL_LINE, channel=Channel.FCM, subject="", text="")
    )
    assert isinstance(silent, PushMessage)
    assert (silent.silent, silent.title, silent.image, silent.sound) == (True, "", "", "")


def test_an_apps_notification_leads_into_the_app() -> None:
    """Where the sender has such an address; a browser opens the page, which it can."""
    sender = replace(SENDER, app_link="app://reel")
    links = {
        channel: message(channel, sender=sender).link  # type: ignore[union-attr]
        for channel in (Channel.FCM, Channel.APNS, Channel.WEB_PUSH)
    }
    assert links == {
        Channel.FCM: "app://reel", Channel.APNS: "app://reel", Channel.WEB_PUSH: LINKS.reel,
    }  # fmt: skip


def test_reel_without_stills_has_no_pictures() -> None:
    """Packages that were made before there were stills give mails without pictures."""
    reel = reel_of("A", "B")
    bare = replace(reel, still=None, titles=tuple(replace(t, still=None) for t in reel.titles))
    composed = mail(reel=bare, links=replace(LINKS, opened=""), member=MEMBER)
    assert "<img" not in composed.html
    assert LINKS.reel in composed.html
