"""Checks how a film's headers have players show it: its tracks, its shape and its colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.stream import Disposition

from player_stub.media import media_errors, open_media, video_stream
from player_stub.render.recorded_settings import recorded_settings
from player_stub.render.settings import RenderSettings
from player_stub.verify.report import Check, lines
from sizzle.media import colours
from sizzle.media.facts import UPRIGHT, Colours, Orientation, VideoFacts
from sizzle.media.gate import normalised
from sizzle.media.probe import picture_colours, video_facts

_SAME_CURVE: Final = frozenset({1, 6, 14, 15})  # transfers that are one function by other names
_SEEN: Final = ("video", "audio", "subtitle")


@dataclass(frozen=True, slots=True)
class FilmHeaders:
    """What a film's headers say.

    Attributes:
        video: of its first video track.
        decoded: the colours of its first picture, as the codec says them.
        tracks: how many there are that a player shows or plays, by kind.
        settings: what it was rendered with; None where it does not say.
    """

    video: VideoFacts
    decoded: Colours
    tracks: dict[str, int]
    settings: RenderSettings | None

    @property
    def is_upright(self) -> bool:
        """Whether it is shown as it is stored."""
        return self.video.orientation == UPRIGHT


def read_film_headers(path: Path) -> FilmHeaders:
    """Read a film's headers, and decode its first picture. Raises MediaError: it has no video."""
    with open_media(path) as container, media_errors(str(path)):
        video = video_facts(path, container, whole=False)
        tracks, settings = _tracks(container), recorded_settings(container)
    with open_media(path) as container, media_errors(str(path)):
        first = next(container.decode(video_stream(container)), None)
        decoded = video.colours if first is None else picture_colours(first)
    return FilmHeaders(video, decoded, tracks, settings)


def read_settings(path: Path) -> RenderSettings | None:
    """What a film says it was rendered with. Raises MediaError: it cannot be read."""
    with open_media(path) as container:
        return recorded_settings(container)


def check_headers(
    film: FilmHeaders, source: VideoFacts, settings: RenderSettings | None
) -> list[Check]:
    """Check that players show the film as they would the media.

    Args:
        film: its headers.
        source: the media's.
        settings: what the film was rendered with; None where that is not known.
    """
    return [_check_tracks(film), _check_shape(film, source, settings), _check_colours(film, source)]


def _tracks(container: InputContainer) -> dict[str, int]:
    kinds = [
        each.type
        for each in container.streams
        if not each.disposition & Disposition.attached_pic  # which players do not play
    ]
    return {kind: kinds.count(kind) for kind in _SEEN}


def _check_tracks(film: FilmHeaders) -> Check:
    """That it has one video track and nothing else to see; the check of the audio is its own."""
    seen = {kind: count for kind, count in film.tracks.items() if kind != "audio"}
    extra = [f"{count} {kind} tracks" for kind, count in seen.items() if count > 1]
    extra += ["a subtitle track"] if seen["subtitle"] == 1 else []
    return Check(
        "video track",
        passed=not extra,
        measured=", ".join(extra) or "one",
        required="one, and no subtitles",
        detail="Players may show another track than the first." if extra else "",
    )


def _check_shape(film: FilmHeaders, source: VideoFacts, settings: RenderSettings | None) -> Check:
    width, height = film.video.size
    problems = list(_problems_of_shape(film, source, settings))
    return Check(
        "picture shape",
        passed=not problems,
        measured=f"{width}x{height}{_turned(film.video.orientation)}"
        f"{_stretched(film.video.pixel_aspect)}",
        required=_required_shape(source, settings),
        detail=lines(problems),
    )


def _problems_of_shape(
    film: FilmHeaders, source: VideoFacts, settings: RenderSettings | None
) -> Iterator[str]:
    if not film.is_upright:
        yield "The header turns or mirrors the picture."
        return
    if film.video.cropped:
        yield "The container leaves out edges of the picture."
    own = film.video
    wanted = settings.size if settings and settings.size else None
    if own.stored == source.stored and source.orientation == UPRIGHT and not wanted:
        if own.pixel_aspect != source.pixel_aspect:
            yield f"Its pixels are {own.pixel_aspect}, those of the media {source.pixel_aspect}."
    elif settings is not None:
        if own.size != _even(wanted or source.size):
            width, height = _even(wanted or source.size)
            yield f"It was rendered at {width}x{height}."
    elif own.pixel_aspect != 1 and not _same_shape(own.size, source.size):
        yield f"Its pixels are {own.pixel_aspect}, which makes the picture wider or narrower."


def _required_shape(source: VideoFacts, settings: RenderSettings | None) -> str:
    width, height = _even((settings.size if settings else None) or source.size)
    return f"{width}x{height}, upright" if settings else "upright, not stretched"


def _even(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] // 2 * 2, size[1] // 2 * 2


def _same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two sizes have one aspect ratio, within a pixel."""
    return abs(size[0] - Fraction(other[0] * size[1], other[1])) <= 1


def _turned(orientation: Orientation | None) -> str:
    return "" if orientation == UPRIGHT else ", turned or mirrored"


def _stretched(aspect: Fraction) -> str:
    return "" if aspect == 1 else f", pixels {aspect.numerator}:{aspect.denominator}"


def _check_colours(film: FilmHeaders, source: VideoFacts) -> Check:
    own = normalised(source)
    allowed = {_seen(own.colours), _seen(own.target)}
    problems = [
        f"The {where} says {_named(found)}."
        for where, tags in (("container", film.video.colours), ("codec", film.decoded))
        if (found := _seen(colours.resolved(tags, film.video.stored))) not in allowed
    ]
    shown = _seen(colours.resolved(film.video.colours, film.video.stored))
    return Check(
        "colour tags",
        passed=not problems,
        measured=_named(shown),
        required=" or ".join(dict.fromkeys(map(_named, (_seen(own.target), _seen(own.colours))))),
        detail=lines(problems),
    )


def _seen(tags: Colours) -> Colours:
    """Tags without what makes no difference."""
    return replace(tags, transfer=1) if tags.transfer in _SAME_CURVE else tags


def _named(tags: Colours) -> str:
    matrix = colours.MATRICES.get(tags.matrix, f"matrix {tags.matrix}")
    primaries = colours.PRIMARIES.get(tags.primaries, f"primaries {tags.primaries}")
    transfer = colours.TRANSFERS.get(tags.transfer, f"transfer {tags.transfer}")
    full = "full" if tags.full_range else "video"
    return f"{matrix}, {primaries}, {transfer}, {full} range"
