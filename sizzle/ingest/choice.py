"""Which of several sequences of a file is meant."""

from __future__ import annotations

from collections.abc import Sequence

from sizzle.errors import UnreadableTimelineError


def choose(names: Sequence[str], name: str | None, where: str) -> int:
    """The position of the sequence of that name, or of the only one.

    Raises:
        UnreadableTimelineError: none is meant, or not just one.
    """
    if not names:
        raise UnreadableTimelineError(
            "The file holds no sequence.",
            where=where,
            fix="select the sequence in Premiere, then File > Export > Final Cut Pro XML.",
        )
    chosen = [at for at, each in enumerate(names) if name is None or each == name]
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(repr(each[:80]) for each in names[:20])
    asked = f"sequences named {name[:80]!r}" if name is not None else "sequences"
    raise UnreadableTimelineError(
        f"The file holds {len(chosen)} {asked}.",
        where=where,
        fix=f"say which one with --sequence NAME; it has {listed}.",
    )
