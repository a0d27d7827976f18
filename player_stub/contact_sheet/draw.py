"""Draws a contact sheet of a reel: a thumbnail of each cut, in rows by segment."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from player_stub.contact_sheet.grid import HEAD, MARGIN, TIMELINE, WIDTH, SheetLayout, SheetSegment
from player_stub.extract_frames import extract_frames
from player_stub.output import write_whole
from sizzle.errors import MediaError
from sizzle.reel.timecode_list import CutEntry, TimecodeList

_MOST_CUTS = 1000
_ROUND = 8

_GROUND, _CARD, _INK = "#101317", "#1a1f26", "#101317"
_BRIGHT, _PLAIN, _DIM = "#f4f6f8", "#aab4c0", "#76828f"
# A colour per rank, easy to tell apart on the dark ground; they repeat from the ninth rank on.
_RANKS = ["#f2b134", "#4fb8c9", "#ee6c4d", "#8bc07a", "#b48ce0", "#6d9bea", "#e07ba8", "#c2a878"]


def draw_contact_sheet(reel: TimecodeList, film: Path, output: Path) -> None:
    """Write a PNG with each cut's middle frame, its title, clip, record timecode and length.

    Args:
        reel: what the film is made of.
        film: the rendered reel.
        output: the PNG to write.

    Raises:
        MediaError: a film that cannot be read or ends too early, a sheet that cannot be written,
            or more cuts than fit on it.
        InputError: the output's folder does not exist.
    """
    if len(reel.cuts) > _MOST_CUTS:
        raise MediaError(
            f"A contact sheet of {len(reel.cuts)} cuts would be too large.",
            fix=f"draw reels of at most {_MOST_CUTS} cuts.",
        )
    sheet = _drawn(reel, film)
    with write_whole(output) as unfinished:
        sheet.save(unfinished, "PNG")


def _drawn(reel: TimecodeList, film: Path) -> Image.Image:
    layout = SheetLayout.of(reel)
    pen = _SheetPainter(Image.new("RGB", (WIDTH, layout.height), _GROUND))
    middles = ((cut.record.start.frame + cut.record.stop.frame) // 2 for cut in reel.cuts)
    pictures = extract_frames(film, middles, layout.grid.thumbnail)
    pen.head(reel)
    pen.timeline(reel)
    for segment in layout.segments:
        pen.heading(segment)
        for cut, corner in zip(segment.cuts, segment.corners, strict=True):
            pen.card(cut, corner, layout.grid.thumbnail, next(pictures))
    return pen.sheet


class _SheetPainter:
    """Draws the parts of a contact sheet."""

    def __init__(self, sheet: Image.Image) -> None:
        self.sheet = sheet
        self._draw = ImageDraw.Draw(sheet)

    def head(self, reel: TimecodeList) -> None:
        """The reel's member, asset, cadence and length."""
        self._text((MARGIN, 30), f"A reel for {reel.member_id}", 30, _BRIGHT)
        rate = reel.rate.to_frame_rate()
        facts = (
            f"{reel.asset_id}   ·   {reel.cadence}   ·   {len(reel.cuts)} cuts   ·   "
            f"{reel.duration.frame} frames at {rate}, {float(reel.duration.seconds):.2f} s"
        )
        self._text((MARGIN, 68), facts, 17, _PLAIN)
        self._text((WIDTH - MARGIN, 68), reel.reel_id, 17, _DIM, anchor="ra")

    def timeline(self, reel: TimecodeList) -> None:
        """All cuts in the colours of their ranks, each as wide as it plays long."""
        scale = (WIDTH - 2 * MARGIN) / reel.duration.frame
        for cut in reel.cuts:
            left = MARGIN + round(cut.record.start.frame * scale)
            right = MARGIN + round(cut.record.stop.frame * scale) - 2
            box = (left, HEAD, max(left, right), HEAD + TIMELINE - 1)
            self._draw.rounded_rectangle(box, min(4, (right - left) // 2), _colour(cut))
            if right - left > 20:
                self._letter(cut, ((left + right) / 2, HEAD + TIMELINE / 2), 16)

    def heading(self, segment: SheetSegment) -> None:
        """A segment's number, and the timecodes that it plays from and to."""
        first, last = segment.cuts[0], segment.cuts[-1]
        middle = segment.top + 38
        self._text((MARGIN, middle), f"SheetSegment {first.segment}", 22, _BRIGHT, anchor="lm")
        when = f"{first.record.start.timecode} to {last.record.stop.timecode}"
        self._text((MARGIN + 140, middle), when, 17, _DIM, anchor="lm")

    def card(
        self, cut: CutEntry, corner: tuple[int, int], size: tuple[int, int], picture: Image.Image
    ) -> None:
        """A cut: its thumbnail, with its caption below."""
        self._picture(corner, size, picture)
        self._badge(cut, corner)
        self._caption(cut, (corner[0], corner[1] + size[1]), size[0])

    def _picture(
        self, corner: tuple[int, int], size: tuple[int, int], picture: Image.Image
    ) -> None:
        frame = Image.new("RGB", size, _CARD)
        frame.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
        self.sheet.paste(frame, corner, _rounded(size))

    def _badge(self, cut: CutEntry, corner: tuple[int, int]) -> None:
        left, top = corner[0] + 10, corner[1] + 10
        self._draw.rounded_rectangle((left, top, left + 30, top + 30), 6, _colour(cut))
        self._letter(cut, (left + 15.5, top + 15.5), 20)

    def _caption(self, cut: CutEntry, corner: tuple[int, int], width: int) -> None:
        left, top = corner
        length = f"{cut.record.to_time_range().duration} frames"
        self._text((left, top + 10), _fitted(cut.title, 19, width), 19, _BRIGHT)
        title, mark, number = cut.clip_key.rpartition("-clip-")
        key = _fitted(title, 15, width, tail=mark + number)
        self._text((left, top + 37), key, 15, _PLAIN)
        self._text((left, top + 59), cut.record.start.timecode, 15, _DIM)
        self._text((left + width, top + 59), length, 15, _colour(cut), anchor="ra")

    def _letter(self, cut: CutEntry, middle: tuple[float, float], size: int) -> None:
        self._text(middle, rank_letter(cut.rank), size, _INK, anchor="mm")

    def _text(
        self, at: tuple[float, float], text: str, size: int, colour: str, anchor: str = "la"
    ) -> None:
        self._draw.text(at, text, colour, _font(size), anchor)


def rank_letter(rank: int) -> str:
    """A for the first, Z for the 26th, then AA and on, as spreadsheets count."""
    rest, letter = divmod(rank - 1, 26)
    return (rank_letter(rest) if rest else "") + chr(ord("A") + letter)


def _colour(cut: CutEntry) -> str:
    return _RANKS[(cut.rank - 1) % len(_RANKS)]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _fitted(text: str, size: int, width: int, tail: str = "") -> str:
    """As much of a text as fits before its tail, with an ellipsis for the rest."""
    font, shown = _font(size), text + tail
    while text and font.getlength(shown) > width:
        text = text[:-1]
        shown = f"{text.rstrip()}...{tail}"
    return shown


@cache
def _rounded(size: tuple[int, int]) -> Image.Image:
    """A mask with round corners, drawn large and scaled down to smooth them."""
    mask = Image.new("L", (4 * size[0], 4 * size[1]))
    corners = (0, 0, 4 * size[0] - 1, 4 * size[1] - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corners, 4 * _ROUND, 255)
    return mask.resize(size, Image.Resampling.LANCZOS)
