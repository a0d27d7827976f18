"""The public surface of the package."""

import subprocess
import sys
from pathlib import Path

import pytest

import ranker

LAZY = """
import sys
import ranker, ranker.ranking, ranker.data.histories, ranker.data.vocabulary
ranker.Ranking, ranker.read_histories
assert "torch" not in sys.modules, "torch was imported at once"
ranker.train
assert "torch" in sys.modules, "torch was not imported when needed"
"""

COMPILER = """
import sys
from pathlib import Path
import ranker
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
assert "torch._dynamo" not in sys.modules, "torch's compiler was imported"
"""


def test_torch_is_imported_only_when_needed() -> None:
    """Programs that read histories or handle rankings start without torch."""
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_ranking_starts_without_torchs_compiler(tmp_path: Path) -> None:
    """It takes a second to load, at each start of the service and each `sizzle rank`."""
    command = [sys.executable, "-c", COMPILER, str(tmp_path / "model.pt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ranker.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """All names in `__all__` can be imported, and are documented."""
    assert getattr(ranker, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Also with lazy imports."""
    with pytest.raises(AttributeError, match="no attribute 'Rankr'"):
        ranker.Rankr  # noqa: B018
