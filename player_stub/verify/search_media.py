"""Searches all of the media for frames that are not near where they should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.thumbnails import SIZE, SourceThumbnails, Thumbnail, distances

_COARSE: Final = 6  # thumbnail pixels, across and down, per coarse pixel
_AROUND: Final = 2  # frames beside a coarse match, which cannot tell neighbours apart
_AT_ONCE: Final = 40  # frames of the film whose candidates are held at a time
_COARSE_MATCHES: Final = 3  # taken as candidates, in case the right one comes second


class MediaSearch:
    """A coarse index of all of the media's frames.

    Args:
        thumbnails: of the media.
    """

    def __init__(self, thumbnails: SourceThumbnails) -> None:
        self._thumbnails = thumbnails
        self._coarse_NP = np.concatenate([_coarse(each) for each in thumbnails.all_frames()])

    def coarse_match(self, thumbnail: Thumbnail) -> int:
        """The source frame most similar to a thumbnail, or a neighbour of it."""
        return int(self._coarse_distances(thumbnail).argmin())

    def nearest(self, frames: Sequence[tuple[Thumbnail, int]]) -> Iterator[dict[int, float]]:
        """Mean squared differences of frames from the source frames that they may be.

        Args:
            frames: thumbnails of the film, each with the source frame that its neighbours suggest.
        """
        # In batches: neighbours need the same frames, and each seek decodes from a key frame.
        for start in range(0, len(frames), _AT_ONCE):
            batch = frames[start : start + _AT_ONCE]
            candidates = [self._candidates(*each) for each in batch]
            self._thumbnails.prepare({frame for each in candidates for frame in each})
            for (thumbnail, _), sources in zip(batch, candidates, strict=True):
                found = distances(thumbnail.astype(np.float32), self._thumbnails.of(sources))
                yield dict(zip(sources, map(float, found), strict=True))

    def _candidates(self, thumbnail: Thumbnail, frame: int) -> list[int]:
        best = self._coarse_distances(thumbnail).argsort()[:_COARSE_MATCHES]
        around = {int(each) + step for each in best for step in range(-_AROUND, _AROUND + 1)}
        suggested = range(frame - _AROUND, frame + _AROUND + 1)
        return self._thumbnails.existing({*around, *suggested})

    def _coarse_distances(self, thumbnail: Thumbnail) -> NDArray[np.float64]:
        return distances(_coarse(thumbnail[None].astype(np.float32))[0], self._coarse_NP)


def _coarse(thumbnails_NP: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: N803 - as there
    """Thumbnails scaled down further."""
    width, height = SIZE
    parts = thumbnails_NP.reshape(-1, height // _COARSE, _COARSE, width // _COARSE, _COARSE)
    return np.asarray(parts.mean(axis=(2, 4)).reshape(len(thumbnails_NP), -1), np.float32)
