"""The file of treatments."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sizzle.cadence import DEFAULT
from sizzle.errors import PolicyError
from sizzle.experiments import check_sample_ratio
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
        ("experiment = 7\ntreatments.a.weight = 1", "experiment is not a table"),
        ("[treatments.a]\nweight = 1", "Treatment a has a weight, but there is no experiment"),
        ("[experiment]\nname = 'autumn'", "There is no treatment"),
        ("[experiment]\nshare = 1", "unknown field 'share'"),
        ("[experiment]\nname = 'e'\n[treatments.holdout]\nweight = 1", "called 'holdout'"),
        ("[experiment]\nholdout = 0.1\n[treatments.a]\nweight = 1", "the name None"),
        ("[experiment]\nname = 'a b'\n[treatments.a]\nweight = 1", "name of an experiment"),
        ("[experiment]\nname = 'e'\nholdout = 2\n[treatments.a]\nweight = 1", "holdout is 2"),
        ("[experiment]\nname = 'e'\nholdout = nan\n[treatments.a]\nweight = 1", "holdout is nan"),
        ("[experiment]\nname = 'e'\nholdout = 'x'\n[treatments.a]\nweight = 1", "holdout is 'x'"),
        ("[experiment]\nname = 'e'\n[treatments.a]\nweight = 0", "Treatment a has the weight 0"),
        ("[experiment]\nname = 'e'\n[treatments.a]\nweight = inf", "has the weight inf"),
        ("[treatments.a]\ncadence = 7", "Treatment a has the cadence 7"),
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


EXPERIMENT = """
[experiment]
name = "autumn"
holdout = 0.2

[treatments.control]
weight = 1

[treatments.lively]
weight = 3
cadence = "quick"

[treatments.aside]
randomised_share = 0.5
"""


def test_an_experiment_gives_each_member_a_treatment() -> None:
    """Always the same, in the planned shares; without an experiment nobody gets one."""
    treatments = Treatments.parse(EXPERIMENT)
    members = [f"member-{number}" for number in range(4000)]
    assigned = [treatments.assigned(member) for member in members]
    assert assigned == [Treatments.parse(EXPERIMENT).assigned(member) for member in members]
    assert treatments.planned() == pytest.approx({"control": 0.2, "lively": 0.6, "holdout": 0.2})
    counted = Counter(each for each in assigned if each is not None)
    planned = treatments.planned()
    assert planned is not None
    assert not check_sample_ratio(counted, planned).is_wrong
    shown = [treatments.cadence(name, DEFAULT.name) for name in ("lively", "control", None)]
    assert shown == ["quick", DEFAULT.name, DEFAULT.name]
    assert treatments.cadence("lively", "calm") == "calm"  # what the request says stays
    assert treatments.names == {"aside", "lively", "control"}
    assert NO_TREATMENTS.assigned("member-ada") is None
    assert NO_TREATMENTS.planned() is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Absent, or not text."""
    path = tmp_path / "treatments.toml"
    with pytest.raises(PolicyError, match="cannot be read"):
        read_treatments(path)
    path.write_bytes(b"\xff")
    with pytest.raises(PolicyError, match="cannot be read"):
        read_treatments(path)
