"""The report of a training: its result and its two loss curves, as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.charts import Axes, svg, text
from sizzle.files import write_text

if TYPE_CHECKING:
    from ranker import Look

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Training</title>
<style>body {{ font: 16px system-ui; margin: 2rem }} td {{ padding: .2rem 1rem .2rem 0 }}
svg {{ max-width: 45rem }}</style>
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
    """One curve, with its least and greatest value at the axis."""
    low, high = min(values), max(values)
    axes = Axes(64, 16, 640, 260, (0, steps[-1]), (low, high))
    labels = [axes.y_label(low, f"{low:.3f}"), axes.y_label(high, f"{high:.3f}")]
    end = text(704, 300, f"step {steps[-1]}", anchor="end")
    return svg(720, 310, [axes.line(zip(steps, values, strict=True)), *labels, end])
