"""ISO base media boxes (ISO/IEC 14496-12), as far as fragments and their headers need them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, error, pack

from sizzle.hls.errors import FragmentError

HEADER_SIZE = 8
"""Bytes of a box's size and type, which come before its content."""

_BOX = Struct(">I4s")


@dataclass(frozen=True, slots=True)
class Box:
    """A box in some bytes, from the `start` of its header to `end`, exclusive."""

    kind: bytes
    start: int
    end: int

    @property
    def body(self) -> int:
        """Offset of its content."""
        return self.start + HEADER_SIZE

    @property
    def size(self) -> int:
        """Bytes, the header included."""
        return self.end - self.start


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The consecutive boxes in `data[start:end]`. Raises FragmentError: one is cut short."""
    end = len(data) if end is None else end
    while start < end:
        size, kind = read_header(data, start)
        if start + size > end:
            raise FragmentError(f"A {_name(kind)} box of {size} bytes is cut short.")
        yield Box(kind, start, start + size)
        start += size


def read_header(data: bytes, at: int = 0) -> tuple[int, bytes]:
    """Size and type of the box at an offset. Raises FragmentError: there is no box."""
    try:
        size, kind = _BOX.unpack_from(data, at)
    except error:
        raise FragmentError(f"There are {len(data) - at} bytes where a box should be.") from None
    if size < HEADER_SIZE:
        raise FragmentError(f"A {_name(kind)} box claims a size of {size} bytes.")
    return size, kind


def child(data: bytes, kind: bytes, parent: Box | None = None) -> Box:
    """The first box of a kind inside another, or at the top. Raises FragmentError: none there."""
    inside = boxes(data) if parent is None else boxes(data, parent.body, parent.end)
    for box in inside:
        if box.kind == kind:
            return box
    raise FragmentError(f"There is no {_name(kind)} box.")


def find(data: bytes, *path: bytes) -> Box:
    """The box at the end of a path of types from the top. Raises FragmentError: none there."""
    found = None
    for kind in path:
        found = child(data, kind, found)
    assert found is not None
    return found


def copied(data: bytes, *path: bytes) -> bytearray:
    """A copy of the box at the end of a path, to be changed. Raises FragmentError."""
    box = find(data, *path)
    return bytearray(data[box.start : box.end])


def box(kind: bytes, *content: bytes) -> bytes:
    """A box with this content."""
    body = b"".join(content)
    return _BOX.pack(HEADER_SIZE + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """A box with a version and flags before its content."""
    return box(kind, pack(">I", version << 24 | flags), *content)


def _name(kind: bytes) -> str:
    return kind.decode("ascii", "backslashreplace")
