"""A second reader of timelines, which shares no code with the first: plain parsing, no library.

It reads what is on the screen: of each item the video track, first and last frame, name, whether it
is enabled, its speed and its direction. Where the two readers differ, one is wrong.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element, iterparse

TICKS = 254_016_000_000  # of Premiere, a second


@dataclass(frozen=True, order=True)
class Shown:
    """An item as a viewer sees it; `speed` is negative in reverse, and 0 where frozen."""

    track: int
    start: int
    end: int
    name: str
    enabled: bool
    speed: Fraction


def read_xml(content: bytes, number: int = 1) -> list[Shown]:
    """The items of the sequence of that number that is not within another, transitions left out."""
    depth, seen, shown = 0, 0, []
    for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
        if element.tag != "sequence":
            continue
        depth += 1 if event == "start" else -1
        # A reference to a sequence, or one within a clip, has nothing of its own.
        if event == "end" and depth == 0:
            seen += 1
            if seen == number:
                shown = _sequence(element)
    return sorted(shown)


def _sequence(sequence: Element) -> list[Shown]:
    video = _path(sequence, "media", "video")
    tracks = [] if video is None else [element for element in video if element.tag == "track"]
    kinds = {"clipitem", "generatoritem", "transitionitem"}
    shown = []
    for number, track in enumerate(tracks, start=1):
        items = [element for element in track if element.tag in kinds]
        for index, item in enumerate(items):
            if item.tag != "transitionitem":
                before = items[index - 1] if index else None
                after = items[index + 1] if index + 1 < len(items) else None
                placed = _place(item, before, after, _fps(sequence))
                shown += [_shown(number, *placed, item)] if placed else []
    return shown


def _path(element: Element, *tags: str) -> Element | None:
    found: Element | None = element
    for tag in tags:
        found = next((element for element in found or () if element.tag == tag), None)
    return found


def _text(element: Element | None, *tags: str) -> str:
    found = None if element is None else _path(element, *tags)
    return "" if found is None else (found.text or "").strip()


def _whole(element: Element | None, tag: str) -> int | None:
    try:
        return int(_text(element, tag))
    except ValueError:
        return None


def _fps(sequence: Element) -> Fraction:
    base = Fraction(_text(sequence, "rate", "timebase"))
    return base * 1000 / 1001 if _text(sequence, "rate", "ntsc").upper() == "TRUE" else base


def _place(
    item: Element, before: Element | None, after: Element | None, fps: Fraction
) -> tuple[int, int] | None:
    """Start and end; for -1 the cut within a transition, else the source's length, decides."""
    start, end = _whole(item, "start"), _whole(item, "end")
    first, last = _whole(item, "in"), _whole(item, "out")
    length = None if first is None or last is None else last - first
    if start == -1:
        start = _cut(before, fps)
        if start is None and length is not None and end is not None and end != -1:
            start = end - length
    if end == -1:
        end = _cut(after, fps)
        if end is None and length is not None and start is not None:
            end = start + length
    return (start, end) if start is not None and end is not None and 0 <= start < end else None


def _cut(transition: Element | None, fps: Fraction) -> int | None:
    if transition is None or transition.tag != "transitionitem":
        return None
    start, end = _whole(transition, "start"), _whole(transition, "end")
    if start is None or end is None:
        return None
    ticks = _whole(transition, "cutPointTicks")
    if ticks is not None and 0 <= (cut := round(ticks * fps / TICKS)) <= end - start:
        return start + cut
    side = _text(transition, "alignment")
    return start if side[:5] == "start" else end if side[:3] == "end" else (start + end) // 2


def _shown(track: int, start: int, end: int, item: Element) -> Shown:
    name = _text(item, "name") or _text(item, "effect", "name")
    still = _text(item, "stillframe").upper() == "TRUE"
    speed = Fraction(0 if still else 1)  # no fixture and no sample holds a picture as a still
    for remap in item:
        effect = _path(remap, "effect") if remap.tag == "filter" else None
        if _text(effect, "effectid").lower() == "timeremap":
            speed *= _remapped(effect)
    return Shown(track, start, end, name, _text(item, "enabled").upper() != "FALSE", speed)


def _remapped(effect: Element | None) -> Fraction:
    values = {
        _text(element, "parameterid").lower(): _text(element, "value").upper()
        for element in effect if element.tag == "parameter"
    } if effect is not None else {}  # fmt: skip
    speed = Fraction(values.get("speed", "100")) / 100
    return -abs(speed) if values.get("reverse") == "TRUE" else speed


