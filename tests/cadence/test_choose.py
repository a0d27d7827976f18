"""Which cadence a reel gets: stable, by weight, and always one that can be filled."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.cadence import CADENCES, DEFAULT, RANDOM, STANDARD, Cadence, Cadences
from sizzle.cadence.choose import can_fill
from sizzle.errors import NotFoundError, PolicyError, ReelError
from tests.reel.sample_reels import INDEX, TITLE_IDS, index_of

FILE = """
[cadences]
trio = ["A:160 B:80 C:40", "A:80 B:40 C:40"]
endless = ["A:160 A:160 A:160"]

[sets.autumn]
three-act = 3
trio = 1
"""
CHOICES = Cadences.parse(FILE)
MEMBERS = [f"member-{number}" for number in range(4000)]


def chosen(choices: Cadences, name: str, member_id: str = "", seed: int = 0) -> str:
    """The name of the cadence that is chosen."""
    return choices.choose(name, member_id, seed, TITLE_IDS, INDEX).name


def test_a_name_gives_that_cadence() -> None:
    """Cadences of the file, and the built-in ones."""
    assert chosen(CHOICES, "trio") == "trio"
    assert chosen(CHOICES, "three-act") == "three-act"
    with pytest.raises(NotFoundError, match="waltz") as caught:
        chosen(CHOICES, "waltz")
    assert "autumn" in caught.value.fix


def test_a_plan_can_be_written_out() -> None:
    """Segments are separated by bars; the reel is named by the plan, however it was spaced."""
    plan = STANDARD.choose("A:160  B:80|A:80", "", 0, TITLE_IDS, INDEX)
    assert plan.segments == Cadence.parse("x", ["A:160 B:80", "A:80"]).segments
    assert plan.name == str(plan) == "A:160 B:80 | A:80"
    with pytest.raises(PolicyError, match="rank out"):
        STANDARD.choose("A:160 C:80", "", 0, TITLE_IDS, INDEX)
    with pytest.raises(PolicyError, match="1001 slots"):
        STANDARD.choose("A:40 " * 1001, "", 0, TITLE_IDS, INDEX)


def test_an_unknown_cadence_names_the_known_ones() -> None:
    """So that one can be chosen."""
    with pytest.raises(NotFoundError) as caught:
        STANDARD.choose("waltz", "", 0, TITLE_IDS, INDEX)
    assert DEFAULT.name in caught.value.fix


def test_sets_share_members_by_weight() -> None:
    """Three of four, within what chance does to 4,000 members."""
    shares = Counter(chosen(CHOICES, "autumn", member) for member in MEMBERS)
    assert set(shares) == {"three-act", "trio"}
    assert 0.71 < shares["three-act"] / len(MEMBERS) < 0.79


@given(st.text(max_size=20), st.integers(0, 2**31 - 1))
def test_a_member_always_gets_the_same(member_id: str, seed: int) -> None:
    """Whatever the seed."""
    assert chosen(CHOICES, "autumn", member_id, seed) == chosen(CHOICES, "autumn", member_id)


def test_a_changed_weight_moves_no_member_without_need() -> None:
    """Members move only to the cadence that gained weight."""
    grown = Cadences.parse(FILE.replace("trio = 1", "trio = 3"))
    moves = Counter(
        (chosen(CHOICES, "autumn", member), chosen(grown, "autumn", member)) for member in MEMBERS
    )
    assert moves["trio", "three-act"] == 0
    assert 0.2 < moves["three-act", "trio"] / len(MEMBERS) < 0.3


@given(st.integers(0, 2**31 - 1))
def test_random_gives_a_cadence_that_can_be_filled(seed: int) -> None:
    """And the same one for the same seed: `endless` needs more clips than there are."""
    name = chosen(CHOICES, RANDOM, seed=seed)
    assert can_fill(CHOICES.plans[name], TITLE_IDS, INDEX)
    assert name == chosen(CHOICES, RANDOM, "another member", seed)


def test_random_gives_every_cadence_that_can_be_filled() -> None:
    """Over a hundred seeds."""
    names = {chosen(CHOICES, RANDOM, seed=seed) for seed in range(100)}
    assert names == {"trio", *CADENCES}


def test_the_chance_of_a_cadence_is_how_often_it_is_chosen() -> None:
    """Over many members of a set, and many seeds of `random`; what is named is certain."""
    for name, cadence in (("trio", "trio"), ("A:40", "A:40")):
        plan = CHOICES.choose(name, "", 0, TITLE_IDS, INDEX)
        assert (plan.name, CHOICES.chance(name, plan, TITLE_IDS, INDEX)) == (cadence, 1.0)
    of_set = Counter(chosen(CHOICES, "autumn", member) for member in MEMBERS)
    of_seeds = Counter(chosen(CHOICES, RANDOM, seed=seed) for seed in range(2000))
    for name, counted in (("autumn", of_set), (RANDOM, of_seeds)):
        chances = {
            plan: CHOICES.chance(name, CHOICES.plans[plan], TITLE_IDS, INDEX)
            for plan in CHOICES.plans
        }
        assert sum(chances.values()) == pytest.approx(1)
        for each, chance in chances.items():
            assert counted[each] / counted.total() == pytest.approx(chance, abs=0.04)


def test_random_fails_where_no_cadence_can_be_filled() -> None:
    """The error says so."""
    poor = index_of(["title-0"], (40,))
    with pytest.raises(ReelError, match="none of the"):
        STANDARD.choose(RANDOM, "", 0, ["title-0"], poor)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "not valid TOML"),
        ("[cadence]\n", "'cadence'"),
        ("cadences = 3", "not a table"),
        ('[cadences]\nrandom = ["A:40"]', "any cadence"),
        ('[cadences]\n"../x" = ["A:40"]', "'../x'"),
        ("[cadences]\nx = 3", "not a list"),
        ('[cadences]\nx = ["B:40"]', "rank out"),
        (f'[cadences]\nx = ["{"A:40 " * 1001}"]', "1001 slots"),
        ("[sets]\nx = 3", "is empty"),
        ("[sets.x]\nwaltz = 1", "'waltz'"),
        ("[sets.x]\nquick = 0", "the weight"),
        ("[sets.x]\nquick = nan", "the weight"),
        ("[sets.x]\nquick = true", "the weight"),
        ("[sets.quick]\nquick = 1", "both a cadence and a set"),
    ],
)
def test_a_malformed_file_says_what_is_wrong(text: str, says: str) -> None:
    """And where."""
    with pytest.raises(PolicyError, match=says) as caught:
        Cadences.parse(text, "cadences.toml")
    assert caught.value.where == "cadences.toml"
    assert caught.value.fix
