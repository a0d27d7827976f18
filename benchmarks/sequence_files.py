"""Public logs of sequential recommendation, as their benchmarks distribute them.

    member title title ...          a line a member, in order (S3-Rec)
    member title ...<TAB>gap gap    the same, with the seconds since the event before
    member title                    a line an event, in order (SASRec)

They may be packed with gzip. Attributes are JSON, title -> numbers of what it has, such as
categories. There are no times but for the gaps: where there are none, an event is a day.
"""

from __future__ import annotations

import gzip
import json
from itertools import accumulate
from pathlib import Path

from ranker import TitleMetadata, ViewingEvent, ViewingLog

_START, _DAY = 1_000_000_000, 86_400


def read_sequences(path: Path) -> ViewingLog:
    """The log in a file of any of these kinds."""
    histories: dict[str, list[str]] = {}
    gaps: dict[str, list[int]] = {}
    for line in _text(path).splitlines():
        watched, _, apart = line.partition("\t")
        member, *titles = watched.split()
        histories.setdefault(member, []).extend(titles)
        if apart:
            gaps[member] = list(map(int, apart.split()))
    return ViewingLog.from_events(
        ViewingEvent(member, title, at)
        for member, titles in histories.items()
        for title, at in zip(titles, _times(len(titles), gaps.get(member)), strict=True)
    )


def read_attributes(path: Path) -> dict[str, TitleMetadata]:
    """Titles with their attributes, as tags: the first hundred, which is the most of a title."""
    attributes = json.loads(_text(path))
    return {
        title: TitleMetadata(tags=tuple(dict.fromkeys(map(str, numbers)))[:100])
        for title, numbers in attributes.items()
    }


def _times(count: int, gaps: list[int] | None) -> list[int]:
    """Seconds of each event."""
    own = [_DAY] * count if gaps is None else gaps
    return [_START + seconds for seconds in accumulate(own)]


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
