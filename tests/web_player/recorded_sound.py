"""The sound of a bed that a browser played, and the positions of its sync marks."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from fixtures.bed import SAMPLE_RATE, SYNC_MARK_EVERY, sample_at, sync_mark

_LISTENING = (Path(__file__).parent / "listen.js").read_text(encoding="utf-8")
_NEARBY: Final = 4_800  # samples: where to look for a mark around where it should be


@dataclass(frozen=True)
class Heard:
    """The samples that a video played, from the context's sample `first` on.

    `clock` has moments on two clocks: the page's, in milliseconds, and the context's, in seconds.
    """

    first: int
    samples: NDArray[np.float32]
    clock: NDArray[np.float64]

    @classmethod
    def of(cls, report: dict[str, Any]) -> Heard:
        """From the recording."""
        samples = np.frombuffer(base64.b64decode(report["samples"]), "<f4")
        return cls(report["first"], samples, np.array(report["clock"]))

    def seconds_at(self, milliseconds: float) -> float:
        """The context's time at a time of the page, interpolated."""
        pages, contexts = self.clock.T
        return float(np.interp(milliseconds, pages, contexts))

    def marks(self, count: int) -> list[int]:
        """The positions of the bed's first sync marks, in samples of the context."""
        fits = _correlated(self.samples)
        clearest = int(np.argmax(fits[: SAMPLE_RATE * 5]))
        start = self._first_mark(fits, clearest)
        return [
            self.first + self._near(fits, start + sample_at(SYNC_MARK_EVERY * number))
            for number in range(count)
        ]

    def _first_mark(self, fits: NDArray[np.float64], at: int) -> int:
        """Go back from mark to mark, as long as there is one."""
        threshold = fits[at] / 2
        while at - sample_at(SYNC_MARK_EVERY) >= 0:
            before = self._near(fits, at - sample_at(SYNC_MARK_EVERY))
            if fits[before] < threshold:
                break
            at = before
        return at

    def _near(self, fits: NDArray[np.float64], at: int) -> int:
        start = max(0, at - _NEARBY)
        return start + int(np.argmax(fits[start : at + _NEARBY]))


def _correlated(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """How well the mark fits at each sample."""
    mark = sync_mark()
    size = 1 << (len(samples) + len(mark)).bit_length()
    spectrum = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(mark, size))
    fits: NDArray[np.float64] = np.fft.irfft(spectrum, size)[: len(samples)]
    return fits


def listen(page: Page) -> None:
    """Start to record the sound of the page's first video. Its context must bypass policies."""
    page.evaluate(f"() => {{ {_LISTENING} }}")
    page.evaluate("window.listen(document.querySelector('video'))")


def heard(page: Page) -> Heard:
    """The sound so far."""
    return Heard.of(page.evaluate("window.listening.report()"))
