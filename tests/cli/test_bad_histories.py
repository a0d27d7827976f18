"""Histories that are wrong, or hardly any: by the command line and in Python, with what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ranker import (
    HistoryError,
    ModelConfig,
    TitleMetadata,
    TrainingConfig,
    TrainingError,
    ViewingEvent,
    ViewingLog,
    read_titles,
    train,
)
from ranker.data.suspicions import suspicions, unknown_titles
from sizzle.cli.app import app
from sizzle.errors import SizzleError

START = 1_700_000_000
DAY = 86_400
SMALL = [f"--set={setting}" for setting in ("steps=2", "evaluate_every=1", "context=8", "width=8")]

Log = list[ViewingEvent]


def log_of(
    members: int = 5,
    titles: int = 7,
    events: int = 30,
    every: int = DAY,
    name: Callable[[int], str] = "title-{}".format,
    **fields: object,
) -> Log:
    """Members who watch titles in turn."""
    return [
        ViewingEvent(f"member-{n % members}", name(n % titles), START + n * every, **fields)  # type: ignore[arg-type]
        for n in range(events)
    ]


def run(*arguments: object) -> Result:
    """Run a command in this process; its errors are those that the program prints."""
    return CliRunner().invoke(app, list(map(str, arguments)))


def written(folder: Path, events: Log) -> Path:
    """A file of these events."""
    path = folder / "log.jsonl"
    fields = ("member_id", "title_id", "at", "seconds", "action")
    lines = [{name: getattr(event, name) for name in fields} for event in events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def refusal(result: Result) -> str:
    """What a refused command says: one of the program's own errors, and no other exception."""
    error = result.exception
    assert isinstance(error, ValueError | SizzleError), repr(error)
    assert str(getattr(error, "fix", ""))
    return str(error)


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("seconds", 10**30, "`seconds` is 1000000.*000, which is longer than any viewing"),
        ("seconds", 5_400_000, "longer than any viewing.*divide milliseconds by 1,000"),
        ("seconds", -1, "`seconds` must be a non-negative integer, but is -1"),
        ("seconds", 90.5, "`seconds` must be a non-negative integer, but is 90.5"),
        ("seconds", "90", "`seconds` must be a non-negative integer, but is '90'"),
        ("at", 1_700_000_000_000, "after the year 9999.*divide milliseconds by 1,000"),
        ("at", 999_999_999_999, "after the year 9999"),
        ("at", 99_999_999_999, "from the future"),
        ("at", -5, "`at` must be whole seconds since 1970, but is -5"),
        ("at", "2023-11-14", "`at` must be whole seconds since 1970, but is '2023-11-14'"),
        ("member_id", "  \t ", "`member_id` must be more than spaces"),
        ("title_id", "\u00a0", "`title_id` must be more than spaces"),
        ("title_id", 17, "`title_id` must be a non-empty string, but is 17"),
        ("rating", float("nan"), "`rating` must be a number, but is nan"),
        ("rating", "5", "`rating` must be a number, but is '5'"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_number(
    tmp_path: Path, field: str, value: object, what: str
) -> None:
    """By the command, by file and line; by the event itself in Python."""
    good = {"member_id": "m", "title_id": "t", "at": START}
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(good) + "\n" + json.dumps({**good, field: value}) + "\n")
    said = refusal(run("train", path, f"--out={tmp_path / 'model'}"))
    assert f"{path}, line 2" in said
    with pytest.raises(HistoryError, match=f"(?s){what}"):
        raise HistoryError(said, "")
    if what != "from the future":  # what a clock says is a matter of the file
        with pytest.raises(HistoryError):
            ViewingEvent(**{**good, field: value})  # type: ignore[arg-type]
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("events", "what"),
    [
        ([], "There are no viewings"),
        (log_of(events=1), "are of one title, 'title-0'"),
        (log_of(titles=1), "are of one title, 'title-0'"),
        (log_of(every=0), "All 30 viewings have the same time, 1700000000.*--split leave-one-out"),
        (log_of(action="dislike"), "None of the 30 viewings is a target.*--signals"),
        (log_of(action="impression"), "There are no viewings"),
        (log_of(members=30), "No member has two titles to train on"),
    ],
    ids=["empty", "one event", "one title", "one time", "dislikes", "impressions", "one each"],
)
def test_histories_without_an_order_are_refused(tmp_path: Path, events: Log, what: str) -> None:
    """The error says what is missing, and nothing is written."""
    with pytest.raises(TrainingError, match=f"(?s){what}"):
        train(ViewingLog.from_events(events), {})
    out = tmp_path / "model"
    said = refusal(run("train", written(tmp_path, events), f"--out={out}"))
    with pytest.raises(TrainingError, match=f"(?s){what}"):
        raise TrainingError(said, "")
    assert not out.exists()


