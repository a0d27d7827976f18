"""Whatever producers, operators, readers and faults do in whatever order, nothing false is served.

A Hypothesis state machine drives a catalog whose storage fails, checks after each step that every
reader serves a version that really was announced, with the content that was published, and at the
end that all is well again once the faults are over.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from obstore.store import MemoryStore

from sizzle.catalog import Catalog, Reader, TornError
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.manifest import ANNOUNCEMENT, Announcement
from sizzle.catalog.objects import ObjectStorage
from sizzle.catalog.pack import pack_index
from sizzle.catalog.storage import Storage
from sizzle.clips import ClipIndex
from sizzle.errors import SizzleError
from tests.catalog import sample_index
from tests.catalog.faulty_storage import Fault, FaultyStorage

SEED = int(os.environ.get("SIZZLE_SEED", random.randrange(2**32)))
ASSETS = ("autumn", "winter")
READERS = 3
RAM_DISK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # no power is cut: spare the disk
START = 1.8e9
DAY = 86400.0

versions = st.integers(1, 12)
assets = st.sampled_from(ASSETS)
lengths = st.integers(1, 6)
faults = st.none() | st.tuples(
    st.sampled_from(Fault), st.sampled_from(["segments", "manifests", ANNOUNCEMENT])
)
Trouble = tuple[Fault, str]
T = TypeVar("T")


def _content(asset_id: str, length: int) -> ClipIndex:
    return sample_index.index(asset_id, ("saga", "tide"), lengths=(length, length))


CONTENT = {
    pack_index(index).sha256: index
    for index in (_content(asset_id, length) for asset_id in ASSETS for length in range(1, 8))
}


class CatalogMachine(RuleBasedStateMachine):
    """One catalog, one producer at a time, three readers, one fault at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(dir=RAM_DISK)
        self.storage = FaultyStorage(self.place(Path(self._folder.name)), watched=ANNOUNCEMENT)
        self.now = self.latest = START
        self.catalog = Catalog(self.storage, clock=self.clock)
        self.last_good = [(0, 0)] * READERS

    def place(self, folder: Path) -> Storage:
        """Where the files really are."""
        return FolderStorage(folder / "catalog")

    def clock(self) -> float:
        """A clock that goes on by itself."""
        self.now += 0.001
        self.latest = max(self.latest, self.now)
        return self.now

    @initialize()
    def open_readers(self) -> None:
        """All readers start with the empty catalog."""
        self.readers = [Reader(self.storage, clock=self.clock) for _ in range(READERS)]

    @rule(seconds=st.sampled_from([-DAY, -1.0, 60.0, 365 * DAY]))
    def let_the_clock_jump(self, seconds: float) -> None:
        """The clock is wrong from now on."""
        self.now += seconds

    @precondition(lambda self: self.storage.late)
    @rule()
    def land_late_writes(self) -> None:
        """Writes that were held up overwrite what was written since."""
        self.storage.land()

    @rule(asset_id=assets, length=lengths, fault=faults)
    def publish(self, asset_id: str, length: int, fault: Trouble | None) -> None:
        """Publish; if it says so it is so, and if it fails what was announced stays."""
        index = _content(asset_id, length)
        publication = self._attempt(
            lambda: self.catalog.publish(index, checks=sample_index.ANY_CHANGE), fault
        )
        if publication:
            fresh = Catalog(self.storage.inner)
            assert publication.version == fresh.announcement().version
            if publication.pinned is None:
                assert publication.segments[asset_id] == fresh.index(asset_id).version

    @rule(version=versions, fault=faults)
    def announce(self, version: int, fault: Trouble | None) -> None:
        """Announce any version, whether it exists or not."""
        announcement = self._attempt(lambda: self.catalog.announce(version), fault)
        if announcement:
            assert (version, self._announced()) == (announcement.version, announcement.to_bytes())

    @rule(version=versions, fault=faults)
    def pin(self, version: int, fault: Trouble | None) -> None:
        """Pin any version, whether it exists or not."""
        announcement = self._attempt(lambda: self.catalog.pin(version), fault)
        if announcement:
            assert (version, self._announced()) == (announcement.pinned, announcement.to_bytes())

    @rule(verb=st.sampled_from(["unpin", "rollback"]), fault=faults)
    def go_back(self, verb: str, fault: Trouble | None) -> None:
        """Unpin, or go back one version."""
        self._attempt(getattr(self.catalog, verb), fault)

    @rule(keep=st.integers(1, 4))
    def sweep(self, keep: int) -> None:
        """Remove old versions, and all segments that no version uses."""
        with suppress(SizzleError):
            self.catalog.gc(keep=keep, grace=-2 * 365 * DAY)

    @rule(which=st.sets(st.integers(0, READERS - 1), min_size=1))
    def refresh(self, which: set[int]) -> None:
        """Readers look at the announcement."""
        for reader in which:
            self.readers[reader].refresh()

    @rule(which=st.integers(0, READERS - 1))
    def restart(self, which: int) -> None:
        """A reader's process starts anew."""
        self.readers[which] = Reader(self.storage, clock=self.clock)
        self.last_good[which] = (0, 0)

    @invariant()
    def readers_serve_what_was_published(self) -> None:
        """Each reader holds one version, whole, that was announced, and never an older one."""
        announced = set(self._whole_announcements())
        for which, reader in enumerate(getattr(self, "readers", [])):
            held = reader.current
            assert held.announcement.sequence == 0 or held.announcement in announced
            assert held.manifest.version == held.announcement.current
            for index in reader.indexes.values():
                expected = CONTENT[index.version]
                assert [index.clip(clip.key) for clip in expected.clips] == list(expected.clips)
            last = self.last_good[which]
            self.last_good[which] = (held.announcement.sequence, held.manifest.version)
            assert last[0] <= held.announcement.sequence
            assert not last[1] or held.manifest.version

    def teardown(self) -> None:
        """However it went: all can be mended."""
        with self._folder:
            self._mend()

    def _mend(self) -> None:
        """With the faults over and the clock right, an operator and one publication mend all."""
        self.storage.land()
        self.now = self.latest + 1
        wanted = [_content(asset_id, 7) for asset_id in ASSETS]
        try:
            self.catalog.unpin()
            publication = self.catalog.publish(*wanted, checks=sample_index.ANY_CHANGE)
        except SizzleError as error:
            self._announce_any(error)
            publication = self.catalog.publish(*wanted, checks=sample_index.ANY_CHANGE)
        for reader in [*getattr(self, "readers", []), Reader(self.storage)]:
            assert reader.refresh(), reader.status()
            assert publication.version == reader.status().version
            for index in reader.indexes.values():
                index.verify()

    def _announce_any(self, error: SizzleError) -> None:
        """What an operator does whom an error told to announce another version."""
        assert "announce" in error.fix or "roll back" in error.fix
        for version in [*(line.version for line in reversed(self.catalog.versions())), 0]:
            with suppress(SizzleError):
                self.catalog.announce(version)
                self.catalog.unpin()
                return
        pytest.fail("no version can be announced")

    def _announced(self) -> bytes | None:
        blob = self.storage.inner.read(ANNOUNCEMENT)
        return blob.data if blob else None

    def _whole_announcements(self) -> Iterator[Announcement]:
        """All that ever were in place, but for halves."""
        for data in self.storage.landed:
            with suppress(TornError):
                yield Announcement.from_bytes(data)

    def _attempt(self, act: Callable[[], T], fault: Trouble | None) -> T | None:
        """Do it with one write going wrong; a failure leaves what is announced.

        Unless the fault is that it was announced after all, whole or in half.
        """
        before = self._announced()
        kind, where = fault or (None, "")
        self.storage.arm(kind, where)
        try:
            return act()
        except SizzleError:
            after = self._announced()
            begun = before is None and after is not None
            written = kind in (Fault.UNANSWERED, Fault.SHORT, Fault.SHORT_UNNOTICED)
            assert before == after or begun or (written and where == ANNOUNCEMENT)
            return None
        finally:
            self.storage.arm(None)


class ObjectStoreMachine(CatalogMachine):
    """The same over an object store."""

    def place(self, folder: Path) -> Storage:
        """Objects in memory."""
        return ObjectStorage(MemoryStore(), folder / "cache", "memory:///")


def _run(machine: type[CatalogMachine], examples: int, steps: int) -> None:
    sys.stderr.write(f"\n{machine.__name__}: SIZZLE_SEED={SEED}\n")
    checks = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(SEED)(machine), settings=checks)


@pytest.mark.parametrize("machine", [CatalogMachine, ObjectStoreMachine])
def test_faults_never_serve_anything_false(machine: type[CatalogMachine]) -> None:
    """Thousands of steps of use and faults at random; a failure prints its seed and its steps."""
    _run(machine, examples=60, steps=30)


@pytest.mark.full
@pytest.mark.parametrize("machine", [CatalogMachine, ObjectStoreMachine])
def test_faults_never_serve_anything_false_for_long(machine: type[CatalogMachine]) -> None:
    """Forty thousand steps."""
    _run(machine, examples=1000, steps=40)
