"""The bytes of each marker of an FCP7 XML, so that markers change and nothing else does.

The document is only scanned, in its own encoding: offsets are those of its bytes. What is replaced,
put in or taken out are the markers' own; all else stays the editor's to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest.choose_sequence import choose
from sizzle.ingest.xml_values import integer_text
from sizzle.layout import Marker
from sizzle.reports.marker_changes import MarkerChanges, MarkerState

_UTF16 = {
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
_FIELDS = ("name", "comment", "in", "out")


@dataclass(slots=True)
class Span:
    """An element: where it starts and ends, and where what is in it does; all in bytes."""

    start: int
    end: int = 0
    content: int | None = None  # None where there is nothing in it
    content_end: int = 0
    text: str = ""


@dataclass(slots=True)
class MarkerSpan:
    """A marker of a sequence.

    Attributes:
        span: the element.
        before: where the white space before it starts.
        fields: its fields by their tags.
    """

    span: Span
    before: int
    fields: dict[str, Span] = field(default_factory=dict)

    def marker(self) -> Marker | None:
        """As ingest reads it; None where it has no frame."""
        frame = integer_text(self._text("in"))
        if frame is None:
            return None
        return Marker(self._text("name").strip(), frame, self._text("comment").strip())

    def _text(self, tag: str) -> str:
        found = self.fields.get(tag)
        return found.text if found else ""


@dataclass(slots=True)
class SequenceSpan:
    """A sequence that is not inside another.

    Attributes:
        sequence_id: its id attribute.
        in_bin: whether it is in a bin rather than at the root.
        depth: of its element.
        name: its name.
        end: where its end tag starts.
        space: where the white space before its end tag starts.
        markers: in document order.
    """

    sequence_id: str
    in_bin: bool
    depth: int
    name: str = ""
    end: int = 0
    space: int = 0
    markers: list[MarkerSpan] = field(default_factory=list)


def with_changes(
    content: bytes,
    where: str,
    sequence: str | None,
    markers: Sequence[Marker],
    changes: MarkerChanges,
) -> bytes:
    """The document with a sequence's markers changed.

    Args:
        content: of the document.
        where: its name, for messages.
        sequence: which one, as it was chosen when the document was read.
        markers: of the sequence, as they were read.
        changes: to them.

    Raises:
        UnreadableTimelineError: it is not the document that was read.
    """
    document = _Scanner(content)
    document.run(where)
    chosen = document.chosen(sequence, where)
    spans = _in_order(chosen, markers, where)
    splices = [
        splice
        for index, state in changes.changed(markers).items()
        for splice in document.change(spans[index], markers[index], state)
    ]
    new = document.insertion(chosen, changes.added)
    return _spliced(content, [*splices, *new])


def _in_order(sequence: SequenceSpan, markers: Sequence[Marker], where: str) -> list[MarkerSpan]:
    """The spans of the markers that were read, in their order."""
    read = [(marker.marker(), marker) for marker in sequence.markers]
    placed = [(marker, span) for marker, span in read if marker]
    placed.sort(key=lambda pair: pair[0].frame)
    if [marker for marker, _ in placed] != list(markers):
        raise UnreadableTimelineError(
            "The file's markers are not those that were checked.",
            where=where,
            fix="check it again: it has changed since.",
        )
    return [span for _, span in placed]


# What to put in place of the bytes between two offsets.
_Splice = tuple[int, int, bytes]


def _spliced(content: bytes, splices: Sequence[_Splice]) -> bytes:
    parts, at = [], 0
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        parts += [content[at:start], new]
        at = end
    return b"".join([*parts, content[at:]])


class _Scanner:
    """Follows the parser through the document, and notes where markers are."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._encoding = next(
            (codec for mark, codec in _UTF16.items() if content.startswith(mark)), "utf-8"
        )
        self.found: list[SequenceSpan] = []
        self._path: list[str] = []
        self._inside: SequenceSpan | None = None
        self._marker: MarkerSpan | None = None
        self._field: Span | None = None
        self._ended: list[Span] = []  # whose end is where the next thing begins
        self._space: int | None = None  # where white space began after the last tag
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartCdataSectionHandler = self._other
        self._parser.CommentHandler = self._other
        self._parser.ProcessingInstructionHandler = self._other
        self._parser.EntityDeclHandler = self._refuse

    def run(self, where: str) -> None:
        """Scan it. Raises UnreadableTimelineError."""
        try:
            self._parser.Parse(self._content, True)
        except (ExpatError, ValueError, LookupError) as error:
            raise UnreadableTimelineError(
                f"The file cannot be read again: {error}.", where=where, fix="export it again."
            ) from error

    def chosen(self, sequence: str | None, where: str) -> SequenceSpan:
        """The sequence that is wanted, among them in the order in which ingest lists them."""
        listed = sorted(self.found, key=lambda each: each.in_bin)
        names = [(span.name, span.sequence_id) for span in listed]
        return listed[choose(names, sequence, where)]

    def change(
        self, marker: MarkerSpan, before: Marker, after: MarkerState | None
    ) -> Iterator[_Splice]:
        """What makes a marker what it will be."""
        if after is None:
            yield marker.before, marker.span.end, b""
            return
        if after.name != before.name:
            yield self._set(marker, "name", after.name)
        if after.frame != before.frame:
            yield self._set(marker, "in", str(after.frame))
            out = integer_text(marker.fields["out"].text) if "out" in marker.fields else None
            # A point has an out of -1; a marker with a length keeps it.
            if out is not None and out >= 0:
                yield self._set(marker, "out", str(out + after.frame - before.frame))

    def _set(self, marker: MarkerSpan, tag: str, value: str) -> _Splice:
        span, text = marker.fields.get(tag), escape(value)
        if span is None:
            at = marker.span.content
            assert at is not None, "it has a frame"
            return at, at, self._encoded(f"<{tag}>{text}</{tag}>")
        if span.content is None:
            return span.start, span.end, self._encoded(f"<{tag}>{text}</{tag}>")
        raw = self._decoded(span.content, span.content_end)
        kept = raw.strip()
        return (
            span.content,
            span.content_end,
            self._encoded(raw.replace(kept, text, 1) if kept else text),
        )

    def insertion(self, sequence: SequenceSpan, states: Sequence[MarkerState]) -> Iterator[_Splice]:
        """New markers behind those that there are, laid out as they are."""
        if not states:
            return
        if sequence.markers:
            last = sequence.markers[-1]
            at, space = last.span.end, self._decoded(last.before, last.span.start)
            inner = self._inner_space(last, space)
        else:
            at, outer = sequence.space, self._decoded(sequence.space, sequence.end)
            space = f"{outer}\t" if outer else ""
            inner = f"{space}\t" if space else ""
        yield at, at, self._encoded("".join(_element(state, space, inner) for state in states))

    def _inner_space(self, marker: MarkerSpan, space: str) -> str:
        first = min((span.start for span in marker.fields.values()), default=None)
        if marker.span.content is None or first is None:
            return f"{space}\t" if space else ""
        return self._decoded(marker.span.content, first) if first > marker.span.content else ""

    def _decoded(self, start: int, end: int) -> str:
        return self._content[start:end].decode(self._encoding)

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "xmlcharrefreplace")

    def _declaration(self, _: str, encoding: str | None, __: int) -> None:
        if encoding and not self._encoding.startswith("utf-16"):
            self._encoding = encoding

    def _refuse(self, *_: object) -> None:
        raise ValueError("it declares entities")

    def _arrive(self) -> int:
        """The offset of what begins now, which is where what ended last ends."""
        at = self._parser.CurrentByteIndex
        for span in self._ended:
            span.end = at
        self._ended.clear()
        return at

    def _note_content(self, at: int) -> None:
        """What begins now may be the first thing in an element."""
        for span in (self._field, self._marker.span if self._marker else None):
            if span and span.content is None and span.start != at:
                span.content = at

    def _other(self, *_: object) -> None:
        self._note_content(self._arrive())
        self._space = None

    def _characters(self, text: str) -> None:
        at = self._arrive()
        self._note_content(at)
        if self._field:
            self._field.text += text
        elif self._is_child(2) and self._inside and self._path[-1] == "name":
            self._inside.name += text
        if text.isspace():
            self._space = at if self._space is None else self._space
        else:
            self._space = None

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        at = self._arrive()
        self._note_content(at)
        space, self._space = self._space, None
        parent = self._path[-1] if self._path else ""
        if self._inside is None and tag == "sequence" and parent in ("xmeml", "children"):
            self._inside = SequenceSpan(
                attributes.get("id", ""), parent == "children", len(self._path)
            )
        elif self._is_child(1) and tag == "marker":
            self._marker = MarkerSpan(Span(at), at if space is None else space)
        elif self._is_child(2) and self._marker and tag in _FIELDS:
            self._field = Span(at)
        self._path.append(tag)

    def _end(self, tag: str) -> None:
        at = self._arrive()
        self._path.pop()
        space, self._space = self._space, None
        if self._inside is None:
            return
        if self._field and self._is_child(2):
            self._close(self._field, at)
            assert self._marker
            self._marker.fields.setdefault(tag, self._field)
            self._field = None
        elif self._marker and self._is_child(1):
            self._close(self._marker.span, at)
            self._inside.markers.append(self._marker)
            self._marker = None
        elif self._is_child(0):
            self._inside.end, self._inside.space = at, at if space is None else space
            self.found.append(self._inside)
            self._inside = None

    def _close(self, span: Span, at: int) -> None:
        """An element's end tag, or the end of an element that closes itself."""
        closes_itself = span.content is None and self._decoded(span.start, at).endswith("/>")
        if not closes_itself:
            span.content = at if span.content is None else span.content
            span.content_end = at
        self._ended.append(span)

    def _is_child(self, levels: int) -> bool:
        """Whether what starts or has just ended lies so many levels below the sequence."""
        return self._inside is not None and len(self._path) == self._inside.depth + levels


def _element(state: MarkerState, space: str, inner: str) -> str:
    """A marker as Premiere writes it; a point has an `out` of -1."""
    fields = (("comment", ""), ("name", escape(state.name)), ("in", state.frame), ("out", -1))
    body = "".join(f"{inner}<{tag}>{value}</{tag}>" for tag, value in fields)
    return f"{space}<marker>{body}{space}</marker>"
