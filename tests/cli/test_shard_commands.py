"""Events of any size by command: `sizzle prepare`, and `sizzle train` on what it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from fixtures.members import planted_world
from ranker import RankerError, load_model, write_histories
from ranker.data.prepare import EVENTS_IN_A_SHARD
from ranker.data.shard_files import ShardFiles
from sizzle.cli.app import app
from sizzle.errors import SizzleError
from sizzle.viewing_source import EventSource, read_all
from tests.cli.exported_events import DAY, record
from tests.cli.exported_events import run as run_with_state
from tests.events.sample_events import NOW, event
from tests.ranker.shard_folders import expect_tokens_of

SMALL = [
    f"--set={setting}"
    for setting in ("steps=4", "evaluate_every=2", "context=16", "width=16", "blocks=1")
]


def run(*arguments: object) -> dict[str, Any]:
    """What a command reports as JSON."""
    answer = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_trains_on_prepared_events_as_on_the_file(tmp_path: Path) -> None:
    """One shard gives the model of the file itself, bit for bit, and starts from it again."""
    log = tmp_path / "log.jsonl"
    write_histories(log, planted_world(members=30, titles=20).events)
    prepared = run("prepare", log, "--out", tmp_path / "shards")
    assert prepared["members"] == 30
    assert prepared["files"] == 1
    models = {}
    for name, source in (("file", log), ("shards", tmp_path / "shards")):
        out = tmp_path / f"{name}.pt"
        report = run("train", source, "--out", out, *SMALL)
        assert report["events"] == prepared["events"]
        assert report["members"] == 30
        models[name] = report["model_version"]
    assert models["file"] == models["shards"]
    base = tmp_path / "file.pt"
    run("train", tmp_path / "shards", "--from", base, "--out", tmp_path / "next.pt", *SMALL)
    assert load_model(tmp_path / "next.pt").network.schema.counts


def test_ranks_the_members_of_shards(tmp_path: Path) -> None:
    """The lists are those of the file, and so is what is said of watched titles."""
    log, model = tmp_path / "log.jsonl", tmp_path / "ranker.pt"
    write_histories(log, planted_world(members=12, titles=10).events)
    run("train", log, "--out", model, *SMALL)
    run("prepare", log, "--out", tmp_path / "shards")
    found = {}
    for name, source in (("file", log), ("shards", tmp_path / "shards")):
        out = tmp_path / f"{name}.jsonl"
        report = run("rank-batch", source, model, "--out", out)
        lines = out.read_text().splitlines()
        lists = {line["member_id"]: line["titles"] for line in map(json.loads, lines)}
        found[name] = report["watched_titles"], lists
    assert found["shards"] == found["file"]


def test_an_export_of_the_log_of_events_is_prepared_by_what_counts(tmp_path: Path) -> None:
    """The shards have the viewings of the log itself; another viewing policy prepares anew."""
    played = [
        event(
            f"e-{number}",
            type=("title_played", "title_played", "app_opened", "title_rated")[number % 4],
            member_id=f"member-{number % 7}",
            time=NOW - number * DAY // 5,
            attributes={"title_id": f"title-{number % 5}", "device": "tv"},
            metrics={"seconds": 30.0 * (number % 9), "rating": float(number % 6)},
        )
        for number in range(120)
    ]
    record(tmp_path, *played)
    days, out = tmp_path / "days", tmp_path / "shards"
    assert run_with_state(tmp_path, "events", "export", days).exit_code == 0
    assert len(list(days.iterdir())) > 20
    done = run_with_state(tmp_path, "prepare", days, "--out", out, "--json")
    assert done.exit_code == 0, done.exception
    log, _ = read_all(EventSource(None, tmp_path / "state", "catalog", None), None)
    assert 0 < len(log) < 100
    expect_tokens_of(ShardFiles(out), log)
    written = (out / "manifest.json").stat().st_mtime_ns
    assert run_with_state(tmp_path, "prepare", days, "--out", out).exit_code == 0
    assert (out / "manifest.json").stat().st_mtime_ns == written
    policy = tmp_path / "policy.toml"
    policy.write_text("[ratings]\ncount = false\n")
    given = ("--out", out, "--viewing-policy", policy, "--json")
    fewer = json.loads(run_with_state(tmp_path, "prepare", days, *given).stdout)
    assert fewer["tokens"] < json.loads(done.stdout)["tokens"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["train", "shards", "--surface=tv"], "choose among events in memory"),
        (["evaluate", "shards", "ranker.pt"], "prepared shards, which are not read into memory"),
        (["prepare", "nowhere"], "nowhere.*cannot be read.*Fix"),
        (["prepare", "log.jsonl", "--out", "."], "something else in it"),
    ],
)
def test_what_shards_cannot_be_used_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], what: str
) -> None:
    """With the remedy."""
    monkeypatch.chdir(tmp_path)
    write_histories(Path("log.jsonl"), planted_world(members=5, titles=8).events)
    run("prepare", "log.jsonl", "--out", "shards")
    if arguments[0] == "evaluate":
        run("train", "log.jsonl", *SMALL)
    with pytest.raises((RankerError, SizzleError), match=what):
        CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.mark.full
def test_many_events_are_prepared_beside_the_model(tmp_path: Path) -> None:
    """More than fit in a shard: `train` prepares them by itself, and only the first time."""
    random = np.random.default_rng(0)
    count = EVENTS_IN_A_SHARD + 100_000
    columns = {
        "member_id": random.integers(0, 50_000, count),
        "title_id": random.integers(0, 50, count),
        "at": 1_700_000_000 + np.arange(count),
    }
    (tmp_path / "days").mkdir()
    parquet.write_table(pa.table(columns), tmp_path / "days" / "events-2023-11-14.parquet")
    out = tmp_path / "ranker.pt"
    report = run("train", tmp_path / "days", "--out", out, *SMALL)
    assert report["events"] == count
    assert report["shards"] == 2
    manifest = tmp_path / "ranker.pt.shards" / "manifest.json"
    written = manifest.stat().st_mtime_ns
    assert run("train", tmp_path / "days", "--out", out, *SMALL)["data"] == report["data"]
    assert manifest.stat().st_mtime_ns == written
