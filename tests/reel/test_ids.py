"""Reel ids: they replay the reel anywhere, and cannot be made or changed without the key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ranker import Ranking
from sizzle.api.app import create_app
from sizzle.cadence import CADENCES, Cadence
from sizzle.clips import ClipIndex
from sizzle.errors import NotFoundError, PolicyError, ReelError
from sizzle.reel import TimecodeList, assemble, to_timecode_list
from sizzle.reel.ids import MAX_LENGTH, ReelIds, replay
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in
from tests.reel.sample_reels import INDEX, TITLE_IDS, cadences, index_of, rankings, seeds

IDS = ReelIds(KEY)


@given(rankings, cadences, seeds)
def test_an_id_replays_its_reel(ranking: Ranking, lines: list[str], seed: int) -> None:
    """Cut for cut, with its ranks, its segments and all that made it, except the member."""
    try:
        reel = assemble(ranking, INDEX, Cadence.parse("any", lines), seed=seed)
    except (ReelError, PolicyError):
        return
    reel_id = IDS.of(reel, INDEX)
    again = replay(ReelIds(KEY).read(reel_id), INDEX)
    assert to_timecode_list(replace(again, member_id=reel.member_id), reel_id) == to_timecode_list(
        reel, reel_id
    )


@given(rankings, st.sampled_from(list(CADENCES.values())), st.data())
def test_a_changed_id_is_refused(ranking: Ranking, plan: Cadence, data: st.DataObject) -> None:
    """Whichever character is changed, removed or added."""
    reel_id = IDS.of(assemble(ranking, INDEX, plan), INDEX)
    at = data.draw(st.integers(0, len(reel_id) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_=%/ é\0"))
    for changed in (
        reel_id[:at] + letter + reel_id[at + 1 :],
        reel_id[:at] + reel_id[at + 1 :],
        reel_id[:at] + letter + reel_id[at:],
    ):
        if changed != reel_id:
            with pytest.raises(NotFoundError):
                IDS.read(changed)


@pytest.mark.parametrize("odd", ["", "A", "é", "\0", "../../etc/passwd", "A" * 100_000, "☃" * 20])
def test_text_that_is_not_an_id_is_refused(odd: str) -> None:
    """Empty, short, very long, a path, characters outside of base64."""
    with pytest.raises(NotFoundError):
        IDS.read(odd)


def test_an_id_of_another_key_is_unknown() -> None:
    """Ids cannot be made without the secret."""
    from tests.reel.sample_reels import ranking_of

    reel_id = ReelIds(b"another secret").of(
        assemble(ranking_of(TITLE_IDS), INDEX, CADENCES["quick"]), INDEX
    )
    with pytest.raises(NotFoundError):
        IDS.read(reel_id)


def long_reel(cuts: int) -> tuple[ClipIndex, Cadence]:
    """An asset and a cadence of that many cuts of one title."""
    return index_of(["title-0"], (40,) * cuts, 40 * cuts), Cadence.parse(
        "long", [" ".join(["A:40"] * cuts)]
    )


def test_ids_are_short_enough_for_addresses() -> None:
    """Also of a reel of 600 cuts; a longer one is refused."""
    from tests.reel.sample_reels import ranking_of

    index, plan = long_reel(600)
    reel = assemble(ranking_of(["title-0"]), index, plan)
    reel_id = IDS.of(reel, index)
    assert len(reel_id) < 3000
    assert replay(IDS.read(reel_id), index).cuts == reel.cuts
    index, plan = long_reel(3000)
    with pytest.raises(ReelError, match=f"at most {MAX_LENGTH}"):
        IDS.of(assemble(ranking_of(["title-0"]), index, plan), index)


def test_any_worker_replays_the_reels_of_another(tmp_path: Path) -> None:
    """Two services that share a catalog and a secret, and nothing else; and after a new version."""
    catalog = catalog_in(tmp_path)
    one, other = (
        TestClient(create_app(catalog.reader(), Alphabetical(), ids=ReelIds(KEY))) for _ in range(2)
    )
    said = one.post("/v1/reels", json={**ASK, "seed": 5}).json()
    catalog.publish(index_of(TITLE_IDS[3:]))
    late = TestClient(create_app(catalog.reader(), Alphabetical(), ids=ReelIds(KEY)))
    for client in (one, other, late):
        answer = client.get(f"/v1/reels/{said['reel_id']}")
        assert answer.json() == {**said, "member_id": ""}
        assert "private" in answer.headers["cache-control"]
        tag = {"if-none-match": answer.headers["etag"]}
        assert client.get(f"/v1/reels/{said['reel_id']}", headers=tag).status_code == 304
    assert TimecodeList.model_validate(answer.json()).source_frames()


def test_a_reel_of_a_removed_version_is_not_found(tmp_path: Path) -> None:
    """A problem, not another reel."""
    catalog = catalog_in(tmp_path)
    ids = ReelIds(KEY)
    before = TestClient(create_app(catalog.reader(), Alphabetical(), ids=ids))
    reel_id = before.post("/v1/reels", json=ASK).json()["reel_id"]
    catalog.publish(index_of(TITLE_IDS[3:]))
    catalog.gc(keep=1, grace=0)
    after = TestClient(create_app(catalog.reader(), Alphabetical(), ids=ids))
    answer = after.get(f"/v1/reels/{reel_id}")
    assert (answer.status_code, "no longer" in answer.json()["detail"]) == (404, True)
