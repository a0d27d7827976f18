"""A reading as JSON, between the process that reads untrusted files and its parent."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import Any

from sizzle.layout import Finding, FrameSize, Item, ItemKind, Marker, Severity, Timeline
from sizzle.timecode import FrameRate, TimeRange

JsonPath = tuple[str | int, ...]
"""Names and indexes that lead to a value of a JSON document."""


@dataclass(frozen=True, slots=True)
class MarkerPlace:
    """Where in an OTIO document a marker is; one marker may be in several places."""

    path: JsonPath
    marker: Marker


@dataclass(frozen=True, slots=True)
class Reading:
    """A timeline as it was read, and what is wrong with the document itself.

    Attributes:
        timeline: that was read.
        findings: what is wrong with the document.
        root: of an OTIO document, where the timeline is in it.
        places: of an OTIO document, where its markers are in it.
    """

    timeline: Timeline
    findings: tuple[Finding, ...]
    root: JsonPath = ()
    places: tuple[MarkerPlace, ...] = ()


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
            "root": reading.root,
            "places": [(place.path, astuple(place.marker)) for place in reading.places],
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
    return Reading(
        timeline,
        tuple(map(_to_finding, fields["findings"])),
        tuple(fields.get("root", ())),
        tuple(
            MarkerPlace(tuple(path), Marker(*marker)) for path, marker in fields.get("places", ())
        ),
    )


def _to_finding(fields: Any) -> Finding:  # noqa: ANN401 - whatever JSON holds
    """A finding; earlier versions, whose readings jobs may keep, wrote its values in order."""
    if isinstance(fields, dict):
        return Finding.from_json(fields)
    rule, severity, *rest = fields
    return Finding(rule, Severity(severity), *rest)


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
        item.visible,
    )


def _to_item(fields: list[Any]) -> Item:
    kind, name, track, record, source_in, enabled, speed, rate, media, variable, *later = fields
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
        *later,
    )
