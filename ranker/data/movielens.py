"""Readers of MovieLens folders, as GroupLens lays them out: 100K, 1M, 20M and latest.

    events, titles = read_movielens(Path("ml-1m"))

The files in a folder tell which edition it is. `interactions_chrono.tsv.gz` holds the events of 1M
in the order in which they happened, which `ratings.dat` does not keep.
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

from ranker.data.arrays import Floats
from ranker.data.events import Column, ViewingLog
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
class _Edition:
    """The files of one edition, and their readers."""

    events: str
    titles: str
    read_events: Callable[[Path], Floats]
    read_titles: Callable[[Path], Iterator[tuple[str, TitleMetadata]]]


def read_movielens(folder: Path) -> tuple[ViewingLog, dict[str, TitleMetadata]]:
    """The events and titles of a MovieLens folder.

    Raises:
        HistoryError: the folder is not a known edition, or a file cannot be read.
    """
    for edition in _EDITIONS:
        if (folder / edition.events).exists():
            return _read(folder, edition)
    wanted = " or ".join(edition.events for edition in _EDITIONS)
    raise HistoryError(
        "This is not a MovieLens folder.", f"give a folder with {wanted}.", where=str(folder)
    )


def is_movielens(folder: Path) -> bool:
    """Whether a folder has the files of a known edition."""
    return any((folder / edition.events).exists() for edition in _EDITIONS)


def _read(folder: Path, edition: _Edition) -> tuple[ViewingLog, dict[str, TitleMetadata]]:
    try:
        rows_E4 = edition.read_events(folder / edition.events)
        titles = dict(edition.read_titles(folder / edition.titles))
    except (OSError, ValueError, KeyError, IndexError, EOFError) as error:
        raise HistoryError(
            f"{edition.events} and {edition.titles} cannot be read: {error}.",
            "unpack the folder again.",
            where=str(folder),
        ) from error
    member, title, rating, time = rows_E4.T
    # 0 is no rating: it stands where the original one is not known.
    log = ViewingLog.from_columns(
        _column(member),
        _column(title),
        time.astype(np.int64),
        rating=np.where(rating > 0, rating, np.nan),
    )
    return log, titles


def _column(ids_E: Floats) -> Column:
    """Numeric ids as strings, in numeric order."""
    values, codes_E = np.unique(ids_E.astype(np.int64), return_inverse=True)
    return Column(tuple(map(str, values.tolist())), codes_E.astype(np.int64))


def _events_100k(path: Path) -> Floats:
    """100K: user, item, rating, seconds."""
    return np.loadtxt(path, np.float64, delimiter="\t", usecols=(0, 1, 2, 3), ndmin=2)


def _events_1m_chronological(path: Path) -> Floats:
    """1M in true order, after a header: user, item, rating, seconds, whether these are exact."""
    with gzip.open(path, "rt") as file:
        return np.loadtxt(
            file, np.float64, delimiter="\t", usecols=(0, 1, 2, 3), skiprows=1, ndmin=2
        )


def _events_1m(path: Path) -> Floats:
    """1M: user::item::rating::seconds."""
    with path.open(encoding="latin-1") as file:
        lines = (line.replace("::", "\t") for line in file)
        return np.loadtxt(lines, np.float64, delimiter="\t", usecols=(0, 1, 2, 3), ndmin=2)


def _events_20m(path: Path) -> Floats:
    """20M and latest, after a header: user, item, rating, seconds."""
    return np.loadtxt(path, np.float64, delimiter=",", usecols=(0, 1, 2, 3), skiprows=1, ndmin=2)


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


_EDITIONS: Final = (
    _Edition("u.data", "u.item", _events_100k, _titles_100k),
    _Edition("interactions_chrono.tsv.gz", "movies.dat", _events_1m_chronological, _titles_1m),
    _Edition("ratings.dat", "movies.dat", _events_1m, _titles_1m),
    _Edition("ratings.csv", "movies.csv", _events_20m, _titles_20m),
)
