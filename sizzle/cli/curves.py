"""The course of a training as a page: two curves, drawn without a program of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.files import write_text

if TYPE_CHECKING:
    from ranker import Look

_WIDTH, _HEIGHT, _MARGIN = 720, 320, 48

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Training</title>
<style>body {{ font: 16px system-ui; margin: 2rem }} td {{ padding: .2rem 1rem .2rem 0 }}</style>
<h1>Training</h1>
<table>{rows}</table>
<h2>Held-out loss</h2>{held_out}
<h2>Training loss, intents and later titles included</h2>{training}
</html>
"""


def write_report(path: Path, told: Mapping[str, Any], looks: Sequence[Look]) -> None:
    """Write what came of a training, and its curves, as one HTML page.

    Raises:
        InputError: the page cannot be written.
    """
    rows = "".join(
        f"<tr><td>{escape(str(name))}</td><td>{escape(str(value))}</td></tr>"
        for name, value in told.items()
    )
    steps = [look.step for look in looks]
    page = _PAGE.format(
        rows=rows,
        held_out=_curve(steps, [look.held_out_loss for look in looks]),
        training=_curve(steps, [look.loss for look in looks]),
    )
    write_text(path, page)


def _curve(steps: Sequence[int], values: Sequence[float]) -> str:
    """One curve as SVG, with its least and greatest value at the axis."""
    low, high = min(values), max(values)
    points = " ".join(
        f"{_at(step, 0, steps[-1], _WIDTH):.1f},{_HEIGHT - _at(value, low, high, _HEIGHT):.1f}"
        for step, value in zip(steps, values, strict=True)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img">'
        f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="2"/>'
        f'<text x="0" y="{_MARGIN - 8}">{high:.3f}</text>'
        f'<text x="0" y="{_HEIGHT - _MARGIN + 4}">{low:.3f}</text>'
        f'<text x="{_WIDTH - _MARGIN}" y="{_HEIGHT - 12}">step {steps[-1]}</text></svg>'
    )


def _at(value: float, low: float, high: float, size: int) -> float:
    """Where a value lies on an axis, from its margin on."""
    share = (value - low) / (high - low) if high > low else 0.5
    return _MARGIN + share * (size - 2 * _MARGIN)
