"""Finds frames anywhere in the media, where they are not near their place."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.looks import SIZE, Look, SourceLooks, distances

_TINY: Final = 6  # pixels of a look across and down that make one of a glance
_AROUND: Final = 2  # frames beside the one that a glance finds, as a glance tells no neighbours
_GLANCES: Final = 3  # frames that a glance finds, lest the right one comes second
_ALIKE: Final = 0.8  # correlation under which two pictures are not of the same thing

_Glances = NDArray[np.float32]


class Survey:
    """All of the media at a glance.

    Args:
        looks: of the media.
    """

    def __init__(self, looks: SourceLooks) -> None:
        self._looks = looks
        self._glances = np.concatenate([_glance(each) for each in looks.whole()])

    def nearest(self, look: Look) -> dict[int, float]:
        """The source frames most like a look, with their mean squared difference from it."""
        apart = distances(_glance(look[None].astype(np.float32))[0], self._glances)
        best = np.argsort(apart)[:_GLANCES]
        around = {int(each) + step for each in best for step in range(-_AROUND, _AROUND + 1)}
        frames = self._looks.there(around)
        self._looks.prepare(frames)
        found = distances(look.astype(np.float32), self._looks.of(frames))
        return dict(zip(frames, map(float, found), strict=True))

    def is_like(self, look: Look, frame: int) -> bool:
        """Whether a look is of the same thing as a source frame."""
        self._looks.prepare([frame])
        ours, theirs = look.astype(np.float32), self._looks.of([frame])[0]
        spread = float(ours.std() * theirs.std())
        if spread < 1:  # one of them is of one shade
            return bool(np.abs(ours - theirs).mean() < 4)
        alike = float(((ours - ours.mean()) * (theirs - theirs.mean())).mean()) / spread
        return alike >= _ALIKE


def _glance(looks_NP: NDArray[np.float32]) -> _Glances:  # noqa: N803 - as in `looks`
    """Looks made tiny."""
    width, height = SIZE
    parts = looks_NP.reshape(-1, height // _TINY, _TINY, width // _TINY, _TINY)
    return np.asarray(parts.mean(axis=(2, 4)).reshape(len(looks_NP), -1), np.float32)
