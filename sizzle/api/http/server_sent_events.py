"""Server-sent events; those of a job can be taken up again where they broke off.

Format: the WHATWG's HTML standard, section 9.2.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from sizzle.jobs import JobEvents

_LOOK_EVERY = 0.25  # seconds; the job is another process's
_KEEP_ALIVE = 15.0  # seconds of silence after which some proxies hang up
_LONGEST = 30.0  # seconds: the client comes again by itself, and no shutdown waits for longer

_RETRY = b"retry: 1000\n\n"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect events
    "X-Content-Type-Options": "nosniff",
}


def event_stream(events: AsyncIterator[str] | AsyncIterator[bytes]) -> StreamingResponse:
    """The response with events, each in its wire form."""
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)


def follow(log: JobEvents, last_event_id: str | None) -> Response:
    """The response with a job's events past the last that a client has seen.

    Who has seen the very last gets 204, so as not to come again.
    """
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
    if any(event.last for event in log.after(0)) and not log.after(seen):
        return Response(status_code=204)
    return event_stream(stream(log, seen))


async def stream(log: JobEvents, after: int) -> AsyncIterator[bytes]:
    """The events past a number, as they come, up to the last one."""
    yield _RETRY
    ends = time.monotonic() + _LONGEST
    spoke = time.monotonic()
    while time.monotonic() < ends:
        for event in await run_in_threadpool(log.after, after):
            after, spoke = event.number, time.monotonic()
            yield event.wire()
            if event.last:
                return
        if not await run_in_threadpool(log.exists):
            return  # discarded
        if time.monotonic() - spoke > _KEEP_ALIVE:
            spoke = time.monotonic()
            yield b": still here\n\n"
        await asyncio.sleep(_LOOK_EVERY)
