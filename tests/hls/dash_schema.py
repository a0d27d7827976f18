"""A strict reader of MPDs: the part of the schema of ISO/IEC 23009-1 that a reel's manifest uses.

The schema itself may not be passed on, so what it says of these elements is written down here:
their order, attributes and types. Any other element or attribute is an error. Added are rules that
no schema can express.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as Xml

_SPACE = "{urn:mpeg:dash:schema:mpd:2011}"
_UNSIGNED = r"\d{1,10}"
_SECONDS = r"PT(\d+(?:\.\d+)?)S"  # of xs:duration, without larger units
_ADDRESS = r"[^\s<>\"]+"


@dataclass(frozen=True)
class Rule:
    """What an element may hold.

    Attributes:
        required: attributes that it must have, with their patterns.
        optional: attributes that it may have.
        children: in this order, with the least and the most of each.
    """

    required: dict[str, str]
    optional: dict[str, str]
    children: dict[str, tuple[int, int]]


MANY = 10**6
RULES = {
    "MPD": Rule(
        {
            "profiles": r"urn:mpeg:dash:profile:isoff-main:2011",
            "minBufferTime": _SECONDS,
            "mediaPresentationDuration": _SECONDS,
        },
        {"type": "static|dynamic", "id": ".+"},
        {"Period": (1, MANY)},
    ),
    "Period": Rule(
        {}, {"id": r"\S+", "start": _SECONDS, "duration": _SECONDS}, {"AdaptationSet": (0, MANY)}
    ),
    "AdaptationSet": Rule(
        {},
        {
            "id": _UNSIGNED,
            "lang": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
            "contentType": "video|audio",
            "mimeType": "(video|audio)/mp4",
            "segmentAlignment": "true|false",
            "startWithSAP": "[0-6]",
        },
        {"Representation": (1, MANY)},
    ),
    "Representation": Rule(
        {"id": r"\S+", "bandwidth": _UNSIGNED},
        {
            "codecs": r"[A-Za-z0-9.]+",
            "width": _UNSIGNED,
            "height": _UNSIGNED,
            "sar": r"\d+:\d+",
            "frameRate": r"\d+(/\d+)?",
            "audioSamplingRate": rf"{_UNSIGNED}( {_UNSIGNED})?",
        },
        {"AudioChannelConfiguration": (0, MANY), "SegmentList": (0, 1)},
    ),
    "AudioChannelConfiguration": Rule({"schemeIdUri": r"urn:\S+"}, {"value": ".+"}, {}),
    "SegmentList": Rule(
        {},
        {"timescale": _UNSIGNED, "duration": _UNSIGNED, "startNumber": _UNSIGNED},
        {"Initialization": (0, 1), "SegmentTimeline": (0, 1), "SegmentURL": (0, MANY)},
    ),
    "Initialization": Rule({}, {"sourceURL": _ADDRESS, "range": r"\d+-\d+"}, {}),
    "SegmentTimeline": Rule({}, {}, {"S": (1, MANY)}),
    "S": Rule({"d": _UNSIGNED}, {"t": _UNSIGNED, "r": r"-?\d{1,10}"}, {}),
    "SegmentURL": Rule({}, {"media": _ADDRESS, "mediaRange": r"\d+-\d+"}, {}),
}


def read_mpd(text: str) -> dict[str, Fraction]:
    """Read a manifest.

    Returns:
        How many seconds each representation lasts, by its id.

    Raises:
        AssertionError: a rule is broken.
    """
    root = Xml.fromstring(text)
    assert root.tag == f"{_SPACE}MPD"
    _check(root)
    lasting = _seconds(root.attrib["mediaPresentationDuration"])
    periods = root.findall(f"{_SPACE}Period")
    assert sum(_seconds(period.attrib["duration"]) for period in periods) == lasting
    ids = [element.attrib["id"] for element in root.iter(f"{_SPACE}Representation")]
    assert len(set(ids)) == len(ids), "5.3.5.2: ids differ within a period"
    lengths = {}
    for adaptation in root.iter(f"{_SPACE}AdaptationSet"):
        for element in adaptation:
            lengths[element.attrib["id"]] = _length(element)
    return lengths


def _check(element: Xml.Element) -> None:
    name = element.tag.removeprefix(_SPACE)
    assert name in RULES, f"{name} is no element that a reel's manifest has"
    rule = RULES[name]
    known = rule.required | rule.optional
    missing = set(rule.required) - set(element.attrib)
    assert not missing, f"{name} lacks {missing}"
    for attribute, value in element.attrib.items():
        assert attribute in known, f"{name} has no attribute {attribute}"
        assert re.fullmatch(known[attribute], value), f"{name} has {attribute}={value!r}"
    texts = (element.text, *(child.tail for child in element))
    assert not any((text or "").strip() for text in texts), f"{name} holds text"
    found = [child.tag.removeprefix(_SPACE) for child in element]
    order = [child for child in rule.children for _ in range(found.count(child))]
    assert found == order, f"{name} holds {found}"
    for child, (least, most) in rule.children.items():
        assert least <= found.count(child) <= most, f"{name} holds {found.count(child)} {child}"
    for each in element:
        _check(each)


def _length(representation: Xml.Element) -> Fraction:
    """5.3.9.2: segments are equally long, or a timeline says how long each is."""
    segments = representation.find(f"{_SPACE}SegmentList")
    assert segments is not None
    assert segments.find(f"{_SPACE}Initialization") is not None
    addresses = segments.findall(f"{_SPACE}SegmentURL")
    timeline = segments.find(f"{_SPACE}SegmentTimeline")
    assert (timeline is None) == ("duration" in segments.attrib), "5.3.9.2: one of both"
    timescale = int(segments.attrib.get("timescale", "1"))
    if timeline is None:
        return Fraction(len(addresses) * int(segments.attrib["duration"]), timescale)
    runs = [
        (int(element.attrib["d"]), int(element.attrib.get("r", "0")) + 1) for element in timeline
    ]
    assert sum(count for _, count in runs) == len(addresses), "5.3.9.6: as many as segments"
    return Fraction(sum(ticks * count for ticks, count in runs), timescale)


def _seconds(text: str) -> Fraction:
    match = re.fullmatch(_SECONDS, text)
    assert match
    return Fraction(match[1])