def read_edl(content: bytes, rate: Fraction, drop_frame: bool = False) -> list[Shown]:
    """The video events of an EDL; frames count from its first record time."""
    base, shown, mine, dissolves = round(rate), list[Shown](), False, False
    named = set[int]()
    for line in content.decode().replace("\r", "\n").split("\n"):
        words = line.split()
        if len(words) >= 8 and words[0].isdigit() and words[-1].count(":") + words[-1].count(";"):
            first, last, start, end = (_count(text, base, drop_frame) for text in words[-4:])
            mine = words[2].upper().startswith(("V", "B")) and end > start
            dissolves = words[3] != "C"
            if mine:
                track = int(words[2][1:]) if words[2][1:].isdigit() else 1
                # Half a second may be another count of the source; more is another speed.
                retimed = abs(last - first - end + start) > base // 2
                speed = Fraction(last - first, end - start) if retimed else Fraction(1)
                shown.append(Shown(track, start, end, words[1], True, speed))
        elif mine and "CLIP NAME:" in line:
            # A dissolve's FROM is the clip before it.
            at = -2 if dissolves and "FROM" in line else -1
            if len(shown) >= -at and (at == -1 or len(shown) - 2 not in named):
                named.add(len(shown) + at)
                shown[at] = replace(shown[at], name=line.partition(":")[2].strip())
        elif mine and words[:1] == ["M2"]:
            shown[-1] = replace(shown[-1], speed=Fraction(words[-2]) / base)
    first = min((each.start for each in shown), default=0)
    return sorted(replace(each, start=each.start - first, end=each.end - first) for each in shown)


def _count(text: str, base: int, drop_frame: bool) -> int:
    hours, minutes, seconds, frames = (int(part) for part in text.replace(";", ":").split(":"))
    minutes += hours * 60
    dropped = base // 15 * (minutes - minutes // 10) if drop_frame else 0
    return (minutes * 60 + seconds) * base + frames - dropped


def read_otio(content: bytes) -> list[Shown]:
    """The items of the one timeline of an OTIO file, by its JSON alone."""
    timeline = json.loads(content)
    start = timeline.get("global_start_time")
    tracks = [child for child in timeline["tracks"]["children"] if child["kind"] == "Video"]
    ranges = [child["source_range"] for track in tracks for child in track["children"]
              if child.get("source_range")]  # fmt: skip
    rate = _exact(start["rate"] if start else ranges[0]["duration"]["rate"])
    shown = []
    for number, track in enumerate(tracks, start=1):
        at = Fraction(0)
        for child in track["children"]:
            kind = child["OTIO_SCHEMA"].partition(".")[0]
            if kind == "Transition":
                continue
            end = at + _lasts(child) * rate
            if kind != "Gap":
                enabled = child.get("enabled", True) and _enabled_in_xml(child)
                name = child.get("name") or ""
                shown.append(Shown(number, round(at), round(end), name, enabled, _warp(child)))
            at = end
    return sorted(shown)


def _lasts(child: dict[str, Any]) -> Fraction:
    """Seconds; without a range of its own the media's, or what a nested timeline lasts."""
    length = child.get("source_range") or _reference(child).get("available_range")
    if length:
        return Fraction(length["duration"]["value"]) / _exact(length["duration"]["rate"])
    inside = [_lasts(each) for each in child["children"] if "Transition" not in each["OTIO_SCHEMA"]]
    return max(inside) if child["OTIO_SCHEMA"].startswith("Stack") else sum(inside, Fraction(0))


def _reference(child: dict[str, Any]) -> dict[str, Any]:
    references = child.get("media_references") or {}
    key = child.get("active_media_reference_key", "")
    return child.get("media_reference") or references.get(key) or {}


def _exact(rate: float) -> Fraction:
    whole = Fraction(round(rate))
    return whole if abs(rate - whole) < Fraction(1, 1000) else whole * 1000 / 1001


def _enabled_in_xml(child: dict[str, Any]) -> bool:
    document = child.get("metadata", {}).get("fcp_xml", {})
    return str(document.get("enabled", "TRUE")).upper() != "FALSE"


def _warp(child: dict[str, Any]) -> Fraction:
    speed = Fraction(1)
    for effect in child.get("effects") or []:
        schema = effect["OTIO_SCHEMA"].partition(".")[0]
        if schema == "LinearTimeWarp":
            speed *= Fraction(effect["time_scalar"]).limit_denominator(10000)
        elif schema in ("FreezeFrame", "TimeEffect"):
            speed = Fraction(0)
    return speed
