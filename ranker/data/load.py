"""Loading of viewing events, from our own files or a MovieLens folder, and selections of them.

Names of arrays end in their shape: E counts events, V titles.
"""

from itertools import chain
from pathlib import Path

import numpy as np

from ranker.data.event_batches import read_batches
from ranker.data.event_sources import COLUMNS, find_files, is_store_url, kind_of
from ranker.data.events import ViewingLog
from ranker.data.histories import read_events
from ranker.data.movielens import is_movielens, read_movielens
from ranker.data.shard_files import is_shard_folder
from ranker.data.titles import MetadataByTitle, read_titles
from ranker.errors import HistoryError


def read_log(
    location: Path | str, titles: Path | None = None
) -> tuple[ViewingLog, MetadataByTitle]:
    """The events and titles of a MovieLens folder, or of our own files, all in memory.

    Args:
        location: a MovieLens folder; a file of events, JSON Lines, CSV or Parquet; a folder of
            such files; or an object store's URL.
        titles: a file of titles, which overrides a folder's own metadata.

    Raises:
        HistoryError: a file cannot be read.
    """
    metadata: MetadataByTitle = read_titles(titles) if titles else {}
    if is_movielens(Path(location)):
        log, own_metadata = read_movielens(Path(location))
        return log, {**own_metadata, **metadata}
    if is_shard_folder(Path(location)):
        raise HistoryError(
            "These are prepared shards, which are not read into memory as a whole.",
            "give them to `sizzle train` or `sizzle rank-batch`; else the events themselves.",
            where=str(location),
        )
    if has_columns(location):
        return _read_columns(location), metadata
    return ViewingLog.from_events(read_events(Path(location))), metadata


def has_columns(location: Path | str) -> bool:
    """Whether events are in files of columns, in a folder of files, or in an object store."""
    if isinstance(location, str) and is_store_url(location):
        return True
    path = Path(location)
    if path.is_dir():
        return not is_movielens(path) and not is_shard_folder(path)
    return kind_of(path.name) in COLUMNS


def _read_columns(location: Path | str) -> ViewingLog:
    batches = chain.from_iterable(map(read_batches, find_files(location)))
    return ViewingLog.concatenate([batch.log() for batch in batches]).without_duplicates()


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
