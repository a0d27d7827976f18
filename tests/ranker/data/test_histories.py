"""Viewing events, histories, and their file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import (
    Histories,
    HistoryError,
    ViewingEvent,
    append_histories,
    read_events,
    read_histories,
    write_histories,
)

LINE = b'{"member_id": "ada", "title_id": "aurora", "at": 5}'
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
viewing_events = st.builds(
    ViewingEvent,
    ids,
    ids,
    st.integers(0, 1_700_000_000),
    seconds=st.none() | st.integers(0, 100_000),
    action=texts,
    device=texts,
    surface=texts,
)


def test_orders_each_member_by_time() -> None:
    """Events may come in any order; each member's titles are oldest first."""
    events = [ViewingEvent("b", "x", 9), ViewingEvent("a", "z", 3), ViewingEvent("b", "y", 1)]
    histories = Histories(events)
    assert histories.members == ("a", "b")
    assert histories.of("b") == ("y", "x")
    assert list(histories) == [("z",), ("y", "x")]
    assert len(histories) == 2


def test_keeps_the_given_order_of_equal_times() -> None:
    """Of two events at one time, the first given came first."""
    titles = ["c", "a", "b", "a"]
    assert Histories(ViewingEvent("m", title, 7) for title in titles).of("m") == tuple(titles)


def test_an_unknown_member_has_watched_nothing() -> None:
    """An unknown member is no error; the history is empty."""
    assert Histories().of("nobody") == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(viewing_events), st.lists(viewing_events))
def test_events_come_back_from_the_file(
    first: list[ViewingEvent], second: list[ViewingEvent]
) -> None:
    """Whatever the ids hold, written and appended events are read as they were, in order."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "histories.jsonl"
        write_histories(path, first)
        append_histories(path, second)
        assert read_events(path) == first + second


def test_appending_keeps_what_the_file_held(tmp_path: Path) -> None:
    """Keys unknown to us and a missing last line feed survive an append."""
    path = tmp_path / "log"
    richer = LINE[:-1] + b', "device": "tv"}'
    path.write_bytes(richer)
    append_histories(path, [ViewingEvent("ben", "velvet", 6)])
    first, second, rest = path.read_bytes().split(b"\n")
    assert (first, rest) == (richer, b"")
    assert b"velvet" in second


def test_appending_makes_a_missing_file(tmp_path: Path) -> None:
    """The first event of all needs no file."""
    append_histories(tmp_path / "log", [ViewingEvent("ben", "velvet", 6)])
    assert read_histories(tmp_path / "log").of("ben") == ("velvet",)


def test_appending_to_a_bad_file_changes_nothing(tmp_path: Path) -> None:
    """A file that cannot be read is refused as it is, not made longer."""
    path = tmp_path / "log"
    path.write_bytes(LINE + b"\n{torn")
    with pytest.raises(HistoryError, match="line 2"):
        append_histories(path, [ViewingEvent("ben", "velvet", 6)])
    assert path.read_bytes() == LINE + b"\n{torn"


def test_skips_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    """What editors and Windows add around lines does no harm."""
    path = tmp_path / "log"
    path.write_bytes(b"\xef\xbb\xbf" + LINE + b"\r\n\r\n" + LINE + b"\r\n")
    assert read_events(path) == [ViewingEvent("ada", "aurora", 5)] * 2


def test_an_empty_file_holds_no_members(tmp_path: Path) -> None:
    """No events are a valid history of nobody."""
    (tmp_path / "log").write_bytes(b"")
    assert read_histories(tmp_path / "log").members == ()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{torn", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1, 2]", "Expected a JSON object, but found list"),
        (b'{"member_id": "ada", "at": 5}', "no `title_id`"),
        (b'{"title_id": "aurora", "at": 5}', "no `member_id`"),
        (b'{"member_id": "ada", "title_id": "aurora"}', "no `at`"),
        (LINE.replace(b'"ada"', b'""'), "`member_id` must be a text that is not empty"),
        (LINE.replace(b'"aurora"', b"7"), "`title_id` must be a text .* but is 7"),
        (LINE.replace(b"5", b"5.5"), "`at` must be whole seconds .* but is 5.5"),
        (LINE.replace(b"5", b"-5"), "`at` must be whole seconds .* but is -5"),
        (LINE.replace(b"5", b"true"), "`at` must be whole seconds .* but is True"),
        (LINE.replace(b"5", b"NaN"), "`at` must be whole seconds .* but is nan"),
        (LINE.replace(b"5", b'"today"'), "`at` must be whole seconds .* but is 'today'"),
        (LINE.replace(b"5", b"99999999999"), "from the future: `at` is 99999999999"),
        (LINE.replace(b"5", b"9" * 40), "`at` must be whole seconds"),
        (LINE[:-1] + b', "seconds": -3}', "`seconds` must be a whole number from 0 up, but is -3"),
        (LINE[:-1] + b', "device": ["tv"]}', "`device` must be a text, but is "),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path: Path, line: bytes, what: str) -> None:
    """The error says which file and line, what is wrong with it, and what a good line is."""
    path = tmp_path / "log"
    path.write_bytes(LINE + b"\n" + line + b"\n")
    with pytest.raises(HistoryError, match=what) as caught:
        read_histories(path)
    assert caught.value.where == f"{path}, line 2"
    assert '{"member_id": "member-ada"' in caught.value.fix


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """An absent file and a folder in its place are said to be so."""
    with pytest.raises(HistoryError, match=r"absent: .* cannot be read: No such file"):
        read_histories(tmp_path / "absent")
    with pytest.raises(HistoryError, match=r"cannot be read: Is a directory"):
        read_histories(tmp_path)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder that cannot be made is said to be so."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HistoryError, match="cannot be written"):
        write_histories(tmp_path / "file" / "log", [])
