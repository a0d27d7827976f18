"""A storage that fails as disks, networks and object stores do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sizzle.catalog.storage import Blob, Storage, StoredFile, Token
from sizzle.errors import CatalogError


class Fault(Enum):
    """What goes wrong with one write."""

    FAILED = "nothing is written, and it says so"
    FULL = "half is written beside the place, the disk is full, and it says so"
    UNANSWERED = "all is written, but the answer is lost"
    SHORT = "half is written, and it says so"
    SHORT_UNNOTICED = "half is written, and it says all is well"
    DROPPED = "nothing is written, and it says all is well"
    LATE = "it is written after later writes, and it says all is well"


@dataclass
class FaultyStorage:
    """Another storage, of which one write can be made to go wrong.

    Attributes:
        inner: where files really are.
        fault: what happens to the next write below `where`, once.
        late: writes that have not landed yet.
        landed: every content that the file `watched` ever really had.
    """

    inner: Storage
    watched: str = ""
    fault: Fault | None = None
    where: str = ""
    late: list[tuple[str, bytes]] = field(default_factory=list)
    landed: list[bytes] = field(default_factory=list)

    @property
    def location(self) -> str:
        """The real one."""
        return self.inner.location

    def arm(self, fault: Fault | None, where: str = "") -> None:
        """Let the next write of a file whose name starts so go wrong; None for all going well."""
        self.fault, self.where = fault, where

    def land(self) -> None:
        """Let late writes happen now, over whatever was written since."""
        for name, data in self.late:
            self._write(name, data)
        self.late.clear()

    def read(self, name: str) -> Blob | None:
        """Read the real file."""
        return self.inner.read(name)

    def holds(self, name: str, data: bytes) -> bool:
        """Compare with the real file."""
        return self.inner.holds(name, data)

    def put(self, name: str, data: bytes) -> None:
        """Write, if nothing goes wrong."""
        fault = self._due(name)
        if fault is None:
            self._write(name, data)
        else:
            self._go_wrong(fault, name, data)

    def swap(self, name: str, data: bytes, token: Token | None) -> bool:
        """Write if nothing goes wrong and the token is right."""
        fault = self._due(name)
        if fault is None:
            swapped = self.inner.swap(name, data, token)
            if swapped:
                self._note(name, data)
            return swapped
        blob = self.inner.read(name)
        if (blob and blob.token) != token:
            return False
        self._go_wrong(fault, name, data)
        return True

    def delete(self, name: str) -> None:
        """Delete the real file."""
        self.inner.delete(name)

    def list(self, folder: str) -> Iterator[StoredFile]:
        """List the real files."""
        return self.inner.list(folder)

    def local(self, name: str, sha256: str) -> Path | None:
        """The real file."""
        return self.inner.local(name, sha256)

    def _due(self, name: str) -> Fault | None:
        """The fault of this write."""
        if not name.startswith(self.where):
            return None
        due, self.fault = self.fault, None
        return due

    def _go_wrong(self, fault: Fault, name: str, data: bytes) -> None:
        if fault in (Fault.SHORT, Fault.SHORT_UNNOTICED):
            self._write(name, data[: len(data) // 2])
        elif fault is Fault.UNANSWERED:
            self._write(name, data)
        elif fault is Fault.FULL:
            self.inner.put("unfinished/half", data[: len(data) // 2])
        elif fault is Fault.LATE:
            self.late.append((name, data))
        if fault in (Fault.FAILED, Fault.FULL, Fault.UNANSWERED, Fault.SHORT):
            raise CatalogError(f"Injected: {fault.value}.", where=name, fix="it is only a test.")

    def _write(self, name: str, data: bytes) -> None:
        self.inner.put(name, data)
        self._note(name, data)

    def _note(self, name: str, data: bytes) -> None:
        if name == self.watched:
            self.landed.append(data)
