"""Where viewing events come from: our own log, or a MovieLens folder; and what is withheld of them.

Names of arrays end in their shape: E counts events, V titles.
"""

from pathlib import Path

import numpy as np

from ranker.data.events import EventLog
from ranker.data.histories import read_events
from ranker.data.movielens import read_movielens
from ranker.data.titles import Titles, read_titles


def read_log(path: Path, titles: Path | None = None) -> tuple[EventLog, Titles]:
    """The events and titles of a MovieLens folder, or of JSON Lines files of our own.

    Args:
        path: a folder, or a file of events.
        titles: a file of titles; their metadata goes before a folder's own.

    Raises:
        HistoryError: a file cannot be read.
    """
    known: Titles = read_titles(titles) if titles else {}
    if path.is_dir():
        log, told = read_movielens(path)
        return log, {**told, **known}
    return EventLog.of(read_events(path)), known


def withheld(log: EventLog, share: float, seed: int) -> frozenset[str]:
    """A share of the titles, of popular and rare ones alike, to see how a model does without them.

    Args:
        log: the events.
        share: of its titles, from 0 to below 1.
        seed: of which ones.
    """
    random = np.random.default_rng(seed)
    counts_V = np.bincount(log.title.codes_E, minlength=len(log.title.values))
    by_count = np.argsort(counts_V, kind="stable")
    every = round(1 / share) if share else len(by_count) + 1
    strata = [by_count[start : start + every] for start in range(0, len(by_count), every)]
    full = [stratum for stratum in strata if len(stratum) == every]
    return frozenset(log.title.values[random.choice(stratum)] for stratum in full)


def without_titles(log: EventLog, titles: frozenset[str]) -> EventLog:
    """The events that are not of these titles."""
    gone_V = np.array([title in titles for title in log.title.values], dtype=bool)
    return log.take(~gone_V[log.title.codes_E])


def of_surface(log: EventLog, surface: str) -> EventLog:
    """The events of members who have been to one surface, as a canvas is fine-tuned on."""
    column = log.texts.get("surface")
    if column is None or surface not in column.values:
        return log.take(slice(0, 0))
    there_E = column.codes_E == column.values.index(surface)
    members = np.unique(log.member.codes_E[there_E])
    return log.take(np.isin(log.member.codes_E, members))
