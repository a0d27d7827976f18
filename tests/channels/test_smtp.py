"""Mails go out by SMTP to a real server, and its answers are understood."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Iterator
from pathlib import Path

import dkim
import nacl.signing
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fixtures.mail_server import HOST
from sizzle.channels import ChannelSettings, open_transports
from sizzle.channels.smtp import SmtpTransport
from sizzle.channels.smtp_answers import outcome_of
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Outcome
from sizzle.outreach.vocabulary import Channel
from tests.certificates import certificate, pem
from tests.channels.conformance import AT, TransportCase, check_transport, close, hand_over
from tests.channels.sample_mail import mail
from tests.ports import free_port
from tests.smtp_sink import Sink, smtp_sink


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A key, for certificates and signatures."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A server without encryption."""
    with smtp_sink() as found:
        yield found


def plain(sink: Sink, **changes: object) -> SmtpTransport:
    """A transport to a server without encryption."""
    given = {"smtp_security": "none", "smtp_host": HOST, "smtp_port": sink.port, **changes}
    return SmtpTransport(ChannelSettings.read(**given))


def test_it_does_what_every_transport_does(sink: Sink) -> None:
    """Five at once, over as many connections as are allowed."""
    transport = plain(sink, smtp_connections=2)
    arrived = lambda: [str(taken.mail["Message-ID"])[1:-13] for taken in sink.taken]  # noqa: E731
    check_transport(TransportCase(transport, mail, arrived))
    (first, *_) = [taken for taken in sink.taken if taken.recipient == "member-0@example.com"]
    assert first.sender == "sizzle@example.org"
    text = first.mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().split() == ["Ce", "soir", "à", "21", "h.", ".", "À", "bientôt"]


def test_connections_are_kept_and_renewed(sink: Sink) -> None:
    """One after the other over one connection, up to the number that is set."""
    transport = plain(sink, smtp_messages=4)

    async def run() -> None:
        for number in range(10):
            await transport.hand_over(mail(number), AT)
        await close(transport)

    asyncio.run(run())
    assert len(sink.taken) == 10
    assert sink.connections == 3


def test_answers_are_of_the_recipient_the_mail_or_the_server(sink: Sink) -> None:
    """After each refusal the connection serves the next mail."""
    sink.answer_recipient = lambda address: {
        "gone@example.com": "550 5.1.1 <gone@example.com>: no such user",
        "busy@example.com": "451 4.3.0 try again in 90 seconds",
        "full@example.com": "552 5.2.2 mailbox full",
    }.get(address, "")
    sink.answer_data = lambda address: "554 5.7.1 spam" if "spam" in address else ""
    transport = plain(sink)
    names = ("gone", "busy", "full", "spam", "fine")

    async def run() -> list[Outcome]:
        found = [
            await transport.hand_over(mail(n, f"{name}@example.com"), AT)
            for n, name in enumerate(names)
        ]
        await close(transport)
        return found

    gone, busy, full, spam, fine = asyncio.run(run())
    assert gone == Outcome(Handover.PERMANENT, "550 5.1.1 <address>: no such user")
    assert busy == Outcome(Handover.TEMPORARY, "451 4.3.0 try again in 90 seconds", after=90)
    assert full.handover is spam.handover is Handover.REFUSED
    assert fine.handover is Handover.HANDED_OVER
    assert fine.detail == "2.0.0 Ok: queued as 1"
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("code", "text", "recipient", "handover"),
    [
        (550, "5.1.1 unknown user", True, Handover.PERMANENT),
        (550, "No such user", True, Handover.PERMANENT),
        (550, "5.7.1 rejected by policy", True, Handover.REFUSED),
        (550, "5.1.8 sender domain unknown", True, Handover.REFUSED),
        (550, "5.2.1 mailbox disabled", True, Handover.PERMANENT),
        (554, "5.7.1 spam", False, Handover.REFUSED),
        (550, "5.1.1 said too late", False, Handover.REFUSED),
        (450, "greylisted", True, Handover.TEMPORARY),
        (452, "4.5.3 too many recipients", True, Handover.TEMPORARY),
        (999, "\x00", True, Handover.REFUSED),
    ],
)
def test_what_answers_mean(code: int, text: str, recipient: bool, handover: Handover) -> None:
    """Only what is said of the address makes the endpoint inactive."""
    assert outcome_of(code, text, recipient=recipient).handover is handover


