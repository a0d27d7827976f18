"""The video codecs that renditions come in, and which of them a device is offered."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Codec(StrEnum):
    """A video codec, by the name that settings and devices use."""

    AV1 = "av1"
    H264 = "h264"


EVERYWHERE: Final = frozenset({Codec.H264})
"""What every player decodes, and so what a device is offered that says nothing."""

_PREFIXES: Final = {"av01": Codec.AV1, "avc1": Codec.H264}


_BY_NAME: Final = {codec.value: codec for codec in Codec}


def known_codecs(names: Iterable[str]) -> frozenset[Codec]:
    """Those of the names that renditions can be in; devices may name others."""
    return frozenset(_BY_NAME[name] for name in names if name in _BY_NAME)


def codec_of(codecs: str) -> Codec:
    """The codec of a string as RFC 6381 writes it, such as `av01.0.08M.08`.

    Raises:
        ValueError: it is none of ours.
    """
    prefix = codecs.partition(".")[0]
    if prefix not in _PREFIXES:
        raise ValueError(f"{codecs[:40]!r} is neither H.264 nor AV1")
    return _PREFIXES[prefix]
