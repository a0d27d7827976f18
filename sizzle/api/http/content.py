"""Responses made of bytes and of slices of files, whole or in part."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sizzle.api.http.byte_ranges import matches_etag, requested_range
from sizzle.api.http.compression import LEAST, accepts_gzip, gzipped
from sizzle.packager import PackageError

EXPIRES: Final = "sizzle.expires"
"""In a request's ASGI scope: seconds for which its signed address is still valid."""

FOREVER: Final = 365 * 24 * 3600
"""The lifetime of content that never changes, in seconds."""

_VARY: Final = ((b"vary", b"accept-encoding"),)
_GZIP: Final = ((b"content-encoding", b"gzip"),)
_CHUNK: Final = 1 << 20  # bytes of each message to the server
_NO_WAIT: Final = getattr(os, "RWF_NOWAIT", None)  # Linux: read only what is in the page cache


class Slice(NamedTuple):
    """Bytes of an open file."""

    descriptor: int
    offset: int
    size: int


Piece = bytes | bytearray | Slice
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Content:
    """What a path answers with.

    Attributes:
        pieces: its bytes, in order.
        media_type: their type.
        tag: the entity tag, unquoted; it differs from that of any other content of the path.
        lifetime: seconds for which caches may keep it; `FOREVER` if it never changes.
        shared: whether caches may give it to other clients.
        text: whether it is text, in one piece, which is compressed for clients that accept it.
    """

    pieces: Sequence[Piece]
    media_type: str
    tag: str
    lifetime: int
    shared: bool = True
    text: bool = False

    @property
    def size(self) -> int:
        """Its number of bytes."""
        return sum(map(_size, self.pieces))


class ContentResponse(Response):
    """The response to a GET or HEAD: all of the content, a range of it, or 304."""

    def __init__(self, content: Content, headers: Headers = ()) -> None:
        super().__init__()
        self._content = content
        self._more = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send_content(self._content, scope, send, self._more)


async def send_content(content: Content, scope: Scope, send: Send, headers: Headers = ()) -> None:
    """Respond to a GET or HEAD, with further headers."""
    request = dict(scope["headers"])
    content, vary, coding = _coded(content, request)
    size, etag = content.size, f'"{content.tag}"'
    head = [
        *headers,
        *vary,
        (b"accept-ranges", b"bytes"),
        (b"etag", etag.encode()),
        (b"cache-control", _cache_control(content, scope.get(EXPIRES))),
    ]
    if matches_etag(request, etag):
        return await _send(send, 304, head)
    is_get = scope["method"] == "GET"
    part = requested_range(request, size, etag) if is_get else None
    head += *coding, (b"content-type", content.media_type.encode())
    head.append((b"content-length", b"%d" % (size if part is None else len(part))))
    if part is None:
        return await _send(send, 200, head, content.pieces if is_get else ())
    if not part:
        return await _send(send, 416, [*head, (b"content-range", b"bytes */%d" % size)])
    sent = b"bytes %d-%d/%d" % (part[0], part[-1], size)
    return await _send(
        send, 206, [*head, (b"content-range", sent)], list(_cut(content.pieces, part))
    )


def _coded(content: Content, request: Mapping[bytes, bytes]) -> tuple[Content, Headers, Headers]:
    """Content as a request accepts it, and its headers `Vary` and `Content-Encoding`.

    A range is one of the text as it is: a client that resumes knows its plain form.
    """
    if not content.text or content.size < LEAST:
        return content, (), ()
    accepted = request.get(b"accept-encoding", b"").decode("latin-1")
    if b"range" in request or not accepts_gzip(accepted):
        return content, _VARY, ()
    (text,) = content.pieces
    assert not isinstance(text, Slice)
    return replace(content, pieces=(gzipped(text),), tag=f"{content.tag}-gzip"), _VARY, _GZIP


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
    """The pieces of a range of the bytes that all pieces hold together."""
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
    """The bytes of pieces, in one buffer that files are read into without a copy."""
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
    """Read a slice: at once if it is in the page cache, else in a thread, as disks are slow."""
    read = 0
    if _NO_WAIT is not None:
        with suppress(
            OSError
        ):  # not in the page cache, or a file system that does not support the flag
            read = os.preadv(piece.descriptor, [view], piece.offset, _NO_WAIT)
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
    """`Cache-Control`; a signed address limits the lifetime."""
    who, lifetime = b"public" if content.shared else b"private", content.lifetime
    if expires is not None and expires < lifetime:
        return b"%s, max-age=%d" % (who, max(0, expires))
    return b"%s, max-age=%d%s" % (who, lifetime, b", immutable" if lifetime == FOREVER else b"")
