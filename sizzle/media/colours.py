"""Which colours a picture has, with or without tags, and which it is given (pure).

Numbers are those of ISO/IEC 23091-2, names those of ffmpeg.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sizzle.media.facts import UNSPECIFIED, Colours

RGB: Final = 0
BT709: Final = 1
BT2020: Final = 9
BT601: Final = frozenset({5, 6})
HDR: Final = MappingProxyType({16: "PQ", 18: "HLG"})
"""Transfers of high dynamic range, and what they are called."""

MATRICES: Final = MappingProxyType(
    {RGB: "gbr", BT709: "bt709", 5: "bt470bg", 6: "smpte170m", BT2020: "bt2020nc"}
)
"""Matrices that are converted rightly."""

PRIMARIES: Final = MappingProxyType(
    {
        BT709: "bt709",
        4: "bt470m",
        5: "bt470bg",
        6: "smpte170m",
        7: "smpte240m",
        BT2020: "bt2020",
        11: "smpte431",
        12: "smpte432",
        22: "jedec-p22",
    }
)
"""Primaries that are kept, or converted where they are wider than those of bt709."""

WIDE: Final = frozenset({BT2020, 11, 12})
"""Primaries that would look pale if they were taken for those of bt709."""

TRANSFERS: Final = MappingProxyType(
    {
        BT709: "bt709",
        4: "gamma22",
        5: "gamma28",
        6: "smpte170m",
        7: "smpte240m",
        11: "iec61966-2-4",
        12: "bt709",
        13: "iec61966-2-1",
        14: "bt2020-10",
        15: "bt2020-12",
    }
)
"""Transfers of standard dynamic range."""

REC709: Final = Colours(BT709, BT709, BT709)

_HD_WIDTH: Final = 1280
_SD_HEIGHT: Final = 576


def resolved(colours: Colours, stored: tuple[int, int]) -> Colours:
    """Colours with every tag: one that lacks follows from the others, or else from the size.

    Without any, pictures at least 1280 pixels wide or more than 576 high are bt709, and others
    bt601. mpv has the same rule, and players differ: none looks at the height alone, which films in
    2.39:1 would fail.

    Args:
        colours: as tagged.
        stored: width and height in pixels.
    """
    matrix = colours.matrix
    if matrix == UNSPECIFIED:
        matrix = _matrix_for(colours.primaries, stored)
    own = BT709 if matrix == RGB else matrix
    primaries = own if colours.primaries == UNSPECIFIED else colours.primaries
    transfer = colours.transfer
    if transfer == UNSPECIFIED:
        transfer = 6 if own in BT601 else BT709
    return replace(colours, matrix=matrix, primaries=primaries, transfer=transfer)


def target(colours: Colours) -> Colours:
    """The tags that resolved colours are given: bt601 stays, all else becomes bt709.

    Always in video range, as every player takes it.
    """
    if colours.matrix in BT601 and colours.primaries not in WIDE:
        return replace(colours, full_range=False)
    return REC709


def _matrix_for(primaries: int, stored: tuple[int, int]) -> int:
    if primaries in (BT709, BT2020) or primaries in BT601:
        return primaries
    width, height = stored
    return BT709 if width >= _HD_WIDTH or height > _SD_HEIGHT else 6
