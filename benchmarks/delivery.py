"""Delivery: packaging beside bare x264, reels beside ffmpeg, segments beside static files.

    python -m benchmarks.delivery [--vod-module ngx_http_vod_module.so]

Both sides of each ratio are measured in turn in one run, and the best of each counts. Exits with 1
where a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from timeit import repeat
from typing import ParamSpec
from urllib.parse import urljoin

from benchmarks import delivery_vod
from benchmarks.delivery_server import Client, at_once, serving
from benchmarks.delivery_vod import vod_serving
from benchmarks.nginx import in_front_of
from benchmarks.tables import Row, print_table
from fixtures.bed import write_bed
from fixtures.media import write_mega_asset
from fixtures.titles import DEMO_RATE, DEMO_TITLES, demo_clips
from sizzle import hls, process
from sizzle.clips import Bed, Clip, ClipIndex, MegaAsset
from sizzle.packager import Encoding, Packaged, PackageSettings, package
from sizzle.packager.ladder import ladder_for
from sizzle.reel import Cut, Reel, TimecodeList, to_timecode_list
from sizzle.timecode import TimeRange
from tests.hls.sample_segment_map import sixty_cuts

P = ParamSpec("P")

_TIMEOUT = 3600.0
_ROUNDS = 3
_PLAYERS = 8  # that play at once
_REELS = 5 * _PLAYERS  # of members' own
_ASKED = 200  # times that a segment is asked for in a round


@dataclass(frozen=True, slots=True)
class Shape:
    """An asset to measure with: titles, each with a run of clips, at a size in pixels."""

    titles: int
    run: tuple[int, ...]
    size: tuple[int, int]
    settings: PackageSettings

    @property
    def frames(self) -> int:
        """Of the media."""
        return self.titles * sum(self.run)


PACKED = Shape(2, (80, 40, 40), (1280, 720), PackageSettings())
"""To package: three renditions at the default quality and effort."""

PLAYED = Shape(5, (80,) * 2 + (40,) * 10, (640, 360), PackageSettings((360,), Encoding("veryfast")))
"""To play: a reel of 60 cuts, every clip once."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured on both sides, and what their ratio may be, where anything is asked."""

    what: str
    ours: str
    theirs: str
    ratio: float
    limit: float | None
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is."""
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def row(self) -> Row:
        """As a line of the table."""
        if self.limit is None:
            return Row(self.what, [self.ours, self.theirs, f"{self.ratio:.3f}", "-", "-"])
        wanted = f"{'at least' if self.at_least else 'at most'} {self.limit:g}"
        verdict = "met" if self.met else "MISSED"
        return Row(self.what, [self.ours, self.theirs, f"{self.ratio:.3f}", wanted, verdict])


def main() -> None:
    """Measure, print, and exit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--vod-module",
        type=Path,
        default=os.environ.get("NGINX_VOD_MODULE"),
        help="also beside this build of nginx-vod-module; NGINX_VOD_MODULE names it too",
    )
    vod_module: Path | None = parser.parse_args().vod_module
    with TemporaryDirectory() as name:
        folder = Path(name)
        bars = [*_packing(_write_asset(folder / "packed", PACKED), folder / "packed")]
        index = _write_asset(folder / "played", PLAYED)
        packaged = package(index, folder / "packages", PLAYED.settings)
        reel = _reel(index)
        bars += _texts()
        bars += _serving(reel, packaged, folder, vod_module)
    columns = ("", "ours", "beside", "ratio", "wanted", "verdict")
    print_table(columns, [bar.row() for bar in bars])
    sys.exit(0 if all(bar.met for bar in bars) else 1)


def _write_asset(folder: Path, shape: Shape) -> ClipIndex:
    _say(f"drawing {shape.frames} frames of {shape.size[0]}x{shape.size[1]}")
    folder.mkdir()
    titles = DEMO_TITLES[: shape.titles]
    clips = demo_clips(titles, shape.run)
    write_mega_asset(folder / "mega.mp4", titles, clips, size=shape.size)
    write_bed(folder / "bed.wav", shape.frames)
    beds = (Bed("main", str(folder / "bed.wav"), shape.frames),)
    asset = MegaAsset("bench", DEMO_RATE, 0, shape.frames, str(folder / "mega.mp4"), beds)
    return ClipIndex(asset, titles, clips)


def _packing(index: ClipIndex, folder: Path) -> Iterator[Bar]:
    """All of packaging, beside x264 encoding the same ladder to plain MP4 in one process."""
    ours, bare = [], []
    for round_ in range(_ROUNDS):
        _say(f"packing, round {round_ + 1} of {_ROUNDS}")
        bare.append(_seconds(process.run, _bare(index, folder), timeout=_TIMEOUT))
        ours.append(_seconds(package, index, folder / f"round-{round_}", PACKED.settings))
    best, plain = PACKED.frames / min(ours), PACKED.frames / min(bare)
    what = "packing: frames a second"
    yield Bar(what, f"{best:.1f}", f"x264 {plain:.1f}", best / plain, 0.9, True)


