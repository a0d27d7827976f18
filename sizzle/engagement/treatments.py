"""Treatments side by side: their members' rates, how far apart they are, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sizzle.engagement.figures import MEASURES, Tally
from sizzle.errors import NotFoundError
from sizzle.experiments import (
    Count,
    Interval,
    SampleRatio,
    check_sample_ratio,
    confidence_sequence,
    newcombe_interval,
)

_WORDS: Final = {
    "started": "started a reel",
    "completed": "watched a reel to its end",
    "title_started": "started one of its titles within seven days",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A treatment compared with the baseline, by one measure.

    Attributes:
        treatment: the name of the one.
        baseline: the name of the other.
        measure: one of `MEASURES`.
        count: members of the treatment with whom it came about.
        baseline_count: the same of the baseline.
        interval: of the difference, for one look at a time that was fixed beforehand.
        sequence: of the difference, however often one looks.
    """

    treatment: str
    baseline: str
    measure: str
    count: Count
    baseline_count: Count
    interval: Interval
    sequence: Interval

    @property
    def difference(self) -> float | None:
        """The treatment's rate minus the baseline's; None where one of them has no members."""
        if self.count.rate is None or self.baseline_count.rate is None:
            return None
        return self.count.rate - self.baseline_count.rate

    def __str__(self) -> str:
        """The finding in plain words; only the sequence decides."""
        name, other = named(self.treatment), named(self.baseline)
        what = _WORDS[self.measure]
        if self.sequence.low > 0:
            return f"More members of {name} than of {other} {what}."
        if self.sequence.high < 0:
            return f"Fewer members of {name} than of {other} {what}."
        return f"Undecided whether more members of {name} or of {other} {what}."


@dataclass(frozen=True, slots=True)
class Treatments:
    """All treatments that were shown.

    Attributes:
        members: of each treatment, by the one that they were shown first.
        counts: members with whom each measure came about.
        crossed: members who were shown more than one treatment.
        comparisons: of all treatments with the baseline; none where there is only one.
        sample_ratio: whether members are shared out as planned; None without a plan.
    """

    members: Mapping[str, int]
    counts: Mapping[str, Mapping[str, Count]]
    crossed: int
    comparisons: tuple[Comparison, ...]
    sample_ratio: SampleRatio | None


def compare_treatments(
    tally: Tally, baseline: str | None = None, weights: Mapping[str, float] | None = None
) -> Treatments:
    """Compare what was tallied.

    Args:
        tally: of exposures.
        baseline: the treatment to compare with; by default the first by name.
        weights: the planned shares of the treatments.

    Raises:
        NotFoundError: nobody was shown the baseline.
        InputError: weights that are not above 0.
    """
    counts, members, crossed = tally.treatment_members()
    if baseline is not None and baseline not in members:
        known = ", ".join(map(named, sorted(members)))
        raise NotFoundError(
            f"Nobody was shown the treatment {baseline[:120]!r}.",
            fix=f"compare with one that was shown: {known or 'none was'}.",
        )
    return Treatments(
        members,
        counts,
        crossed,
        tuple(_comparisons(counts, baseline)),
        None if weights is None else check_sample_ratio(members, weights),
    )


def named(treatment: str) -> str:
    """A treatment's name, where it has one."""
    return treatment or "(no treatment)"


def _comparisons(
    counts: Mapping[str, Mapping[str, Count]], baseline: str | None
) -> Iterator[Comparison]:
    if len(counts) < 2:
        return
    base = min(counts) if baseline is None else baseline
    for treatment in sorted(counts):
        if treatment == base:
            continue
        for measure in MEASURES:
            one, other = counts[treatment][measure], counts[base][measure]
            yield Comparison(
                treatment,
                base,
                measure,
                one,
                other,
                newcombe_interval(one, other),
                confidence_sequence(one, other),
            )
