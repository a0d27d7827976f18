"""Writes a reel as a sequence over the Mega Asset's media, for an editor to open."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import opentimelineio as otio
from defusedxml.ElementTree import fromstring

from player_stub.media import audio_stream, open_media
from player_stub.render.settings import ReelMedia
from sizzle.errors import InputError
from sizzle.files import write_text
from sizzle.ingest.premiere_xml import MediaFile, display_format, premiere_xml, rate_element
from sizzle.layout import FrameSize, Item, ItemKind, Marker, Timeline
from sizzle.media.checked import checked_video
from sizzle.reel.timecode_list import CutEntry, TimecodeList
from sizzle.timecode import FrameRate, TimeRange

SUFFIXES = (".otio", ".xml")
"""Of sequences: OpenTimelineIO, and Final Cut Pro 7 XML, which Premiere imports."""


@dataclass(frozen=True, slots=True)
class _Files:
    """The media files: their URLs, and their lengths in frames of the reel."""

    video: str
    video_file: MediaFile
    bed: str
    bed_frames: int
    channels: int


def write_sequence(reel: TimecodeList, media: ReelMedia, output: Path) -> None:
    """Write a reel as `.otio` or FCP7 `.xml`: cuts, the bed under them, a marker at each cut.

    The cuts refer to the Mega Asset's media, and are named by their clips' keys.

    Args:
        reel: what plays when.
        media: what it is taken from.
        output: the file to write, whole or not at all.

    Raises:
        InputError: another suffix, or a folder that cannot be written to.
        MediaError: media that cannot be read, or used.
    """
    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"A sequence cannot be a {suffix or 'file without a suffix'}.",
            where=str(output),
            fix=f"name it {' or '.join(SUFFIXES)}.",
        )
    files = _describe(reel, media)
    write_text(output, _otio(reel, files) if suffix == ".otio" else _xml(reel, files))


def _describe(reel: TimecodeList, media: ReelMedia) -> _Files:
    rate, first = reel.rate.to_frame_rate(), reel.cuts[0].source.start
    video = checked_video(media.video)
    with open_media(media.bed) as container:
        audio = audio_stream(container)
        seconds = Fraction(audio.duration or 0) * (audio.time_base or 0)
        channels = audio.codec_context.channels
    return _Files(
        video=media.video.absolute().as_uri(),
        # The list has each source frame both as a number and as a timecode.
        video_file=MediaFile(
            video.frames or 0,
            FrameSize(*video.size),
            rate,
            rate.parse_timecode(first.timecode) - first.frame,
        ),
        bed=media.bed.absolute().as_uri(),
        bed_frames=max(rate.frames(seconds), *(music.end for music in reel.bed.rounds())),
        channels=channels,
    )


def _name(reel: TimecodeList) -> str:
    return f"{reel.asset_id} reel {reel.reel_id} for {reel.member_id}"


def _otio(reel: TimecodeList, files: _Files) -> str:
    rate = reel.rate.to_frame_rate()
    written = otio.schema.Timeline(_name(reel), global_start_time=_time(0, rate))
    # OTIO's rates have no drop-frame flag; the FCP7 adapter keeps it here.
    shown = display_format(rate)
    written.metadata["fcp_xml"] = {"@MZ.Sequence.VideoTimeDisplayFormat": shown}
    video, bed = otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio
    clips = [_clip(cut, rate, files) for cut in reel.cuts]
    whole = _range(TimeRange(0, files.bed_frames), rate)
    music = [
        otio.schema.Clip(
            reel.bed.bed_id, otio.schema.ExternalReference(files.bed, whole), _range(repeat, rate)
        )
        for repeat in reel.bed.rounds()
    ]
    written.tracks.append(otio.schema.Track("V1", clips, kind=video))
    written.tracks.append(otio.schema.Track("A1", music, kind=bed))
    for marker in _markers(reel):
        at = _range(TimeRange(marker.frame, marker.frame), rate)
        written.tracks.markers.append(otio.schema.Marker(marker.name, at, comment=marker.comment))
    text: str = otio.adapters.write_to_string(written, "otio_json")
    return text


def _clip(cut: CutEntry, rate: FrameRate, files: _Files) -> otio.schema.Clip:
    whole = _range(TimeRange(0, files.video_file.frames), rate)
    media = otio.schema.ExternalReference(files.video, whole)
    return otio.schema.Clip(cut.clip_key, media, _range(cut.source.to_time_range(), rate))


def _range(frames: TimeRange, rate: FrameRate) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(frames.start, rate), _time(frames.duration, rate))


def _time(frames: int, rate: FrameRate) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(rate.fraction))


def _markers(reel: TimecodeList) -> tuple[Marker, ...]:
    return tuple(Marker(cut.clip_key, cut.record.start.frame, cut.title) for cut in reel.cuts)


def _xml(reel: TimecodeList, files: _Files) -> str:
    items = tuple(
        Item(
            ItemKind.CLIP,
            cut.clip_key,
            1,
            cut.record.to_time_range(),
            cut.source.start.frame,
            media=files.video,
        )
        for cut in reel.cuts
    )
    picture = files.video_file.picture
    timeline = Timeline(_name(reel), reel.rate.to_frame_rate(), 0, items, _markers(reel), picture)
    text = premiere_xml(timeline, picture, {files.video: files.video_file})
    root = fromstring(text)
    media = root.find("sequence/media")
    media.append(_audio(reel, files))
    indent(root, space="\t")
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{body}\n'


def _audio(reel: TimecodeList, files: _Files) -> Element:
    """The bed, on a track for each of its channels, as the format requires."""
    audio = Element("audio")
    for channel in range(1, min(files.channels, 2) + 1):
        track = SubElement(audio, "track")
        at = 0
        for number, music in enumerate(reel.bed.rounds(), start=1):
            track.append(_bed_item(reel, files, channel, number, at, music))
            at += music.duration
        _add(track, enabled="TRUE", locked="FALSE", outputchannelindex=channel)
    return audio


def _bed_item(
    reel: TimecodeList, files: _Files, channel: int, number: int, at: int, music: TimeRange
) -> Element:
    """One repetition of the bed on a channel's track, from frame `at` of the reel."""
    rate = reel.rate.to_frame_rate()
    item = Element("clipitem", {"id": f"clipitem-bed-{channel}-{number}"})
    _add(item, name=reel.bed.bed_id, enabled="TRUE", duration=files.bed_frames)
    item.append(rate_element(rate))
    _add(item, start=at, end=at + music.duration, **{"in": music.start, "out": music.end})
    file = SubElement(item, "file", {"id": "file-bed"})
    if channel == number == 1:  # in full on first use, then by its id
        _add(file, name=files.bed.rsplit("/", 1)[-1], pathurl=files.bed)
        file.append(rate_element(rate))
        _add(file, duration=files.bed_frames)
        audio = SubElement(SubElement(file, "media"), "audio")
        _add(audio, channelcount=files.channels)
    _add(SubElement(item, "sourcetrack"), mediatype="audio", trackindex=channel)
    return item


def _add(element: Element, **fields: str | int) -> None:
    for tag, value in fields.items():
        SubElement(element, tag).text = str(value)
