"""Ranking by commands: from the log of events and the file of histories, as the service does."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ranker import HistoryError, ViewingEvent, write_histories
from sizzle.cli.app import app
from sizzle.cli.options import open_event_log
from sizzle.database import DatabaseUnavailableError
from sizzle.errors import InputError, SizzleError
from sizzle.reel.ranking_time import ranking_time
from tests.api.living_installation import RANKED_AT, played, prepare, reel, worker

MEMBERS = ["member-ada", "member-ben", "member-cy", "member-dee", "nobody"]
AT = 1_700_000_000
COMMANDS = [
    ["rank", "member-ada", "--asset=demo"],
    ["compose", "member-ada", "--asset=demo"],
    ["rank-batch", "ranker.pt", "--from-events"],
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without events, in the working directory."""
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIZZLE_STATE", "state")
    return tmp_path


@pytest.fixture
def reels(folder: Path) -> Iterator[dict[str, Any]]:
    """What its service composes; it has events of ada, ben and dee, and a file of ben and cy."""
    of_ben, of_cy = (
        [ViewingEvent(member, title, AT + n) for n, title in enumerate(titles)]
        for member, titles in (("member-ben", ["title-3", "title-6"]), ("member-cy", ["title-2"]))
    )
    write_histories(folder / "old.jsonl", [*of_ben, *of_cy])
    log = open_event_log(None, folder / "state")
    log.erase("member-cy", (AT + 9) * 1000)
    log.close()
    with worker(folder, histories=folder / "old.jsonl") as service:
        shown = reel(service, "member-dee")
        seen = {
            "id": "seen",
            "type": "reel_progress",
            "time": "2026-09-21T14:00:20Z",
            "member_id": "member-dee",
            "reel_id": shown["reel_id"],
            "metrics": {"cut": 1, "frames": 2000},
        }
        plays = [played("title-5", "member-ada"), played("title-1", "member-ada", 1)]
        events = [*plays, played("title-7", "member-ben"), seen]
        assert service.post("/v1/events", json={"events": events}).status_code == 202
        yield {"of": lambda member: reel(service, member)}


