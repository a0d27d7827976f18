"""The fixes that a program can make by itself, those of markers alone, on a list of markers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sizzle.layout import Finding, Marker, Timeline
from sizzle.layout.edits import Edit, Operation


@dataclass(frozen=True, slots=True)
class MarkerState:
    """A marker as it will be.

    Attributes:
        frame: of the sequence.
        name: its name.
        origin: its index among the markers that there were; None for a new one.
    """

    frame: int
    name: str
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class MarkerChanges:
    """What becomes of a sequence's markers.

    Attributes:
        states: all markers as they will be.
        made: the findings whose fixes are made, in timeline order.
        left: the others, which need an editor.
    """

    states: tuple[MarkerState, ...]
    made: tuple[Finding, ...]
    left: tuple[Finding, ...]

    def changed(self, markers: Sequence[Marker]) -> dict[int, MarkerState | None]:
        """Those that change, by their index among the markers that there were; None is removed."""
        after = {state.origin: state for state in self.states if state.origin is not None}
        return {
            index: after.get(index)
            for index, marker in enumerate(markers)
            if _is_changed(marker, after.get(index))
        }

    @property
    def added(self) -> list[MarkerState]:
        """The new ones, by frame."""
        new = (state for state in self.states if state.origin is None)
        return sorted(new, key=lambda state: state.frame)


def _is_changed(marker: Marker, state: MarkerState | None) -> bool:
    return state is None or (marker.frame, marker.name) != (state.frame, state.name)


def make_changes(markers: Sequence[Marker], findings: Sequence[Finding]) -> MarkerChanges:
    """Make every fix that is of markers alone, and says all that there is to know.

    Args:
        markers: of the sequence.
        findings: in timeline order.
    """
    states = [MarkerState(marker.frame, marker.name, at) for at, marker in enumerate(markers)]
    made: list[Finding] = []
    left: list[Finding] = []
    for finding in reversed(findings):
        after = _made(states, finding.edits) if is_mechanical(finding) else None
        (left if after is None else made).append(finding)
        states = states if after is None else after
    return MarkerChanges(tuple(states), tuple(reversed(made)), tuple(reversed(left)))


def is_mechanical(finding: Finding) -> bool:
    """Whether a program can make its fix: no clip, and no name that only people know."""
    return bool(finding.edits) and all(
        edit.is_of_markers and _name_after(edit) != "" for edit in finding.edits
    )


def _name_after(edit: Edit) -> str:
    return str(edit.after or "") if edit.operation is Operation.RENAME_MARKER else edit.name


def _made(states: Sequence[MarkerState], edits: Iterable[Edit]) -> list[MarkerState] | None:
    """The markers after some edits, or None where one is of a marker that is not there."""
    after = list(states)
    for edit in edits:
        if edit.operation is Operation.SET_MARKER:
            after.append(MarkerState(edit.frame, edit.name))
            continue
        found = (at for at, state in enumerate(after) if (state.frame, state.name) == _of(edit))
        index = next(found, None)
        if index is None:
            return None
        if edit.operation is Operation.REMOVE_MARKER:
            del after[index]
        elif edit.operation is Operation.MOVE_MARKER:
            after[index] = replace(after[index], frame=int(edit.after or 0))
        else:
            after[index] = replace(after[index], name=str(edit.after))
    return after


def _of(edit: Edit) -> tuple[int, str]:
    return (edit.frame, edit.name)


def describe(edit: Edit, timeline: Timeline) -> str:
    """An edit of a marker in words, such as `moved aurora-clip-2 to 01:00:06:16`."""
    timecode = timeline.timecode
    if edit.operation is Operation.SET_MARKER:
        return f"set {edit.name} at {timecode(edit.frame)}"
    if edit.operation is Operation.MOVE_MARKER:
        return f"moved {edit.name} from {timecode(edit.frame)} to {timecode(int(edit.after or 0))}"
    if edit.operation is Operation.RENAME_MARKER:
        return f"renamed {edit.name or 'a marker without a name'} {edit.after}"
    return f"removed {edit.name} at {timecode(edit.frame)}"