def _bare(index: ClipIndex, folder: Path) -> list[str]:
    steps, encoding = ladder_for(*PACKED.size), PACKED.settings.encoding
    scaled = ";".join(
        f"[s{step.name}]scale={step.width}:{step.height}[{step.name}]" for step in steps
    )
    split = f"[0:v]split={len(steps)}" + "".join(f"[s{step.name}]" for step in steps)
    command = [process.ffmpeg(), "-nostdin", "-loglevel", "error", "-y", "-i", index.asset.video]
    command += ["-filter_complex", f"{split};{scaled}"]
    for step in steps:
        command += ["-map", f"[{step.name}]", "-c:v", "libx264", "-preset", encoding.preset]
        command += ["-crf", str(encoding.crf), "-maxrate", str(step.bits)]
        command += ["-bufsize", str(step.bits), str(folder / f"bare-{step.name}.mp4")]
    return command


def _reel(index: ClipIndex) -> TimecodeList:
    """Every clip once, none beside its neighbour in the media."""
    clips = [clip for title in index.titles for clip in index.clips_of(title.title_id)]
    shuffled = [clip for first in range(7) for clip in clips[first::7]]
    cuts = tuple(_cuts(index, shuffled))
    length = cuts[-1].record.end
    bed = index.asset.bed()
    reel = Reel(
        *("member", index.asset, index.version, "all", "model", 0, False),
        cuts=cuts,
        bed=bed,
        bed_range=TimeRange(0, length),
    )
    return to_timecode_list(reel, "bench")


def _cuts(index: ClipIndex, clips: Sequence[Clip]) -> Iterator[Cut]:
    at = 0
    for clip in clips:
        yield Cut(clip, index.title(clip.title_id), 1, 1, TimeRange.of(at, clip.length))
        at += clip.length


def _texts() -> Iterator[Bar]:
    """Planning a reel of 60 cuts, its master playlist of four renditions and one media playlist.

    Nothing of the reel is kept from one time to the next.
    """
    reel, segment_map = sixty_cuts()

    def write() -> None:
        plan = hls.plan_reel(reel, segment_map)
        hls.master_playlist(plan, lambda rendition: plan.values_in_order(rendition.sizes))
        hls.media_playlist(plan, segment_map.renditions[0], "../../media/package")

    write()
    took = min(repeat(write, number=200, repeat=30, timer=time.process_time)) / 200 * 1e6
    what = f"master and media playlist, {len(reel.cuts)} cuts: us"
    yield Bar(what, f"{took:.1f}", "60", took / 60, 1)


def _serving(
    reel: TimecodeList, packaged: Packaged, folder: Path, vod_module: Path | None
) -> Iterator[Bar]:
    static = folder / "static"
    static.mkdir()
    others = [reel.model_copy(update={"reel_id": f"bench-{number}"}) for number in range(_REELS)]
    with serving(folder / "packages", static, reel, *others) as client:
        yield from _a_reel(client, reel, packaged, folder, vod_module)
        yield from _a_segment(client, static)


def _a_reel(
    client: Client, reel: TimecodeList, packaged: Packaged, folder: Path, vod_module: Path | None
) -> Iterator[Bar]:
    """The server's CPU for a whole reel, beside ffmpeg copying the same cuts at each request."""
    script = folder / "cuts.txt"
    script.write_text("".join(_script(reel, packaged)))
    theirs = min(_remux_cpu(script, reel, packaged) for _ in range(_ROUNDS))
    for players in (1, _PLAYERS):
        ours = _a_play(client.cpu, client.port, _play, players)
        what = f"a reel of {len(reel.cuts)} cuts, {_counted(players)}: CPU ms"
        yield Bar(what, f"{ours * 1e3:.1f}", f"ffmpeg {theirs * 1e3:.1f}", ours / theirs, 0.1)
    if vod_module is not None:
        yield from _beside_vod(
            ours, _cached_cpu(client, folder), vod_module, reel, packaged, folder
        )


def _beside_vod(
    ours: float, cached: float, module: Path, reel: TimecodeList, packaged: Packaged, folder: Path
) -> Iterator[Bar]:
    """Its own way, which asks for half as many segments, and ours: with the sound apart.

    It is a module of nginx, so the bar is held by our service with the nginx that we ship in front
    of it, all of whose processes count. What the service takes by itself is said beside it.
    """
    for playlists, how in ((delivery_vod.APART, "sound apart"), (delivery_vod.MUXED, "muxed")):
        peer = _vod_cpu(module, reel, packaged, folder / how.replace(" ", "-"), playlists)
        theirs = f"nginx-vod, {how}: {peer * 1e3:.1f}"
        yield Bar(
            f"the same by the service alone, {_counted(_PLAYERS)}",
            *(f"{ours * 1e3:.1f}", theirs, ours / peer, None),
        )
        what = f"the same, segments in the shipped cache, {_counted(_PLAYERS)}"
        yield Bar(what, f"{cached * 1e3:.1f}", theirs, cached / peer, 1)


