"""Write a timeline as FCP7 XML the way Premiere does, so that Premiere opens it as its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sizzle.layout import FrameSize, Item, Timeline
from sizzle.timecode import FrameRate

TICKS_A_SECOND = 254_016_000_000
_DISPLAY_FORMATS = {
    (24, False): "100",
    (25, False): "101",
    (30, False): "104",
    (50, False): "105",
    (60, False): "108",
}
_DISPLAY_FORMATS_NTSC = {
    (24, False): "110",
    (30, True): "102",
    (30, False): "103",
    (60, True): "106",
    (60, False): "107",
}


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What a document says of a media file, where more is known than its address.

    Attributes:
        frames: how many it has.
        picture: its size.
        counting: the rate of its own timecode.
        start: its first timecode, as a frame count.
    """

    frames: int
    picture: FrameSize
    counting: FrameRate
    start: int


Files = Mapping[str, MediaFile]
"""What is known of media files, by their addresses."""

_UNKNOWN: Files = MappingProxyType({})


def premiere_xml(timeline: Timeline, picture: FrameSize, files: Files = _UNKNOWN) -> str:
    """An xmeml version 4 document of one sequence, with its items and markers."""
    root = Element("xmeml", version="4")
    root.append(_sequence(timeline, picture, files))
    indent(root, space="\t")
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{body}\n'


def _sequence(timeline: Timeline, picture: FrameSize, files: Files) -> Element:
    rate = timeline.rate
    ticks = rate.seconds(timeline.start) * TICKS_A_SECOND
    sequence = Element(
        "sequence",
        {
            "id": "sequence-1",
            "MZ.Sequence.PreviewFrameSizeHeight": str(picture.height),
            "MZ.Sequence.PreviewFrameSizeWidth": str(picture.width),
            "MZ.Sequence.VideoTimeDisplayFormat": display_format(rate),
            "MZ.ZeroPoint": str(round(ticks)),
            "explodedTracks": "true",
        },
    )
    SubElement(sequence, "duration").text = str(timeline.duration)
    sequence.append(rate_element(rate))
    SubElement(sequence, "name").text = timeline.name
    video = SubElement(SubElement(sequence, "media"), "video")
    video.append(_format(rate, picture))
    _add_tracks(video, timeline, _FileElements(files, picture))
    sequence.append(_timecode(rate, timeline.start))
    for marker in timeline.markers:
        _add_fields(
            SubElement(sequence, "marker"),
            {"comment": marker.comment, "name": marker.name, "in": marker.frame, "out": -1},
        )
    return sequence


def display_format(rate: FrameRate) -> str:
    """The number by which Premiere knows how timecode is shown, drop-frame or not."""
    formats = _DISPLAY_FORMATS_NTSC if rate.is_ntsc else _DISPLAY_FORMATS
    return formats.get((rate.timebase, rate.drop_frame), "109")  # 109 shows frames


def _add_tracks(video: Element, timeline: Timeline, media: _FileElements) -> None:
    for number in range(1, max((item.track for item in timeline.items), default=1) + 1):
        track = SubElement(video, "track", {"MZ.TrackTargeted": "1" if number == 1 else "0"})
        for position, item in enumerate(timeline.items, start=1):
            if item.track == number:
                track.append(_clip_item(item, position, timeline.rate, media))
        _add_fields(track, {"enabled": "TRUE", "locked": "FALSE"})


