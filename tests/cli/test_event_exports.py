"""Exports of the log in parts, what was sent twice, and erasing a member from exported files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sizzle.eventlog.event_files import read_events
from tests.cli.exported_events import DAY, record, run
from tests.events.sample_events import event


def ids(*paths: Path) -> list[str]:
    """The ids of the events of files."""
    return [read_event.event.event_id for path in paths for read_event in read_events(path, 2**50)]


def test_an_export_goes_on_after_its_cursor(tmp_path: Path) -> None:
    """Into files of its own: a day that goes on is not overwritten by its later part."""
    record(tmp_path, event("e-1"), event("e-2", time=event("").time - DAY))
    out = tmp_path / "days"
    first = json.loads(run(tmp_path, "events", "export", out, "--json").stdout)
    assert first == {"out": str(out), "events": 2, "cursor": "2"}
    record(tmp_path, event("e-3"))
    more = ("events", "export", out, "--after", first["cursor"], "--json")
    assert json.loads(run(tmp_path, *more).stdout) == {"out": str(out), "events": 1, "cursor": "3"}
    assert sorted(ids(*out.iterdir())) == ["e-1", "e-2", "e-3"]
    assert json.loads(run(tmp_path, *more[:4], "3", "--json").stdout)["cursor"] == "3"
    assert len(list(out.iterdir())) == 3


def test_more_days_than_files_can_be_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Years of events are exported by day without running out of files."""
    import resource

    record(tmp_path, *(event(f"e-{n}", time=event("").time - n * DAY) for n in range(90)))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + 40, limits[1]))
    try:
        done = run(tmp_path, "events", "export", tmp_path / "days")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert done.exit_code == 0, done.exception
    assert len(ids(*(tmp_path / "days").iterdir())) == 90


def test_what_was_sent_again_with_other_content_is_shown(tmp_path: Path) -> None:
    """How often, and of whom; the first stays."""
    assert "No event was sent again" in run(tmp_path, "events", "conflicts").stderr
    again = [event("e-1", metrics={"seconds": float(number)}) for number in range(3)]
    record(tmp_path, *again, event("e-2"), event("e-2"))
    [found] = json.loads(run(tmp_path, "events", "conflicts", "--json").stdout)
    assert (found["id"], found["count"], found["member"]) == ("e-1", 2, again[0].member_id)
    assert "e-1" in run(tmp_path, "events", "conflicts").stdout


def test_a_member_is_erased_from_all_exports(tmp_path: Path) -> None:
    """Files, folders and object stores are rewritten; what cannot be is named, with exit code 1."""
    mallory, ada = event("e-1", member_id="mallory"), event("e-2", member_id="ada")
    record(tmp_path, mallory, ada, event("e-3", member_id="mallory", time=mallory.time - DAY))
    store = tmp_path / "store"
    store.mkdir()
    names = ("all.jsonl", "all.jsonl.gz", "all.csv", "all.csv.gz", "days", "gone.csv")
    targets = [*(str(tmp_path / name) for name in names), f"file://{store}"]
    for target in targets:
        assert run(tmp_path, "events", "export", target).exit_code == 0
    (tmp_path / "gone.csv").unlink()
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"mallory")
    erase = ("members", "erase", "mallory", "--json", "--histories", tmp_path / "none")
    done = run(tmp_path, *erase, "--exports", broken)
    result = json.loads(done.stdout)
    assert (done.exit_code, list(result["unchanged"])) == (1, [str(broken)])
    files = [tmp_path / name for name in names[:4]]
    files += [*(tmp_path / "days").iterdir(), *store.iterdir()]
    assert sum(result["exports"].values()) == 6 * 2
    assert ids(*files) == ["e-2"] * 6
    assert not any(b"mallory" in path.read_bytes() for path in files)
    broken.unlink()
    again = run(tmp_path, *erase)
    assert (again.exit_code, json.loads(again.stdout)["exports"]) == (0, {})
