"""The samples of a bed as they are encoded: all of it, then its end for every length of reel.

A bed fades out where the reel ends, and reels end wherever a fragment of video does. Nothing is
encoded for a member, so each of those endings is encoded once, behind the bed and in the same run.
A reel plays the bed up to its ending, then that.

    bed, whole fragments | lead-in, ending of 1 slot | lead-in, ending of 2 slots | ...

An AAC packet is heard together with the one before it. So an ending begins well before its fade,
with the same samples at the same places of packets as the bed has there, and the fragment in front
of it, which nobody plays, brings the encoder into the state that it had in the bed.
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
class Grid:
    """Where fragments lie in a bed.

    Attributes:
        samples: of music.
        fragment: samples of each fragment.
        lead: samples of silence that the encoder puts in front of the first.
        fade: samples over which it fades out; 0 where it just ends.
        ends: the sample at which the music of a reel of 1 slot ends, of 2 slots, and so on.
    """

    samples: int
    fragment: int
    lead: int
    fade: int
    ends: tuple[int, ...]

    @property
    def whole(self) -> int:
        """Fragments of the bed from its first sample to its last."""
        return self._fragments_for(self.samples)

    @property
    def ending(self) -> int:
        """Fragments of an ending: the fade, a packet before it, and what the end leaves open."""
        return 1 + -(-(self.fade + self.lead) // self.fragment) if self.fade else 0

    @property
    def count(self) -> int:
        """Fragments of all."""
        return self.whole + (len(self.ends) * (LEAD_IN + self.ending) if self.fade else 0)

    @property
    def padded(self) -> int:
        """Samples that fill the bed's fragments to the last."""
        return self.whole * self.fragment - self.lead

    def span(self, end: int) -> tuple[int, int]:
        """The samples of an ending and its lead-in; before 0 and past the end there are none."""
        last = self._fragments_for(end)
        first = last - self.ending - LEAD_IN
        return first * self.fragment - self.lead, last * self.fragment - self.lead

    def _fragments_for(self, samples: int) -> int:
        return -(-(samples + self.lead) // self.fragment)


class Music:
    """The bare samples of a bed.

    Args:
        path: 32-bit floats, all channels in turn.
        channels: how many.
    """

    def __init__(self, path: Path, channels: int) -> None:
        self._samples_NC: Samples = np.memmap(path, "<f4", "r").reshape(-1, channels)

    def pieces(self, grid: Grid) -> Iterator[bytes]:
        """What is to be encoded, in order."""
        for start in range(0, grid.padded, _PIECE):
            yield self._between(start, min(start + _PIECE, grid.padded)).tobytes()
        if grid.fade:
            for end in grid.ends:
                yield self._ending(grid, end).tobytes()

    def _ending(self, grid: Grid, end: int) -> Samples:
        start, stop = grid.span(end)
        places = np.arange(start, stop)
        # Half a wave of cosine: no corner to be heard where it begins or where it is over.
        left = np.clip((end - places) / min(grid.fade, end), 0, 1)
        gain_N = ((1 - np.cos(np.pi * left)) / 2).astype(np.float32)  # noqa: N806
        # The last packet of the ending before reaches in here, and should be silent to its end.
        gain_N[: grid.lead] = 0
        return self._between(start, stop) * gain_N[:, None]

    def _between(self, start: int, stop: int) -> Samples:
        """A range of samples, silent where there is no music."""
        there = self._samples_NC[max(0, start) : max(0, stop)]
        before = max(0, min(0, stop) - start)
        after = stop - start - before - len(there)
        return np.pad(there, ((before, after), (0, 0)))
