"""The ranker's commands as people use them: train, evaluate, embed, clusters."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pyarrow import parquet

from fixtures.members import planted_world
from ranker import RankerError, write_histories
from ranker.titles import title_lines
from sizzle.cli.training import Order, train_with_progress
from sizzle.errors import SizzleError
from tests.cli.test_commands import sizzle

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
    (folder / "titles.jsonl").write_text("".join(title_lines(world.titles)))
    arguments = ["train", "log.jsonl", "--titles", "titles.jsonl", "--report", "report.html"]
    answer = sizzle(*arguments, *SMALL, "--json", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["members"] == 60
    return folder


def test_training_writes_a_report_with_curves(folder: Path) -> None:
    """The page names the model and draws both losses."""
    page = (folder / "report.html").read_text()
    assert page.count("<polyline") == 2
    assert "held_out_loss" in page


def test_evaluate_judges_models_and_classics(folder: Path) -> None:
    """Each is judged by the same measures with intervals; the model with and without a request."""
    answer = sizzle(
        *("evaluate", "log.jsonl", "ranker.pt", "--titles", "titles.jsonl", "--json"), cwd=folder
    )
    assert answer.returncode == 0, answer.stderr
    judged = {each["name"]: each for each in json.loads(answer.stdout)}
    assert {"ranker.pt", "ranker.pt, request known", "popularity", "SeqItemKNN"} <= set(judged)
    for each in judged.values():
        assert each["HR@10"]["low"] <= each["HR@10"]["mean"] <= each["HR@10"]["high"]
    assert "engagement right" in judged["ranker.pt"]
    assert judged["ranker.pt"]["NDCG@10 ahead of the first"]["mean"] == 0


def test_embed_turns_onto_an_earlier_model(folder: Path) -> None:
    """Parquet of titles and members; onto itself a model is turned by nothing."""
    answer = sizzle(
        *("embed", "log.jsonl", "ranker.pt", "--like", "ranker.pt", "--json"), cwd=folder
    )
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["members"], told["mean cosine"], told["nearest 100 kept"]) == (60, 1.0, 1.0)
    assert parquet.read_table(folder / "embeddings" / "members.parquet").num_rows == 60


def test_clusters_are_told_and_drawn(folder: Path) -> None:
    """All members are in a group with traits, and the picture can be read."""
    answer = sizzle(
        *("clusters", "log.jsonl", "ranker.pt", "--picture", "groups.png", "--json"), cwd=folder
    )
    assert answer.returncode == 0, answer.stderr
    groups = json.loads(answer.stdout)
    assert sum(len(group["members"]) for group in groups) == 60
    assert all(group["traits"] for group in groups)
    with Image.open(folder / "groups.png") as picture:
        assert picture.width > 1000


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"settings": ("depth=3",)}, "no setting 'depth'"),
        ({"settings": ("width=wide",)}, "'width' is 'wide'"),
        ({"split": "random"}, "no split 'random'"),
        ({"base": Path("log.jsonl")}, "no model of the ranker"),
        ({"surface": "billboard"}, "No member has watched two titles"),
    ],
    ids=lambda value: "changed" if isinstance(value, dict) else value,
)
def test_wrong_orders_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], what: str
) -> None:
    """Each is named with its remedy, and no model is written."""
    monkeypatch.chdir(folder)
    order = replace(Order(Path("log.jsonl"), Path("never.pt")), **changes)
    with pytest.raises((SizzleError, RankerError), match=what) as caught:
        train_with_progress(order)
    assert getattr(caught.value, "fix", "")
    assert not Path("never.pt").exists()
