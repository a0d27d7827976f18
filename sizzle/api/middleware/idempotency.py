"""Writes that may be sent again: the second time they are answered as the first, and not made.

A client that got no answer sends its write again with the same `Idempotency-Key`. What was answered
is kept on disk, where all workers find it, and outlives them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.auth.caller import CALLER
from sizzle.api.http.idempotency_key import MAX_LENGTH, PATTERN
from sizzle.api.http.problems import answer_problem
from sizzle.errors import ReusedKeyError, SizzleError

_HEADER: Final = b"idempotency-key"
_WRITING = frozenset(("POST", "PUT", "PATCH", "DELETE"))
_ALREADY_ONCE = re.compile(r"/v1/reels(:batch)?|/v1/ingests")
"""What writes nothing, and uploads: their key becomes their job's name, so that the same upload in
another envelope is the same, even if we die between the job and its answer."""
_SANE = re.compile(PATTERN)
_DAY = 24 * 3600.0
_LONGEST = 2**20  # bytes of an answer that is kept
_PATIENCE = 30.0  # seconds that the database may be held by others

_TABLE = """CREATE TABLE IF NOT EXISTS writes (
    name TEXT PRIMARY KEY, began REAL NOT NULL, worker TEXT NOT NULL,
    body TEXT, status INTEGER, headers TEXT, answer BLOB
) WITHOUT ROWID"""


class BadKeyError(SizzleError):
    """A key that cannot be used."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-idempotency-key"
    title: ClassVar[str] = "Bad Idempotency-Key"


class AtWorkError(SizzleError):
    """The first of two equal requests is still at work."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "still-at-work"
    title: ClassVar[str] = "The first request is still at work"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered: to a request with this hash of its body."""

    body: str
    status: int
    headers: list[tuple[str, str]]
    answer: bytes


class Writes:
    """What was answered to writes, for a day.

    Args:
        path: of the database; it is made where it is not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(_TABLE)

    def begin(self, name: str) -> Kept | None:
        """Begin a write, or learn what was answered to it.

        Raises:
            AtWorkError: it was begun, by a process that lives.
        """
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM writes WHERE began < ?", (time.time() - _DAY,))
            row = database.execute(
                "SELECT worker, body, status, headers, answer FROM writes WHERE name = ?", (name,)
            ).fetchone()
            if row is not None and row[2] is not None:
                return Kept(row[1], row[2], [tuple(each) for each in json.loads(row[3])], row[4])
            if row is not None and _lives(row[0]):
                raise AtWorkError("The same write is at work.", fix="send it again in a moment.")
            database.execute(
                "INSERT OR REPLACE INTO writes (name, began, worker) VALUES (?, ?, ?)",
                (name, time.time(), _worker(os.getpid())),
            )
        return None

    def end(self, name: str, kept: Kept | None) -> None:
        """Keep what was answered, or forget that the write was begun, where it failed."""
        with self._open() as database:
            if kept is None:
                database.execute("DELETE FROM writes WHERE name = ?", (name,))
                return
            values = (kept.body, kept.status, json.dumps(kept.headers), kept.answer, name)
            database.execute(
                "UPDATE writes SET body = ?, status = ?, headers = ?, answer = ? WHERE name = ?",
                values,
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as database, database:
            yield database


class Idempotency:
    """Stands in front of the application.

    Args:
        app: the application.
        writes: remembers answers.
    """

    def __init__(self, app: ASGIApp, writes: Writes) -> None:
        self._app = app
        self._writes = writes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a write that was answered before, or pass a request on."""
        key = _key_of(scope)
        if key is None:
            return await self._app(scope, receive, send)
        try:
            name = _name(scope, key)
            kept = await asyncio.to_thread(self._writes.begin, name)
            if kept is None:
                return await self._first(name, scope, receive, send)
            return await _again(kept, receive)(scope, receive, send)
        except (BadKeyError, ReusedKeyError, AtWorkError) as error:
            return await answer_problem(error, scope["path"])(scope, receive, send)

    async def _first(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Make the write.

        What it is answered is kept before it is sent: what a client has seen, it sees again.
        """
        record = _Recording(receive)
        try:
            await self._app(scope, record.receive, record.send)
        except BaseException:
            await asyncio.to_thread(self._writes.end, name, None)
            raise
        await asyncio.to_thread(self._writes.end, name, record.kept())
        for message in record.messages:
            await send(message)


class _Recording:
    """Notes what a request holds and what is answered to it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._hash = hashlib.sha256()
        self.messages: list[Message] = []

    async def receive(self) -> Message:
        message = await self._receive()
        self._hash.update(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    def kept(self) -> Kept | None:
        """What is to be kept; nothing of a failure, so that it may be tried again."""
        start = next((each for each in self.messages if "status" in each), None)
        answer = b"".join(each.get("body", b"") for each in self.messages)
        if start is None or start["status"] >= 400 or len(answer) > _LONGEST:
            return None
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]
        ]
        return Kept(self._hash.hexdigest(), start["status"], headers, answer)


async def _same_body(receive: Receive, wanted: str) -> bool:
    body = hashlib.sha256()
    more = True
    while more:
        message = await receive()
        body.update(message.get("body", b""))
        more = message.get("more_body", False)
    return body.hexdigest() == wanted


def _again(kept: Kept, receive: Receive) -> ASGIApp:
    async def answering(scope: Scope, _: Receive, send: Send) -> None:
        if not await _same_body(receive, kept.body):
            raise ReusedKeyError(
                "The key was used for a request with another body.", fix="use a new key."
            )
        response = Response(kept.answer, kept.status)
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in kept.headers
        ]
        response.raw_headers = [*headers, (b"idempotent-replayed", b"true")]
        await response(scope, receive, send)

    return answering


def _key_of(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] not in _WRITING:
        return None
    if _ALREADY_ONCE.fullmatch(scope["path"]):
        return None
    for name, value in scope["headers"]:
        if name == _HEADER:
            return str(value.decode("latin-1"))
    return None


def _name(scope: Scope, key: str) -> str:
    """What a write is called: keys of different clients and addresses never meet."""
    if not _SANE.fullmatch(key):
        raise BadKeyError(
            f"An Idempotency-Key has 1 to {MAX_LENGTH} printable ASCII characters.",
            fix="a UUID is a good one.",
        )
    caller = scope.get(CALLER)
    query = scope.get("query_string", b"").decode("latin-1")
    parts = [caller.key_id if caller else "", scope["method"], scope["path"], query, key]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _worker(pid: int) -> str:
    """A process, told from a later one that has the same number by when it began."""
    try:
        began = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        began = ""
    return f"{pid} {began}"


def _lives(worker: str) -> bool:
    pid = int(worker.partition(" ")[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _worker(pid) == worker
