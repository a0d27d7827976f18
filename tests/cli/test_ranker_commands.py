"""The commands of the ranker: train, evaluate, embed, clusters, rank-batch."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from pyarrow import parquet
from typer.testing import CliRunner

from fixtures.members import planted_world
from ranker import Ranker, RankerError, TitleMetadata, read_histories, write_histories
from sizzle.api.server.settings import Settings
from sizzle.api.wiring import build
from sizzle.catalog import Catalog
from sizzle.cli.app import app
from sizzle.cli.options import open_database
from sizzle.cli.training import TrainingOptions, train_with_progress
from sizzle.errors import SizzleError
from sizzle.outbox.lines import Lines
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.verdicts import Verdict, Verdicts
from sizzle.outreach.content.promoted_json import promoted_digest
from sizzle.outreach.vocabulary import Promoted, PromotedKind
from sizzle.reel import TimecodeList
from tests.api.sample_service import ASK
from tests.cli.loaded_worker import send_frozen
from tests.command_line import sizzle
from tests.forks import start
from tests.outreach.content.mail_structure import content_of, parsed
from tests.outreach.content.sample_messages import MAIL_LINE
from tests.ranker.small_histories import title_lines
from tests.reel.sample_reels import index_of

SMALL = [
    f"--set={setting}"
    for setting in ("steps=20", "evaluate_every=10", "context=16", "width=16", "blocks=1")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with histories, titles and a model, which no test changes."""
    folder = tmp_path_factory.mktemp("ranker")
    world = planted_world(members=60, titles=40)
    write_histories(folder / "log.jsonl", world.events)
    (folder / "titles.jsonl").write_text(title_lines(world.titles))
    arguments = ["train", "log.jsonl", "--titles", "titles.jsonl", "--report", "report.html"]
    answer = sizzle(*arguments, *SMALL, "--json", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["members"] == 60
    return folder


def test_reels_rank_new_titles_by_their_metadata(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command and by the service: without metadata new titles tie, with it they do not."""
    monkeypatch.chdir(tmp_path)
    genres = list(dict.fromkeys(about.genres for about in planted_world(titles=40).titles.values()))
    new = {f"new-{n}": TitleMetadata(genres[n % len(genres)]) for n in range(8)}
    Path("new.jsonl").write_text(title_lines(new))
    Catalog.open("catalog").publish(index_of([*new]))
    model, histories = folder / "ranker.pt", folder / "log.jsonl"
    ranker = Ranker.load(model, read_histories(histories), new)
    member, best = next(
        (member, first)
        for member in read_histories(histories).members
        if (first := ranker.rank(member, [*new]).title_ids[0]) != "new-0"
    )
    compose = ["compose", member, "--asset=demo", f"--model={model}", f"--histories={histories}"]

    def first_title(*more: str) -> str:
        answer = CliRunner().invoke(app, [*compose, "--json", *more], catch_exceptions=False)
        return TimecodeList.model_validate_json(answer.stdout).cuts[0].title_id

    assert first_title() == "new-0"
    assert first_title("--titles=new.jsonl") == best
    settings = Settings.read(model=model, histories=histories, titles=Path("new.jsonl"))
    with TestClient(build(settings), "http://localhost", client=("127.0.0.1", 1)) as service:
        answer = service.post("/v1/reels", json={**ASK, "member_id": member})
    assert TimecodeList.model_validate(answer.json()).cuts[0].title_id == best


def test_reason_of_a_preview_is_that_of_the_ranking(folder: Path, tmp_path: Path) -> None:
    """The heaviest intent that may be told, as `sizzle rank` has it; below the threshold none."""
    titles = planted_world(members=60, titles=40).titles
    Catalog.open(tmp_path / "catalog").publish(index_of([*titles][:8]))
    state = f"--state={tmp_path}"
    database = open_database(None, tmp_path)
    promoted = Promoted(PromotedKind.ASSET, "demo", {"title": "Demo"})
    PromotedThings(database).save(promoted, 0)
    line = replace(MAIL_LINE, kind=promoted.kind, promoted_id=promoted.id, reason="")
    Lines(database).add(line)
    Verdicts(database).add(
        Verdict(line.digest, promoted_digest(promoted), True, "", "an approver", 1)
    )
    given = ["--asset=demo", f"--model={folder / 'ranker.pt'}", state]
    given += [f"--histories={folder / 'log.jsonl'}", f"--catalog={tmp_path / 'catalog'}", "--json"]
    shown = ["--promoted=asset:demo", f"--out={tmp_path}"]
    reasons = set()
    for member in read_histories(folder / "log.jsonl").members[:2]:
        intents = json.loads(CliRunner().invoke(app, ["rank", member, *given]).stdout)["intents"]
        first = max(
            (intent for intent in intents if intent["intent"] in ("genres", "kind")),
            key=lambda each: each["weight"],
        )
        likely = first["classes"][0]
        told = likely["chance"] >= 0.3 and first["weight"] >= 0.1
        answer = CliRunner().invoke(app, ["outreach", "preview", member, *given, *shown])
        preview = json.loads(answer.stdout)
        assert answer.exit_code == 1  # as there is one line only
        assert preview["missing"] == ["SMS", "PUSH"]
        assert [message["line"] for message in preview["messages"]] == [line.digest]
        mail = parsed((tmp_path / "EMAIL.eml").read_bytes())
        assert mail["Subject"] == "Tonight: Demo"
        html = content_of(mail, "html").replace("\r\n", "\n")
        assert html == (tmp_path / "EMAIL.html").read_text("utf-8")
        assert preview["reason"] == (f"{first['intent']}:{likely['name']}" if told else "")
        reasons.add(preview["reason"])
    assert reasons - {""}


def test_garbage_collections_leave_out_what_a_worker_has_loaded(
    folder: Path, tmp_path: Path
) -> None:
    """Otherwise each full collection walks it all, and stops the service for 0.15 s."""
    Catalog.open(tmp_path / "catalog").publish(index_of(["a"]))
    settings = Settings.read(
        catalog=str(tmp_path / "catalog"),
        model=folder / "ranker.pt",
        histories=folder / "log.jsonl",
    )
    ours, its = Pipe(duplex=False)
    process = start(send_frozen, settings.environment(), its)
    its.close()
    assert ours.recv() > 100_000
    process.join()


def test_training_writes_a_report_with_curves(folder: Path) -> None:
    """The page names the model and draws both losses."""
    page = (folder / "report.html").read_text()
    assert page.count("<polyline") == 2
    assert "validation_loss" in page


@pytest.mark.parametrize(
    "command",
    [["train", "log.jsonl", "--out=new.pt"], ["rank-batch", "log.jsonl", "ranker.pt"]],
    ids=["train", "rank-batch"],
)
def test_a_missing_device_is_refused(
    folder: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By option and by environment; the message says what to use, and nothing is written."""
    before = sorted(folder.iterdir())
    answer = sizzle(*command, "--device=cuda:977", cwd=folder)
    monkeypatch.setenv("SIZZLE_DEVICE", "cuda:977")
    told = sizzle(*command, cwd=folder)
    for done in (answer, told):
        assert done.returncode == 2
        assert "'cuda:977' cannot be used here" in " ".join(done.stderr.split())
        assert "`auto`" in done.stderr
    assert sorted(folder.iterdir()) == before


def test_evaluate_reports_models_and_classic_recommenders(folder: Path) -> None:
    """By the same metrics with intervals; the model with and without the request known."""
    answer = sizzle(
        *("evaluate", "log.jsonl", "ranker.pt", "--titles", "titles.jsonl", "--json"), cwd=folder
    )
    assert answer.returncode == 0, answer.stderr
    printed = json.loads(answer.stdout)
    assert printed["protocol"] | {"seed": 0, "split": "leave-one-out"} == printed["protocol"]
    assert len(printed["protocol"]["data"]) == 64
    assert "return to a title" in answer.stderr
    results = {result["name"]: result for result in printed["results"]}
    assert {"ranker.pt", "ranker.pt, request known", "popularity", "SeqItemKNN"} <= set(results)
    for each in results.values():
        assert each["HR@10"]["low"] <= each["HR@10"]["mean"] <= each["HR@10"]["high"]
    assert "engagement accuracy" in results["ranker.pt"]
    assert results["ranker.pt"]["NDCG@10 lead"]["mean"] == 0
    request_known = "NDCG@10 lead, request known"
    assert results["ranker.pt, request known"][request_known]["mean"] == 0
    assert request_known not in results["ranker.pt"] | results["popularity"]


@pytest.mark.parametrize("command", ["embed", "clusters"])
def test_histories_without_members_are_refused(folder: Path, tmp_path: Path, command: str) -> None:
    """The message says what is missing."""
    (tmp_path / "nobody.jsonl").write_text("")
    answer = sizzle(command, "nobody.jsonl", folder / "ranker.pt", cwd=tmp_path)
    assert answer.returncode == 2
    assert "There are no members in these histories" in answer.stderr
    assert "give histories" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["nobody.jsonl"]


def test_a_batch_without_members_is_empty(folder: Path, tmp_path: Path) -> None:
    """A log without events gives a file without lines."""
    (tmp_path / "nobody.jsonl").write_text("")
    answer = sizzle("rank-batch", "nobody.jsonl", folder / "ranker.pt", "--json", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["members"] == 0
    assert (tmp_path / "rankings.jsonl").read_text() == ""


def test_a_batch_is_ranked_for_a_request(folder: Path, tmp_path: Path) -> None:
    """Its time counts, and has to be one; what the model does not know is no error."""
    first = (folder / "log.jsonl").read_text().splitlines()[0]
    (tmp_path / "one.jsonl").write_text(first + "\n")
    command = ("rank-batch", "one.jsonl", folder / "ranker.pt", "--surface=the moon")
    scores = []
    for options in ((), ("--at=2026-11-30T18:00:00Z",), ("--at=2026-11-30T19:00:00+01:00",)):
        answer = sizzle(*command, *options, cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        scores.append(json.loads((tmp_path / "rankings.jsonl").read_text())["scores"])
    assert scores[0] != scores[1] == scores[2]
    for at in ("2026-11-30T18:00:00", "1960-01-01T00:00:00Z"):
        answer = sizzle(*command, f"--at={at}", cwd=tmp_path)
        assert (answer.returncode, "is not a time since 1970" in answer.stderr) == (2, True)
        assert "2026-11-30T18:00:00Z" in answer.stderr


def test_one_member_can_be_embedded(folder: Path, tmp_path: Path) -> None:
    """Also with an earlier model."""
    first = (folder / "log.jsonl").read_text().splitlines()[0]
    (tmp_path / "one.jsonl").write_text(first + "\n")
    model = folder / "ranker.pt"
    answer = sizzle("embed", "one.jsonl", model, "--align-to", model, "--json", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["members"], told["members' best 100 kept since the earlier model"]) == (1, 1.0)


def test_nothing_to_evaluate_is_refused(folder: Path) -> None:
    """Without models and baselines there is no table, and the message says what to do."""
    answer = sizzle("evaluate", "log.jsonl", "--no-baselines", cwd=folder)
    assert answer.returncode == 2
    assert "nothing to evaluate" in answer.stderr
    assert "name a model" in answer.stderr


def test_several_trainings_are_evaluated_as_one_group(folder: Path) -> None:
    """Its metrics are the means over its models."""
    again = folder / "again.pt"
    made = sizzle(
        *("train", "log.jsonl", "--titles", "titles.jsonl", "--out", "again.pt", "--seed", "1"),
        *SMALL,
        cwd=folder,
    )
    assert made.returncode == 0, made.stderr
    answer = sizzle(
        *("evaluate", "log.jsonl", "--titles", "titles.jsonl", "--json", "--no-baselines"),
        *("both=ranker.pt,again.pt", "ranker.pt", "again.pt"),
        cwd=folder,
    )
    again.unlink()
    assert answer.returncode == 0, answer.stderr
    results = {result["name"]: result for result in json.loads(answer.stdout)["results"]}
    assert list(results)[:2] == ["both", "both, request known"]
    for name in ("HR@10", "NDCG@10", "asset MRR", "genres accuracy"):
        one, other = (results[model][name]["mean"] for model in ("ranker.pt", "again.pt"))
        assert results["both"][name]["mean"] == pytest.approx((one + other) / 2)
        assert results["both"][name]["low"] <= results["both"][name]["mean"]
    assert results["both"]["coverage"] <= 1


@pytest.mark.parametrize(
    ("group", "what"),
    [
        ("both=ranker.pt,", "'both=ranker.pt,' lacks a name or a file"),
        ("=ranker.pt", "'=ranker.pt' lacks a name or a file"),
        ("both=ranker.pt,ranker.pt", "'both' has a model twice"),
        ("both=ranker.pt,absent.pt", r"absent\.pt: .*No such file"),
    ],
)
def test_an_invalid_group_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, group: str, what: str
) -> None:
    """The message names what is missing or duplicate."""
    monkeypatch.chdir(folder)
    answer = CliRunner().invoke(app, ["evaluate", "log.jsonl", group])
    assert isinstance(answer.exception, SizzleError | RankerError)
    assert re.search(what, str(answer.exception))


def test_embed_rotates_onto_an_earlier_model(folder: Path) -> None:
    """A model rotated onto itself does not change."""
    answer = sizzle(
        *("embed", "log.jsonl", "ranker.pt", "--align-to", "ranker.pt", "--json"), cwd=folder
    )
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["members"], told["mean cosine"], told["nearest 100 kept"]) == (60, 1.0, 1.0)
    assert told["genre probe on this model"] == told["genre probe on the earlier model"]
    assert parquet.read_table(folder / "embeddings" / "members.parquet").num_rows == 60
    titles = parquet.read_table(folder / "embeddings" / "titles.parquet").to_pydict()
    attributes = parquet.read_table(folder / "embeddings" / "attributes.parquet").to_pydict()
    rows = dict(zip(attributes["id"], attributes["embedding"], strict=True))
    assert len(rows) == told["attributes"]
    [genre] = planted_world(members=60, titles=40).titles[titles["id"][0]].genres
    same = [
        genre in planted_world(members=60, titles=40).titles[title].genres for title in titles["id"]
    ]
    near = cosines(np.array(titles["embedding"]), np.array(rows[f"genres/{genre}"]))
    assert near[same].mean() > near[np.invert(same)].mean() + 0.2
    wanted = parquet.read_table(folder / "embeddings" / "preferences.parquet").to_pylist()
    assert len(wanted) == told["preferences"]
    of_one = [row for row in wanted if (row["id"], row["intent"]) == (wanted[0]["id"], "genres")]
    assert sum(row["chance"] for row in of_one) == pytest.approx(1, abs=0.1)
    assert {row["value"] for row in of_one} <= {name.removeprefix("genres/") for name in rows}


def test_embeddings_of_a_retrained_model_keep_their_space(folder: Path, tmp_path: Path) -> None:
    """Without any option of `embed`, once the training was told which model it follows."""
    first, second = folder / "ranker.pt", tmp_path / "second.pt"
    train = ("train", "log.jsonl", "--titles=titles.jsonl", "--seed=5", "--set=init=seed")
    answer = sizzle(*train, "--out", second, "--align-to", first, *SMALL, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    kept = embedded(folder, second, tmp_path)
    assert cosines(embedded(folder, first, tmp_path), kept).mean() > 0.5
    again = embedded(folder, second, tmp_path, "--align-to", second)
    assert cosines(again, kept).min() > 0.999


def embedded(folder: Path, model: Path, out: Path, *options: object) -> Any:  # noqa: ANN401 - an array
    """The vectors of titles that `embed` writes."""
    answer = sizzle("embed", "log.jsonl", model, "--out", out, *options, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return np.array(parquet.read_table(out / "titles.parquet").to_pydict()["embedding"])


def cosines(one: Any, other: Any) -> Any:  # noqa: ANN401 - arrays
    """Of the angles between rows."""
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
    return (one * other).sum(axis=-1) / lengths


def test_similar_titles_are_those_of_the_embeddings(folder: Path) -> None:
    """Exactly and by an index; a title is not similar to itself, and an unknown one is named."""
    histories = read_histories(folder / "log.jsonl")
    wanted = histories.events_of(histories.members[0])[0].title_id
    answer = sizzle("similar", "ranker.pt", "--count=5", "--approximate", "--json", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    assert "100.0% of the nearest 5" in answer.stderr
    all_titles = json.loads(answer.stdout)
    answer = sizzle("similar", "ranker.pt", wanted, "--count=5", "--json", cwd=folder)
    [(title, nearest)] = json.loads(answer.stdout).items()
    assert (title, len(nearest)) == (wanted, 5)
    assert title not in {near["title_id"] for near in nearest}
    similarities = [near["similarity"] for near in nearest]
    assert similarities == sorted(similarities, reverse=True)
    indexed = {near["title_id"]: near["similarity"] for near in all_titles[title]}
    assert indexed == pytest.approx({near["title_id"]: near["similarity"] for near in nearest})
    answer = sizzle("similar", "ranker.pt", "no-such-title", cwd=folder)
    assert answer.returncode == 2
    assert "does not know the title 'no-such-title'" in answer.stderr


def test_clusters_are_printed_and_drawn(folder: Path) -> None:
    """All members are in a cluster with traits and a bar in the chart."""
    answer = sizzle(
        *("clusters", "log.jsonl", "ranker.pt", "--chart", "groups.svg", "--json"), cwd=folder
    )
    assert answer.returncode == 0, answer.stderr
    groups = json.loads(answer.stdout)
    assert sum(len(group["members"]) for group in groups) == 60
    assert all(group["traits"] for group in groups)
    chart = (folder / "groups.svg").read_text()
    assert chart.count("<rect") == 1 + len(groups)
    assert all(f"{len(group['members'])} members" in chart for group in groups)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"settings": ("depth=3",)}, "Unknown setting 'depth'"),
        ({"settings": ("width=wide",)}, "'width' is 'wide'"),
        ({"split": "random"}, "Unknown split 'random'"),
        ({"base": Path("log.jsonl")}, "not a ranker model"),
        ({"surface": "billboard"}, "There are no viewings in these histories"),
    ],
    ids=lambda value: "changed" if isinstance(value, dict) else value,
)
def test_invalid_training_options_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], what: str
) -> None:
    """The message says how to fix it, and no model is written."""
    monkeypatch.chdir(folder)
    order = replace(TrainingOptions(Path("log.jsonl"), Path("never.pt")), **changes)
    with pytest.raises((SizzleError, RankerError), match=what) as caught:
        train_with_progress(order)
    assert getattr(caught.value, "fix", "")
    assert not Path("never.pt").exists()


