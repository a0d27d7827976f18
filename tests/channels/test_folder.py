"""The folder takes every message, and keeps each whole."""

from __future__ import annotations

import json
from pathlib import Path

from sizzle.channels import ChannelSettings, open_transports
from sizzle.channels.folder import FolderTransport
from sizzle.outreach.content.messages import Handover, PushMessage, SmsMessage
from sizzle.outreach.vocabulary import Channel
from tests.channels.conformance import TransportCase, check_transport, hand_over
from tests.channels.sample_mail import mail


def test_it_does_what_every_transport_does(tmp_path: Path) -> None:
    """Mails are files that mail programs open."""
    folder = tmp_path / "new" / "outbox"
    arrived = lambda: [path.stem for path in folder.glob("*.eml")]  # noqa: E731
    check_transport(TransportCase(FolderTransport(folder), mail, arrived))


def test_a_fresh_installation_mails_nobody(tmp_path: Path) -> None:
    """Without settings, each channel is the folder."""
    chosen = open_transports(ChannelSettings.read(folder=tmp_path))
    assert set(chosen) == set(Channel)
    assert {transport.name for transport in chosen.values()} == {"folder"}


def test_other_messages_are_json(tmp_path: Path) -> None:
    """A send that is handed over again replaces its file."""
    sms = SmsMessage("s-1", "+33123456789", "Sizzle", "À ce soir", "fr", 1)
    push = PushMessage("s-2", Channel.FCM, "token", "Tonight", "At nine", "en")
    outcomes = hand_over(FolderTransport(tmp_path), sms, push, sms)
    assert {outcome.handover for outcome in outcomes} == {Handover.HANDED_OVER}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s-1.json", "s-2.json"]
    assert json.loads((tmp_path / "s-1.json").read_text())["text"] == "À ce soir"


def test_a_folder_that_cannot_be_written_to_is_a_transport_that_is_down(tmp_path: Path) -> None:
    """No message is given up for it."""
    (tmp_path / "file").write_text("")
    (outcome,) = hand_over(FolderTransport(tmp_path / "file"), mail(1))
    assert outcome.handover is Handover.TEMPORARY
    assert outcome.transport_down
