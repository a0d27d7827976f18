"""Write a timeline as an OpenTimelineIO document."""

from __future__ import annotations

import opentimelineio as otio

from sizzle.ingest.premiere_xml import display_format
from sizzle.layout import Item, Marker, Timeline
from sizzle.timecode import FrameRate


def otio_text(timeline: Timeline, frames: dict[str, int]) -> str:
    """The timeline as `.otio`, one video track for each of its tracks.

    Media is counted from its first frame, as in FCP7 XML, not from its start timecode.

    Args:
        timeline: without gaps and overlaps.
        frames: of each media file, by its address.
    """
    rate = timeline.rate
    written = otio.schema.Timeline(timeline.name, global_start_time=_time(timeline.start, rate))
    # OTIO's rates do not say whether timecode counts drop-frame; the FCP7 adapter keeps it here.
    shown = display_format(rate)
    written.metadata["fcp_xml"] = {"@MZ.Sequence.VideoTimeDisplayFormat": shown}
    for number in range(1, max((item.track for item in timeline.items), default=1) + 1):
        clips = [_clip(item, rate, frames) for item in timeline.items if item.track == number]
        kind = otio.schema.TrackKind.Video
        written.tracks.append(otio.schema.Track(f"V{number}", clips, kind=kind))
    written.tracks.markers.extend(_marker(marker, rate) for marker in timeline.markers)
    text: str = otio.adapters.write_to_string(written, "otio_json")
    return text


def _clip(item: Item, rate: FrameRate, frames: dict[str, int]) -> otio.schema.Clip:
    media = item.media or ""
    return otio.schema.Clip(
        item.name,
        otio.schema.ExternalReference(media, _range(0, frames[media], rate)),
        _range(item.source_in or 0, item.record.duration, rate),
    )


def _marker(marker: Marker, rate: FrameRate) -> otio.schema.Marker:
    at = _range(marker.frame, 0, rate)
    return otio.schema.Marker(marker.name, at, comment=marker.comment)


def _range(start: int, duration: int, rate: FrameRate) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start, rate), _time(duration, rate))


def _time(frames: int, rate: FrameRate) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(rate.fraction))
