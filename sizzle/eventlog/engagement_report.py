"""The report of figures, for the service and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping

from sizzle.engagement.report import MessageRow, Report, report_of
from sizzle.engagement.treatments import compare_treatments
from sizzle.errors import InputError
from sizzle.eventlog.engagement import EngagementLog, Filters


def read_report(
    log: EngagementLog,
    filters: Filters,
    zone: str,
    baseline: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> Report:
    """The figures of a selection.

    Args:
        log: that has them.
        filters: the selection.
        zone: of the dates in it.
        baseline: the treatment to compare others with; by default the first by name.
        weights: the planned shares of the treatments.

    Raises:
        NotFoundError: no such asset or baseline was ever shown.
        InputError: weights that are not above 0.
        DatabaseUnavailableError: the database cannot be read or written to.
    """
    found = log.read(filters)
    reels = None
    if found.tally is not None:
        reels = found.tally, compare_treatments(found.tally, baseline, weights)
    messages = (MessageRow(**each._asdict()) for each in found.messages)
    unused = {reason.value: count for reason, count in found.unused.items()}
    return report_of(filters.period, zone, reels, messages, unused)


def parse_weights(text: str) -> dict[str, float]:
    """Planned shares of treatments, such as "a=1,b=1". Raises InputError: of another form."""
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, sign, weight = part.rpartition("=")
        try:
            if not sign or name.strip() in weights:
                raise ValueError
            weights[name.strip()] = float(weight)
        except ValueError:
            raise InputError(
                f"{part[:120]!r} is no planned share of a treatment.",
                where="weights",
                fix="name each treatment once, with its share, such as a=1,b=1.",
            ) from None
    return weights