def run(*arguments: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(app, list(map(str, arguments)))


def answer(*arguments: object) -> Any:  # noqa: ANN401 - any JSON
    """What a command prints."""
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def refusal(*arguments: object) -> SizzleError:
    """How a command ends that cannot do its work: with a message, and exit code 2."""
    refused = run(*arguments).exception
    assert isinstance(refused, SizzleError)
    assert refused.exit_code == 2
    return refused


def test_compose_gives_the_reel_of_the_service(reels: dict[str, Any]) -> None:
    """Of members of the log, of both, of an erased one, and of one whom nobody knows."""
    cold = []
    for member in MEMBERS:
        at = datetime.fromtimestamp(ranking_time(member, RANKED_AT), UTC).isoformat()
        composed = answer("compose", member, "--asset=demo", "--histories=old.jsonl", f"--at={at}")
        same = reels["of"](member)
        assert composed == {name: same[name] for name in composed}
        cold.append(composed["cold_start"])
    assert cold == [False, False, True, False, True]


@pytest.mark.usefixtures("folder")
def test_compose_with_a_treatment() -> None:
    """The reel has its cadence, or an order that was drawn; one that is unknown is refused."""
    write_histories(Path("old.jsonl"), [ViewingEvent("member-ada", "title-3", AT)])
    Path("treatments.toml").write_text(
        "[treatments.lively]\ncadence = 'quick'\n[treatments.drawn]\nrandomised_share = 1\n"
    )
    at = datetime.fromtimestamp(AT, UTC).isoformat()
    compose = ["compose", "member-ada", "--asset=demo", "--histories=old.jsonl", f"--at={at}"]
    compose += ["--explain"]
    treated = [*compose, "--treatments=treatments.toml"]
    plain, lively, drawn, held_out = (
        answer(*treated, *(f"--treatment={name}" for name in named))
        for named in ((), ("lively",), ("drawn",), ("holdout",))
    )
    assert [each["cadence"] for each in (plain, lively)] == ["three-act", "quick"]
    assert [each["explanation"]["randomised"] for each in (lively, drawn)] == [False, True]
    assert held_out == plain
    refused = refusal(*treated, "--treatment=unknown")
    assert refused.what == "--treatment 'unknown' is not in the file of treatments."
    assert "(drawn, lively)" in refused.fix
    assert "give the file with --treatments" in refusal(*compose, "--treatment=lively").fix


@pytest.mark.usefixtures("reels")
def test_the_log_alone_is_enough(folder: Path) -> None:
    """That of the state folder, or one that is named; what the file would add is missing."""
    database = f"--database=sqlite:///{folder}/state/sizzle.db"
    here = answer("rank", "member-ada", "--asset=demo", "--at=2026-11-30T18:00:00Z")
    named = answer("rank", "member-ada", "--asset=demo", "--at=2026-11-30T18:00:00Z", database)
    assert here == named
    assert not here["cold_start"]
    alone, both = (
        answer("rank", "member-ben", "--asset=demo", "--at=2026-11-30T18:00:00Z", *more)["titles"]
        for more in ([], ["--histories=old.jsonl"])
    )
    assert alone != both


@pytest.mark.usefixtures("reels")
def test_all_members_of_the_log_are_ranked_in_one_run() -> None:
    """Beside those of a file, if one is named; an erased member is in neither."""

    def ranked(*files: str) -> dict[str, Any]:
        answer("rank-batch", *files, "--from-events", "--out=out.jsonl")
        lines = Path("out.jsonl").read_text().splitlines()
        return {line["member_id"]: line["scores"] for line in map(json.loads, lines)}

    alone, both = ranked("ranker.pt"), ranked("old.jsonl", "ranker.pt")
    assert [*alone] == [*both] == ["member-ada", "member-ben", "member-dee"]
    assert [name for name in alone if alone[name] != both[name]] == ["member-ben"]


@pytest.mark.parametrize("command", COMMANDS, ids=[each[0] for each in COMMANDS])
def test_a_log_that_cannot_be_read_is_named(folder: Path, command: list[str]) -> None:
    """One that is away, and one of a newer version of the program: nothing is ranked without it."""
    file = folder / "state" / "sizzle.db"
    open_event_log(None, folder / "state").close()
    with sqlite3.connect(file) as connection:
        connection.execute(
            "UPDATE alembic_version SET version_num = 'v9999', oldest_program = 'v9999'"
        )
    connection.close()
    newer = refusal(*command)
    assert isinstance(newer, InputError)
    assert "v9999" in newer.what
    file.rename(folder / "away.db")
    file.mkdir()
    assert isinstance(refusal(*command), DatabaseUnavailableError)
    assert not Path("rankings.jsonl").exists()


def test_a_command_that_only_reads_creates_no_log(folder: Path) -> None:
    """Without events, the file has to be there; and an empty state folder stays as it is."""
    missing = run("rank", "member-ada", "--asset=demo").exception
    assert isinstance(missing, HistoryError)
    assert "histories.jsonl" in str(missing)
    write_histories(folder / "histories.jsonl", [ViewingEvent("member-ada", "title-3", AT)])
    assert not answer("rank", "member-ada", "--asset=demo")["cold_start"]
    assert not (folder / "state").exists()


@pytest.mark.parametrize("arguments", [[], ["ranker.pt"], ["--from-events"]])
def test_files_that_are_missing_are_asked_for(arguments: list[str]) -> None:
    """The message says how to call it."""
    assert "--from-events" in refusal("rank-batch", *arguments).fix


@pytest.mark.parametrize(
    "command", [["rank", "--asset=demo"], ["compose", "--asset=demo"], ["members", "show"]]
)
def test_a_member_whose_id_is_no_text_is_refused(command: list[str]) -> None:
    """As a terminal of another encoding passes it on: Python has it as a lone surrogate."""
    assert "UTF-8" in refusal(*command, "member-\udcff").what
