"""Choose one of the sequences of a file."""

from __future__ import annotations

from collections.abc import Sequence

from sizzle.errors import UnreadableTimelineError


def choose(names: Sequence[str], name: str | None, where: str) -> int:
    """The index of the sequence of that name, or of the only one.

    Raises:
        UnreadableTimelineError: there is no such sequence, or more than one.
    """
    if not names:
        raise UnreadableTimelineError(
            "The file has no sequence.",
            where=where,
            fix="select the sequence in Premiere, then File > Export > Final Cut Pro XML.",
        )
    chosen = [index for index, each in enumerate(names) if name is None or each == name]
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(repr(each[:80]) for each in names[:20])
    wanted = f"sequences named {name[:80]!r}" if name is not None else "sequences"
    raise UnreadableTimelineError(
        f"The file has {len(chosen)} {wanted}.",
        where=where,
        fix=f"choose one with --sequence NAME; the file has {listed}.",
    )
