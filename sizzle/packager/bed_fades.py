"""The samples to encode for a bed: the whole bed, then its fade-out for every length of reel.

A bed fades out where the reel ends, and a reel may end after any fragment of video. Nothing is
encoded per member, so each possible fade is encoded once, after the bed and in the same run. A reel
plays the bed up to its fade, then the fade.

    bed, whole fragments | lead-in, fade of 1 slot | lead-in, fade of 2 slots | ...

An AAC packet is heard together with the one before it. So a fade's fragments begin well before the
fading, with the same samples in the same packets as the bed has there; and the lead-in, a fragment
that is never played, brings the encoder into the state that it had in the bed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sizzle.hls.segment_map import LEAD_IN

Samples = NDArray[np.float32]

_PIECE: Final = 1 << 20  # samples that are handed on at once


@dataclass(frozen=True, slots=True)
class BedGrid:
    """How a bed and its fades are divided into fragments.

    Attributes:
        samples: of music.
        fragment: samples of each fragment.
        lead: samples of silence that the encoder adds before the first.
        fade: samples over which the bed fades out; 0 where it does not.
        ends: the sample at which the music of a reel of 1 slot ends, of 2 slots, and so on.
    """

    samples: int
    fragment: int
    lead: int
    fade: int
    ends: tuple[int, ...]

    @property
    def whole(self) -> int:
        """Fragments of the whole music."""
        return self._fragments_for(self.samples)

    @property
    def fade_fragments(self) -> int:
        """Fragments of each fade: the fading, a packet before it, and the rest of the last one."""
        return 1 + -(-(self.fade + self.lead) // self.fragment) if self.fade else 0

    @property
    def count(self) -> int:
        """Fragments of the music and of all fades."""
        return self.whole + (len(self.ends) * (LEAD_IN + self.fade_fragments) if self.fade else 0)

    @property
    def padded(self) -> int:
        """Samples that fill the fragments of the music to the end."""
        return self.whole * self.fragment - self.lead

    def span(self, end: int) -> tuple[int, int]:
        """First and last sample (exclusive) of a fade and its lead-in; they may be out of range."""
        last = self._fragments_for(end)
        first = last - self.fade_fragments - LEAD_IN
        return first * self.fragment - self.lead, last * self.fragment - self.lead

    def _fragments_for(self, samples: int) -> int:
        return -(-(samples + self.lead) // self.fragment)


class BedSamples:
    """The decoded samples of a bed.

    Args:
        path: 32-bit floats, all channels in turn.
        channels: how many.
    """

    def __init__(self, path: Path, channels: int) -> None:
        self._samples_NC: Samples = np.memmap(path, "<f4", "r").reshape(-1, channels)

    def pieces(self, grid: BedGrid) -> Iterator[bytes]:
        """The samples to encode, in order."""
        for start in range(0, grid.padded, _PIECE):
            yield self._between(start, min(start + _PIECE, grid.padded)).tobytes()
        if grid.fade:
            for end in grid.ends:
                yield self._fade(grid, end).tobytes()

    def _fade(self, grid: BedGrid, end: int) -> Samples:
        start, stop = grid.span(end)
        # Half a cosine wave: no corner to be heard where it begins or ends.
        left = np.clip((end - np.arange(start, stop)) / min(grid.fade, end), 0, 1)
        gain_N = ((1 - np.cos(np.pi * left)) / 2).astype(np.float32)  # noqa: N806
        # The last packet of the fade before extends into this one, and must stay silent.
        gain_N[: grid.lead] = 0
        return self._between(start, stop) * gain_N[:, None]

    def _between(self, start: int, stop: int) -> Samples:
        """A range of samples, silent where there is no music."""
        there = self._samples_NC[max(0, start) : max(0, stop)]
        before = max(0, min(0, stop) - start)
        after = stop - start - before - len(there)
        return np.pad(there, ((before, after), (0, 0)))
