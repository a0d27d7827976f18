"""Reading MovieLens folders."""

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ranker import HistoryError, TitleMetadata, ViewingLog, read_movielens


def folder_100k(folder: Path) -> None:
    """A folder like 100K, with tabs and genre flags."""
    (folder / "u.data").write_text("1\t20\t5\t200\n1\t10\t3\t100\n2\t10\t4\t50\n")
    flags = ["0"] * 19
    flags[8] = flags[5] = "1"
    lines = [f"10|One (1995)|02-Mar-1995||url|{'|'.join(flags)}", f"20|Two|||u|{'|'.join(flags)}"]
    (folder / "u.item").write_text("\n".join(lines), encoding="latin-1")


def folder_1m(folder: Path) -> None:
    """A folder like 1M, with double colons."""
    (folder / "ratings.dat").write_text("1::20::5::200\n1::10::3::100\n2::10::4::50\n")
    _movies_1m(folder)


def folder_1m_in_order(folder: Path) -> None:
    """A folder like 1M with events in true order, compressed."""
    with gzip.open(folder / "interactions_chrono.tsv.gz", "wt") as file:
        file.write("user\titem\trating_or0\tts\tts_exact\n")
        file.write("1\t10\t3\t100\t1\n1\t20\t5\t200\t1\n2\t10\t0\t50\t0\n")
    _movies_1m(folder)


def _movies_1m(folder: Path) -> None:
    text = "10::One (1995)::Drama|Comedy\n20::Two::Drama|Comedy\n"
    (folder / "movies.dat").write_text(text, encoding="latin-1")


def folder_20m(folder: Path) -> None:
    """A folder like 20M and latest, with commas and headers."""
    (folder / "ratings.csv").write_text(
        "userId,movieId,rating,timestamp\n1,20,5.0,200\n1,10,3.5,100\n2,10,4.0,50\n"
    )
    (folder / "movies.csv").write_text(
        'movieId,title,genres\n10,"One, the (1995)",Drama|Comedy\n20,Two,(no genres listed)\n'
    )


FOLDERS = [folder_100k, folder_1m, folder_1m_in_order, folder_20m]
editions = pytest.mark.parametrize("make", FOLDERS, ids=lambda make: make.__name__)


def triples(log: ViewingLog) -> list[tuple[str, str, int]]:
    """Member, title and time of each event."""
    return [
        (log.member.values[member], log.title.values[title], at)
        for member, title, at in zip(
            log.member.codes_E, log.title.codes_E, log.time_E.tolist(), strict=True
        )
    ]


@editions
def test_every_edition_is_read(tmp_path: Path, make: object) -> None:
    """Events are ordered by member and time, with genres and years."""
    make(tmp_path)  # type: ignore[operator]
    log, titles = read_movielens(tmp_path)
    assert triples(log) == [("1", "10", 100), ("1", "20", 200), ("2", "10", 50)]
    assert log.rating_E is not None
    rating = {folder_20m: 3.5}.get(make, 3.0)  # type: ignore[call-overload]
    unknown = make is folder_1m_in_order  # where 0 stands for it
    assert log.rating_E[:2].tolist() == [rating, 5.0]
    assert bool(np.isnan(log.rating_E[2])) == unknown
    one = titles["10"]
    assert (set(one.genres), one.kind) == ({"Drama", "Comedy"}, "movie")
    assert one.released is not None
    assert one.released.year == 1995
    assert titles["20"].released is None


def test_equal_times_keep_the_order_of_the_file(tmp_path: Path) -> None:
    """Half of the neighbouring events share a second, and only their order says what came next."""
    folder_1m(tmp_path)
    rows = [f"1::{movie}::5::100" for movie in (30, 10, 20)]
    (tmp_path / "ratings.dat").write_text("\n".join(rows))
    log, _ = read_movielens(tmp_path)
    assert [title for _, title, _ in triples(log)] == ["30", "10", "20"]


def test_a_release_day_is_read_if_there_is_one(tmp_path: Path) -> None:
    """100K has the day of a release, not only its year."""
    folder_100k(tmp_path)
    _, titles = read_movielens(tmp_path)
    expected = TitleMetadata(("Comedy", "Drama"), "movie", date(1995, 3, 2))
    assert titles["10"] == expected


@editions
def test_a_corrupt_folder_is_refused_with_its_name(tmp_path: Path, make: object) -> None:
    """A corrupt file is never read in part."""
    make(tmp_path)  # type: ignore[operator]
    events = next(path for path in tmp_path.iterdir() if "u.item" not in path.name)
    events = next(
        tmp_path / name
        for name in ("u.data", "ratings.dat", "ratings.csv", "interactions_chrono.tsv.gz")
        if (tmp_path / name).exists()
    )
    events.write_bytes(events.read_bytes()[:-5] + b"\xff\xfe")
    with pytest.raises(HistoryError, match="cannot be read") as caught:
        read_movielens(tmp_path)
    assert caught.value.where == str(tmp_path)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    """The error names the files that are looked for."""
    with pytest.raises(HistoryError, match=r"not a MovieLens folder.*u\.data"):
        read_movielens(tmp_path)
