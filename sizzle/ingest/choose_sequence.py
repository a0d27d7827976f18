"""Choose one of the sequences of a file."""

from __future__ import annotations

from collections.abc import Sequence

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest.xml_values import integer_text


def choose(sequences: Sequence[tuple[str, str]], wanted: str | None, where: str) -> int:
    """The index of the sequence that is wanted, or of the only one.

    Args:
        sequences: the name and the id of each; an id may be empty, and both may be repeated.
        wanted: a name, else a number counted from 1, else an id.
        where: the file's name, for messages.

    Raises:
        UnreadableTimelineError: there is no such sequence, or more than one.
    """
    if not sequences:
        raise UnreadableTimelineError(
            "The file has no sequence.",
            where=where,
            fix="select the sequence in Premiere, then File > Export > Final Cut Pro XML.",
        )
    if wanted is None:
        found = list(range(len(sequences)))
    else:
        ways = (
            _named(sequences, wanted),
            _numbered(sequences, wanted),
            _with_id(sequences, wanted),
        )
        found = next((way for way in ways if way), [])
    if len(found) == 1:
        return found[0]
    what = f"sequences named {wanted[:80]!r}" if wanted is not None else "sequences"
    listed = ", ".join(
        f"{at} {name[:80]!r}" for at, (name, _) in enumerate(sequences[:20], start=1)
    )
    raise UnreadableTimelineError(
        f"The file has {len(found)} {what}.",
        where=where,
        fix=f"choose one with --sequence, by name or number; the file has {listed}.",
    )


def _named(sequences: Sequence[tuple[str, str]], wanted: str) -> list[int]:
    return [index for index, (name, _) in enumerate(sequences) if name == wanted]


def _with_id(sequences: Sequence[tuple[str, str]], wanted: str) -> list[int]:
    return [index for index, (_, its_id) in enumerate(sequences) if its_id and its_id == wanted]


def _numbered(sequences: Sequence[tuple[str, str]], wanted: str) -> list[int]:
    number = integer_text(wanted)
    return [number - 1] if number is not None and 1 <= number <= len(sequences) else []
