"""The public surface of the package."""

import subprocess
import sys

import pytest

import ranker

LAZY = """
import sys
import ranker, ranker.ranking, ranker.histories, ranker.vocabulary
ranker.Ranking, ranker.read_histories
assert "torch" not in sys.modules, "torch came with the import"
ranker.train
assert "torch" in sys.modules, "torch did not come when it was needed"
"""


def test_torch_comes_only_when_it_is_needed() -> None:
    """Programs that read histories or pass rankings on start without torch."""
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ranker.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """What is announced can be imported, and is documented."""
    assert getattr(ranker, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Lazy import does not turn a misspelt name into something else."""
    with pytest.raises(AttributeError, match="no attribute 'Rankr'"):
        ranker.Rankr  # noqa: B018
