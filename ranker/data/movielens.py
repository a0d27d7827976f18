"""Readers of MovieLens folders, as GroupLens lays them out: 100K, 1M, 20M and latest.

    events, titles = read_movielens(Path("ml-1m"))

Which one a folder is, its files say. A folder with `interactions_chrono.tsv.gz` holds 1M's events
in the order in which they happened, which its `ratings.dat` does not keep.
"""

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np

from ranker.data.arrays import Ints
from ranker.data.events import Column, EventLog
from ranker.data.titles import TitleMetadata
from ranker.errors import HistoryError

_NO_GENRES: Final = {"", "(no genres listed)", "unknown"}
_YEAR: Final = re.compile(r"\((\d{4})\)\s*$")

_GENRES_100K: Final = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The files of one edition: how its events and its titles are read."""

    events: str
    titles: str
    read_events: Callable[[Path], Ints]
    read_titles: Callable[[Path], Iterator[tuple[str, TitleMetadata]]]


def read_movielens(folder: Path) -> tuple[EventLog, dict[str, TitleMetadata]]:
    """The events and titles of a MovieLens folder.

    Raises:
        HistoryError: the folder holds no edition that is known, or a file cannot be read.
    """
    for layout in _LAYOUTS:
        if (folder / layout.events).exists():
            return _read(folder, layout)
    wanted = ", ".join(layout.events for layout in _LAYOUTS)
    raise HistoryError(
        "This is no folder of MovieLens.", f"give one that holds {wanted}.", where=str(folder)
    )


def _read(folder: Path, layout: _Layout) -> tuple[EventLog, dict[str, TitleMetadata]]:
    try:
        rows_E3 = layout.read_events(folder / layout.events)
        titles = dict(layout.read_titles(folder / layout.titles))
    except (OSError, ValueError, KeyError, IndexError, EOFError) as error:
        raise HistoryError(
            f"The folder cannot be read as {layout.events} and {layout.titles}: {error}.",
            "unpack it again.",
            where=str(folder),
        ) from error
    member, title, at = rows_E3.T
    return EventLog.sorted(_column(member), _column(title), at.copy()), titles


def _column(ids_E: Ints) -> Column:
    """Numbers as texts, in the order of the numbers."""
    values, codes_E = np.unique(ids_E, return_inverse=True)
    return Column(tuple(map(str, values.tolist())), codes_E.astype(np.int64))


def _tabbed(path: Path) -> Ints:
    """100K: user, item, rating, seconds."""
    return np.loadtxt(path, np.int64, delimiter="\t", usecols=(0, 1, 3), ndmin=2)


def _chronological(path: Path) -> Ints:
    """1M in true order, with a head: user, item, rating, seconds, and whether these are exact."""
    with gzip.open(path, "rt") as file:
        return np.loadtxt(file, np.int64, delimiter="\t", usecols=(0, 1, 3), skiprows=1, ndmin=2)


def _double_colons(path: Path) -> Ints:
    """1M: user::item::rating::seconds."""
    with path.open(encoding="latin-1") as file:
        lines = (line.replace("::", "\t") for line in file)
        return np.loadtxt(lines, np.int64, delimiter="\t", usecols=(0, 1, 3), ndmin=2)


def _commas(path: Path) -> Ints:
    """20M and latest, with a head: user, item, rating, seconds."""
    return np.loadtxt(path, np.int64, delimiter=",", usecols=(0, 1, 3), skiprows=1, ndmin=2)


def _titles_100k(path: Path) -> Iterator[tuple[str, TitleMetadata]]:
    for line in path.read_text(encoding="latin-1").splitlines():
        number, _, released, _, _, *flags = line.split("|")
        genres = [g for g, flag in zip(_GENRES_100K, flags, strict=True) if flag == "1"]
        day = datetime.strptime(released, "%d-%b-%Y").date() if released else None
        yield number, _movie(genres, day)


def _titles_1m(path: Path) -> Iterator[tuple[str, TitleMetadata]]:
    for line in path.read_text(encoding="latin-1").splitlines():
        number, name, genres = line.split("::")
        yield number, _movie(genres.split("|"), _year(name))


def _titles_20m(path: Path) -> Iterator[tuple[str, TitleMetadata]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["movieId"], _movie(row["genres"].split("|"), _year(row["title"]))


def _year(name: str) -> date | None:
    found = _YEAR.search(name)
    return date(int(found[1]), 1, 1) if found else None


def _movie(genres: list[str], released: date | None) -> TitleMetadata:
    known = tuple(genre for genre in genres if genre not in _NO_GENRES)
    return TitleMetadata(genres=known, kind="movie", released=released)


_LAYOUTS: Final = (
    _Layout("u.data", "u.item", _tabbed, _titles_100k),
    _Layout("interactions_chrono.tsv.gz", "movies.dat", _chronological, _titles_1m),
    _Layout("ratings.dat", "movies.dat", _double_colons, _titles_1m),
    _Layout("ratings.csv", "movies.csv", _commas, _titles_20m),
)
