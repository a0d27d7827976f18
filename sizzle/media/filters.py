"""The filters of ffmpeg that normalise pictures (pure): for its programs and for PyAV alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from sizzle.media import colours
from sizzle.media.facts import Colours
from sizzle.media.gate import Normalised

Filter: TypeAlias = tuple[str, Mapping[str, str]]
"""A name, and options by name."""


def prepared(normalised: Normalised) -> list[Filter]:
    """The filters that turn pictures upright and convert wide primaries; mostly none."""
    return [*_upright(normalised), *_gamut(normalised)]


def scaled(normalised: Normalised, width: int, height: int) -> list[Filter]:
    """The filters that scale prepared pictures to a size, in their target's colours and 4:2:0."""
    own, target = after_preparing(normalised), normalised.target
    # Given, since ffmpeg takes what has no tag for bt601, and keeps the range of what it reads.
    options = {"out_color_matrix": colours.MATRICES[target.matrix], "out_range": _range(target)}
    if own.matrix != colours.RGB:
        options |= {"in_color_matrix": colours.MATRICES[own.matrix], "in_range": _range(own)}
    return [
        ("scale", {"w": str(width), "h": str(height), **options}),
        ("format", {"pix_fmts": "yuv420p"}),
        ("setparams", tags(normalised)),
    ]


def tags(normalised: Normalised) -> Mapping[str, str]:
    """The options of `setparams` that tag pictures with their target's colours."""
    target = normalised.target
    return {
        "range": _range(target),
        "colorspace": colours.MATRICES[target.matrix],
        "color_primaries": colours.PRIMARIES[target.primaries],
        "color_trc": colours.TRANSFERS[target.transfer],
    }


def after_preparing(normalised: Normalised) -> Colours:
    """The colours of prepared pictures."""
    return normalised.target if normalised.changes_gamut else normalised.colours


def _upright(normalised: Normalised) -> Iterator[Filter]:
    orientation, own = normalised.orientation, normalised.colours
    if orientation.transposed:
        if own.matrix != colours.RGB:
            # 4:2:2 cannot be transposed. ffmpeg would make it 4:4:4 by itself, but in bt601.
            matrix, span = colours.MATRICES[own.matrix], _range(own)
            yield (
                "scale",
                {
                    "in_color_matrix": matrix,
                    "out_color_matrix": matrix,
                    "in_range": span,
                    "out_range": span,
                },
            )
        yield "transpose", {"dir": "cclock_flip"}  # which is how ffmpeg calls a mere transposition
    if orientation.mirrored:
        yield "hflip", {}
    if orientation.flipped:
        yield "vflip", {}


def _gamut(normalised: Normalised) -> Iterator[Filter]:
    """Convert in linear light; swscale converts the matrix alone."""
    if not normalised.changes_gamut:
        return
    own, matrix = normalised.colours, normalised.colours.matrix
    if matrix == colours.RGB:  # which the filter does not read
        yield "scale", {"out_color_matrix": "bt709", "out_range": "tv"}
        yield "format", {"pix_fmts": "yuv444p10"}
        matrix = colours.BT709
    yield (
        "colorspace",
        {
            "ispace": "bt2020ncl" if matrix == colours.BT2020 else colours.MATRICES[matrix],
            "iprimaries": colours.PRIMARIES[own.primaries],
            "itrc": colours.TRANSFERS[own.transfer],
            "irange": "pc" if own.full_range and own.matrix != colours.RGB else "tv",
            "all": "bt709",
            "range": "tv",
        },
    )


def _range(own: Colours) -> str:
    return "pc" if own.full_range else "tv"
