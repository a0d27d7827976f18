"""`sizzle evaluate --from-exposures`: what other orders or cadences are likely to have brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.cli import options
from sizzle.cli.output import print_json, print_table, say
from sizzle.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from ranker import Ranker
    from sizzle.engagement.policy_evaluation import ExposureOutcome, PolicyEvaluation
    from sizzle.eventlog.engagement import Filters
    from sizzle.experiments import Interval
    from sizzle.histories import PastHistories
    from sizzle.viewing_source import EventSource

_AT_ONCE = 256  # reels that are ranked together


@dataclass(frozen=True, slots=True)
class ExposureEvaluation:
    """What is evaluated.

    Args:
        source: of exposures and events.
        filters: which reels.
        models: files; each is another policy that orders titles.
        cadence: that the other policies show; None for the same as was shown.
        titles: a file of titles.
    """

    source: EventSource
    filters: Filters
    models: tuple[Path, ...]
    cadence: str | None
    titles: Path | None


def evaluate_exposures(what: ExposureEvaluation, *, as_json: bool) -> None:
    """Evaluate other policies by what was shown, and print what comes of it.

    Raises:
        InputError: neither a model nor a cadence is named.
        NotFoundError: no reel was recorded, or none tells of the policies.
        RankerError: a model that cannot be read.
        DatabaseUnavailableError: the exposures cannot be read.
    """
    from sizzle.engagement.policy_evaluation import can_tell, evaluate_policy

    if not what.models and what.cadence is None:
        raise InputError(
            "There is no other policy to evaluate.", fix="name a model, a --cadence, or both."
        )
    reels = _read(what)
    told = [reel for reel in reels if can_tell(reel, what.cadence, reorders=bool(what.models))]
    if not told:
        raise _cannot_tell(what, len(reels))
    rows = []
    for name, orders in _policies(what, told):
        result = evaluate_policy(told, orders, what.cadence, untold=len(reels) - len(told))
        if result is None:
            raise _cannot_tell(what, len(reels))
        rows.append((name, result))
    if as_json:
        print_json([_as_json(name, result) for name, result in rows])
        return
    print_table(
        "Seconds seen of a reel",
        ("", "reels", "as shown", "estimate", "by weights alone", "lead", "popular titles"),
        (_cells(name, result) for name, result in rows),
    )
    for name, result in rows:
        say(f"{name}: {_finding(result)}")


def _read(what: ExposureEvaluation) -> list[ExposureOutcome]:
    from sizzle.eventlog.engagement import EngagementLog

    database = options.open_database(what.source.database, what.source.state)
    try:
        reels = list(EngagementLog(database).outcomes(what.filters))
    finally:
        database.close()
    if not reels:
        raise NotFoundError(
            "No such reel is recorded.",
            fix="widen the selection; SIZZLE_RECORD_EXPOSURES must not be off.",
        )
    return reels


def _policies(
    what: ExposureEvaluation, reels: Sequence[ExposureOutcome]
) -> Iterator[tuple[str, list[tuple[str, ...]] | None]]:
    """The name of each other policy, and its orders of the reels that tell of it."""
    if not what.models:
        yield f"cadence {what.cadence}", None
        return
    from ranker import LoggedHistories, Ranker, read_titles
    from sizzle.histories import PastHistories
    from sizzle.viewing_source import read_all

    log, metadata = read_all(what.source, what.titles)
    past = PastHistories(LoggedHistories(log))
    if what.titles:
        metadata = dict(read_titles(what.titles))
    for path in what.models:
        ranker = Ranker.load(path, past, metadata, cache_bytes=0)
        say(f"Ranking for {len(reels)} reels with {path.name}")
        yield path.name, _orders(ranker, past, what, reels)


def _orders(
    ranker: Ranker,
    past: PastHistories,
    what: ExposureEvaluation,
    reels: Sequence[ExposureOutcome],
) -> list[tuple[str, ...]]:
    """The titles of each reel's asset as the ranker orders them for the member at that time."""
    from ranker import RequestContext
    from sizzle.catalog import Catalog
    from sizzle.reel.ranking_time import ranking_time

    catalog = Catalog.open(what.source.catalog)
    by_version: dict[str, list[int]] = {}
    for number, reel in enumerate(reels):
        by_version.setdefault(reel.asset_version, []).append(number)
    orders: list[tuple[str, ...]] = [()] * len(reels)
    for version, numbers in by_version.items():
        titles = [title.title_id for title in catalog.index_of_version(version).titles]
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            shown = [reels[number] for number in some]
            names = [past.name(reel.member_id, reel.time // 1000) for reel in shown]
            requests = [
                RequestContext(at=ranking_time(reel.member_id, reel.time / 1000)) for reel in shown
            ]
            for number, ranking in zip(
                some, ranker.rank_many(names, titles, requests), strict=True
            ):
                orders[number] = ranking.title_ids
    return orders


def _cannot_tell(what: ExposureEvaluation, reels: int) -> NotFoundError:
    other = "other orders" if what.cadence is None else f"the cadence {what.cadence[:60]!r}"
    return NotFoundError(
        f"None of {reels} recorded reels tells of {other}.",
        fix="let a treatment draw a share of orders, or a set choose cadences by weight: see "
        "docs/metrics.md.",
    )


def _cells(name: str, result: PolicyEvaluation) -> tuple[object, ...]:
    return (
        name,
        f"{result.support.reels} of {result.reels}",
        f"{result.logged.mean:.2f} {_range(result.logged.interval)}",
        f"{result.doubly_robust.mean:.2f} {_range(result.doubly_robust.interval)}",
        f"{result.inverse_propensity.mean:.2f} {_range(result.inverse_propensity.interval)}",
        f"{result.lead:+.2f} {_range(result.lead_interval)}",
        f"{result.popular_other:.0%}, was {result.popular_logged:.0%}",
    )


def _finding(result: PolicyEvaluation) -> str:
    """What follows, in a sentence or two."""
    support, interval = result.support, result.lead_interval
    if 1.0 not in support.mean_weight_interval:
        text = (
            "the logs cannot tell: much of what it shows was hardly ever likely to be shown "
            f"(mean weight {support.mean_weight:.2f} instead of 1)."
        )
    elif not support.is_enough:
        text = (
            f"the logs cannot tell yet: they are worth {support.effective_members:.0f} members "
            "who were shown just this; {MIN_MEMBERS} are needed."
        )
    elif interval.low > 0:
        text = "more would be seen."
    elif interval.high < 0:
        text = "less would be seen."
    else:
        text = "no difference is shown yet."
    if result.untold:
        text += f" {result.untold} other reels do not count, since nothing in them was drawn."
    return text


def _range(interval: Interval) -> str:
    return f"[{interval.low:.2f}, {interval.high:.2f}]"


def _as_json(name: str, result: PolicyEvaluation) -> dict[str, Any]:
    support = result.support
    return {
        "policy": name,
        "reels": result.reels,
        "members": result.members,
        "reels_without_draw": result.untold,
        "matching_reels": support.reels,
        "effective_members": support.effective_members,
        "mean_weight": support.mean_weight,
        "can_tell": support.is_enough,
        "seconds_shown": _facts(result.logged.mean, result.logged.interval),
        "seconds": _facts(result.doubly_robust.mean, result.doubly_robust.interval),
        "seconds_by_weights_alone": _facts(
            result.inverse_propensity.mean, result.inverse_propensity.interval
        ),
        "lead": _facts(result.lead, result.lead_interval),
        "popular_share_shown": result.popular_logged,
        "popular_share": result.popular_other,
        "finding": _finding(result),
    }


def _facts(mean: float, interval: Interval) -> dict[str, float | None]:
    from math import isfinite

    low, high = (end if isfinite(end) else None for end in (interval.low, interval.high))
    return {"mean": mean, "low": low, "high": high}
