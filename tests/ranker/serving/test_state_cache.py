"""States are kept up to a number of bytes, and none outlives a change of its member's history."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import (
    Checkpoint,
    Histories,
    HistoriesUnavailableError,
    ModelConfig,
    Ranker,
    ViewingEvent,
    ViewingLog,
)
from ranker.data.encoding import EncodedTokens, encode, item_features
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel
from ranker.serving.member_state import MemberState, StateReader
from ranker.serving.state_cache import StateCache
from tests.ranker.small_histories import DAY, TITLES, rich_events

EVENTS = rich_events(members=4)
SCHEMA = Schema.from_tokens(merge_events(ViewingLog.from_events(EVENTS)), TITLES)
ITEMS = item_features(SCHEMA, TITLES)


def _network(attention: str = "full") -> RankerModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = RankerModel(ModelConfig(context=16, width=16, attention=attention), SCHEMA).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
    return model


NETWORKS = {attention: _network(attention) for attention in ("full", "low_rank")}
CHECKPOINT = Checkpoint(NETWORKS["full"], "v")


def _nothing() -> None:
    pass


class Interrupted(Histories):
    """Histories that change, or cannot be read, while they are being read."""

    def __init__(self, events: Sequence[ViewingEvent] = ()) -> None:
        super().__init__(events)
        self.reads: list[Sequence[str]] = []
        self.away = False
        self.known = Histories()
        self.meanwhile: Callable[[], None] = _nothing

    def log_of(self, member_ids: Sequence[str]) -> ViewingLog:
        """The events, and then what happens meanwhile."""
        self.reads.append(tuple(member_ids))
        if self.away:
            raise HistoriesUnavailableError(self.known.log_of(member_ids))
        log = super().log_of(member_ids)
        self.meanwhile()
        return log


def _encoded(events: Sequence[ViewingEvent]) -> EncodedTokens:
    return encode(SCHEMA, merge_events(ViewingLog.from_events(events)), ITEMS)


@pytest.mark.parametrize("attention", NETWORKS)
@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 30), unique=True, min_size=1, max_size=14),
    st.lists(st.integers(0, 30), unique=True, min_size=1, max_size=14),
)
def test_a_state_is_extended_from_the_first_change_on(
    attention: str, before: list[int], after: list[int]
) -> None:
    """Events are added late, in between or at the end, or removed: as if all were read anew."""
    model = NETWORKS[attention]
    with torch.inference_mode():
        reader = StateReader(model, model.tables(ITEMS))
    old, new = (
        _encoded([ViewingEvent("m", "abcde"[day % 5], day * DAY, seconds=day) for day in days])
        for days in (before, after)
    )
    extended = reader.read(new, reader.read(old, None))
    anew = reader.read(new, None)
    torch.testing.assert_close(
        extended.prediction.query_PE, anew.prediction.query_PE, rtol=0, atol=1e-4
    )
    assert (extended.cached, extended.last_at) == (anew.cached, anew.last_at)


def test_only_what_is_new_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one new event two positions: the last one was still open. After none, nothing."""
    histories = Interrupted(EVENTS)
    ranker = Ranker(CHECKPOINT, histories)
    ranker.rank("member-0", "abcde")
    read: list[int] = []
    predict = StateReader.predict

    def counting(self: StateReader, steps, cached, caches):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        read.append(steps.titles_BL.shape[1] - cached)
        return predict(self, steps, cached, caches)

    monkeypatch.setattr(StateReader, "predict", counting)
    ranker.outdate(["member-0"])
    ranker.rank("member-0", "abcde")
    assert read == []
    last = histories.events_of("member-0")[-1]
    histories.add(replace(last, title_id="a" if last.title_id == "b" else "b", at=last.at + DAY))
    ranker.outdate(["member-0"])
    ranker.rank("member-0", "abcde")
    ranker.rank("member-0", "abcde")
    assert read == [2]
    assert len(histories.reads) == 3


