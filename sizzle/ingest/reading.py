"""A reading as JSON, between the process that reads untrusted files and its parent."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import Any

from sizzle.layout import Finding, FrameSize, Item, ItemKind, Marker, Timeline
from sizzle.timecode import FrameRate, TimeRange


@dataclass(frozen=True, slots=True)
class Reading:
    """A timeline as it was read, and what is wrong with the document itself."""

    timeline: Timeline
    findings: tuple[Finding, ...]


def encode(reading: Reading) -> bytes:
    """As JSON; equal readings give equal bytes."""
    timeline = reading.timeline
    return json.dumps(
        {
            "name": timeline.name,
            "rate": _rate(timeline.rate),
            "start": timeline.start,
            "picture": astuple(timeline.picture) if timeline.picture else None,
            "disabled_tracks": timeline.disabled_tracks,
            "drop_frame_known": timeline.drop_frame_known,
            "items": [_item(item) for item in timeline.items],
            "markers": [astuple(marker) for marker in timeline.markers],
            "findings": [finding.to_json() for finding in reading.findings],
        }
    ).encode()


def decode(content: bytes) -> Reading:
    """The reading that `encode` was given."""
    fields = json.loads(content)
    timeline = Timeline(
        fields["name"],
        FrameRate(*fields["rate"]),
        fields["start"],
        tuple(map(_to_item, fields["items"])),
        tuple(Marker(*marker) for marker in fields["markers"]),
        FrameSize(*fields["picture"]) if fields["picture"] else None,
        tuple(fields["disabled_tracks"]),
        fields["drop_frame_known"],
    )
    return Reading(timeline, tuple(map(Finding.from_json, fields["findings"])))


def _rate(rate: FrameRate) -> tuple[int, int, bool]:
    return (rate.numerator, rate.denominator, rate.drop_frame)


def _item(item: Item) -> tuple[Any, ...]:
    return (
        item.kind,
        item.name,
        item.track,
        (item.record.start, item.record.end),
        item.source_in,
        item.enabled,
        (item.speed.numerator, item.speed.denominator),
        _rate(item.rate) if item.rate else None,
        item.media,
        item.variable_speed,
    )


def _to_item(fields: list[Any]) -> Item:
    kind, name, track, record, source_in, enabled, speed, rate, media, variable = fields
    return Item(
        ItemKind(kind),
        name,
        track,
        TimeRange(*record),
        source_in,
        enabled,
        Fraction(*speed),
        FrameRate(*rate) if rate else None,
        media,
        variable,
    )
