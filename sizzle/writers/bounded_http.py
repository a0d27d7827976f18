"""One request with JSON, whose answer ends: in time, in size, and where it was sent to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar, cast

import httpx2
import msgspec

from sizzle.writers.writer import WriterError

MAX_BYTES: Final = 2**20
_CONNECT: Final = 10.0  # seconds
_GRACE: Final = 0.5  # seconds, for the thread to say itself what went wrong
_LONGEST_WAIT: Final = 24 * 60 * 60.0
_T = TypeVar("_T")


def post_json(
    url: str,
    headers: Mapping[str, str],
    body: object,
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Any:  # noqa: ANN401 - any JSON
    """The JSON that a server answers.

    Args:
        url: the address; it is not followed to another one, which would get the key.
        headers: with the key, which no error or log has.
        body: to be sent as JSON.
        seconds: for all of it.
        clock: seconds that only rise.

    Raises:
        WriterError: no answer, or none that can be read, in time.
    """
    return in_time(lambda: _posted(url, headers, body, seconds, clock), url, seconds)


def in_time(ask: Callable[[], _T], where: str, seconds: float) -> _T:
    """What `ask` returns, or raises, if it does so in time.

    It has a thread of its own, which is left behind in the end: neither looking up a name nor
    headers that come one by one have a limit of their own.

    Args:
        ask: what to do.
        where: what is asked, for errors.
        seconds: for all of it.

    Raises:
        WriterError: it is not done in time.
    """
    done: SimpleQueue[tuple[_T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((ask(), None))
        except BaseException as error:
            done.put((None, error))

    Thread(target=run, name="writer", daemon=True).start()
    try:
        found, error = done.get(timeout=seconds + _GRACE)
    except Empty:
        raise _no_answer(where, f"no answer within {seconds:g} seconds") from None
    if error is not None:
        raise error
    return cast("_T", found)


def _posted(
    url: str,
    headers: Mapping[str, str],
    body: object,
    seconds: float,
    clock: Callable[[], float],
) -> Any:  # noqa: ANN401 - any JSON
    """Raises WriterError."""
    ends = clock() + seconds
    timeout = httpx2.Timeout(seconds, connect=min(_CONNECT, seconds))
    sent = {**headers, "Accept": "application/json", "Accept-Encoding": "identity"}
    try:
        with (
            httpx2.Client(timeout=timeout, follow_redirects=False) as client,
            client.stream("POST", url, json=body, headers=sent) as response,
        ):
            content = b"".join(bounded(response.iter_raw(), url, ends, clock))
    except httpx2.TimeoutException:
        raise _no_answer(url, f"no answer within {seconds:g} seconds") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
        raise _no_answer(url, f"{type(error).__name__}: {str(error)[:200]}") from None
    if not response.is_success:
        raise _refused(url, response, content, headers)
    return _decoded(url, content)


def retry_after(header: str | None) -> float | None:
    """Seconds of a `Retry-After` header; one with a date, or none, says nothing."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 <= seconds <= _LONGEST_WAIT else None


def bounded(
    chunks: Iterable[bytes],
    where: str,
    ends: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[bytes]:
    """The chunks of an answer, as long as they are in time and within `MAX_BYTES`.

    Args:
        chunks: as they come.
        where: what is asked, for errors.
        ends: when it is too late, on the clock.
        clock: seconds that only rise.

    Raises:
        WriterError: there is more, or it is too late.
    """
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise _no_answer(where, f"the answer is longer than {MAX_BYTES} bytes")
        if clock() > ends:
            raise _no_answer(where, "the answer did not end in time")
        yield chunk


def _decoded(url: str, content: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return msgspec.json.decode(content)
    except (ValueError, RecursionError):
        raise _no_answer(url, "the answer is not JSON") from None


def _refused(
    url: str, response: httpx2.Response, content: bytes, headers: Mapping[str, str]
) -> WriterError:
    if response.is_redirect:
        return WriterError(
            f"The writer answered {response.status_code}: a redirect, which is not followed.",
            where=url,
            fix="set its final address.",
        )
    detail = content[:300].decode(errors="replace")
    for value in headers.values():  # some providers repeat the key that they refuse
        for word in value.split():
            detail = detail.replace(word, "***") if len(word) > 7 else detail
    wait = retry_after(response.headers.get("retry-after"))
    return WriterError(
        f"The writer answered {response.status_code}: {' '.join(detail.split())}",
        where=url,
        fix="try again later." if wait is not None else "see what it says, and its settings.",
        retry_after=wait,
    )


def _no_answer(url: str, why: str) -> WriterError:
    return WriterError(
        f"The writer cannot be used: {why}.", where=url, fix="check its address and its log."
    )
