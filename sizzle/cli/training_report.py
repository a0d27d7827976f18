"""The report of a training: its result and its two loss curves, as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.charts import Axes, svg, text
from sizzle.files import write_text

if TYPE_CHECKING:
    from ranker import EvalStep

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Training</title>
<style>body {{ font: 16px system-ui; margin: 2rem }} td {{ padding: .2rem 1rem .2rem 0 }}
svg {{ max-width: 45rem }}</style>
<h1>Training</h1>
<table>{rows}</table>
<h2>Validation loss</h2>{validation}
<h2>Training loss, including intents and later titles</h2>{training}
</html>
"""


def write_report(path: Path, facts: Mapping[str, Any], eval_steps: Sequence[EvalStep]) -> None:
    """Write the result of a training and its loss curves as one HTML page.

    Raises:
        InputError: the page cannot be written.
    """
    rows = "".join(
        f"<tr><td>{escape(str(name))}</td><td>{escape(str(value))}</td></tr>"
        for name, value in facts.items()
    )
    steps = [eval_step.step for eval_step in eval_steps]
    page = _PAGE.format(
        rows=rows,
        validation=_curve(steps, [eval_step.validation_loss for eval_step in eval_steps]),
        training=_curve(steps, [eval_step.loss for eval_step in eval_steps]),
    )
    write_text(path, page)


def _curve(steps: Sequence[int], values: Sequence[float]) -> str:
    """One curve, with its least and greatest value at the axis."""
    low, high = min(values), max(values)
    axes = Axes(64, 16, 640, 260, (0, steps[-1]), (low, high))
    labels = [axes.y_label(low, f"{low:.3f}"), axes.y_label(high, f"{high:.3f}")]
    end = text(704, 300, f"step {steps[-1]}", anchor="end")
    return svg(720, 310, [axes.line(zip(steps, values, strict=True)), *labels, end])
