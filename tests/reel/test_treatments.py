"""The file of treatments."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle.errors import PolicyError
from sizzle.reel.randomised_order import Randomisation
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.treatments_file import read_treatments

TREATMENTS = """
[treatments.autumn-b]
randomised_share = 0.1
temperature = 0.5

[treatments.all]
randomised_share = 1
"""


def test_a_file_says_what_treatments_do(tmp_path: Path) -> None:
    """Those that are not in it, and requests without one, draw nothing."""
    path = tmp_path / "treatments.toml"
    path.write_text(TREATMENTS)
    treatments = read_treatments(path)
    assert treatments.randomisation("autumn-b") == Randomisation(0.1, 0.5)
    assert treatments.randomisation("all") == Randomisation(1, 1)
    assert treatments.randomisation("other") is treatments.randomisation(None) is None
    assert Treatments.parse("") == NO_TREATMENTS


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[treatments", "not valid TOML"),
        ("[experiments]", "'experiments'"),
        ("treatments = 7", "not a table"),
        ("[treatments]\nb = 7", "Treatment b is not a table"),
        ('[treatments."a b"]\nrandomised_share = 0.1', "name of a treatment"),
        ("[treatments.b]", "Treatment b does not say"),
        ("[treatments.b]\ntemperature = 1", "Treatment b does not say"),
        ("[treatments.b]\nshare = 0.1", "unknown field 'share'"),
        ('[treatments.b]\nrandomised_share = "all"', "randomised_share 'all'"),
        ("[treatments.b]\nrandomised_share = true", "randomised_share True"),
        ("[treatments.b]\nrandomised_share = nan", "Treatment b: The share"),
        ("[treatments.b]\nrandomised_share = 1.5", "Treatment b: The share"),
        ("[treatments.b]\nrandomised_share = 1\ntemperature = 0", "Treatment b: The temperature"),
    ],
)
def test_a_malformed_file_is_refused(text: str, what: str) -> None:
    """With the file, the treatment and what to do."""
    with pytest.raises(PolicyError, match=what) as refused:
        Treatments.parse(text, "treatments.toml")
    assert (refused.value.where, bool(refused.value.fix)) == ("treatments.toml", True)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Absent, or not text."""
    path = tmp_path / "treatments.toml"
    with pytest.raises(PolicyError, match="cannot be read"):
        read_treatments(path)
    path.write_bytes(b"\xff")
    with pytest.raises(PolicyError, match="cannot be read"):
        read_treatments(path)
