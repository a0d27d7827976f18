"""The figures in their wire form: what the service answers, and `sizzle metrics --json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, Field

from sizzle.engagement.exposure import slots_of
from sizzle.engagement.figures import CadenceKey, CutFigures, Figures, Tally, TitleFigures
from sizzle.engagement.period import Period
from sizzle.engagement.treatments import Comparison, Treatments
from sizzle.experiments import SampleRatio


class PeriodReport(BaseModel):
    """The period that was asked for, from `start` to before `end`, in UTC; null if it is open."""

    start: str | None
    end: str | None
    zone: str


class ReelCounts(BaseModel):
    """Counts of reels, and their shares; a share is null if nothing could be counted."""

    shown: int = Field(description="Reels that were answered.")
    started: int = Field(description="Of those shown, how many were seen at all.")
    completed: int = Field(description="Of those started, how many were shown to their end.")
    left_unstarted: int = Field(description="Of those shown, how many were left unseen.")
    title_started: int = Field(
        description="Of those shown, how many had one of their titles started within 7 days."
    )
    seconds: float = Field(description="Seen of all together.")
    started_share: float | None = Field(description="Started of shown.")
    completed_share: float | None = Field(description="Completed of started.")
    title_started_share: float | None = Field(description="Title started of shown.")
    seconds_per_started: float | None


class AssetRow(ReelCounts):
    """Reels of an asset."""

    asset_id: str


class CadenceRow(AssetRow):
    """Reels of a cadence."""

    cadence: str


class TreatmentRow(ReelCounts):
    """Reels of a treatment; an empty name stands for none."""

    treatment: str
    members: int = Field(description="Those who were shown this treatment first.")


class TitleRow(BaseModel):
    """A title in the reels of an asset."""

    asset_id: str
    title_id: str
    shown: int = Field(description="Reels with the title.")
    seen: int = Field(description="Of those shown, in how many a frame of it was seen.")
    started: int = Field(description="Of those shown, after how many it was started in 7 days.")
    seconds: float = Field(description="Seen of it.")
    seen_share: float | None = Field(description="Seen of shown.")
    started_share: float | None = Field(description="Started of shown.")


class CutRow(BaseModel):
    """A cut of a cadence."""

    asset_id: str
    cadence: str
    cut: int = Field(description="From 1, in playing order.")
    slot: str = Field(description="Rank and frames, such as `A:160`.")
    start_seconds: float = Field(description="When it begins in the reel.")
    end_seconds: float
    shown: int = Field(description="Reels of the cadence.")
    started: int = Field(description="Of those shown, how many were seen at all.")
    completed: int = Field(description="Of those started, how many were shown to their end.")
    reached: int = Field(description="Of those started, how many came to this cut.")
    left: int = Field(description="Of those started, how many came no further, nor completed.")
    seconds: float = Field(description="Seen of this cut.")
    reached_share: float | None = Field(description="Reached of started.")
    left_share: float | None = Field(description="Left of started.")


class ComparisonRow(BaseModel):
    """Two treatments by one measure: shares of members, and their difference in shares."""

    treatment: str
    baseline: str
    measure: str
    count: int
    members: int
    share: float | None
    baseline_count: int
    baseline_members: int
    baseline_share: float | None
    difference: float | None = Field(description="The share minus that of the baseline.")
    interval: tuple[float, float] = Field(
        description="Newcombe's, of 95 %: for one look, at a time fixed beforehand."
    )
    sequence: tuple[float, float] = Field(
        description="Of 95 %, for all looks together: only this one may end an experiment early."
    )
    finding: str


class SampleRatioReport(BaseModel):
    """Whether members are shared out among the treatments as planned."""

    observed: dict[str, int]
    expected: dict[str, float]
    p_value: float
    broken: bool
    finding: str


class MessageRow(BaseModel):
    """Events of one kind about the messages of an activity."""

    source: str = Field(description="`campaign`, `journey` or `transactional`.")
    source_id: str = Field(description="Of the campaign or journey.")
    activity_id: str = Field(description="Of the activity; the send id of transactional messages.")
    treatment_id: str
    action: str = Field(description="Such as `opened_notification`.")
    events: int
    endpoints: int = Field(description="The endpoints that sent them.")
    unknown_endpoint: int = Field(
        description="Of the events, how many came from endpoints that nobody registered."
    )


class ReelReport(BaseModel):
    """All about reels."""

    total: ReelCounts
    assets: list[AssetRow]
    cadences: list[CadenceRow]
    treatments: list[TreatmentRow]
    titles: list[TitleRow]
    cuts: list[CutRow]
    comparisons: list[ComparisonRow]
    sample_ratio: SampleRatioReport | None
    crossed: int = Field(description="Members who were shown several treatments.")
    unused_events: dict[str, int] = Field(
        description="Events about reels, of all assets, that no figure counts, by the reason."
    )


class Report(BaseModel):
    """The figures. `reels` is null where only messages were asked for."""

    period: PeriodReport
    reels: ReelReport | None
    messages: list[MessageRow]


def report_of(
    period: Period,
    zone: str,
    reels: tuple[Tally, Treatments] | None,
    messages: Iterable[MessageRow],
    unused: Mapping[str, int],
) -> Report:
    """Put figures into their wire form.

    Args:
        period: that was asked for.
        zone: of its dates.
        reels: the figures of reels, and their treatments.
        messages: the figures of messages.
        unused: events about reels that no figure counts, by the reason.
    """
    return Report(
        period=PeriodReport(start=period.start_text, end=period.end_text, zone=zone),
        reels=None if reels is None else _reels(*reels, unused),
        messages=list(messages),
    )


def _reels(tally: Tally, treatments: Treatments, unused: Mapping[str, int]) -> ReelReport:
    assets: dict[str, Figures] = {}
    cadences: dict[tuple[str, str], Figures] = {}
    of_treatments: dict[str, Figures] = {}
    for kind, figures in tally.kinds.items():
        assets.setdefault(kind.asset_id, Figures()).add(figures)
        cadences.setdefault((kind.asset_id, kind.cadence), Figures()).add(figures)
        of_treatments.setdefault(kind.treatment, Figures()).add(figures)
    return ReelReport(
        total=ReelCounts(**_counts(tally.total)),
        assets=[
            AssetRow(asset_id=key, **_counts(figures)) for key, figures in sorted(assets.items())
        ],
        cadences=[
            CadenceRow(asset_id=asset_id, cadence=cadence, **_counts(figures))
            for (asset_id, cadence), figures in sorted(cadences.items())
        ],
        treatments=[
            TreatmentRow(treatment=key, members=treatments.members.get(key, 0), **_counts(figures))
            for key, figures in sorted(of_treatments.items())
        ],
        titles=sorted(
            (_title(*key, figures) for key, figures in tally.titles.items()),
            key=lambda row: (-row.shown, row.asset_id, row.title_id),
        ),
        cuts=[row for key, figures in sorted(tally.cuts.items()) for row in _cuts(key, figures)],
        comparisons=[_comparison(comparison) for comparison in treatments.comparisons],
        sample_ratio=_sample_ratio(treatments.sample_ratio),
        crossed=treatments.crossed,
        unused_events=dict(unused),
    )


def _counts(figures: Figures) -> dict[str, Any]:
    return {
        "shown": figures.shown,
        "started": figures.started,
        "completed": figures.completed,
        "left_unstarted": figures.left_unstarted,
        "title_started": figures.title_started,
        "seconds": round(figures.seconds, 3),
        "started_share": share(figures.started, figures.shown),
        "completed_share": share(figures.completed, figures.started),
        "title_started_share": share(figures.title_started, figures.shown),
        "seconds_per_started": share(figures.seconds, figures.started),
    }


def _title(asset_id: str, title_id: str, figures: TitleFigures) -> TitleRow:
    return TitleRow(
        asset_id=asset_id,
        title_id=title_id,
        shown=figures.shown,
        seen=figures.seen,
        started=figures.started,
        seconds=round(figures.seconds, 3),
        seen_share=share(figures.seen, figures.shown),
        started_share=share(figures.started, figures.shown),
    )


def _cuts(key: CadenceKey, figures: CutFigures) -> Iterator[CutRow]:
    asset_id, cadence, plan, rate = key
    times = boundaries(plan, rate)
    for number, slot in enumerate(slots_of(plan)):
        yield CutRow(
            asset_id=asset_id,
            cadence=cadence,
            cut=number + 1,
            slot=str(slot),
            start_seconds=times[number],
            end_seconds=times[number + 1],
            shown=figures.shown,
            started=figures.started,
            completed=figures.completed,
            reached=figures.reached[number],
            left=figures.left[number],
            seconds=round(figures.seconds[number], 3),
            reached_share=share(figures.reached[number], figures.started),
            left_share=share(figures.left[number], figures.started),
        )


def _comparison(each: Comparison) -> ComparisonRow:
    return ComparisonRow(
        treatment=each.treatment,
        baseline=each.baseline,
        measure=each.measure,
        count=each.count.successes,
        members=each.count.trials,
        share=each.count.rate,
        baseline_count=each.baseline_count.successes,
        baseline_members=each.baseline_count.trials,
        baseline_share=each.baseline_count.rate,
        difference=each.difference,
        interval=(each.interval.low, each.interval.high),
        sequence=(each.sequence.low, each.sequence.high),
        finding=str(each),
    )


def _sample_ratio(found: SampleRatio | None) -> SampleRatioReport | None:
    if found is None:
        return None
    return SampleRatioReport(
        observed=dict(found.observed),
        expected=dict(found.expected),
        p_value=found.p_value,
        broken=found.is_wrong,
        finding=str(found),
    )


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def boundaries(plan: str, rate: str) -> list[float]:
    """When the cuts of a plan begin, in seconds, and when the last one ends."""
    seconds, frames = [0.0], 0
    for slot in slots_of(plan):
        frames += slot.length
        seconds.append(float(frames / Fraction(rate)))
    return seconds
