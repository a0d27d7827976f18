"""Traces: their arithmetic, the two forms in which they are published, and those made up."""

from __future__ import annotations

import json
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player_stub.streaming import NETWORKS, Period, Trace, read_trace, synthetic_trace
from sizzle.errors import InputError, NotFoundError
from tests.player_stub.streaming.strategies import times, traces
from tests.player_stub.streaming.synthetic_reels import steps


@given(traces, times, st.floats(1, 1e9))
def test_bits_are_carried_at_the_moment_at_which_there_are_enough(
    trace: Trace, start: float, bits: float
) -> None:
    """`finish_time` undoes `bits_by`, and names the first such moment."""
    end = trace.finish_time(start, bits)
    assert end >= start
    came = trace.bits_by(end) - trace.bits_by(start)
    assert came == pytest.approx(bits, rel=1e-6, abs=1)
    earlier = trace.bits_by(max(start, end - 1e-3)) - trace.bits_by(start)
    assert earlier <= bits + 1


@given(traces, times, times)
def test_what_was_carried_only_grows(trace: Trace, one: float, other: float) -> None:
    """Time goes on, bits come on, never faster than the fastest period."""
    start, end = sorted((one, other))
    came = trace.bits_by(end) - trace.bits_by(start)
    fastest = max(period.bits for period in trace.periods)
    assert -1e-3 <= came <= fastest * (end - start) + 1e-3 + 1e-9 * trace.bits_by(end)


def test_a_trace_begins_again_when_it_ends() -> None:
    """By arithmetic done by hand: 3 Mbit a round of two seconds."""
    trace = steps(1e6, 2e6)
    assert [trace.bits_by(time) for time in (0, 0.5, 1, 1.5, 2, 3.5)] == [
        *(0, 0.5e6, 1e6, 2e6, 3e6, 5e6),
    ]
    assert trace.period_at(3.5).bits == 2e6


def test_silence_is_waited_out() -> None:
    """What fits in before a tunnel comes before it, and the next bit after it."""
    trace = steps(1e6, 0, 1e6)
    assert trace.finish_time(0, 1e6) == pytest.approx(1.0)
    assert trace.finish_time(0, 1.5e6) == pytest.approx(2.5)
    assert trace.finish_time(1.2, 1e6) == pytest.approx(3.0)


def test_sabres_form_is_read(tmp_path: Path) -> None:
    """Milliseconds and kilobits become seconds and bits."""
    path = tmp_path / "trace.json"
    path.write_text('[{"duration_ms": 1020, "bandwidth_kbps": 1051, "latency_ms": 100}]')
    assert read_trace(path).periods == (Period(1.02, 1_051_000, 0.1),)
    assert read_trace(path, round_trip=0.02).periods[0].round_trip == 0.02


def test_the_text_form_is_read(tmp_path: Path) -> None:
    """A measurement covers the time since the one before it."""
    path = tmp_path / "norway_bus_1"
    path.write_text("0.5\t4.0\n1.0\t2.5\r\n\n3.0\t0\n")
    assert [(each.seconds, each.bits) for each in read_trace(path).periods] == [
        *((0.5, 2.5e6), (2.0, 0.0)),
    ]


