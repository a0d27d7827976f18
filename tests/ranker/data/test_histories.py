"""Viewing events, histories, and their file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import (
    Histories,
    HistoryError,
    LoggedHistories,
    ViewingEvent,
    read_events,
    read_histories,
    write_histories,
)

LINE = b'{"member_id": "ada", "title_id": "aurora", "at": 5}'
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
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
    assert [event.title_id for event in histories.events_of("b")] == ["y", "x"]
    assert [event.title_id for event in histories.events()] == ["z", "y", "x"]


def test_keeps_the_given_order_of_equal_times() -> None:
    """Events at the same time stay in the order in which they were given."""
    titles = ["c", "a", "b", "a"]
    events = Histories(ViewingEvent("m", title, 7) for title in titles).events_of("m")
    assert [event.title_id for event in events] == titles


def test_an_unknown_member_has_no_events() -> None:
    """An unknown member is not an error; the history is empty."""
    assert Histories().events_of("nobody") == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(viewing_events))
def test_events_come_back_from_the_file(events: list[ViewingEvent]) -> None:
    """Whatever the ids hold, written events are read as they were, in order."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "histories.jsonl"
        write_histories(path, events)
        assert read_events(path) == events


def test_skips_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    """Editors and Windows add them."""
    path = tmp_path / "log"
    path.write_bytes(b"\xef\xbb\xbf" + LINE + b"\r\n\r\n" + LINE + b"\r\n")
    assert read_events(path) == [ViewingEvent("ada", "aurora", 5)] * 2


@settings(max_examples=25, deadline=None)
@given(st.lists(viewing_events))
def test_a_file_in_columns_holds_what_its_objects_do(events: list[ViewingEvent]) -> None:
    """Read in parts, of any size; each member's events in time order."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("ranker.data.logged_histories._AT_ONCE", 3)
        path = Path(folder) / "histories.jsonl"
        write_histories(path, events)
        read = LoggedHistories.read(path)
    histories = Histories(events)
    assert read.members == histories.members
    for member in (*histories.members, "nobody", ""):
        expected = dict.fromkeys(histories.events_of(member))
        assert dict.fromkeys(read.events_of(member)) == expected
    together = read.log_of(read.members)
    assert list(together.events()) == list(histories.log_of(histories.members).events())


def test_an_empty_file_holds_no_members(tmp_path: Path) -> None:
    """A file without events is valid."""
    (tmp_path / "log").write_bytes(b"")
    assert read_histories(tmp_path / "log").members == ()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{torn", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1, 2]", "Expected a JSON object, but found list"),
        (b'{"member_id": "ada", "at": 5}', "no `title_id`"),
        (b'{"title_id": "aurora", "at": 5}', "no `member_id`"),
        (b'{"member_id": "ada", "title_id": "aurora"}', "no `at`"),
        (LINE.replace(b'"ada"', b'""'), "`member_id` must be a non-empty string"),
        (LINE.replace(b'"aurora"', b"7"), "`title_id` must be a non-empty string, but is 7"),
        (LINE.replace(b"5", b"5.5"), "`at` must be whole seconds .* but is 5.5"),
        (LINE.replace(b"5", b"-5"), "`at` must be whole seconds .* but is -5"),
        (LINE.replace(b"5", b"true"), "`at` must be whole seconds .* but is True"),
        (LINE.replace(b"5", b"NaN"), "`at` must be whole seconds .* but is nan"),
        (LINE.replace(b"5", b'"today"'), "`at` must be whole seconds .* but is 'today'"),
        (LINE.replace(b"5", b"99999999999"), "from the future: `at` is 99999999999"),
        (LINE.replace(b"5", b"9" * 40), "`at` must be whole seconds"),
        (LINE[:-1] + b', "seconds": -3}', "`seconds` must be a non-negative integer, but is -3"),
        (LINE[:-1] + b', "seconds": %d}' % 2**64, "`seconds` is .* longer than any viewing"),
        (LINE[:-1] + b', "device": ["tv"]}', "`device` must be a string, but is "),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path: Path, line: bytes, what: str) -> None:
    """The error names file and line, what is wrong, and a valid line."""
    path = tmp_path / "log"
    path.write_bytes(LINE + b"\n" + line + b"\n")
    with pytest.raises(HistoryError, match=what) as caught:
        read_histories(path)
    assert caught.value.where == f"{path}, line 2"
    assert '{"member_id": "member-ada"' in caught.value.fix


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The error says whether it is missing or a folder."""
    with pytest.raises(HistoryError, match=r"absent: .* cannot be read: No such file"):
        read_histories(tmp_path / "absent")
    with pytest.raises(HistoryError, match=r"cannot be read: Is a directory"):
        read_histories(tmp_path)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """So is a file whose folder cannot be created."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HistoryError, match="cannot be written"):
        write_histories(tmp_path / "file" / "log", [])
