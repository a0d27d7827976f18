"""Write a timeline as FCP7 XML the way Premiere does, so that Premiere opens it as its own."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sizzle.layout import Item, Picture, Timeline
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


def premiere_xml(timeline: Timeline, picture: Picture) -> str:
    """An xmeml version 4 document of one sequence, with its items and markers."""
    root = Element("xmeml", version="4")
    root.append(_sequence(timeline, picture))
    indent(root, space="\t")
    body = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{body}\n'


def _sequence(timeline: Timeline, picture: Picture) -> Element:
    rate = timeline.rate
    ticks = rate.seconds(timeline.start) * TICKS_A_SECOND
    sequence = Element(
        "sequence",
        {
            "id": "sequence-1",
            "MZ.Sequence.PreviewFrameSizeHeight": str(picture.height),
            "MZ.Sequence.PreviewFrameSizeWidth": str(picture.width),
            "MZ.Sequence.VideoTimeDisplayFormat": _display_format(rate),
            "MZ.ZeroPoint": str(round(ticks)),
            "explodedTracks": "true",
        },
    )
    SubElement(sequence, "duration").text = str(timeline.duration)
    sequence.append(rate_element(rate))
    SubElement(sequence, "name").text = timeline.name
    video = SubElement(SubElement(sequence, "media"), "video")
    video.append(_format(rate, picture))
    _add_tracks(video, timeline)
    sequence.append(_timecode(rate, timeline.start))
    for marker in timeline.markers:
        _add_fields(
            SubElement(sequence, "marker"),
            {"comment": marker.comment, "name": marker.name, "in": marker.frame, "out": -1},
        )
    return sequence


def _display_format(rate: FrameRate) -> str:
    formats = _DISPLAY_FORMATS_NTSC if rate.is_ntsc else _DISPLAY_FORMATS
    return formats.get((rate.timebase, rate.drop_frame), "109")  # 109 shows frames


def _add_tracks(video: Element, timeline: Timeline) -> None:
    seen: set[str] = set()
    for number in range(1, max((item.track for item in timeline.items), default=1) + 1):
        track = SubElement(video, "track", {"MZ.TrackTargeted": "1" if number == 1 else "0"})
        for position, item in enumerate(timeline.items, start=1):
            if item.track == number:
                track.append(_clip_item(item, position, timeline.rate, seen))
        _add_fields(track, {"enabled": "TRUE", "locked": "FALSE"})


def _clip_item(item: Item, position: int, rate: FrameRate, seen: set[str]) -> Element:
    element = Element("clipitem", {"id": f"clipitem-{position}"})
    first = item.source_in or 0
    last = first + item.record.duration
    _add_fields(element, {"name": item.name, "enabled": str(item.enabled).upper()})
    SubElement(element, "duration").text = str(last)
    element.append(rate_element(item.rate or rate))
    _add_fields(
        element,
        {"start": item.record.start, "end": item.record.end, "in": first, "out": last},
    )
    element.append(_file(item, item.rate or rate, last, seen))
    return element


def _file(item: Item, rate: FrameRate, frames: int, seen: set[str]) -> Element:
    """A file in full where it is first used, then by its id, as the format has it."""
    name = item.media or item.name
    file = Element("file", {"id": f"file-{name}"})
    if name not in seen:
        seen.add(name)
        _add_fields(file, {"name": name.rsplit("/", 1)[-1], "pathurl": name})
        file.append(rate_element(rate))
        SubElement(file, "duration").text = str(frames)
        SubElement(SubElement(file, "media"), "video")
    return file


def _format(rate: FrameRate, picture: Picture) -> Element:
    element = Element("format")
    characteristics = SubElement(element, "samplecharacteristics")
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
    return element


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
