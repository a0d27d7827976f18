"""The web player: a page that plays two members' reels side by side; it ships built.

`page/` is what `source/` builds to; it is kept beside it, since whoever installs the package need
not have Node.js. `sizzle.api.player` serves it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["PAGE"]

PAGE: Final = Path(__file__).parent / "page"
"""The folder of the built page; files with a hash in their name never change."""
