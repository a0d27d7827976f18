"""Where in an FCP7 XML markers can be put, found without taking the document apart.

The document stays the editor's own to the byte. It is only scanned, as a stream that nothing is
built from: neither its depth nor its size matters, and entities, which could grow, end the scan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>\s*")
_READ = {"name", "comment"}

IsOurs = Callable[[str, str], bool]
"""Whether a marker of that name and comment was put there by us."""


@dataclass(frozen=True, slots=True)
class Splice:
    """A document and the place in it for a sequence's markers.

    Attributes:
        content: in UTF-8.
        end: where the sequence's end tag starts, in bytes.
        stale: start and end of each of our earlier markers in the sequence, in bytes.
    """

    content: bytes
    end: int
    stale: tuple[tuple[int, int], ...]

    def with_markers(self, markers: str) -> str:
        """The document with these markers in place of our earlier ones."""
        kept, at = [], 0
        for start, end in self.stale:
            kept.append(self.content[at:start])
            at = end
        kept += [self.content[at : self.end], markers.encode(), self.content[self.end :]]
        return b"".join(kept).decode()


def scan(content: bytes, sequence: str, is_ours: IsOurs) -> Splice | None:
    """Find the sequence of that name; None where the content is no xmeml that has just one."""
    text = _decoded(content)
    if text is None:
        return None
    body = ('<?xml version="1.0" encoding="UTF-8"?>\n' + _DECLARATION.sub("", text, 1)).encode()
    scanner = _Scanner(is_ours)
    try:
        scanner.run(body)
    except (ExpatError, _ForeignError):
        return None
    chosen = [found for found in scanner.found if found.name == sequence.strip()]
    return Splice(body, chosen[0].end, tuple(chosen[0].stale)) if len(chosen) == 1 else None


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        return None


class _ForeignError(Exception):
    """Another root element, or an entity."""


@dataclass(slots=True)
class _Sequence:
    """A sequence that is not inside another."""

    depth: int
    name: str = ""
    end: int = 0
    stale: list[tuple[int, int]] = field(default_factory=list)


class _Scanner:
    """Follows the parser through the document, and remembers the sequences and their markers."""

    def __init__(self, is_ours: IsOurs) -> None:
        self.found: list[_Sequence] = []
        self._is_ours = is_ours
        self._path: list[str] = []
        self._inside: _Sequence | None = None
        self._marker_start = 0
        self._marker: dict[str, str] = {}
        self._text: list[str] = []
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._refuse

    def run(self, body: bytes) -> None:
        self._parser.Parse(body, True)

    def _refuse(self, *_: object) -> None:
        raise _ForeignError

    def _start(self, tag: str, _: dict[str, str]) -> None:
        if not self._path and tag != "xmeml":
            raise _ForeignError
        if self._inside is None and tag == "sequence" and self._path[-1] in ("xmeml", "children"):
            self._inside = _Sequence(len(self._path))
        elif tag == "marker" and self._is_child(1):
            self._marker_start = self._parser.CurrentByteIndex
            self._marker.clear()
        self._path.append(tag)
        self._text.clear()

    def _characters(self, text: str) -> None:
        if self._inside and self._path[-1] in _READ:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        self._path.pop()
        if self._inside is None:
            return
        if tag in _READ:
            self._note(tag, "".join(self._text).strip())
        elif tag == "marker" and self._is_child(1):
            self._end_marker(self._inside)
        elif self._is_child(0):
            self._inside.end = self._parser.CurrentByteIndex
            self.found.append(self._inside)
            self._inside = None

    def _note(self, tag: str, text: str) -> None:
        """Keep the name of a sequence, the name and comment of its markers."""
        assert self._inside
        if tag == "name" and self._is_child(1):
            self._inside.name = text
        elif self._is_child(2) and self._path[-1] == "marker":
            self._marker[tag] = text

    def _end_marker(self, sequence: _Sequence) -> None:
        if self._is_ours(self._marker.get("name", ""), self._marker.get("comment", "")):
            end = self._parser.CurrentByteIndex + len("</marker>")
            sequence.stale.append((self._marker_start, end))

    def _is_child(self, levels: int) -> bool:
        """Whether what starts or has just ended lies so many levels below the sequence."""
        return self._inside is not None and len(self._path) == self._inside.depth + levels
