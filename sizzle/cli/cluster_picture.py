"""Clusters of members as a picture: a bar a cluster, and beside it what sets it apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from sizzle.files import replacing

if TYPE_CHECKING:
    from ranker.embeddings.clusters import Cluster

_WIDTH, _ROW, _MARGIN, _BAR = 1100, 92, 28, 320
_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")


def draw_clusters(path: Path, found: Sequence[Cluster]) -> None:
    """Draw them as a PNG, the largest at the top.

    Raises:
        InputError: the picture cannot be written.
    """
    from sizzle.cli.embedding import described

    image = Image.new("RGB", (_WIDTH, 2 * _MARGIN + _ROW * len(found)), "white")
    draw = ImageDraw.Draw(image)
    large, small = ImageFont.load_default(20), ImageFont.load_default(17)
    most = max(len(cluster.members) for cluster in found)
    for number, cluster in enumerate(found):
        top = _MARGIN + number * _ROW
        length = max(2, round(_BAR * len(cluster.members) / most))
        colour = _COLOURS[number % len(_COLOURS)]
        draw.rectangle((_MARGIN, top + 6, _MARGIN + length, top + _ROW - 26), fill=colour)
        draw.text((_MARGIN, top + _ROW - 24), f"{len(cluster.members)} members", "black", small)
        for line, words in enumerate(described(cluster)[:3]):
            draw.text((_MARGIN + _BAR + 40, top + 4 + 26 * line), words, "black", large)
    with replacing(path) as temporary:
        image.save(temporary, "PNG")
