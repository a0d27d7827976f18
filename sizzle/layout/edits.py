"""Edits: the fix of a finding, as a program can make it.

A finding's edits are made in their order; findings are taken from the last to the first, so that no
edit moves what another one's frames mean. All frames count from the sequence's first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sizzle.layout.timeline import Item


class Operation(StrEnum):
    """All that an edit can be; `before` and `after` are what the comments say."""

    # Markers of the sequence.
    SET_MARKER = "set-marker"  # nothing; the new marker's frame
    MOVE_MARKER = "move-marker"  # its frame; its new frame
    RENAME_MARKER = "rename-marker"  # its name; its new name
    REMOVE_MARKER = "remove-marker"  # its frame; nothing
    # Clips on a track.
    TRIM_HEAD = "trim-head"  # its start; its new start, to which it moves back if it ripples
    TRIM_TAIL = "trim-tail"  # its end; its new end
    ROLL_CUT = "roll-cut"  # the cut's frame; its new frame
    SLIDE_CLIP = "slide-clip"  # its start; its new start: the edges of its neighbours move along
    CLOSE_GAP = "close-gap"  # the gap's length; 0
    INSERT_CLIP = "insert-clip"  # nothing; the new clip's length
    REMOVE_CLIP = "remove-clip"  # its length; nothing
    REPLACE_CLIP = "replace-clip"  # what it shows; nothing: what it should show is not known
    SLIP_CLIP = "slip-clip"  # its first frame of the media; another, or nothing where any will do
    MOVE_CLIP = "move-clip"  # its start; the frame before which it belongs
    CHANGE_TRACK = "change-track"  # its track; the right one
    JOIN_CLIPS = "join-clips"  # the cut's frame, which goes; nothing
    RENAME_CLIP = "rename-clip"  # its name; its new name, or nothing where that is not known
    ENABLE_CLIP = "enable-clip"  # false; true
    SHOW_CLIP = "show-clip"  # false; true: its opacity, scale and crop
    SET_SPEED = "set-speed"  # as it plays, in words; "100 %"
    RELINK_CLIP = "relink-clip"  # nothing; nothing: where its media is is not known
    CONFORM_CLIP = "conform-clip"  # its rate; the sequence's
    REMOVE_TRANSITION = "remove-transition"  # its length; nothing
    # The sequence.
    ENABLE_TRACK = "enable-track"  # false; true
    SET_RATE = "set-rate"  # frames a second; those of the layout
    SET_DROP_FRAME = "set-drop-frame"  # whether timecode counts drop-frame; as in the layout
    SET_START = "set-start"  # the start timecode; the layout's
    # What no edit mends.
    EXPORT_TIMELINE = "export-timeline"  # nothing; nothing
    EXPORT_MEDIA = "export-media"  # nothing; nothing


class Ripple(StrEnum):
    """What moves along behind an edit that makes the track longer or shorter."""

    NONE = "none"
    CLIPS = "clips"
    ALL = "clips and markers"


Value = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of a fix.

    Attributes:
        operation: what to do.
        frame: where: the start of the clip or gap, the cut, or the marker's frame.
        track: of video, 1 for V1; 0 where the edit is of the sequence or its markers.
        name: of the clip or marker, or empty.
        before: what is there now.
        after: what should be there.
        ripple: what moves along, where the edit changes the length of the track.
    """

    operation: Operation
    frame: int = 0
    track: int = 0
    name: str = ""
    before: Value = None
    after: Value = None
    ripple: Ripple = Ripple.NONE

    def to_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return {
            "operation": self.operation.value,
            "frame": self.frame,
            "track": self.track,
            "name": self.name,
            "from": self.before,
            "to": self.after,
            "ripple": self.ripple.value,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """The edit that `to_json` was called on."""
        return cls(
            Operation(fields["operation"]),
            fields["frame"],
            fields["track"],
            fields["name"],
            fields["from"],
            fields["to"],
            Ripple(fields["ripple"]),
        )

    @property
    def is_of_markers(self) -> bool:
        """Whether it changes a marker and nothing else."""
        return self.operation in _OF_MARKERS


_OF_MARKERS = {
    Operation.SET_MARKER,
    Operation.MOVE_MARKER,
    Operation.RENAME_MARKER,
    Operation.REMOVE_MARKER,
}

EXPORT_TIMELINE = (Edit(Operation.EXPORT_TIMELINE),)
EXPORT_MEDIA = (Edit(Operation.EXPORT_MEDIA),)


def slip(item: Item, by: int | None = None) -> Edit:
    """The clip shows other frames of its media: those that many later, or any others."""
    first = item.source_in
    after = None if first is None or by is None else first + by
    return Edit(Operation.SLIP_CLIP, item.record.start, item.track, item.name, first, after)


def on_item(operation: Operation, item: Item, before: Value = None, after: Value = None) -> Edit:
    """An edit of one item."""
    return Edit(operation, item.record.start, item.track, item.name, before, after)


def set_marker(frame: int, name: str) -> Edit:
    """A new marker of the sequence."""
    return Edit(Operation.SET_MARKER, frame, name=name, after=frame)


def move_marker(frame: int, name: str, to: int) -> Edit:
    """The marker of that name, from one frame to another."""
    return Edit(Operation.MOVE_MARKER, frame, name=name, before=frame, after=to)


def rename_marker(frame: int, name: str, to: str) -> Edit:
    """The marker of that name at that frame gets another name."""
    return Edit(Operation.RENAME_MARKER, frame, name=name, before=name, after=to)


def remove_marker(frame: int, name: str) -> Edit:
    """The marker of that name at that frame goes."""
    return Edit(Operation.REMOVE_MARKER, frame, name=name, before=frame)
