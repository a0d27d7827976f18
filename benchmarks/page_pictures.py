"""The pictures of pages in docs: those of a marketer's day, made smaller.

    python -m benchmarks.page_pictures [FOLDER]

Without a folder of pictures, which `SIZZLE_SCREENSHOTS=FOLDER pytest
tests/api/portal/test_marketers_day.py` leaves, the day is lived for them, which takes minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from PIL import Image

_DOCS: Final = Path(__file__).parent.parent / "docs"
_WIDTH: Final = 1100
_MOST: Final = 200_000  # bytes


class _Picture(NamedTuple):
    """A picture of the day, and what docs call it.

    Attributes:
        bottom: where it is cut off, in its own pixels; 0 for nowhere.
    """

    source: str
    name: str
    bottom: int = 0


_PICTURES: Final = (
    _Picture("27-editor-1440", "editor", 1100),
    _Picture("12-one-to-one-1440", "outreach-one-to-one", 1250),
    _Picture("08-prompt-1440", "outreach-prompt"),
    _Picture("16-campaign-1440", "outreach-campaign"),
    _Picture("19-report-1440", "outreach-report"),
    _Picture("22-journey-1440", "journey-page", 1250),
)


def main() -> None:
    """Write the pictures."""
    if len(sys.argv) > 1:
        _write_all(Path(sys.argv[1]))
        return
    from tests.api.portal.marketers_day import Camera, Day
    from tests.api.portal.marketers_installation import prepare, running
    from tests.browser import open_browser

    with TemporaryDirectory() as name:
        folder, pictures = Path(name) / "installation", Path(name) / "pictures"
        for path in (folder, pictures):
            path.mkdir()
        with running(prepare(folder)) as installation, open_browser() as browser:
            Day(installation, browser, Camera(pictures)).live()
        _write_all(pictures)


def _write_all(folder: Path) -> None:
    for picture in _PICTURES:
        path = _DOCS / f"{picture.name}.png"
        _write(folder / f"{picture.source}.png", path, picture.bottom)
        size = path.stat().st_size
        sys.stdout.write(f"{path.name}: {size / 1000:.0f} kB\n")
        if size > _MOST:
            raise SystemExit(f"{path} has more than {_MOST / 1000:.0f} kB.")


def _write(source: Path, path: Path, bottom: int) -> None:
    """Narrower, and in 256 colours, of which accents keep theirs."""
    with Image.open(source) as image:
        cut = image.convert("RGB").crop(
            (0, 0, image.width, min(bottom or image.height, image.height))
        )
    narrow = cut.resize((_WIDTH, round(cut.height * _WIDTH / cut.width)), Image.Resampling.LANCZOS)
    narrow.quantize(256, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