@given(traces)
def test_what_is_written_in_sabres_form_is_read_back(trace: Trace) -> None:
    """Any trace goes through the form and back."""
    entries = [
        {
            "duration_ms": each.seconds * 1e3,
            "bandwidth_kbps": each.bits / 1e3,
            "latency_ms": each.round_trip * 1e3,
        }
        for each in trace.periods
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        path.write_text(json.dumps(entries))
        read = read_trace(path)
    for got, wanted in zip(read.periods, trace.periods, strict=True):
        assert got.seconds == pytest.approx(wanted.seconds)
        assert got.bits == pytest.approx(wanted.bits)
        assert got.round_trip == pytest.approx(wanted.round_trip)


_PERIOD = '{"duration_ms": 1000, "bandwidth_kbps": %s, "latency_ms": 20}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0 measurements"),
        ("0.0 1.0", "1 measurements"),
        ("0.0 1.0\n1.0 -2", "Line 2 has a negative throughput of -2"),
        ("0.0 1.0\n1.0 2.0 3.0", "Line 2 is not a time and a throughput"),
        ("0.0 1.0\n1.0", "Line 2 is not a time and a throughput"),
        ("0.0 1.0\nsoon fast", "Line 2 is not a time and a throughput"),
        ("5.0 1.0\n4.0 1.0", "Line 2 is at 4 s, which is not after 5 s"),
        ("0.0 1.0\nnan 1.0", "Line 2 is at nan s"),
        ("0.0 1.0\n1.0 nan", "bandwidth of nan"),
        ("0.0 1.0\n1.0 inf", "bandwidth of inf"),
        ("0.0 0.0\n1.0 0.0\n2.0 0.0", "0 bits per second"),
        ("[]", "no periods"),
        ("[" + _PERIOD % 100 + ",", "truncated or malformed"),
        ("[" + _PERIOD % -5 + "]", "In period 1, bandwidth_kbps"),
        ("[" + _PERIOD % '"fast"' + "]", "In period 1, bandwidth_kbps"),
        ("[" + _PERIOD % "NaN" + "]", "In period 1, bandwidth_kbps"),
        ("[" + _PERIOD % 0 + "]", "0 bits per second"),
        ('[{"duration_ms": 0, "bandwidth_kbps": 1, "latency_ms": 1}]', "duration_ms"),
        ('[{"duration_ms": 5}]', "In period 1, bandwidth_kbps"),
        ("{}", "In the list"),
        ("[" * 100_000, "nested too deeply|truncated"),
    ],
    ids=range(21),
)
def test_a_bad_trace_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    """Truncated, negative, infinite, silent or of another format: with file and position."""
    path = tmp_path / "trace"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as refused:
        read_trace(path)
    assert refused.value.where == str(path)
    assert refused.value.fix


def test_files_that_are_not_text_or_missing_are_refused(tmp_path: Path) -> None:
    """With what is wrong, and no traceback."""
    (tmp_path / "film.mp4").write_bytes(b"\x00\xff\xfe")
    with pytest.raises(InputError, match="not text"):
        read_trace(tmp_path / "film.mp4")
    with pytest.raises(InputError, match="cannot be read"):
        read_trace(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_trace(tmp_path)


def test_a_trace_of_impossible_periods_is_refused() -> None:
    """Where one is made in code, too."""
    with pytest.raises(InputError, match="round trip of nan"):
        Trace((Period(1, 1e6, nan),))
    with pytest.raises(InputError, match="no length"):
        Trace((Period(0, 1e6, 0.1),))


@pytest.mark.parametrize("network", sorted(NETWORKS))
def test_a_seed_makes_the_same_trace_again(network: str) -> None:
    """And another seed another trace; each is as long as requested."""
    assert synthetic_trace(network, 7) == synthetic_trace(network, 7)
    assert synthetic_trace(network, 7) != synthetic_trace(network, 8)
    assert synthetic_trace(network, 7, seconds=60).seconds == 60


def test_made_up_links_are_as_fast_as_their_class() -> None:
    """The median of many links' means is near that of the class, and links differ."""
    for name, network in NETWORKS.items():
        means = sorted(synthetic_trace(name, seed).mean_bits for seed in range(200))
        assert means[100] == pytest.approx(network.bits, rel=0.25)
        assert means[20] < 0.8 * means[100] < means[100] < 0.8 * means[180]


def test_an_unknown_network_is_named() -> None:
    """With those that there are."""
    with pytest.raises(NotFoundError, match="5g") as refused:
        synthetic_trace("5g", 1)
    assert "wifi" in refused.value.fix
