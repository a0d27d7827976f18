"""The sheet shows each cut's middle frame in order, and is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from player_stub import barcode, draw_contact_sheet
from player_stub.contact_sheet.draw import rank_letter
from player_stub.contact_sheet.grid import WIDTH, SheetLayout
from sizzle.errors import InputError, MediaError
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub import synthetic


def test_shows_the_middle_frame_of_each_cut(reel: TimecodeList, film: Path, tmp_path: Path) -> None:
    """The barcodes are still there to be read from the sheet."""
    draw_contact_sheet(reel, film, tmp_path / "sheet.png")
    layout = SheetLayout.of(reel)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert (sheet.format, sheet.size) == ("PNG", (WIDTH, layout.height))
        grey = np.asarray(sheet.convert("L"))
    width, height = layout.grid.thumbnail
    shown = [
        barcode.read(grey[top : top + height, left : left + width])
        for segment in layout.segments
        for left, top in segment.corners
    ]
    assert shown == [126, 226, 20, 286, 166]


def test_text_and_colours_are_drawn(reel: TimecodeList, film: Path, tmp_path: Path) -> None:
    """Under each picture is something to read, in more than one colour."""
    draw_contact_sheet(reel, film, tmp_path / "sheet.png")
    layout = SheetLayout.of(reel)
    with Image.open(tmp_path / "sheet.png") as sheet:
        for left, top in layout.segments[0].corners:
            width, height = layout.grid.thumbnail
            below = (left, top + height, left + width, top + height + 80)
            colours = sheet.crop(below).getcolors(1 << 16)
            assert colours is not None
            assert len(colours) > 20


def test_a_title_too_long_for_its_card_is_cut_short(
    reel: TimecodeList, film: Path, tmp_path: Path
) -> None:
    """Neither a long title nor a long key runs into the next card, whatever is written in it."""
    name = "The Unabridged and Rather Long-Winded Tale of a Very Small Fish " * 3
    key = f"{'long-' * 18}-clip-7"
    cuts = tuple(cut.model_copy(update={"title": name, "clip_key": key}) for cut in reel.cuts)
    draw_contact_sheet(reel.model_copy(update={"cuts": cuts}), film, tmp_path / "sheet.png")
    layout = SheetLayout.of(reel)
    left, top = layout.segments[0].corners[1]
    with Image.open(tmp_path / "sheet.png") as sheet:
        gap = sheet.crop((left - 12, top, left - 1, top + layout.grid.line - 20))
        assert gap.getcolors() == [(gap.width * gap.height, (16, 19, 23))]


def test_refuses_a_film_that_is_too_short(reel: TimecodeList, tmp_path: Path) -> None:
    """The error names the frame that is not there, and no sheet is written."""
    film = synthetic.write_video(tmp_path / "film.mp4", range(100))
    with pytest.raises(MediaError, match="ends before frame 140"):
        draw_contact_sheet(reel, film, tmp_path / "sheet.png")
    assert not (tmp_path / "sheet.png").exists()


def test_refuses_more_cuts_than_anyone_looks_at(film: Path, tmp_path: Path) -> None:
    """A sheet of thousands of cuts would be gigabytes of picture."""
    reel = synthetic.reel_of(*((at, at + 1) for at in range(1001)))
    with pytest.raises(MediaError, match="1001 cuts would be too large"):
        draw_contact_sheet(reel, film, tmp_path / "sheet.png")


def test_refuses_a_missing_folder(reel: TimecodeList, film: Path, tmp_path: Path) -> None:
    """A folder is not made by guess."""
    with pytest.raises(InputError, match="cannot be written"):
        draw_contact_sheet(reel, film, tmp_path / "none" / "sheet.png")


def test_ranks_are_letters() -> None:
    """From A on, and past Z as spreadsheets count."""
    assert [rank_letter(rank) for rank in (1, 5, 26, 27, 53)] == ["A", "E", "Z", "AA", "BA"]
