"""Finds frames anywhere in the media, where they are not near their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.thumbnails import SIZE, Look, SourceLooks, distances

_TINY: Final = 6  # pixels of a look across and down that make one of a glance
_AROUND: Final = 2  # frames beside the one that a glance finds, as a glance tells no neighbours
_AT_ONCE: Final = 40  # frames of the film whose candidates are held at a time
_GLANCES: Final = 3  # frames that a glance finds, lest the right one comes second

_Glances = NDArray[np.float32]


class Survey:
    """All of the media at a glance.

    Args:
        looks: of the media.
    """

    def __init__(self, looks: SourceLooks) -> None:
        self._looks = looks
        self._glances = np.concatenate([_glance(each) for each in looks.whole()])

    def glimpse(self, look: Look) -> int:
        """The source frame most like a look at a glance, which does not tell neighbours apart."""
        return int(self._apart(look).argmin())

    def nearest(self, looks: Sequence[tuple[Look, int]]) -> Iterator[dict[int, float]]:
        """Mean squared differences of looks from the source frames that each may be.

        Args:
            looks: of frames of the film, and for each where the frames beside it are.
        """
        # Many at once: neighbours ask for the same frames, and each seek decodes from a key frame.
        for start in range(0, len(looks), _AT_ONCE):
            some = looks[start : start + _AT_ONCE]
            asked = [self._candidates(*each) for each in some]
            self._looks.prepare({frame for frames in asked for frame in frames})
            for (look, _), frames in zip(some, asked, strict=True):
                found = distances(look.astype(np.float32), self._looks.of(frames))
                yield dict(zip(frames, map(float, found), strict=True))

    def _candidates(self, look: Look, frame: int) -> list[int]:
        best = self._apart(look).argsort()[:_GLANCES]
        around = {int(each) + step for each in best for step in range(-_AROUND, _AROUND + 1)}
        return self._looks.there({*around, *range(frame - _AROUND, frame + _AROUND + 1)})

    def _apart(self, look: Look) -> NDArray[np.float64]:
        return distances(_glance(look[None].astype(np.float32))[0], self._glances)


def _glance(looks_NP: NDArray[np.float32]) -> _Glances:  # noqa: N803 - as in `looks`
    """Looks made tiny."""
    width, height = SIZE
    parts = looks_NP.reshape(-1, height // _TINY, _TINY, width // _TINY, _TINY)
    return np.asarray(parts.mean(axis=(2, 4)).reshape(len(looks_NP), -1), np.float32)
