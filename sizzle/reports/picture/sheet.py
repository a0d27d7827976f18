"""The picture put together: parts of known height, one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from PIL import Image, ImageDraw

from sizzle.files import replacing
from sizzle.layout import Checked, Timeline
from sizzle.reports.picture import ink
from sizzle.reports.picture.lanes import DetailRow
from sizzle.reports.picture.plan import end_of, listed, row_length, stretches, worth_detail
from sizzle.reports.picture.scene import DrawnTimeline
from sizzle.reports.picture.strips import Overview, Strip
from sizzle.reports.picture.words import PictureHeader, entries
from sizzle.timecode import TimeRange

_MOST_LISTED = 60  # findings; the list then ends by about 2,500 pixels
_MOST_ROWS = 16
_MOST_HEIGHT = 4000  # pixels of rows in detail: with many tracks there are fewer than 16


class Part(Protocol):
    """Something that takes the whole width of the picture."""

    @property
    def height(self) -> int:
        """In pixels."""

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""


def write_picture(path: Path, timeline: Timeline, checked: Checked) -> None:
    """Write the picture of `draw_picture` as PNG, whole or not at all. Raises InputError."""
    image = draw_picture(timeline, checked)
    with replacing(path) as temporary:
        image.save(temporary, format="PNG", optimize=True)


def draw_picture(timeline: Timeline, checked: Checked) -> Image.Image:
    """A timeline with its findings: 1,800 pixels wide, as high as it needs, up to some 9,000.

    Rows with findings are shown in detail and to scale, long parts without any as thin strips. Of
    very many findings, some of each rule are flagged and listed; the counts are of all.

    Args:
        timeline: as it was read.
        checked: all its findings, and its clips with their keys.
    """
    parts = list(_parts(timeline, checked))
    height = sum(part.height for part in parts) + 2 * ink.MARGIN
    image = Image.new("RGB", (ink.WIDTH, height), ink.BACKGROUND)
    pen = ink.Pen(ImageDraw.Draw(image))
    top = ink.MARGIN
    for part in parts:
        part.draw(pen, top)
        top += part.height
    return image


def _parts(timeline: Timeline, checked: Checked) -> Iterator[Part]:
    scene = DrawnTimeline(timeline, checked.clips, checked.findings)
    end = end_of(timeline, checked.findings)
    numbered = listed(checked.findings, _MOST_LISTED)
    length = row_length(timeline, end, ink.WIDTH - 2 * ink.MARGIN - ink.GUTTER)
    wanted = worth_detail(length, end, {each.finding.frame for each in numbered})
    details = _details(DetailRow(scene, row, numbered) for row in wanted[:_MOST_ROWS])
    yield PictureHeader(scene)
    yield Overview(scene, end)
    for stretch in stretches(details, end):
        yield details[stretch.frames] if stretch.in_detail else Strip(scene, stretch.frames)
    yield from entries(numbered, len(checked.findings))


def _details(rows: Iterable[DetailRow]) -> dict[TimeRange, DetailRow]:
    """As many of the rows as there is room for, at least the first, by their frames."""
    chosen: dict[TimeRange, DetailRow] = {}
    room = _MOST_HEIGHT
    for row in rows:
        room -= row.height
        if chosen and room < 0:
            break
        chosen[row.frames] = row
    return chosen
