"""`sizzle play`, as people and programs use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.errors import InputError, NotFoundError, SizzleError
from sizzle.hls import plan_reel, ranges_document
from tests.hls.sample_segment_map import reel_of, segment_map

ENTRY = '{"duration_ms": 9000, "bandwidth_kbps": %d, "latency_ms": 80}'


@pytest.fixture
def ranges(tmp_path: Path) -> Path:
    """A reel with its byte ranges."""
    reel, path = reel_of((0, 80), (400, 440), (120, 280)), tmp_path / "ranges.json"
    plan = plan_reel(reel, segment_map(heights=(1080, 480, 240)))
    path.write_text(json.dumps(ranges_document(reel, plan, "../media")))
    return path


def trace(folder: Path, *kilobits: int) -> Path:
    """A trace in Sabre's form."""
    path = folder / f"trace-{'-'.join(map(str, kilobits))}.json"
    path.write_text("[" + ", ".join(ENTRY % kilobit for kilobit in kilobits) + "]")
    return path


def play(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["play", *map(str, arguments)])


def test_policies_are_compared_in_a_table(ranges: Path, tmp_path: Path) -> None:
    """A line for each, under what was played over what."""
    answer = play(ranges, "--trace", trace(tmp_path, 900, 300))
    assert answer.exit_code == 0
    assert "Reel ada-1, 11.7 s, at 0.60 Mbit/s" in answer.stdout
    for policy in ("naive", "throughput", "whole-reel"):
        assert policy in answer.stdout


def test_programs_get_every_measure(ranges: Path, tmp_path: Path) -> None:
    """As JSON, for each trace and policy; another link has other figures."""
    slow, fast = trace(tmp_path, 800), trace(tmp_path, 8000)
    arguments = ("--trace", slow, "--trace", fast, "--policy", "whole-reel", "--json")
    answer = play(ranges, *arguments, "--leave", 5, "--round-trip", 500, "--buffer", 8)
    report = json.loads(answer.stdout)
    assert [each["mean_bits_per_second"] for each in report["traces"]] == [800_000, 8_000_000]
    first, second = (each["plays"]["whole-reel"] for each in report["traces"])
    assert first["played_seconds"] == second["played_seconds"] == 5
    assert first["startup_seconds"] > second["startup_seconds"] > 0.5
    assert [rendition["name"] for rendition in report["renditions"]] == ["240p", "480p", "1080p"]


def test_a_network_made_up_is_the_same_for_the_same_seed(ranges: Path) -> None:
    """So that a play can be repeated by its seed."""
    one, again, other = (
        play(ranges, "--network", "3g", "--seed", seed, "--json").stdout for seed in (1, 1, 2)
    )
    assert one == again != other


def test_a_chart_is_drawn(ranges: Path, tmp_path: Path) -> None:
    """With a row for every policy; the slow link's has stalls in red."""
    charts = []
    for kilobits in (400, 4000):
        path = tmp_path / f"{kilobits}.svg"
        assert play(ranges, "--trace", trace(tmp_path, kilobits), "--chart", path).exit_code == 0
        charts.append(path.read_text())
    for policy in ("naive", "throughput", "whole-reel"):
        assert all(f">{policy}</text>" in chart for chart in charts)
    assert [chart.count('fill="#d23c46"') > 1 for chart in charts] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((), InputError, "Exactly one of"),
        (("--network", "3g", "--trace", "x"), InputError, "Exactly one of"),
        (("--network", "5g"), NotFoundError, "Unknown network '5g'"),
        (("--network", "3g", "--policy", "best"), NotFoundError, "Unknown policy 'best'"),
        (("--trace", "missing.json"), InputError, "cannot be read"),
        (("--network", "4g", "--chart", "a.png"), InputError, "written as SVG"),
    ],
    ids=("no link", "two links", "network", "policy", "file", "chart"),
)
def test_what_cannot_be_played_is_refused(
    ranges: Path, arguments: tuple[str, ...], kind: type[SizzleError], message: str
) -> None:
    """As errors with a fix, which the command prints."""
    error = play(ranges, *arguments).exception
    assert isinstance(error, kind)
    assert message in error.what
    assert error.fix


def test_a_silent_link_is_refused_and_not_waited_for(ranges: Path, tmp_path: Path) -> None:
    """Over a trace of zeros nothing would ever play."""
    error = play(ranges, "--trace", trace(tmp_path, 0, 0)).exception
    assert isinstance(error, InputError)
    assert "nothing would ever play" in error.what
