"""The public surface of the package."""

import subprocess
import sys

import pytest

import ranker

PROGRAM = """
import sys
from pathlib import Path
import ranker, ranker.ranking, ranker.data.histories, ranker.data.vocabulary
ranker.Ranking, ranker.read_histories
print("torch at once" if "torch" in sys.modules else "")
from ranker import ViewingLog, ModelConfig, ViewingEvent
from ranker.network.model import RankerModel
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
events = [ViewingEvent("ada", "aurora", 5)]
tokens = merge_events(ViewingLog.from_events(events))
network = RankerModel(ModelConfig(), Schema.from_tokens(tokens, {}))
ranker.save_model(Path(sys.argv[1]), network)
histories = ranker.Histories(events)
ranker.Ranker.load(Path(sys.argv[1]), histories).rank("ada", ["aurora", "velvet"])
print("torch when needed" if "torch" in sys.modules else "")
print("compiler" if "torch._dynamo" in sys.modules else "")
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What of torch a program loads, in this order: to import the ranker, and to rank."""
    model = tmp_path_factory.mktemp("package") / "model.pt"
    command = [sys.executable, "-c", PROGRAM, str(model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_torch_is_imported_only_when_needed(loaded: list[str]) -> None:
    """Programs that read histories or handle rankings start without torch."""
    assert loaded[:2] == ["", "torch when needed"]


def test_ranking_starts_without_torchs_compiler(loaded: list[str]) -> None:
    """It takes a second to load, at each start of the service and each `sizzle rank`."""
    assert loaded[2] == ""


@pytest.mark.parametrize("name", ranker.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """All names in `__all__` can be imported, and are documented."""
    assert getattr(ranker, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Also with lazy imports."""
    with pytest.raises(AttributeError, match="no attribute 'Rankr'"):
        ranker.Rankr  # noqa: B018