@pytest.mark.parametrize(
    ("events", "warning"),
    [
        (log_of(members=1), "All viewings are of one member"),
        (
            log_of(name=lambda n: ("Aurora", "aurora", "velvet", " velvet")[n % 4]),
            "titles that differ only in case or spaces .*: ' velvet' and 'velvet'; 'Aurora' and",
        ),
        (
            log_of(seconds=30_000),
            "longer than 30000 seconds, which is 8.3 hours. If they are milli",
        ),
        (
            [*log_of(), ViewingEvent("MEMBER-1", "title-0", START + 40 * DAY)],
            "members that differ only in case or spaces",
        ),
    ],
    ids=["one member", "titles in other case", "milliseconds", "members in other case"],
)
def test_what_looks_wrong_is_said_and_trained_on(tmp_path: Path, events: Log, warning: str) -> None:
    """On standard error and in the report; a sound log is trained on without a word."""
    assert suspicions(ViewingLog.from_events(log_of(seconds=5400))) == []
    result = run("train", written(tmp_path, events), f"--out={tmp_path / 'm'}", "--json", *SMALL)
    assert result.exit_code == 0, result.exception
    (said,) = json.loads(result.stdout)["warnings"]
    with pytest.raises(HistoryError, match=warning):
        raise HistoryError(said, "")
    assert f"warning: {said}" in result.stderr
    assert suspicions(ViewingLog.from_events(events)) == [said]


def test_a_title_that_all_have_watched_and_events_that_come_twice(tmp_path: Path) -> None:
    """Duplicates count once; what a member has watched is suggested to nobody who has."""
    events = [
        *log_of(),
        *(ViewingEvent(f"member-{n}", "all", START + n * DAY + 60) for n in range(5)),
    ]
    path, out = written(tmp_path, [*events, *events]), tmp_path / "best"
    trained = run("train", path, f"--out={tmp_path / 'm'}", "--json", *SMALL)
    assert json.loads(trained.stdout)["events"] == len(events)
    ranked = run("rank-batch", path, tmp_path / "m", f"--out={out}", "--watched=exclude")
    assert ranked.exit_code == 0, ranked.exception
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 5
    assert all("all" not in line["titles"] for line in lines)


def test_a_model_of_other_titles_and_devices_ranks_and_says_so(tmp_path: Path) -> None:
    """Unknown devices are no devices; a log of which the model knows no title is named."""
    known = log_of(device="tv")
    path, model, out = written(tmp_path, known), tmp_path / "m", tmp_path / "best"
    assert run("train", path, f"--out={model}", *SMALL).exit_code == 0
    ranked = run("rank-batch", path, model, f"--out={out}", "--watched=include")
    without = out.read_text()
    assert "does not know" not in ranked.stderr
    options = [f"--out={out}", "--device-type=hologram", "--watched=include"]
    assert run("rank-batch", path, model, *options).exit_code == 0
    assert out.read_text() == without
    other = written(tmp_path, log_of(name="other-{}".format))
    ranked = run("rank-batch", other, model, f"--out={out}")
    assert ranked.exit_code == 0, ranked.exception
    assert "30 of 30 viewings are of titles that the model does not know" in ranked.stderr
    assert unknown_titles(ViewingLog.from_events(()), ()) == []


def test_a_run_is_not_continued_on_other_data(tmp_path: Path) -> None:
    """The error names both digests; the state is as it was."""
    state = tmp_path / "state"
    options = [f"--out={tmp_path / 'm'}", f"--resume={state}", *SMALL]
    assert run("train", written(tmp_path, log_of()), *options).exit_code == 0
    before = state.read_bytes()
    said = refusal(run("train", written(tmp_path, log_of(events=31)), *options))
    assert "of a training on other data: its digest is" in said
    assert state.read_bytes() == before


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("genres", [float("nan")], "`genres` must hold non-empty strings, but has nan"),
        ("kind", float("nan"), "`kind` must be a string, but is nan"),
        ("released", float("nan"), "`released` is nan, which is not a date"),
        ("runtime", float("nan"), "`runtime` is nan, which is not a title's length"),
        ("runtime", 5_400_000, "`runtime` is 5400000, .*divide milliseconds"),
        ("runtime", 0, "`runtime` is 0"),
        ("tags", "one", "`tags` must be a list"),
    ],
)
def test_metadata_that_is_none_is_refused(
    tmp_path: Path, field: str, value: object, what: str
) -> None:
    """By file and line, and by the metadata itself."""
    path = tmp_path / "titles.jsonl"
    path.write_text('{"title_id": "a"}\n' + json.dumps({"title_id": "b", field: value}) + "\n")
    log = written(tmp_path, log_of())
    said = refusal(run("train", log, f"--titles={path}", f"--out={tmp_path / 'm'}"))
    assert f"{path}, line 2" in said
    for make in (lambda: read_titles(path), lambda: TitleMetadata(**{field: value})):  # type: ignore[arg-type]
        with pytest.raises(HistoryError, match=what):
            make()


@pytest.mark.full
def test_a_million_titles_without_metadata_are_read_and_ranked(tmp_path: Path) -> None:
    """Beside a small model: the new titles tie, after those that the model knows."""
    path, log, out = tmp_path / "titles.jsonl", written(tmp_path, log_of()), tmp_path / "best"
    with path.open("w") as file:
        file.writelines(f'{{"title_id": "new-{n:07}"}}\n' for n in range(10**6))
    assert run("train", log, f"--out={tmp_path / 'm'}", *SMALL).exit_code == 0
    ranked = run("rank-batch", log, tmp_path / "m", f"--titles={path}", f"--out={out}")
    assert ranked.exit_code == 0, ranked.exception
    assert len(out.read_text().splitlines()) == 5


def test_a_model_is_trained_on_few_events() -> None:
    """Two members and three titles are enough."""
    events = log_of(members=2, titles=3, events=12)
    config = TrainingConfig(steps=1, evaluate_every=1)
    trained = train(ViewingLog.from_events(events), {}, ModelConfig(context=8, width=8), config)
    assert trained.network.schema.vocabulary.titles == ("title-0", "title-1", "title-2")
