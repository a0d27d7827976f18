"""Reads bandwidth traces of the two forms in which they are published.

- Sabre's JSON: a list of `{"duration_ms": …, "bandwidth_kbps": …, "latency_ms": …}`.
- Text, as the Norway 3G and FCC traces are prepared for Pensieve and its successors: a line for
  each measurement, with its time in seconds and the throughput in Mbit/s up to then.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from player_stub.streaming.trace import Period, Trace
from sizzle.errors import InputError

ROUND_TRIP = 0.1
"""In seconds, for traces without one: that of the Norway 3G measurements in Sabre's form."""

_LARGEST = 50_000_000  # bytes of a file: days of measurements
_FORMS = "Sabre's JSON, or lines of a time in seconds and a throughput in Mbit/s"


class _Entry(BaseModel):
    """One period in Sabre's form."""

    model_config = ConfigDict(allow_inf_nan=False)

    duration_ms: Annotated[float, Field(gt=0)]
    bandwidth_kbps: Annotated[float, Field(ge=0)]
    latency_ms: Annotated[float, Field(ge=0)]


_ENTRIES = TypeAdapter(list[_Entry])


def read_trace(path: Path, round_trip: float | None = None) -> Trace:
    """Read a trace of either form.

    Args:
        path: the file.
        round_trip: seconds, instead of those in the trace or `ROUND_TRIP`.

    Raises:
        InputError: it cannot be read, is of another form or torn, or holds what no link can do.
    """
    text = _text(path)
    try:
        periods = _sabre(text) if text.lstrip()[:1] in ("[", "{") else _lines(text)
        trace = Trace(tuple(periods))
        return trace if round_trip is None else trace.with_round_trip(round_trip)
    except InputError as error:
        raise InputError(error.what, where=str(path), fix=error.fix) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(
                f"The trace is larger than {_LARGEST // 1_000_000} MB.",
                where=str(path),
                fix="shorten it.",
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"The trace cannot be read: {error.strerror}.", where=str(path), fix="check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "The trace is not text.", where=str(path), fix=f"give a trace as {_FORMS}."
        ) from error


def _sabre(text: str) -> list[Period]:
    try:
        entries = _ENTRIES.validate_python(json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError(
            f"The JSON is truncated or malformed: line {error.lineno}: {error.msg}.",
            fix="fetch the file again.",
        ) from error
    except RecursionError as error:
        raise InputError(
            "The JSON is nested too deeply.", fix=f"give a trace as {_FORMS}."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        index, *field = first["loc"] or ("the list",)
        which = f"period {index + 1}" if isinstance(index, int) else str(index)
        raise InputError(
            f"In {which}, {'.'.join(map(str, field)) or 'the whole'}: {first['msg']}.",
            fix="a period has duration_ms above 0, bandwidth_kbps and latency_ms of 0 or more.",
        ) from error
    return [
        Period(entry.duration_ms / 1e3, entry.bandwidth_kbps * 1e3, entry.latency_ms / 1e3)
        for entry in entries
    ]


def _lines(text: str) -> list[Period]:
    """Each measurement covers the time since the one before; the first is only the start."""
    measured = [
        _measurement(number, line.split())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    if len(measured) < 2:
        raise InputError(
            f"The trace has {len(measured)} measurements, and needs at least two.",
            fix=f"give a trace as {_FORMS}.",
        )
    return [
        _period(before, line, time, bits)
        for (_, before, _), (line, time, bits) in pairwise(measured)
    ]


def _measurement(number: int, words: list[str]) -> tuple[int, float, float]:
    """The line's number, seconds, and bits a second."""
    try:
        time, throughput = map(float, words)
    except ValueError:
        raise InputError(
            f"Line {number} is not a time and a throughput: {' '.join(words)[:80]!r}.",
            fix=f"give a trace as {_FORMS}.",
        ) from None
    if throughput < 0:
        raise InputError(
            f"Line {number} has a negative throughput of {throughput:g} Mbit/s.",
            fix="use 0 where nothing came through.",
        )
    return number, time, throughput * 1e6


def _period(before: float, line: int, time: float, bits: float) -> Period:
    if not time > before:
        raise InputError(
            f"Line {line} is at {time:g} s, which is not after {before:g} s.",
            fix="put the measurements in the order of their times, each time once.",
        )
    return Period(time - before, bits, ROUND_TRIP)
