"""The lines of a file in whatever encoding, a few at a time: files may be larger than memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from sizzle.errors import InputError

MAX_LINE: Final = 4 << 20  # bytes
_HEAD: Final = 64 << 10  # bytes by which the encoding is told


class TextLines:
    """The lines of a file.

    Attributes:
        raw: the file, from whose position progress can be told.
        encoding: in which it is read; that of a line that is no UTF-8 is Windows-1252.
        other_encoding: the number of the first line that was no UTF-8, or 0.
        characters: how many were read so far.
    """

    def __init__(self, raw: IO[bytes], stream: IO[bytes], head: bytes) -> None:
        self.raw = raw
        self._stream = stream
        self.encoding = _encoding(head)
        # Spreadsheets end lines so where a table is saved as CSV "for Macintosh".
        self._end = "\r" if _has_returns_only(head, self.encoding) else "\n"
        if self._end == "\r" and not self.encoding.startswith("utf-16"):
            self._stream = io.BufferedReader(_LineFeeds(stream), _HEAD)
        self.other_encoding = 0
        self.characters = 0

    def __iter__(self) -> Iterator[str | None]:
        """Each line with its end; None for one that is too long.

        Raises:
            InputError: the file is cut off, or no text.
        """
        try:
            for line in self._utf16() if self.encoding.startswith("utf-16") else self._utf8():
                self.characters += MAX_LINE if line is None else len(line)
                yield line
        except UnicodeDecodeError as error:
            raise InputError(
                f"The file is not {error.encoding.upper()} throughout.", fix="save it as UTF-8."
            ) from error

    def _utf8(self) -> Iterator[str | None]:
        number = 0
        while line := self._stream.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                while (rest := self._stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield None
                continue
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            try:
                yield line.decode()
            except UnicodeDecodeError:
                self.other_encoding = self.other_encoding or number
                # The five bytes that Windows-1252 does not use are control characters in Latin-1.
                yield line.decode("cp1252", errors="ignore")

    def _utf16(self) -> Iterator[str | None]:
        text = io.TextIOWrapper(self._stream, self.encoding, newline=self._end)
        try:
            yield from _wide_lines(text, self._end)
        finally:
            with suppress(ValueError):  # closed by who opened it, after an error
                text.detach()  # it would close the file otherwise


class _LineFeeds(io.RawIOBase):
    """A file whose lines end in carriage returns alone, with line feeds in their place."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._source = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer of any kind
        found = self._source.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(found)] = found
        return len(found)


def _wide_lines(text: io.TextIOWrapper, end: str) -> Iterator[str | None]:
    first = True
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(end):
            while (rest := text.readline(MAX_LINE)) and not rest.endswith(end):
                pass
            yield None
        else:
            yield line.removeprefix("\ufeff") if first else line
        first = False


@contextmanager
def text_lines(path: Path) -> Iterator[TextLines]:
    """Open a file, which may be compressed by gzip.

    Raises:
        InputError: it cannot be read, or is no text.
    """
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            plain = gzip.GzipFile(fileobj=raw) if compressed else raw
            stream = io.BufferedReader(plain, _HEAD) if compressed else raw
            head = stream.peek(_HEAD)[:_HEAD]
            _check(head, path)
            yield TextLines(raw, stream, head)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"The compressed file is damaged: {error}.",
            where=str(path),
            fix="copy or export it again.",
        ) from error
    except OSError as error:
        raise InputError(
            f"The file cannot be read: {error.strerror or error}.",
            where=str(path),
            fix="check the path.",
        ) from error


def _check(head: bytes, path: Path) -> None:
    if not head.strip():
        raise InputError("The file is empty.", where=str(path), fix="export it again.")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(
            "The file is a workbook, no CSV.",
            where=str(path),
            fix="save it as CSV UTF-8 in the spreadsheet.",
        )


def _has_returns_only(head: bytes, encoding: str) -> bool:
    """Whether lines end in carriage returns alone, told by the head of the file."""
    text = head.decode(encoding, errors="ignore")
    return "\r" in text[:-1] and "\n" not in text


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    pairs = len(head) // 2
    if pairs and head[1::2].count(0) > 0.4 * pairs:
        return "utf-16-le"
    if pairs and head[0::2].count(0) > 0.4 * pairs:
        return "utf-16-be"
    return "utf-8"