def test_421_and_a_server_that_is_away_are_about_the_server(sink: Sink) -> None:
    """No message is given up for it; what a waiting time is is read where it is named."""
    closing = outcome_of(421, "4.7.0 wait 5 minutes", recipient=True)
    assert (closing.handover, closing.transport_down, closing.after) == (
        Handover.TEMPORARY, True, 300,
    )  # fmt: skip
    nobody = ChannelSettings.read(smtp_security="none", smtp_port=free_port())
    (outcome,) = hand_over(SmtpTransport(nobody), mail(1))
    assert (outcome.handover, outcome.transport_down) == (Handover.TEMPORARY, True)
    with smtp_sink(auth=False) as other:
        other.answer_recipient = lambda _: "421 4.3.2 closing"
        (outcome,) = hand_over(plain(other), mail(1))
    assert (outcome.handover, outcome.transport_down) == (Handover.TEMPORARY, True)


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(sink: Sink) -> None:
    """As servers do with those that are idle: the mail still goes out, once."""
    transport = plain(sink)

    async def run() -> list[Outcome]:
        first = await transport.hand_over(mail(1), AT)
        (kept,) = transport._idle
        assert isinstance(kept.client.transport, asyncio.Transport)
        kept.client.transport.abort()
        second = await transport.hand_over(mail(2), AT)
        await close(transport)
        return [first, second]

    assert [outcome.handover for outcome in asyncio.run(run())] == [Handover.HANDED_OVER] * 2
    assert len(sink.taken) == 2


