"""What every transport does alike: each brings one of its own, and a view of what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sizzle.channels import Transport
from sizzle.outreach.content.messages import Handover, Message, Outcome

_CLOSING = 0.02  # seconds, in which the loop ends connections that are being closed

AT = datetime(2026, 6, 3, 12, tzinfo=UTC)


@dataclass(frozen=True)
class TransportCase:
    """A transport under test.

    Attributes:
        transport: that is open.
        message: makes a message to the address or device of a number.
        arrived: the send ids of what arrived, as the other side knows it.
    """

    transport: Transport
    message: Callable[[int], Message]
    arrived: Callable[[], Sequence[str]]


def hand_over(transport: Transport, *messages: Message) -> list[Outcome]:
    """Hand messages over at once, then close the transport."""

    async def run() -> list[Outcome]:
        try:
            return await asyncio.gather(*(transport.hand_over(one, AT) for one in messages))
        finally:
            await close(transport)

    return asyncio.run(run())


async def close(transport: Transport) -> None:
    """Close a transport, and wait until its connections have ended."""
    await transport.close()
    await asyncio.sleep(_CLOSING)


def check_transport(case: TransportCase) -> None:
    """It says what it is, takes several messages at once, and each arrives once."""
    assert case.transport.name
    assert case.transport.channels
    assert case.transport.concurrency >= 1
    assert case.transport.rate is None or case.transport.rate > 0
    messages = [case.message(number) for number in range(5)]
    outcomes = hand_over(case.transport, *messages)
    assert [outcome.handover for outcome in outcomes] == [Handover.HANDED_OVER] * 5
    assert not any(outcome.transport_down for outcome in outcomes)
    assert sorted(case.arrived()) == sorted(one.send_id for one in messages)