def _vod_cpu(
    module: Path, reel: TimecodeList, packaged: Packaged, folder: Path, playlists: Sequence[str]
) -> float:
    """CPU seconds a reel, each asked for once, with what it knows of the files kept."""
    play = partial(delivery_vod.play, playlists=playlists)
    with vod_serving(module, reel, packaged, folder, _REELS) as server:
        return _a_play(server.cpu, server.port, play)


def _cached_cpu(client: Client, folder: Path) -> float:
    """CPU seconds of cache and service for a reel whose segments are already cached.

    Its playlists are not: a reel belongs to one member, its segments are shared by all.
    """
    (folder / "cache").mkdir()
    with in_front_of(f"127.0.0.1:{client.port}", folder / "cache") as nginx:
        return _a_play(lambda: nginx.cpu() + client.cpu(), nginx.port, _play)


def _a_play(
    cpu: Callable[[], float],
    port: int,
    play: Callable[..., None],
    players: int = _PLAYERS,
) -> float:
    """CPU seconds per play, of several at once, each of a reel that was not played before."""
    used = []
    for first in range(0, _REELS, _PLAYERS):
        plays = [partial(play, reel=str(number)) for number in range(first, first + players)]
        before = cpu()
        at_once(port, plays)
        used.append((cpu() - before) / players)
    return min(used[1:])  # at first, all media is new


def _play(get: Callable[[str], bytes], reel: str) -> None:
    """All requests of a player that plays the largest rendition."""
    master = f"/v1/reels/bench-{reel}/master.m3u8"
    first = next(line for line in get(master).decode().splitlines() if line[0] != "#")
    for name in (first, f"{first.split('/')[0]}/bed.m3u8"):
        playlist = urljoin(master, name)
        text = get(playlist).decode()
        init = text.split('URI="')[1].split('"')[0]
        segments = [line for line in text.splitlines() if not line.startswith("#")]
        for uri in (init, *segments):
            get(urljoin(playlist, uri))


def _script(reel: TimecodeList, packaged: Packaged) -> Iterator[str]:
    """The cuts for ffmpeg's concat, from the rendition's own file."""
    rate, half = packaged.segment_map.rate, packaged.segment_map.rate.seconds(1) / 2
    video = packaged.folder / packaged.segment_map.renditions[0].file
    yield "ffconcat version 1.0\n"
    for cut in reel.cuts:
        start, stop = rate.seconds(cut.source.start.frame), rate.seconds(cut.source.stop.frame)
        yield f"file {video}\ninpoint {float(start):.6f}\noutpoint {float(stop - half):.6f}\n"


def _remux_cpu(script: Path, reel: TimecodeList, packaged: Packaged) -> float:
    command = [process.ffmpeg(), "-nostdin", "-loglevel", "quiet", "-y"]
    command += ["-f", "concat", "-safe", "0", "-i", str(script)]
    command += ["-i", str(packaged.folder / packaged.segment_map.beds[0].file)]
    command += ["-map", "0:v", "-map", "1:a", "-c", "copy", "-t", f"{reel.duration.seconds}"]
    command += ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4"]
    command += ["/dev/null"]
    before = _children_cpu()
    process.run(command, timeout=_TIMEOUT)
    return _children_cpu() - before


def _a_segment(client: Client, static: Path) -> Iterator[Bar]:
    """A re-timed fragment, beside a static file of the same bytes, by the same server."""
    master = "/v1/reels/bench/master.m3u8"
    first = next(line for line in client.get(master).decode().splitlines() if line[0] != "#")
    playlist = urljoin(master, first)
    lines = client.get(playlist).decode().splitlines()
    segments = [urljoin(playlist, line) for line in lines if not line.startswith("#")]
    bodies = {segment: client.get(segment) for segment in segments}
    segment = sorted(bodies, key=lambda each: len(bodies[each]))[len(bodies) // 2]
    (static / "segment.m4s").write_bytes(bodies[segment])
    ours, theirs = [], []
    for _ in range(_ROUNDS):
        theirs.append(_cpu_of(client, lambda: _ask(client, "/static/segment.m4s")))
        ours.append(_cpu_of(client, lambda: _ask(client, segment)))
    mine, plain = min(ours) / _ASKED * 1e6, min(theirs) / _ASKED * 1e6
    what = f"a segment of {len(bodies[segment]) / 1e3:.0f} KB: CPU us"
    yield Bar(what, f"{mine:.0f}", f"static file {plain:.0f}", mine / plain, 1.5)


def _ask(client: Client, path: str) -> None:
    for _ in range(_ASKED):
        client.get(path)


def _cpu_of(client: Client, work: Callable[[], None]) -> float:
    before = client.cpu()
    work()
    return client.cpu() - before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    began = time.perf_counter()
    work(*args, **kwargs)
    return time.perf_counter() - began


def _counted(players: int) -> str:
    return "one player" if players == 1 else f"{players} players at once"


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
