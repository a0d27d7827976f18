"""Place the items and markers of a timeline that OpenTimelineIO has read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NoReturn

import opentimelineio as otio

from sizzle.errors import TimecodeError, UnreadableTimelineError
from sizzle.ingest import fcp7
from sizzle.ingest.generated import is_generated_name
from sizzle.ingest.otio_visibility import is_visible
from sizzle.ingest.reading import JsonPath, MarkerPlace, Reading
from sizzle.layout import Finding, Item, ItemKind, Marker, Timeline, rules
from sizzle.layout.edits import EXPORT_TIMELINE, Edit, Operation
from sizzle.timecode import FrameRate, TimeRange

HOW_TO_MEND = "write it again with OpenTimelineIO 0.18 or newer."
_TO_A_FRAME = Fraction(1, 1000)  # how far off a whole frame rounding may leave a sum


def refuse(what: str, where: str) -> NoReturn:
    """Refuse a file for a reason. Raises UnreadableTimelineError."""
    raise UnreadableTimelineError(what, where=where, fix=HOW_TO_MEND)


class OtioReader:
    """Places every item of a timeline by summing exact durations."""

    def __init__(
        self,
        read: otio.schema.Timeline,
        own_markers: Sequence[otio.schema.Marker],
        where: str,
        root: JsonPath,
    ) -> None:
        """Prepare to place the items of a timeline.

        Args:
            read: the timeline.
            own_markers: those in a field of the timeline itself, not of its stack of tracks.
            where: the file's name, for messages.
            root: where in its document the timeline is.
        """
        self._read = read
        self._own_markers = own_markers
        self._root = root
        self._where = where
        self._rate = self._find_rate()
        self._findings: list[Finding] = []

    def reading(self, newer: Sequence[str]) -> Reading:
        """The timeline, with a finding for each item that lies between two frames."""
        start = self._read.global_start_time
        bare = Timeline(
            self._read.name or "", self._rate, round(self._frames(start)) if start else 0, (), ()
        )
        tracks = [track for track in self._read.tracks if _is_video(track)]
        items = [
            item
            for number, track in enumerate(tracks, start=1)
            for item in self._items(bare, track, number)
        ]
        items.sort(key=lambda item: (item.record.start, item.track))
        # Programs put the same marker on the stack, on a track or on a clip, and some on several.
        places = tuple(self._places())
        markers = sorted(
            dict.fromkeys(place.marker for place in places), key=lambda marker: marker.frame
        )
        disabled = tuple(
            number for number, track in enumerate(tracks, start=1) if not _is_enabled(track)
        )
        timeline = replace(
            bare,
            items=tuple(items),
            markers=tuple(markers),
            disabled_tracks=disabled,
            drop_frame_known=fcp7.is_display_format(self._shown()),
        )
        if newer:
            self._findings.append(_newer(bare, newer))
        return Reading(timeline, tuple(self._findings), self._root, places)

    def _find_rate(self) -> FrameRate:
        start = self._read.global_start_time
        rates = [start.rate] if start else []
        rates += [
            child.source_range.duration.rate
            for child in self._read.find_children(descended_from_type=otio.core.Item)
            if child.source_range is not None
        ]
        if not rates:
            refuse("The timeline has no frame rate: no start time and no items.", self._where)
        exact = FrameRate.snapped(rates[0])
        try:
            return FrameRate(
                exact.numerator, exact.denominator, fcp7.shows_drop_frame(self._shown())
            )
        except TimecodeError:
            return exact

    def _shown(self) -> str:
        """Premiere's time display format, where the document was converted from its XML."""
        return str(_fcp7_metadata(self._read).get("@MZ.Sequence.VideoTimeDisplayFormat", ""))

    def _items(self, bare: Timeline, track: otio.schema.Track, number: int) -> Iterator[Item]:
        at = Fraction(0)
        for child in track:
            if isinstance(child, otio.schema.Transition):
                before, after = self._frames(child.in_offset), self._frames(child.out_offset)
                record = TimeRange(round(at - before), round(at + after))
                yield Item(ItemKind.TRANSITION, child.name or "", number, record)
                continue
            duration = self._duration(child)
            if not isinstance(child, otio.schema.Gap):
                yield self._item(bare, child, number, at, duration)
            at += duration

    def _item(
        self, bare: Timeline, child: otio.core.Item, number: int, at: Fraction, duration: Fraction
    ) -> Item:
        record = TimeRange(round(at), round(at + duration))
        source = child.source_range
        item = Item(
            kind=_kind(child),
            name=child.name or "",
            track=number,
            record=record,
            source_in=round(source.start_time.value) if source else None,
            enabled=_is_enabled(child),
            speed=_speed(child),
            rate=self._own_rate(child),
            media=_media(child),
            visible=is_visible(child.effects),
        )
        if max(abs(record.start - at), abs(record.end - at - duration)) > _TO_A_FRAME:
            self._findings.append(_between_frames(bare, item, at, duration))
        return item

    def _duration(self, child: otio.core.Item) -> Fraction:
        duration = self._frames(child.duration())
        if duration < 0:
            name = (child.name or "An item")[:80]
            refuse(f"{name} lasts {float(duration):g} frames.", self._where)
        return duration

    def _frames(self, time: otio.opentime.RationalTime) -> Fraction:
        """A time in frames of the timeline, exactly."""
        seconds = Fraction(time.value) / FrameRate.snapped(time.rate).fraction
        frames = seconds * self._rate.fraction
        whole = round(frames)
        # Sums of rescaled floats miss by a hair: 128.00000000000003 frames are 128.
        return Fraction(whole) if abs(frames - whole) < _TO_A_FRAME else frames

    def _own_rate(self, child: otio.core.Item) -> FrameRate | None:
        if child.source_range is None:
            return None
        rate = FrameRate.snapped(child.source_range.duration.rate)
        return None if rate.fraction == self._rate.fraction else rate

    def _places(self) -> Iterator[MarkerPlace]:
        """The markers of the sequence, of its tracks, and of the clips where they are shown."""
        stack = (*self._root, "tracks")
        for number, marker in enumerate(self._own_markers):
            path = (*self._root, "markers", number)
            yield MarkerPlace(path, self._marker(marker, -self._own_start()))
        yield from self._own_places(stack, self._read.tracks, Fraction(0))
        for number, track in enumerate(self._read.tracks):
            path = (*stack, "children", number)
            yield from self._own_places(path, track, Fraction(0))
            if _is_video(track):
                yield from self._clip_places(path, track)

    def _own_start(self) -> Fraction:
        """The frame from which the timeline's own markers count: none, or its start timecode."""
        start = self._read.global_start_time
        first = self._frames(start) if start else Fraction(0)
        frames = [
            self._frames(_own_marker.marked_range.start_time) for _own_marker in self._own_markers
        ]
        return first if min(frames) >= first else Fraction(0)

    def _own_places(
        self, path: JsonPath, item: otio.core.Item, shift: Fraction
    ) -> Iterator[MarkerPlace]:
        for number, marker in enumerate(item.markers):
            yield MarkerPlace((*path, "markers", number), self._marker(marker, shift))

    def _clip_places(self, path: JsonPath, track: otio.schema.Track) -> Iterator[MarkerPlace]:
        at = Fraction(0)
        for number, child in enumerate(track):
            if isinstance(child, otio.schema.Transition):
                continue
            duration = self._duration(child)
            first = self._frames(child.trimmed_range().start_time) if child.markers else Fraction(0)
            for place in self._own_places((*path, "children", number), child, at - first):
                if at <= place.marker.frame < at + duration:
                    yield place
            at += duration

    def _marker(self, marker: otio.schema.Marker, shift: Fraction) -> Marker:
        comment = marker.comment or _fcp7_metadata(marker).get("comment") or ""
        frame = round(self._frames(marker.marked_range.start_time) + shift)
        return Marker((marker.name or "").strip(), frame, str(comment).strip())


