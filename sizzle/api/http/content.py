"""Answers made of bytes and of slices of files, whole or in part."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sizzle.api.http.byte_ranges import is_held, wanted_range
from sizzle.packager import PackageError

EXPIRES: Final = "sizzle.expires"
"""In a request's scope: seconds that its signed address still holds."""

FOREVER: Final = 365 * 24 * 3600
"""Seconds that caches may keep what never changes."""

_CHUNK: Final = 1 << 20  # bytes that are read and handed on at once
_AT_ONCE: Final = getattr(os, "RWF_NOWAIT", None)  # read what is in memory, and don't wait


class Slice(NamedTuple):
    """Bytes of an open file, sent as they lie."""

    descriptor: int
    offset: int
    size: int


Piece = bytes | bytearray | Slice
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Content:
    """What an address holds.

    Attributes:
        pieces: its bytes, in order.
        media_type: what they are.
        tag: a name that no other content of the address has.
        lifetime: seconds that caches may keep it; `FOREVER` where it never changes.
        shared: whether caches may give it to others than who asked.
    """

    pieces: Sequence[Piece]
    media_type: str
    tag: str
    lifetime: int
    shared: bool = True

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(map(_size, self.pieces))


class ContentResponse(Response):
    """The answer to a GET or HEAD of a content: all of it, a range, or that it is held already."""

    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send_content(self._content, scope, send)


async def send_content(content: Content, scope: Scope, send: Send, headers: Headers = ()) -> None:
    """Respond to a GET or HEAD; `headers` are sent too."""
    asked, size, tag = dict(scope["headers"]), content.size, f'"{content.tag}"'
    head = [
        *headers,
        (b"accept-ranges", b"bytes"),
        (b"etag", tag.encode()),
        (b"cache-control", _cache_control(content, scope.get(EXPIRES))),
    ]
    if is_held(asked, tag):
        return await _send(send, 304, head)
    is_get = scope["method"] == "GET"
    part = wanted_range(asked, size, tag) if is_get else None
    head.append((b"content-type", content.media_type.encode()))
    head.append((b"content-length", b"%d" % (size if part is None else len(part))))
    if part is None:
        return await _send(send, 200, head, content.pieces if is_get else ())
    if not part:
        return await _send(send, 416, [*head, (b"content-range", b"bytes */%d" % size)])
    said = b"bytes %d-%d/%d" % (part[0], part[-1], size)
    return await _send(
        send, 206, [*head, (b"content-range", said)], list(_cut(content.pieces, part))
    )


async def _send(send: Send, status: int, head: Headers, pieces: Sequence[Piece] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": head})
    at, size = 0, sum(map(_size, pieces))
    while size - at > _CHUNK:
        body = await _read(list(_cut(pieces, range(at, at + _CHUNK))))
        await send({"type": "http.response.body", "body": body, "more_body": True})
        at += _CHUNK
    last = list(_cut(pieces, range(at, size))) if at else pieces
    await send({"type": "http.response.body", "body": await _read(last)})


def _cut(pieces: Sequence[Piece], part: range) -> Iterator[Piece]:
    """The pieces of a part of what they hold together."""
    at = 0
    for piece in pieces:
        size = _size(piece)
        start, stop = max(part.start - at, 0), min(part.stop - at, size)
        if start < stop:
            yield _within(piece, start, stop)
        at += size


def _within(piece: Piece, start: int, stop: int) -> Piece:
    if isinstance(piece, Slice):
        return Slice(piece.descriptor, piece.offset + start, stop - start)
    return piece if stop - start == len(piece) else piece[start:stop]


async def _read(pieces: Sequence[Piece]) -> bytes | bytearray:
    """The bytes of pieces, in a buffer that the files are read straight into."""
    if len(pieces) == 1 and not isinstance(pieces[0], Slice):
        return pieces[0]
    buffer, at = bytearray(sum(map(_size, pieces))), 0
    view = memoryview(buffer)
    for piece in pieces:
        end = at + _size(piece)
        if isinstance(piece, Slice):
            await _fill(view[at:end], piece)
        else:
            view[at:end] = piece
        at = end
    return buffer


async def _fill(view: memoryview, piece: Slice) -> None:
    """Read a slice: at once if it is in memory, else in a thread, as disks make one wait."""
    read = 0
    if _AT_ONCE is not None:
        with suppress(OSError):  # not in memory, or a file system that cannot tell
            read = os.preadv(piece.descriptor, [view], piece.offset, _AT_ONCE)
    if read < piece.size:
        await asyncio.to_thread(_fill_slowly, view[read:], piece.descriptor, piece.offset + read)


def _fill_slowly(view: memoryview, descriptor: int, offset: int) -> None:
    while view:
        read = os.preadv(descriptor, [view], offset)
        if not read:
            raise PackageError("A packaged file ends before it should.", fix="package again.")
        view, offset = view[read:], offset + read


def _size(piece: Piece) -> int:
    return piece.size if isinstance(piece, Slice) else len(piece)


def _cache_control(content: Content, expires: int | None) -> bytes:
    """What caches may do: with a signed address, no longer than it holds."""
    who, lifetime = b"public" if content.shared else b"private", content.lifetime
    if expires is not None and expires < lifetime:
        return b"%s, max-age=%d" % (who, max(0, expires))
    return b"%s, max-age=%d%s" % (who, lifetime, b", immutable" if lifetime == FOREVER else b"")