class _FileElements:
    """The files of a sequence: in full where first used, then by their ids, as the format has it.

    Args:
        files: what is known of them.
        picture: the sequence's size.
    """

    def __init__(self, files: Files, picture: FrameSize) -> None:
        self._files = files
        self._picture = picture
        self._seen: set[str] = set()

    def frames(self, item: Item) -> int:
        """Of the item's file, or as many as the item needs where that is not known."""
        known = self._files.get(item.media or "")
        return known.frames if known else (item.source_in or 0) + item.record.duration

    def scale(self, item: Item) -> Fraction:
        """What fits the item's pictures into the sequence's, 1 where their size is not known."""
        known = self._files.get(item.media or "")
        if known is None:
            return Fraction(1)
        across = Fraction(self._picture.width, known.picture.width)
        return min(across, Fraction(self._picture.height, known.picture.height))

    def file(self, item: Item, rate: FrameRate) -> Element:
        """The `<file>` of an item that is played at a rate."""
        name = item.media or item.name
        file = Element("file", {"id": f"file-{name}"})
        if name not in self._seen:
            self._seen.add(name)
            _add_fields(file, {"name": unquote(name.rsplit("/", 1)[-1]), "pathurl": name})
            file.append(rate_element(rate))
            SubElement(file, "duration").text = str(self.frames(item))
            _describe(file, rate, self._files.get(name))
        return file


def _describe(file: Element, rate: FrameRate, known: MediaFile | None) -> None:
    if known:
        file.append(_timecode(known.counting, known.start))
    video = SubElement(SubElement(file, "media"), "video")
    if known:
        video.append(_characteristics(rate, known.picture))


def _clip_item(item: Item, position: int, rate: FrameRate, media: _FileElements) -> Element:
    element = Element("clipitem", {"id": f"clipitem-{position}"})
    first = item.source_in or 0
    last = first + item.record.duration
    _add_fields(element, {"name": item.name, "enabled": str(item.enabled).upper()})
    SubElement(element, "duration").text = str(media.frames(item))
    element.append(rate_element(item.rate or rate))
    _add_fields(
        element,
        {"start": item.record.start, "end": item.record.end, "in": first, "out": last},
    )
    element.append(media.file(item, item.rate or rate))
    scale = media.scale(item)
    if scale != 1:
        element.append(_motion(scale))
    return element


def _motion(scale: Fraction) -> Element:
    """The filter that Premiere shows as Motion > Scale."""
    element = Element("filter")
    effect = SubElement(element, "effect")
    motion: dict[str, str | int] = {
        "name": "Basic Motion",
        "effectid": "basic",
        "effectcategory": "motion",
        "effecttype": "motion",
        "mediatype": "video",
    }
    _add_fields(effect, motion)
    parameter: dict[str, str | int] = {
        "parameterid": "scale",
        "name": "Scale",
        "valuemin": 0,
        "valuemax": 1000,
        "value": f"{float(scale * 100):.6g}",
    }
    _add_fields(SubElement(effect, "parameter", {"authoringApp": "PremierePro"}), parameter)
    return element


def _format(rate: FrameRate, picture: FrameSize) -> Element:
    element = Element("format")
    element.append(_characteristics(rate, picture))
    return element


def _characteristics(rate: FrameRate, picture: FrameSize) -> Element:
    characteristics = Element("samplecharacteristics")
    characteristics.append(rate_element(rate))
    _add_fields(
        characteristics,
        {
            "width": picture.width,
            "height": picture.height,
            "anamorphic": "FALSE",
            "pixelaspectratio": "square",
            "fielddominance": "none",
        },
    )
    return characteristics


def _timecode(rate: FrameRate, start: int) -> Element:
    element = Element("timecode")
    element.append(rate_element(rate))
    shown: dict[str, str | int] = {
        "string": rate.timecode(start),
        "frame": start,
        "displayformat": "DF" if rate.drop_frame else "NDF",
    }
    _add_fields(element, shown)
    return element


def rate_element(rate: FrameRate) -> Element:
    """A rate as `<rate>` has it: a whole timebase, and whether it is a thousandth slower."""
    element = Element("rate")
    _add_fields(element, {"timebase": rate.timebase, "ntsc": str(rate.is_ntsc).upper()})
    return element


def _add_fields(element: Element, fields: dict[str, str | int]) -> None:
    for tag, value in fields.items():
        SubElement(element, tag).text = str(value)
