"""The frames of a reel that a browser showed, read back from its pictures."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from playwright.sync_api import Page

from player_stub import barcode
from sizzle.reel import TimecodeList

_PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
_LOOKS, _LOOK_EVERY = 600, 100  # how often to look, and ms between: a minute in all
_NAP, _LATE = 0.01, 0.02  # seconds: half a frame late, and a frame is dropped
_PICTURED = """
    document.querySelectorAll('video').length == 2
        && [...document.querySelectorAll('video')].every((each) => each.readyState >= 2)
        && [...document.querySelectorAll('.veil')].every((each) => each.hidden)
"""


@dataclass(frozen=True)
class Seen:
    """A frame that was shown: its time in the reel, and the number that its picture has."""

    seconds: float
    number: int | None
    height: int

    @classmethod
    def of(cls, grabbed: dict[str, Any]) -> Seen:
        """From what the probe grabbed: one row of the barcode's luma, as all rows are equal."""
        luma, height = np.frombuffer(base64.b64decode(grabbed["row"]), np.uint8), grabbed["height"]
        number = barcode.read(np.tile(luma, (height, 1)))
        return cls(grabbed["microseconds"] / 1e6, number, height)


@dataclass(frozen=True)
class Watched:
    """What one video played.

    `shown` has, of each frame that the page was told of, when it was shown, in milliseconds of the
    page's clock, and its time in the reel, in seconds.
    """

    seen: Sequence[Seen]
    shown: Sequence[tuple[float, float]]
    stalls: Sequence[Any]
    total: int
    dropped: int

    @classmethod
    def of(cls, report: dict[str, Any]) -> Watched:
        """From the probe's report."""
        seen = [Seen.of(each) for each in report["seen"]]
        shown = [(presented, media) for presented, media in report["times"]]
        return cls(seen, shown, report["stalls"], report["total"], report["dropped"])

    def is_smooth(self, frames: int) -> bool:
        """Whether each frame was shown once: none dropped, no stall once it played."""
        return (self.total, self.dropped, len(self.stalls)) == (frames, 0, 0)

    def was_looked_at(self, frames: int) -> bool:
        """Whether frames came in order, and most of them were read.

        Headless Chromium misses callbacks, a third of them where two videos are watched on two
        cores; whether all frames were shown, `is_smooth` says.
        """
        seconds = [seen.seconds for seen in self.seen]
        return seconds == sorted(seconds) and len(set(seconds)) > frames / 2

    def check_frames(self, reel: TimecodeList) -> None:
        """Check that each picture was the reel's at its time, from the first to the last.

        Nothing is said of their order here: where a busy machine holds one reel up for long, the
        page has it jump, see `was_looked_at`.
        """
        rate, source = reel.rate.to_frame_rate(), reel.source_frames()
        due = [round(seen.seconds * rate.fraction) for seen in self.seen]
        shown = [seen.number for seen in self.seen]
        assert shown == [source[frame] for frame in due]
        assert (due[0], due[-1]) == (0, len(source) - 1)


Looking = Literal["pictures", "times", "nothing"]
"""The pictures that are read: more would slow down the machine that also plays."""


def watch(page: Page, looking: Looking = "pictures") -> None:
    """Start to record the frames of all videos of the page."""
    page.evaluate(f"() => {{ {_PROBE} }}")
    page.evaluate(
        """(looking) => {
            const videos = [...document.querySelectorAll("video")];
            window.watched = videos.map((video) => window.watch(video, looking));
        }""",
        looking,
    )


def watched(page: Page) -> list[Watched]:
    """What was recorded so far, for each video."""
    reports = page.evaluate("window.watched.map((each) => each.report())")
    return [Watched.of(report) for report in reports]


def on_screen(page: Page) -> list[Seen]:
    """The frames on screen now."""
    return [Seen.of(each) for each in page.evaluate("window.watched.map((each) => each.grab())")]


class Starved:
    """Whether this machine woke a sleeping thread too late."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.over = threading.Event()

    def __bool__(self) -> bool:
        return self.worst > _LATE

    def sleep_often(self) -> None:
        """Sleep again and again, and record how late each wake-up was."""
        while not self.over.is_set():
            began = time.perf_counter()
            time.sleep(_NAP)
            self.worst = max(self.worst, time.perf_counter() - began - _NAP)


@contextmanager
def starving() -> Iterator[Starved]:
    """Find out whether the machine is too busy while the block runs."""
    starved = Starved()
    napping = threading.Thread(target=starved.sleep_often, daemon=True)
    napping.start()
    try:
        yield starved
    finally:
        starved.over.set()
        napping.join()


def open_player(page: Page, address: str, **choices: str) -> None:
    """Open the player, and wait until both reels have a picture."""
    query = "&".join(f"{name}={value}" for name, value in choices.items())
    page.goto(f"{address}/player?{query}")
    until(page, _PICTURED)


def play_to_the_end(page: Page) -> None:
    """Press play, and wait for the end."""
    page.keyboard.press("Space")
    until(page, "document.body.dataset.state == 'ended'")


def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page, polled from here as the page's policy forbids `eval`."""
    for _ in range(_LOOKS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(_LOOK_EVERY)
    raise AssertionError(f"never: {condition}")
