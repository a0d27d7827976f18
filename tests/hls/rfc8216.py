"""A strict reader of HLS playlists, by the rules of RFC 8216 that fragmented MP4 on demand meets.

It knows only the tags that a reel's playlists need: any other is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = r"[A-Z0-9-]+"
_VALUE = r'"[^"\r\n]*"|[^",\s]+'
_ATTRIBUTES = re.compile(rf"({_NAME})=({_VALUE})(?:,|$)")
_DECIMAL = re.compile(r"\d+(\.\d+)?")
_TYPES = {
    "BANDWIDTH": r"\d{1,20}",
    "AVERAGE-BANDWIDTH": r"\d{1,20}",
    "CODECS": r'"[^"]+"',
    "RESOLUTION": r"\d+x\d+",
    "FRAME-RATE": r"\d+\.\d{1,3}",
    "AUDIO": r'"[^"]+"',
    "CLOSED-CAPTIONS": r"NONE",
    "TYPE": r"AUDIO",
    "GROUP-ID": r'"[^"]+"',
    "NAME": r'"[^"]+"',
    "DEFAULT": r"YES|NO",
    "AUTOSELECT": r"YES|NO",
    "CHANNELS": r'"\d+"',
    "URI": r'"[^"\s]+"',
    "LANGUAGE": r'"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"',
    "VIDEO-RANGE": r"SDR|HLG|PQ",
    "SCORE": r"\d+\.\d+",  # of the RFC's successor, draft-pantos-hls-rfc8216bis, 4.4.6.2
}


@dataclass(frozen=True)
class Variant:
    """A rendition as the master playlist has it."""

    uri: str
    attributes: dict[str, str]


@dataclass
class Master:
    """A master playlist."""

    variants: list[Variant] = field(default_factory=list)
    key_frames: list[Variant] = field(default_factory=list)
    renditions: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Media:
    """A media playlist."""

    target: int
    init: str
    segments: list[tuple[float, str]]


def read_master(text: str) -> Master:
    """Read a master playlist. Raises AssertionError: a rule is broken."""
    lines = _lines(text)
    _check_once(lines, "#EXT-X-VERSION:", "#EXT-X-INDEPENDENT-SEGMENTS")
    master = Master()
    rest = [line for line in lines if not line.startswith(("#EXT-X-VERSION", "#EXT-X-IND"))]
    at = 1
    while at < len(rest):
        tag, _, value = rest[at].partition(":")
        attributes = _attributes(value)
        if tag == "#EXT-X-MEDIA":
            _check_rendition(attributes)
            master.renditions.append(attributes)
            at += 1
            continue
        if tag == "#EXT-X-I-FRAME-STREAM-INF":
            master.key_frames.append(_key_frame_variant(attributes))
            at += 1
            continue
        assert tag == "#EXT-X-STREAM-INF", f"{tag} has no place in a master playlist"
        assert "BANDWIDTH" in attributes, "4.3.4.2: BANDWIDTH is required"
        uri = rest[at + 1]
        assert not uri.startswith("#"), "4.3.4.2: the URI follows"
        master.variants.append(Variant(uri, attributes))
        at += 2
    _check_groups(master)
    return master


def read_key_frames(text: str) -> list[tuple[float, str, range]]:
    """Read a playlist of key frames: duration, address and bytes of each. Raises AssertionError."""
    lines = _lines(text)
    _check_once(lines, "#EXT-X-I-FRAMES-ONLY")
    ranges = [line for line in lines if line.startswith("#EXT-X-BYTERANGE:")]
    rest = [line for line in lines if line != "#EXT-X-I-FRAMES-ONLY" and line not in ranges]
    media = read_media("\n".join(rest) + "\n")
    assert len(ranges) == len(media.segments), "4.3.3.6: each frame is a byte range"
    found = []
    for (length, uri), line in zip(media.segments, ranges, strict=True):
        match = re.fullmatch(r"#EXT-X-BYTERANGE:(\d+)@(\d+)", line)
        assert match, "4.3.2.2: <n>[@<o>]"
        start = int(match[2])
        found.append((length, uri, range(start, start + int(match[1]))))
    return found


def read_media(text: str) -> Media:
    """Read a media playlist. Raises AssertionError: a rule is broken."""
    lines = _lines(text)
    _check_once(
        lines,
        *("#EXT-X-VERSION:", "#EXT-X-TARGETDURATION:", "#EXT-X-MEDIA-SEQUENCE:", "#EXT-X-MAP:"),
        *("#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-ENDLIST"),
    )
    version = int(_value(lines, "#EXT-X-VERSION:"))
    assert version >= 6, "4.3.2.5: EXT-X-MAP in a media playlist needs version 6"
    target = int(_value(lines, "#EXT-X-TARGETDURATION:"))
    init = _attributes(_value(lines, "#EXT-X-MAP:"))["URI"].strip('"')
    first = next(at for at, line in enumerate(lines) if line.startswith("#EXTINF:"))
    assert lines.index(f'#EXT-X-MAP:URI="{init}"') < first, "4.3.2.5: it applies to what follows"
    assert lines[-1] == "#EXT-X-ENDLIST"
    segments = [_segment(*pair, target) for pair in _pairs(lines[first:-1])]
    assert segments, "a playlist has segments"
    assert "DISCONTINUITY" not in text
    return Media(target, init, segments)


def _lines(text: str) -> list[str]:
    assert text.startswith("#EXTM3U\n"), "4.3.1.1: the first line"
    assert not text.startswith("\ufeff"), "4: no byte order mark"
    assert text.endswith("\n")
    assert "\r" not in text
    lines = text.splitlines()
    assert all(line and line == line.strip() for line in lines), "no blanks"
    assert text.isascii()
    return lines


def _check_once(lines: list[str], *tags: str) -> None:
    for tag in tags:
        found = [line for line in lines if line.startswith(tag)]
        assert len(found) == 1, f"{tag} is there {len(found)} times"
        if not tag.endswith(":"):
            assert found == [tag]


def _value(lines: list[str], tag: str) -> str:
    return next(line.removeprefix(tag) for line in lines if line.startswith(tag))


def _attributes(text: str) -> dict[str, str]:
    found = {match[1]: match[2] for match in _ATTRIBUTES.finditer(text)}
    whole = ",".join(f"{name}={value}" for name, value in found.items())
    assert whole == text, f"4.2: no attribute list, or a name twice: {text}"
    for name, value in found.items():
        assert re.fullmatch(_TYPES[name], value), f"4.2: {name}={value}"
    return found


def _key_frame_variant(attributes: dict[str, str]) -> Variant:
    """4.3.4.3: those of EXT-X-STREAM-INF, but for FRAME-RATE, AUDIO and captions; and URI."""
    allowed = {"BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "VIDEO-RANGE", "URI"}
    assert {"BANDWIDTH", "URI"} <= set(attributes) <= allowed, "4.3.4.3"
    return Variant(attributes["URI"].strip('"'), attributes)


def _check_rendition(attributes: dict[str, str]) -> None:
    assert {"TYPE", "GROUP-ID", "NAME"} <= set(attributes), "4.3.4.1: required"
    if attributes.get("DEFAULT") == "YES":
        assert attributes.get("AUTOSELECT", "YES") == "YES", "4.3.4.1: AUTOSELECT"


def _check_groups(master: Master) -> None:
    groups = {rendition["GROUP-ID"] for rendition in master.renditions}
    names = [(rendition["GROUP-ID"], rendition["NAME"]) for rendition in master.renditions]
    assert len(set(names)) == len(names), "4.3.4.1.1: names differ within a group"
    assert {variant.attributes["AUDIO"] for variant in master.variants} == groups
    assert len({variant.uri for variant in master.variants}) == len(master.variants)


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    assert len(lines) % 2 == 0
    return list(zip(lines[::2], lines[1::2], strict=True))


def _segment(tag: str, uri: str, target: int) -> tuple[float, str]:
    duration = tag.removeprefix("#EXTINF:").removesuffix(",")
    assert tag == f"#EXTINF:{duration},"
    assert _DECIMAL.fullmatch(duration), "4.3.2.1: a decimal number"
    assert int(float(duration) + 0.5) <= target, "4.3.3.1: no segment is longer than the target"
    assert not uri.startswith("#")
    return float(duration), uri
