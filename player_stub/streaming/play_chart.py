"""A chart of how a reel played: the link, and each policy's buffers, stalls and renditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from player_stub.streaming.metrics import PlayerSample, PlayMetrics
from player_stub.streaming.simulation import Play
from player_stub.streaming.streamed_reel import StreamedReel
from player_stub.streaming.trace import Trace
from sizzle.charts import Axes, svg, text, write_svg

_WIDTH, _LEFT, _RIGHT = 1600, 190, 40
_HEAD, _LINK, _BUFFERS, _STRIP, _GAP = 96, 90, 120, 24, 44  # heights

_SPEED: Final = "#8a9bb8"
_VIDEO, _MUSIC = "#4a86e8", "#d98e04"
_STALLED, _WAITING = "#d23c46", "#eadfb8"
_WORST, _BEST = (190, 194, 204), (34, 136, 70)


def write_chart(
    path: Path, reel: StreamedReel, trace: Trace, plays: Mapping[str, Play], title: str
) -> None:
    """Write an SVG of plays of a reel over a trace, all on the same scales.

    Raises:
        InputError: the name does not end in `.svg`, or the file cannot be written.
    """
    samples = [moment for play in plays.values() for moment in play.samples]
    seconds = (0.0, max(sample.time for sample in samples))
    most = max(max(sample.video, sample.music) for sample in samples)
    axes = Axes(_LEFT, _HEAD, _WIDTH - _LEFT - _RIGHT, _LINK, seconds)
    shapes = [*_legend(title, reel), *_link(axes, trace)]
    top = _HEAD + _LINK + _GAP
    for name, play in plays.items():
        shapes += _play(
            replace(axes, top=top, height=_BUFFERS, y=(0.0, max(most, 1e-9))), reel, name, play
        )
        top += _BUFFERS + _STRIP + _GAP
    write_svg(path, svg(_WIDTH, top, shapes, background="#fff"))


def _legend(title: str, reel: StreamedReel) -> Iterator[str]:
    yield text(_LEFT, 36, title, size=22)
    keys = [("video buffered", _VIDEO), ("music buffered", _MUSIC)]
    keys += [("waiting to start", _WAITING), ("stalled", _STALLED)]
    keys += [
        (rendition.name, _shade(q))
        for rendition, q in zip(reel.renditions, reel.qualities, strict=True)
    ]
    for column, (name, colour) in enumerate(keys):
        x = _LEFT + 150.0 * column
        yield Axes(x, 58, 14, 14).box((0, 1), (0, 1), colour)
        yield text(x + 20, 70, name, size=13)


def _link(axes: Axes, trace: Trace) -> Iterator[str]:
    """The bandwidth, until the last play ended."""
    most = max(period.bits for period in trace.periods)
    axes = replace(axes, y=(0.0, most))
    yield axes.area(_steps(trace, axes.x[1]), _SPEED)
    yield axes.level(0)
    yield from axes.second_labels()
    yield from _name(axes, "link", [f"at most {most / 1e6:.1f} Mbit/s"])


def _steps(trace: Trace, end: float) -> Iterator[tuple[float, float]]:
    """Each period's bandwidth at its start and its end; the trace repeats."""
    time = 0.0
    while time < end:
        for period in trace.periods:
            yield min(time, end), period.bits
            time += period.seconds
            yield min(time, end), period.bits


def _play(axes: Axes, reel: StreamedReel, name: str, play: Play) -> Iterator[str]:
    """One policy: its buffers over time, and below them the renditions that were shown."""
    spans = list(pairwise(play.samples))
    for one, other in spans:
        if not one.playing:
            colour = _STALLED if one.time >= play.metrics.startup_seconds else _WAITING
            yield axes.box((one.time, other.time), axes.y, colour)
    yield axes.area(_buffered(spans, "video"), _VIDEO)
    yield axes.line(_buffered(spans, "music"), _MUSIC)
    yield axes.level(0)
    strip = replace(axes, top=axes.top + axes.height + 2, height=_STRIP - 2, y=(0.0, 1.0))
    for start, end, colour in _shown(reel, play):
        yield strip.box((start, end), (0, 1), colour)
    yield from strip.second_labels()
    yield from _name(axes, name, _facts(play.metrics))


def _buffered(
    spans: Sequence[tuple[PlayerSample, PlayerSample]], kind: str
) -> Iterator[tuple[float, float]]:
    """Seconds buffered at both ends of each span: what is played between them drains it."""
    for one, other in spans:
        seconds = getattr(one, kind)
        yield one.time, seconds
        yield other.time, max(0.0, seconds - (other.position - one.position))


def _shown(reel: StreamedReel, play: Play) -> Iterator[tuple[float, float, str]]:
    """When each fragment began and ended on the screen, and its rendition's shade."""
    shades = {
        rendition.name: _shade(quality)
        for rendition, quality in zip(reel.renditions, reel.qualities, strict=True)
    }
    fragment = float(reel.renditions[0].fragment)
    for one, other in pairwise(play.samples):
        position = one.position
        while position < other.position - 1e-9:
            slot = int(position / fragment + 1e-9)
            end = min((slot + 1) * fragment, other.position)
            lag = one.time - one.position
            yield (
                position + lag,
                end + lag,
                shades[play.renditions[min(slot, len(play.renditions) - 1)]],
            )
            position = end


def _name(axes: Axes, name: str, facts: Sequence[str]) -> Iterator[str]:
    """The row's name and its figures, in the left margin."""
    yield text(20, axes.top + 18, name, size=17)
    for line, fact in enumerate(facts):
        yield text(20, axes.top + 42 + 18 * line, fact, size=13, colour="#555")


def _facts(metrics: PlayMetrics) -> tuple[str, ...]:
    return (
        f"start-up {metrics.startup_seconds:.2f} s",
        f"stalls {metrics.stalls}, {metrics.stalled_seconds:.1f} s",
        f"quality {metrics.quality:.2f}",
        f"wasted {metrics.wasted_bytes / 1e3:.0f} KB",
    )


def _shade(quality: float) -> str:
    levels = (
        round(worst + quality * (best - worst)) for worst, best in zip(_WORST, _BEST, strict=True)
    )
    return "#" + "".join(f"{level:02x}" for level in levels)
