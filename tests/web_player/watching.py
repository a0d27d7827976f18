"""What a browser showed of a reel, read back from its pictures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from player_stub import barcode
from sizzle.reel import TimecodeList

_PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
_LOOKS, _LOOK_EVERY = 1200, 100  # how often to look, and ms between: two minutes in all
_PICTURED = """
    [...document.querySelectorAll('video')].every((each) => each.readyState >= 2)
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
        """What the probe grabbed: a row of the barcode's luma is all of its height."""
        luma, height = np.frombuffer(base64.b64decode(grabbed["row"]), np.uint8), grabbed["height"]
        number = barcode.read(np.tile(luma, (height, 1)))
        return cls(grabbed["microseconds"] / 1e6, number, height)


@dataclass(frozen=True)
class Watched:
    """A play, as one video saw it."""

    seen: Sequence[Seen]
    stalls: Sequence[Any]
    total: int
    dropped: int

    @classmethod
    def of(cls, report: dict[str, Any]) -> Watched:
        """What the probe reports."""
        seen = [Seen.of(each) for each in report["seen"]]
        return cls(seen, report["stalls"], report["total"], report["dropped"])

    def is_smooth(self, frames: int) -> bool:
        """Whether each frame was shown once: none dropped, no stall once it played."""
        return (self.total, self.dropped, len(self.stalls)) == (frames, 0, 0)

    def check_frames(self, reel: TimecodeList) -> None:
        """Prove that each picture was the reel's at its time, in order, from first to last.

        Headless Chromium misses up to one in ten of its callbacks; that no frame was missing on
        screen is said by its own counts, see `is_smooth`.
        """
        rate, source = reel.rate.to_frame_rate(), reel.source_frames()
        due = [round(each.seconds * rate.fraction) for each in self.seen]
        assert due == sorted(due)
        shown = [each.number for each in self.seen]
        assert shown == [source[frame] for frame in due]
        assert (due[0], due[-1]) == (0, len(source) - 1)
        assert len(set(due)) + self.dropped > 0.85 * len(source)


def watch(page: Page) -> None:
    """Begin to watch all videos of the page."""
    page.evaluate(f"() => {{ {_PROBE} }}")
    page.evaluate("window.watched = [...document.querySelectorAll('video')].map(window.watch)")


def watched(page: Page) -> list[Watched]:
    """What was seen so far, video by video."""
    reports = page.evaluate("window.watched.map((each) => each.report())")
    return [Watched.of(report) for report in reports]


def on_screen(page: Page) -> list[Seen]:
    """What the videos show now."""
    return [Seen.of(each) for each in page.evaluate("window.watched.map((each) => each.grab())")]


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
    """Wait for something in the page; its policy forbids that the page itself is asked to."""
    for _ in range(_LOOKS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(_LOOK_EVERY)
    raise AssertionError(f"never: {condition}")


def open_film(page: Page, address: str, member: str) -> None:
    """Open a member's reel as a plain MP4, twice, in a page that holds nothing else."""
    page.goto(f"{address}/player/licenses.txt")  # of the service, so that it may be asked
    page.evaluate(_FILM, {"member_id": member, "asset_id": "demo", "device": PLAYS_REELS})
    until(page, "[...document.querySelectorAll('video')].every((each) => each.readyState == 4)")


def play_film(page: Page) -> None:
    """Play all videos of a page to their end."""
    page.evaluate("document.querySelectorAll('video').forEach((each) => void each.play())")
    until(page, "[...document.querySelectorAll('video')].every((each) => each.ended)")


PLAYS_REELS = {"dynamic_sizzles": True}
_FILM = """
async (asked) => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(asked);
    const answer = await fetch("/v1/reels", { method: "POST", headers, body });
    const { reel_id } = await answer.json();
    for (const muted of [false, true]) {
        const video = document.createElement("video");
        Object.assign(video, { muted, preload: "auto", src: `/v1/reels/${reel_id}.mp4` });
        document.body.append(video);
    }
}
"""