def _fcp7_metadata(read: otio.core.SerializableObjectWithMetadata) -> dict[str, Any]:
    """What the FCP7 adapter kept of the document that the timeline was converted from."""
    document = read.metadata.get("fcp_xml")
    return dict(document) if hasattr(document, "items") else {}


def _is_video(track: otio.core.Composition) -> bool:
    """Whether a track is of video, in capitals or not; the format writes `Video`."""
    return str(getattr(track, "kind", "")).lower() == "video"


def _kind(child: otio.core.Item) -> ItemKind:
    if not isinstance(child, otio.schema.Clip):
        return ItemKind.NESTED
    reference = child.media_reference
    generated = isinstance(reference, otio.schema.GeneratorReference) or (
        _media(child) is None
        and any(map(is_generated_name, (child.name or "", getattr(reference, "name", "") or "")))
    )
    return ItemKind.GENERATOR if generated else ItemKind.CLIP


def _is_enabled(child: otio.core.Item) -> bool:
    document = str(_fcp7_metadata(child).get("enabled", "TRUE"))
    return bool(child.enabled) and document.strip().upper() != "FALSE"


def _speed(child: otio.core.Item) -> Fraction:
    """1 as it was shot; 0 where it is retimed in a way that the file does not put in a number."""
    speed = Fraction(1)
    for effect in child.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= Fraction(effect.time_scalar)
        elif _is_retime(effect):
            speed = Fraction(0)
    return speed


def _is_retime(effect: otio.schema.Effect) -> bool:
    """Whether an effect changes time; freeze frames are linear time warps as well."""
    if isinstance(effect, otio.schema.TimeEffect):
        return True
    return str(_fcp7_metadata(effect).get("effectid", "")).strip().lower() == "timeremap"


def _media(child: otio.core.Item) -> str | None:
    reference = getattr(child, "media_reference", None)
    if isinstance(reference, otio.schema.ExternalReference):
        return reference.target_url or None
    if isinstance(reference, otio.schema.MissingReference | None):
        return None
    return reference.name or type(reference).__name__


def _newer(bare: Timeline, schemas: Sequence[str]) -> Finding:
    return rules.NEWER_SCHEMA.at(
        bare,
        0,
        expected="schema versions that OpenTimelineIO 0.18.1 knows",
        found=", ".join(schemas[:5]),
        fix="compare the timeline with your editor, or export Final Cut Pro XML.",
        edits=EXPORT_TIMELINE,
    )


def _between_frames(bare: Timeline, item: Item, at: Fraction, duration: Fraction) -> Finding:
    return rules.ITEM_POSITION.on(
        bare,
        item,
        expected="a start and a length in whole frames",
        found=f"start {float(at):.3f}, length {float(duration):.3f} frames",
        fix="conform the media to the sequence's rate, or trim the clip to whole frames.",
        edits=(Edit(Operation.REPLACE_CLIP, item.record.start, item.track, item.name),),
    )
