"""The command that plays a reel over a simulated network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import inf
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from player_stub.streaming import Play, PlayerConfig, StreamedReel, Trace

_COLUMNS = (
    *("policy", "start-up s", "stalls", "stalled s", "quality", "Mbit/s"),
    *("switches", "wasted KB", "requests"),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(play)


def play(
    timecodes: Annotated[
        Path, typer.Argument(help="A timecode list (see `sizzle compose`), or a ranges.json.")
    ],
    trace: Annotated[
        list[Path] | None,
        typer.Option(help="A bandwidth trace: Sabre's JSON, or lines of seconds and Mbit/s."),
    ] = None,
    network: Annotated[
        str | None, typer.Option(help="Generate a trace instead: 3g, 4g or wifi.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the generated trace.")] = 0,
    policy: Annotated[
        list[str] | None, typer.Option(help="Only these policies: naive, throughput, whole-reel.")
    ] = None,
    round_trip: Annotated[
        int | None,
        typer.Option(min=0, max=60_000, help="Round-trip milliseconds, instead of the trace's."),
    ] = None,
    buffer: Annotated[
        float, typer.Option(min=1, max=3600, help="Seconds to buffer at most.")
    ] = 20.0,
    start_after: Annotated[
        int, typer.Option(min=1, max=100, help="Fragments to buffer before playback starts.")
    ] = 1,
    leave: Annotated[
        float | None, typer.Option(min=0.1, help="Second of the reel at which the viewer leaves.")
    ] = None,
    packages: Annotated[
        Path, typer.Option(envvar="SIZZLE_PACKAGES", help="Folder of packages, or one package.")
    ] = Path("packages"),
    chart: Annotated[
        Path | None, typer.Option(help="Also write a chart (SVG) of buffers and quality.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Play a reel over a simulated network, and compare policies of fetching it.

    With several traces the table shows means, and the chart the first trace.

    Example: `sizzle play ada.json --trace norway_bus_1 --chart ada.svg`
    """
    from player_stub.streaming import PlayerConfig, read_streamed_reel, write_chart

    traces = _traces(trace or [], network, seed, round_trip)
    reel = read_streamed_reel(timecodes, packages)
    player = PlayerConfig(start_after=start_after, buffer=buffer)
    plays = {
        name: _plays(reel, trace, policy, player, leave or inf) for name, trace in traces.items()
    }
    if chart is not None:
        first = next(iter(traces))
        write_chart(chart, reel, traces[first], plays[first], title=f"{reel.reel_id} over {first}")
        say(f"Wrote {chart}.")
    if as_json:
        print_json(_facts(reel, traces, plays))
    else:
        _print(reel, traces, plays)


def _traces(
    paths: Sequence[Path], network: str | None, seed: int, round_trip: int | None
) -> dict[str, Trace]:
    """The traces of the files, or the generated one, by name."""
    from player_stub.streaming import read_trace, synthetic_trace

    if bool(paths) == bool(network):
        raise InputError(
            "Exactly one of --trace and --network is required.",
            fix="give --trace FILE or --network 3g|4g|wifi.",
        )
    seconds = None if round_trip is None else round_trip / 1e3
    if network:
        made = synthetic_trace(network, seed)
        return {
            f"{network}, seed {seed}": made if seconds is None else made.with_round_trip(seconds)
        }
    return {str(path): read_trace(path, seconds) for path in paths}


def _plays(
    reel: StreamedReel,
    trace: Trace,
    names: Sequence[str] | None,
    player: PlayerConfig,
    leave: float,
) -> dict[str, Play]:
    from player_stub.streaming import POLICIES, simulate

    for name in names or ():
        if name not in POLICIES:
            raise NotFoundError(
                f"Unknown policy {name[:120]!r}.", fix=f"choose from: {', '.join(POLICIES)}."
            )
    return {
        name: simulate(reel, trace, POLICIES[name](), player, leave=leave)
        for name in names or POLICIES
    }


_PlaysByTrace = Mapping[str, Mapping[str, "Play"]]


def _facts(reel: StreamedReel, traces: Mapping[str, Trace], plays: _PlaysByTrace) -> dict[str, Any]:
    return {
        "reel_id": reel.reel_id,
        "seconds": reel.seconds,
        "renditions": [
            {"name": rendition.name, "bits_per_second": round(rendition.bits), "quality": quality}
            for rendition, quality in zip(reel.renditions, reel.qualities, strict=True)
        ],
        "traces": [
            {
                "trace": name,
                "mean_bits_per_second": traces[name].mean_bits,
                "plays": {policy: asdict(play.metrics) for policy, play in of_policy.items()},
            }
            for name, of_policy in plays.items()
        ],
    }


def _print(reel: StreamedReel, traces: Mapping[str, Trace], plays: _PlaysByTrace) -> None:
    bits = fmean(trace.mean_bits for trace in traces.values())
    over = next(iter(traces)) if len(traces) == 1 else f"{len(traces)} traces, means"
    print_table(
        f"Reel {reel.reel_id}, {reel.seconds:.1f} s, at {bits / 1e6:.2f} Mbit/s: {over}",
        _COLUMNS,
        [
            _row(policy, [metrics[policy] for metrics in plays.values()])
            for policy in _policies(plays)
        ],
    )


def _policies(plays: _PlaysByTrace) -> Sequence[str]:
    return list(next(iter(plays.values())))


def _row(policy: str, plays: Sequence[Play]) -> tuple[str, ...]:
    def mean(name: str, scale: float = 1.0) -> float:
        return fmean(getattr(play.metrics, name) for play in plays) / scale

    counted = "g" if len(plays) == 1 else ".1f"
    return (
        policy,
        f"{mean('startup_seconds'):.2f}",
        f"{mean('stalls'):{counted}}",
        f"{mean('stalled_seconds'):.2f}",
        f"{mean('quality'):.2f}",
        f"{mean('bits_per_second', 1e6):.2f}",
        f"{mean('switches'):{counted}}",
        f"{mean('wasted_bytes', 1e3):.0f}",
        f"{mean('requests'):{counted}}",
    )
