"""Change markers of an OTIO file, and nothing else: the JSON around them stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest.reading import MarkerPlace, Reading
from sizzle.reports.json_spans import JsonSpan, scan_json
from sizzle.reports.marker_changes import MarkerChanges, MarkerState

_MARK = "\ufeff"
_STACK = ("tracks", "markers")

# What to put in place of the characters between two offsets.
_Splice = tuple[int, int, str]


def with_otio_changes(
    content: bytes, where: str, reading: Reading, changes: MarkerChanges
) -> bytes:
    """The document with the markers of a timeline changed.

    Args:
        content: of the document.
        where: its name, for messages.
        reading: of the timeline, with where its markers are in the document.
        changes: to them.

    Raises:
        UnreadableTimelineError: it is not the document that was read.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableTimelineError(
            "The OTIO file is not in UTF-8.", where=where, fix="save it as UTF-8."
        ) from error
    try:
        mark = _MARK if text.startswith(_MARK) else ""
        text = text.removeprefix(_MARK)
        writer = _Writer(text, scan_json(text), reading)
        splices = list(writer.splices(changes))
    except (ValueError, LookupError, RecursionError) as error:
        raise UnreadableTimelineError(
            "The file's markers are not those that were checked.",
            where=where,
            fix="check it again: it has changed since.",
        ) from error
    parts, at = [mark], 0
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]]).encode()


class _Writer:
    """Finds what to change in a document's text."""

    def __init__(self, text: str, document: JsonSpan, reading: Reading) -> None:
        self._text = text
        self._document = document
        self._reading = reading
        self._gone: dict[tuple[str | int, ...], set[int]] = {}

    def splices(self, changes: MarkerChanges) -> Iterator[_Splice]:
        """All of them."""
        timeline = self._reading.timeline
        added = changes.added
        for index, state in changes.changed(timeline.markers).items():
            marker = timeline.markers[index]
            places = [place for place in self._reading.places if place.marker == marker]
            if not places:
                raise LookupError("a marker has no place")
            for place in places:
                yield from self._change(place, state)
            # A marker in a clip counts from the clip's media; on the stack it can be anywhere.
            if state and any(self._leaves_clip(place, state) for place in places):
                added.append(state)
        for path, indexes in self._gone.items():
            markers = self._at(path)
            is_stack = path == (*self._reading.root, *_STACK)
            if not (added and is_stack and len(indexes) == len(markers.elements or ())):
                yield from self._removals(markers, indexes)
        if added:
            yield self._insertion(added)

    def _leaves_clip(self, place: MarkerPlace, state: MarkerState) -> bool:
        return place.path.count("children") > 1 and state.frame != place.marker.frame

    def _at(self, path: Sequence[str | int]) -> JsonSpan:
        span = self._document.at(path)
        if span is None:
            raise LookupError(f"nothing is at {path}")
        return span

    def _change(self, place: MarkerPlace, state: MarkerState | None) -> Iterator[_Splice]:
        if state is None or self._leaves_clip(place, state):
            *parent, index = place.path
            self._gone.setdefault(tuple(parent), set()).add(int(index))
            return
        if state.name != place.marker.name:
            yield self._set(place.path, ("name",), json.dumps(state.name))
        if state.frame != place.marker.frame:
            start = ("marked_range", "start_time")
            by = self._in_rate(place.path, state.frame - place.marker.frame)
            value = json.loads(self._raw((*place.path, *start, "value")))
            yield self._set(place.path, (*start, "value"), _number(value, by))

    def _raw(self, path: Sequence[str | int]) -> str:
        span = self._at(path)
        return self._text[span.start : span.end]

    def _in_rate(self, path: Sequence[str | int], frames: int) -> Fraction:
        """Frames of the timeline in those of a marker's own rate."""
        rate = json.loads(self._raw((*path, "marked_range", "start_time", "rate")))
        own = self._reading.timeline.rate.snapped(rate).fraction
        return frames * own / self._reading.timeline.rate.fraction

    def _set(self, path: Sequence[str | int], field: Sequence[str], value: str) -> _Splice:
        span = self._at((*path, *field))
        return span.start, span.end, value

    def _removals(self, markers: JsonSpan, gone: set[int]) -> Iterator[_Splice]:
        """Elements of an array, each with the comma that parts it from the others."""
        elements = markers.elements or ()
        kept = [index for index in range(len(elements)) if index not in gone]
        if not kept:
            yield markers.start, markers.end, "[]"
            return
        for index in sorted(gone):
            if index < kept[0]:
                yield elements[index].start, elements[index + 1].start, ""
            else:
                yield elements[index - 1].end, elements[index].end, ""

    def _insertion(self, states: Sequence[MarkerState]) -> _Splice:
        """New markers at the end of those of the stack."""
        root = self._reading.root
        markers = self._at((*root, *_STACK))
        elements = markers.elements or ()
        gone = self._gone.get((*root, *_STACK), set())
        indent = self._indent(markers, elements)
        texts = [indent + self._element(state, indent) for state in states]
        kept = [span for index, span in enumerate(elements) if index not in gone]
        if kept:
            at = elements[-1].end
            return at, at, "".join(f",{text}" for text in texts)
        close = indent[:-4] if indent.endswith("    ") else indent
        return markers.start, markers.end, "[" + ",".join(texts) + close + "]"

    def _indent(self, markers: JsonSpan, elements: Sequence[JsonSpan]) -> str:
        """The white space before each element of the array."""
        if elements:
            return self._text[markers.start + 1 : elements[0].start]
        line = self._text.rfind("\n", 0, markers.start)
        if line < 0:
            return ""
        head = self._text[line + 1 : markers.start]
        space = head[: len(head) - len(head.lstrip())]
        return f"\n{space}    "

    def _element(self, state: MarkerState, indent: str) -> str:
        rate = float(self._reading.timeline.rate.fraction)
        time = {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(state.frame)}
        none = {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": 0.0}
        marker = {
            "OTIO_SCHEMA": "Marker.2",
            "metadata": {},
            "name": state.name,
            "color": "GREEN",
            "marked_range": {"OTIO_SCHEMA": "TimeRange.1", "duration": none, "start_time": time},
        }
        if "\n" not in indent:
            return json.dumps(marker)
        return json.dumps(marker, indent=4).replace("\n", indent)


def _number(value: float, by: Fraction) -> str:
    """A number written as the document writes it: whole or not."""
    moved = Fraction(value) + by
    if isinstance(value, int) and moved.denominator == 1:
        return str(moved.numerator)
    return json.dumps(float(moved))