def test_a_change_while_a_history_is_read_is_not_missed() -> None:
    """The state that was read before it serves that ranking alone."""
    histories = Interrupted()
    ranker = Ranker(CHECKPOINT, histories)

    def watch() -> None:
        histories.meanwhile = _nothing
        histories.add(EVENTS[0])
        ranker.outdate(["member-0"])

    histories.meanwhile = watch
    assert ranker.rank("member-0", "abcde").cold_start
    assert not ranker.rank("member-0", "abcde").cold_start


def test_several_members_are_read_at_once_and_none_twice() -> None:
    """One question for all of them that are not cached."""
    histories = Interrupted(EVENTS)
    ranker = Ranker(CHECKPOINT, histories)
    ranker.rank("member-1", "abcde")
    members = ["member-0", "member-1", "nobody", "member-2", "member-0"]
    ranker.rank_many(members, "abcde")
    ranker.rank_many(members, "abcde")
    assert histories.reads == [("member-1",), ("member-0", "nobody", "member-2")]
    assert sorted(ranker.cached_members) == ["member-0", "member-1", "member-2", "nobody"]


def test_without_the_store_the_last_state_counts() -> None:
    """Else what is known; afterwards everything is as if it had never been away."""
    histories = Interrupted(EVENTS)
    ranker = Ranker(CHECKPOINT, histories)
    former = ranker.rank("member-0", "abcde")
    histories.add(replace(EVENTS[0], at=EVENTS[-1].at + DAY))
    ranker.outdate()
    histories.away = True
    histories.known = Histories(event for event in EVENTS if event.member_id == "member-1")
    assert ranker.rank("member-0", "abcde") == former
    for _ in range(2):
        known, cold = ranker.rank_many(["member-1", "member-2"], "abcde")
        assert (known.cold_start, cold.cold_start) == (False, True)
    histories.away = False
    for ranking in ranker.rank_many([f"member-{n}" for n in range(3)], "abcde"):
        anew = Ranker(CHECKPOINT, histories).rank(ranking.member_id, "abcde")
        assert ranking.title_ids == anew.title_ids
        assert [each.score for each in ranking.titles] == pytest.approx(
            [each.score for each in anew.titles], abs=1e-4
        )


def _state() -> MemberState:
    model = NETWORKS["full"]
    with torch.inference_mode():
        return StateReader(model, model.tables(ITEMS)).read(_encoded(EVENTS[:3]), None)


def test_the_cache_keeps_what_was_asked_for_last() -> None:
    """Never more bytes than it may, but for a single state."""
    state = _state()
    cache = StateCache(3 * state.size)
    for member in "abc":
        cache.store(member, cache.entry(member), state)
    assert cache.entry("a").state is state
    cache.store("d", cache.entry("d"), state)
    assert sorted(cache.members()) == ["a", "c", "d"]
    tiny = StateCache(1)
    tiny.store("a", tiny.entry("a"), state)
    assert tiny.entry("a").state is state
    tiny.store("b", tiny.entry("b"), state)
    assert tiny.members() == ["b"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["ask", "store", "outdate", "forget"]), st.sampled_from("abc"))
    )
)
def test_the_cache_counts_its_bytes(steps: list[tuple[str, str]]) -> None:
    """After any steps: what it counts is what it holds, and nothing outdated is current."""
    cache = StateCache(2 * STATE.size)
    entries = {member: cache.entry(member) for member in "abc"}
    for step, member in steps:
        if step == "ask":
            entries[member] = cache.entry(member)
        elif step == "store":
            cache.store(member, entries[member], STATE)
        else:
            cache.outdate(member, {}) if step == "outdate" else cache.forget(member)
            cache.store(member, entries[member], STATE)  # by one who began to read before
            assert cache.entry(member).state is None
    assert cache._bytes == sum(entry.size for entry in cache._entries.values())
    assert cache._bytes <= 2 * STATE.size


STATE = _state()
