"""Clusters of members as a bar chart, with what sets each one apart beside its bar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sizzle.charts import COLOURS, Axes, svg, text, write_svg

if TYPE_CHECKING:
    from ranker.embeddings.clusters import Cluster

_WIDTH, _ROW, _MARGIN, _BAR = 1100, 92, 28, 320


def write_cluster_chart(path: Path, found: Sequence[Cluster]) -> None:
    """Write the chart as SVG, the largest cluster at the top.

    Raises:
        InputError: the name does not end in `.svg`, or the file cannot be written.
    """
    from sizzle.cli.embedding import described

    largest = max(len(cluster.members) for cluster in found)
    axes = Axes(_MARGIN, _MARGIN, _BAR, _ROW * len(found), (0, largest), (len(found), 0))
    shapes = []
    for row, cluster in enumerate(found):
        top, count = _MARGIN + row * _ROW, len(cluster.members)
        shapes.append(axes.box((0, count), (row + 0.7, row + 0.06), COLOURS[row % len(COLOURS)]))
        shapes.append(text(_MARGIN, top + 82, f"{count} members", size=16))
        shapes += [
            text(_MARGIN + _BAR + 40, top + 24 + 26 * line, trait, size=18)
            for line, trait in enumerate(described(cluster)[:3])
        ]
    write_svg(path, svg(_WIDTH, 2 * _MARGIN + _ROW * len(found), shapes, background="#fff"))
