"""Two readers that share no code see the same on the screen in every fixture."""

from __future__ import annotations

import pytest

from fixtures.exports import exports
from sizzle.ingest.read_content import read_content
from sizzle.layout import ItemKind, Timeline
from sizzle.timecode import FrameRate
from tests.ingest.independent_reader import Shown, read_edl, read_otio, read_xml

FILM = FrameRate(24000, 1001)
EXPORTS = dict(exports())


def shown(timeline: Timeline) -> list[Shown]:
    """What our own reader sees, without transitions."""
    return sorted(
        Shown(item.track, item.record.start, item.record.end, item.name, item.enabled, item.speed)
        for item in timeline.items
        if item.kind is not ItemKind.TRANSITION
    )


def independently(content: bytes) -> list[Shown]:
    """What the other reader sees."""
    if content.startswith(b"{"):
        return read_otio(content)
    return read_edl(content, FILM.fraction) if content.startswith(b"TITLE") else read_xml(content)


@pytest.mark.parametrize("name", EXPORTS)
def test_both_readers_agree(name: str) -> None:
    """In track, start, end, name, enabled, speed and direction of every item."""
    content = EXPORTS[name]
    assert shown(read_content(content, name, rate=FILM).timeline) == independently(content)
