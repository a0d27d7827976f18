"""The ranking queue: who is ranked next, who is refused, and what becomes of those who leave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.reels.ranking_queue import Piece, QueueFullError, RankingQueue
from sizzle.reloading import Reloadable
from tests.api.sample_service import Alphabetical, catalog_in


class Work:
    """Work that notes its order; the first piece waits until all is queued."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.begun, self.gate = threading.Event(), threading.Event()

    def piece(self, name: str, members: int = 1) -> Piece[str]:
        """A piece of a batch."""

        def work() -> list[str]:
            self.note(name)
            return [f"{name}.{number}" for number in range(members)]

        return Piece(members, work)

    def batch(self, name: str, pieces: int, members: int = 1) -> list[Piece[str]]:
        """The pieces of a batch."""
        return [self.piece(f"{name}{number}", members) for number in range(pieces)]

    def single(self, name: str) -> Callable[[], str]:
        """The work of a single request."""
        return lambda: self.note(name)

    def note(self, name: str) -> str:
        """Note that something is done."""
        self.begun.set()
        self.gate.wait(10)
        self.order.append(name)
        return name


async def gathered(work: Work, *requests: Awaitable[Any]) -> list[Any]:
    """What the requests give, all queued in this order while the first piece is being done."""
    tasks = [asyncio.ensure_future(requests[0])]
    await asyncio.to_thread(work.begun.wait, 10)
    tasks += map(asyncio.ensure_future, requests[1:])
    await asyncio.sleep(0)
    work.gate.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_single_requests_overtake_batches_and_batches_take_turns() -> None:
    """Whoever came first: singles wait for the piece in progress only."""
    queue, work = RankingQueue(), Work()

    async def ask() -> list[Any]:
        return await gathered(
            work,
            queue.do_batch(work.batch("a", 3)),
            queue.do_batch(work.batch("b", 2)),
            queue.do(work.single("x")),
            queue.do(work.single("y")),
        )

    a, b, x, y = asyncio.run(ask())
    assert work.order == ["a0", "x", "y", "b0", "a1", "b1", "a2"]
    assert (x, y) == ("x", "y")
    assert a == ["a0.0", "a1.0", "a2.0"]
    assert b == ["b0.0", "b1.0"]


def test_many_single_requests_do_not_starve_a_batch() -> None:
    """A piece has its turn after some of them."""
    queue, work = RankingQueue(), Work()

    async def ask() -> list[Any]:
        singles = [queue.do(work.single("s")) for _ in range(40)]
        return await gathered(work, *singles, queue.do_batch(work.batch("a", 2)))

    asyncio.run(ask())
    assert work.order.index("a0") == 16
    assert work.order.index("a1") == 33


def test_a_queue_that_is_too_long_refuses_with_when_to_come_again() -> None:
    """Members count, not requests; batches take no room from single requests."""
    queue, work = RankingQueue(max_members=10), Work()

    async def ask() -> list[Any]:
        return await gathered(
            work,
            queue.do_batch(work.batch("a", 1, members=99)),  # the ranker is free: it is taken
            queue.do_batch(work.batch("b", 1, members=1)),
            queue.do(work.single("x")),
        )

    a, refused, x = asyncio.run(ask())
    assert len(a) == 99
    assert x == "x"
    assert isinstance(refused, QueueFullError)
    assert (refused.status, refused.retry_after) == (503, 1)
    assert "99 members" in refused.what


def test_a_request_that_has_waited_for_too_long_is_refused() -> None:
    """Its client has given up: what is begun is finished, what is not begun is not."""
    now = [0.0]
    queue, work = RankingQueue(max_seconds=5.0, clock=lambda: now[0]), Work()

    async def ask() -> list[Any]:
        async def later() -> None:
            now[0] = 6.0

        a, b = queue.do_batch(work.batch("a", 2)), queue.do_batch(work.batch("b", 2))
        return (await gathered(work, a, b, later()))[:2]

    a, b = asyncio.run(ask())
    assert a == ["a0.0", "a1.0"]
    assert isinstance(b, QueueFullError)
    assert work.order == ["a0", "a1"]


def test_an_error_is_that_of_its_request_alone() -> None:
    """The rest of its batch is not done, and others go on."""
    queue, work = RankingQueue(), Work()

    def fail() -> list[str]:
        raise ValueError("no such title")

    async def ask() -> list[Any]:
        pieces = [work.piece("a0"), Piece(1, fail), work.piece("a2")]
        return await gathered(work, queue.do_batch(pieces), queue.do_batch(work.batch("b", 2)))

    a, b = asyncio.run(ask())
    assert isinstance(a, ValueError)
    assert b == ["b0.0", "b1.0"]
    assert "a2" not in work.order


def test_what_nobody_waits_for_any_more_is_not_done() -> None:
    """A batch whose request was cancelled leaves the queue, and its room."""
    queue, work = RankingQueue(max_members=5), Work()

    async def ask() -> str:
        first = asyncio.ensure_future(queue.do(work.single("first")))
        await asyncio.to_thread(work.begun.wait, 10)
        batch = asyncio.ensure_future(queue.do_batch(work.batch("a", 5)))
        await asyncio.sleep(0)
        batch.cancel()
        await asyncio.sleep(0)
        work.gate.set()
        await first
        await queue.do_batch([work.piece("second", 0)])  # behind where the cancelled one was
        return (await queue.do_batch([work.piece("b", 5)]))[0]

    assert asyncio.run(ask()) == "b.0"
    assert work.order == ["first", "second", "b"]


@given(
    sizes=st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=6), max_size=5),
    singles=st.integers(0, 5),
)
@settings(max_examples=30, deadline=None)
def test_whatever_comes_each_gets_its_own_results_in_order(
    sizes: list[list[int]], singles: int
) -> None:
    """And every piece is done once."""
    queue, work = RankingQueue(), Work()
    work.gate.set()

    async def ask() -> list[Any]:
        batches = [
            queue.do_batch([work.piece(f"{b}-{p}", size) for p, size in enumerate(pieces)])
            for b, pieces in enumerate(sizes)
        ]
        asked = [queue.do(work.single(f"s{number}")) for number in range(singles)]
        return await asyncio.gather(*batches, *asked)

    results = asyncio.run(ask())
    for b, pieces in enumerate(sizes):
        wanted = [f"{b}-{p}.{n}" for p, size in enumerate(pieces) for n in range(size)]
        assert results[b] == wanted
    assert results[len(sizes) :] == [f"s{number}" for number in range(singles)]
    assert len(work.order) == len(set(work.order)) == sum(map(len, sizes)) + singles


@pytest.fixture
def read_client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client with a key of ten requests a second."""
    folder = tmp_path_factory.mktemp("rated")
    _, key = KeyStore(KeyFile(folder)).create("a batch job", [ApiScope.READ], rate=10)
    options = ServiceOptions(keys=Reloadable(KeyStore(KeyFile(folder)).read()))
    app = create_app(catalog_in(folder).reader(), Alphabetical(), options=options)
    return TestClient(app, headers={"x-api-key": key})


def test_a_batch_counts_for_each_of_its_members(read_client: TestClient) -> None:
    """Against the rate of its key, whose next request has to wait."""
    ask = {"member_ids": [f"m{n}" for n in range(30)], "asset_id": "demo", "device": {}}
    assert read_client.post("/v1/reels:batch", json=ask).status_code == 200
    answer = read_client.post("/v1/reels:batch", json=ask)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 2
