"""Loading of viewing events, from our own files or a MovieLens folder, and selections of them.

Names of arrays end in their shape: E counts events, V titles.
"""

from pathlib import Path

import numpy as np

from ranker.data.events import ViewingLog
from ranker.data.histories import read_events
from ranker.data.movielens import read_movielens
from ranker.data.titles import MetadataByTitle, read_titles


def read_log(path: Path, titles: Path | None = None) -> tuple[ViewingLog, MetadataByTitle]:
    """The events and titles of a MovieLens folder, or of our own JSON Lines files.

    Args:
        path: a folder, or a file of events.
        titles: a file of titles, which overrides a folder's own metadata.

    Raises:
        HistoryError: a file cannot be read.
    """
    metadata: MetadataByTitle = read_titles(titles) if titles else {}
    if path.is_dir():
        log, own_metadata = read_movielens(path)
        return log, {**own_metadata, **metadata}
    return ViewingLog.from_events(read_events(path)), metadata


def sample_titles(log: ViewingLog, share: float, seed: int) -> frozenset[str]:
    """A random share of the titles, stratified by popularity.

    Args:
        log: the events.
        share: of its titles, from 0 to below 1.
        seed: for the sampling.
    """
    random = np.random.default_rng(seed)
    counts_V = np.bincount(log.title.codes_E, minlength=len(log.title.values))
    by_count = np.argsort(counts_V, kind="stable")
    size = round(1 / share) if share else len(by_count) + 1
    strata = [by_count[start : start + size] for start in range(0, len(by_count), size)]
    full = [stratum for stratum in strata if len(stratum) == size]
    return frozenset(log.title.values[random.choice(stratum)] for stratum in full)


def without_titles(log: ViewingLog, titles: frozenset[str]) -> ViewingLog:
    """The events on all other titles."""
    excluded_V = np.array([title in titles for title in log.title.values], dtype=bool)
    return log.take(~excluded_V[log.title.codes_E])


def select_surface_members(log: ViewingLog, surface: str) -> ViewingLog:
    """All events of the members with at least one event on a surface."""
    column = log.texts.get("surface")
    if column is None or surface not in column.values:
        return log.take(slice(0, 0))
    on_surface_E = column.codes_E == column.values.index(surface)
    members = np.unique(log.member.codes_E[on_surface_E])
    return log.take(np.isin(log.member.codes_E, members))
