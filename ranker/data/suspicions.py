"""What looks wrong in events that are valid one by one: said before a model is trained on them.

Names of arrays as in `ranker.data.events`.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np

from ranker.data.events import ViewingLog

_LONG: Final = 6 * 3600
"""Half of the viewings last longer than this, in seconds, only where seconds are no seconds."""

_SHOWN: Final = 3


def suspicions(log: ViewingLog) -> list[str]:
    """One sentence for each thing that looks like a mistake, with how to mend it."""
    return [
        *_alike("titles", [log.title.values[code] for code in np.unique(log.title.codes_E)]),
        *_alike("members", [log.member.values[code] for code in np.unique(log.member.codes_E)]),
        *_durations(log),
        *_members(log),
    ]


def _alike(what: str, ids: Sequence[str]) -> Iterator[str]:
    """Ids that differ only in case or in the spaces around them."""
    groups: dict[str, list[str]] = {}
    for id_ in ids:
        groups.setdefault(id_.strip().casefold(), []).append(id_)
    alike = [group for group in groups.values() if len(group) > 1]
    if alike:
        some = "; ".join(" and ".join(map(repr, group)) for group in alike[:_SHOWN])
        yield (
            f"Ids of {what} that differ only in case or spaces count as different {what}: {some}"
            f"{f' and {len(alike) - _SHOWN} more' if len(alike) > _SHOWN else ''}. Write the ids "
            "of one and the same alike."
        )


def _durations(log: ViewingLog) -> Iterator[str]:
    known_E = log.seconds_E[log.seconds_E >= 0]
    if len(known_E) and (median := int(np.median(known_E))) > _LONG:
        yield (
            f"Half of the viewings last longer than {median} seconds, which is {median / 3600:.1f} "
            "hours. If they are milliseconds, divide them by 1000."
        )


def _members(log: ViewingLog) -> Iterator[str]:
    if len(log) > 1 and len(np.unique(log.member.codes_E)) == 1:
        yield (
            "All viewings are of one member, whose habits the model has then learnt, and nobody "
            "else's. Give the histories of many members."
        )


def unknown_titles(log: ViewingLog, known: Collection[str]) -> list[str]:
    """One sentence if most viewings are of titles that a model knows nothing of; else none.

    Args:
        log: to be read by the model.
        known: the titles that it knows, from training or by their metadata.
    """
    is_unknown_V = np.array([title not in known for title in log.title.values], np.bool_)
    unknown = int(is_unknown_V[log.title.codes_E].sum()) if len(log) else 0
    if 2 * unknown <= len(log):
        return []
    example = log.title.values[log.title.codes_E[int(is_unknown_V[log.title.codes_E].argmax())]]
    return [
        f"{unknown} of {len(log)} viewings are of titles that the model does not know, such as "
        f"{example!r}. Give a model that was trained on these titles, or their metadata."
    ]