def test_a_connection_that_breaks_after_the_mail_leaves_it_unknown() -> None:
    """The server may have all of it; where it breaks before, it certainly has not."""

    async def serve(last: bytes) -> Outcome:
        async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 hello\r\n")
            while line := await reader.readline():
                if line.startswith(last) or (last == b"." and line == b".\r\n"):
                    break
                writer.write(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 ok\r\n")
                if line.startswith(b"DATA"):
                    await reader.readuntil(b"\r\n.\r\n")
                    break
            writer.close()

        server = await asyncio.start_server(client, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        transport = SmtpTransport(ChannelSettings.read(smtp_security="none", smtp_port=port))
        async with server:
            outcome = await transport.hand_over(mail(1), AT)
        await close(transport)
        return outcome

    assert asyncio.run(serve(b".")).handover is Handover.UNKNOWN
    before = asyncio.run(serve(b"RCPT"))
    assert (before.handover, before.transport_down) == (Handover.TEMPORARY, True)


@pytest.mark.parametrize(
    "recipient", ["é@example.com", "a@b\r\nDATA", "no address", "a b@example.com"]
)
def test_addresses_that_cannot_be_written_are_permanent(sink: Sink, recipient: str) -> None:
    """Nothing of them reaches the server, and the next mail is sent."""
    first, second = hand_over(plain(sink), mail(1, recipient), mail(2, "ok@bücher.example"))
    assert first.handover is Handover.PERMANENT
    assert second.handover is Handover.HANDED_OVER
    assert [taken.recipient for taken in sink.taken] == ["ok@xn--bcher-kva.example"]


def test_certificates_and_passwords_are_checked(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    """By STARTTLS: a certificate of nobody's, or a wrong password, and nothing is sent."""
    path = certificate(key, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with smtp_sink(tls=context, auth=True) as sink:
        user = {"smtp_host": HOST, "smtp_port": sink.port, "smtp_user": "ada"}
        trusted = {**user, "smtp_ca_file": path, "smtp_password": "secret"}
        settings = [
            ChannelSettings.read(**trusted),
            ChannelSettings.read(**user, smtp_password="secret"),
            ChannelSettings.read(**{**trusted, "smtp_password": "guess"}),
        ]
        outcomes = [hand_over(SmtpTransport(setting), mail(1))[0] for setting in settings]
    assert [outcome.handover for outcome in outcomes] == [
        Handover.HANDED_OVER, Handover.TEMPORARY, Handover.TEMPORARY,
    ]  # fmt: skip
    assert all(outcome.transport_down for outcome in outcomes[1:])
    assert "certificate" in outcomes[1].detail.lower()
    assert outcomes[2].detail.startswith("535")
    assert len(sink.taken) == 1


def test_a_password_is_not_sent_without_encryption() -> None:
    """Nor is a setting taken that is none."""
    with pytest.raises(InputError, match="without encryption"):
        open_transports(ChannelSettings.read(email="smtp", smtp_security="none", smtp_user="ada"))
    with pytest.raises(InputError, match="SIZZLE_OUTREACH_SMTP_PORT"):
        ChannelSettings.read(smtp_port="x")
    assert open_transports(ChannelSettings.read(email="smtp"))[Channel.EMAIL].channels == {
        Channel.EMAIL
    }


def test_mails_are_signed_by_both_keys(sink: Sink, key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    """Both verify as they arrive, for unsubscribing too; nothing can be changed or added."""
    ed25519 = nacl.signing.SigningKey.generate()
    (tmp_path / "rsa.pem").write_bytes(pem(key))
    (tmp_path / "ed25519").write_bytes(base64.b64encode(bytes(ed25519)) + b"\n")
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    records = {
        b"r._domainkey.example.org.": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public),
        b"e._domainkey.example.org.": b"v=DKIM1; k=ed25519; p="
        + base64.b64encode(bytes(ed25519.verify_key)),
    }
    transport = plain(
        sink, dkim_domain="example.org", dkim_selector="r", dkim_key=tmp_path / "rsa.pem",
        dkim_ed25519_selector="e", dkim_ed25519_key=tmp_path / "ed25519",
    )  # fmt: skip
    hand_over(transport, mail(1))
    data = sink.taken[0].data

    def verify(mail: bytes, number: int) -> bool:
        try:
            verifier = dkim.DKIM(mail)
            return bool(verifier.verify(number, dnsfunc=lambda name, timeout=5: records.get(name)))
        except dkim.ValidationError:
            return False

    assert [verify(data, number) for number in (0, 1)] == [True, True]
    signed = data.partition(b"h=")[2].partition(b";")[0]
    assert b"list-unsubscribe-post" in signed
    assert signed.count(b"list-unsubscribe ") + signed.count(b"list-unsubscribe\r") >= 1
    for changed in (
        data.replace(b"Ce soir", b"Ce jour"),
        data.replace(b"/u/send-1", b"/u/send-2"),
        data.replace(b"To: ", b"Reply-To: mallory@example.net\r\nTo: "),
        data.replace(b"To: ", b"List-Unsubscribe: <https://example.net>\r\nTo: ", 1),
        data.replace(b"To: ", b"From: mallory@example.net\r\nTo: ", 1),
    ):
        assert changed != data
        assert not any(verify(changed, number) for number in (0, 1))


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN RSA PRIVATE KEY-----\n"])
def test_keys_that_are_none_are_found_before_the_first_mail(tmp_path: Path, content: bytes) -> None:
    """Also a file that is absent, and a domain without a key."""
    path = tmp_path / "key"
    path.write_bytes(content)
    for given in (
        {"dkim_key": path, "dkim_selector": "r"},
        {"dkim_ed25519_key": path, "dkim_ed25519_selector": "e"},
        {"dkim_key": tmp_path / "absent", "dkim_selector": "r"},
        {},
    ):
        with pytest.raises(InputError, match=r"key|KEY"):
            SmtpTransport(ChannelSettings.read(dkim_domain="example.org", **given))