def test_rank_batch_writes_one_line_per_member(folder: Path, tmp_path: Path) -> None:
    """With the requested number of titles; an unknown engine changes nothing."""
    out = tmp_path / "best.jsonl"
    arguments = ["rank-batch", folder / "log.jsonl", folder / "ranker.pt", "--out", out]
    result = CliRunner().invoke(app, [*map(str, arguments), "--count", "5", "--json"])
    printed = json.loads(result.stdout)
    choice = printed.pop("watched_titles")
    assert printed == {"out": str(out), "members": 60}
    assert choice["ranked"] == (choice["returns"] >= 0.05 * choice["viewings"])
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len({line["member_id"] for line in lines}) == 60
    for line in lines:
        assert len(set(line["titles"])) == 5
        assert line["scores"] == sorted(line["scores"], reverse=True)
    before = out.read_bytes()
    refused = CliRunner().invoke(app, [*map(str, arguments), "--engine", "spark"])
    assert isinstance(refused.exception, SizzleError)
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["best.jsonl"]


def test_a_policy_of_signals_is_printed_used_and_kept(folder: Path, tmp_path: Path) -> None:
    """`signals` prints a file that `train` takes; the model has it, and `evaluate` goes by it."""
    printed = sizzle("signals", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    (tmp_path / "signals.toml").write_text(printed.stdout.replace("seconds = 10", "seconds = 4000"))
    log, model = folder / "log.jsonl", tmp_path / "model.pt"
    arguments = ["train", log, f"--out={model}", "--signals=signals.toml", *SMALL, "--json"]
    trained = sizzle(*arguments, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["signals"]["skips"]["seconds"] == 4000
    kept = sizzle("signals", model, "--json", cwd=tmp_path)
    assert json.loads(kept.stdout)["skips"]["seconds"] == 4000
    one = ["evaluate", log, "--no-baselines", "--json"]
    both = [sizzle(*one, file, cwd=tmp_path) for file in (model, folder / "ranker.pt")]
    ours, default = (json.loads(answer.stdout)["protocol"] for answer in both)
    assert ours["viewings"] == default["viewings"]
    assert ours["watched_titles"]["viewings"] < default["watched_titles"]["viewings"]
    mixed = sizzle(*one, model, folder / "ranker.pt", cwd=tmp_path)
    assert mixed.returncode == 2
    assert "different policies of signals" in mixed.stderr
    (tmp_path / "signals.toml").write_text("[context")
    refused = sizzle(*arguments, cwd=tmp_path)
    assert refused.returncode == 2
    assert "The signal policy is not valid TOML" in refused.stderr
    assert "at: signals.toml" in refused.stderr
