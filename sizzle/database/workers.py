"""Which processes still work on what they have taken: leases, by the database's clock.

A process extends its lease as long as it holds something. Whoever finds something in the hands of a
process whose lease is over, or that has ended on this machine, may take it.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final
from uuid import getnode, uuid4

from sqlalchemy import Connection, delete, insert, select, update

from sizzle.database.clock import now_ms
from sizzle.database.database import Database
from sizzle.database.service_tables import WORKERS
from sizzle.errors import SizzleError

_log = logging.getLogger(__name__)
_LEASE: Final = 15.0  # seconds: a machine that was cut off is waited for so long
_BEATS: Final = 4  # of a lease: how often it is extended
_FORGOTTEN: Final = 86_400_000  # milliseconds


class Worker:
    """This process, as others see it by the database. Safe to share between threads.

    Args:
        database: that says who works.
        lease: seconds for which a lease holds.

    Attributes:
        name: identifies the process.
    """

    def __init__(self, database: Database, *, lease: float = _LEASE) -> None:
        self._database = database
        self._lease = lease
        self._become()

    def _become(self) -> None:
        """Be this process, which holds nothing yet."""
        self._pid = os.getpid()
        self.name = f"{_process(self._pid)} {uuid4().hex[:8]}"
        self._holding = 0
        self._beating = self._left = False
        self._extended = -math.inf
        self._changing, self._extending = threading.Lock(), threading.Lock()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold the lease: it is extended as long as the block lasts.

        Raises:
            DatabaseUnavailableError: it cannot be begun.
        """
        self.hold()
        try:
            yield
        finally:
            self.let_go()

    def hold(self) -> None:
        """Begin to hold something more. Raises DatabaseUnavailableError."""
        if self._pid != os.getpid():  # a fork is a process of its own
            self._become()
        with self._extending:
            self._left = False
            if time.monotonic() > self._extended + self._lease / _BEATS:
                self._extend()
        with self._changing:
            self._holding += 1
            if not self._beating:
                self._beating = True
                threading.Thread(target=self._beat, name="lease", daemon=True).start()

    def let_go(self) -> None:
        """Hold one thing less."""
        with self._changing:
            self._holding -= 1

    def leave(self) -> None:
        """Have others take what this process still holds, at once: it is about to end."""
        with self._extending:  # and not extended once more afterwards
            known, self._extended, self._left = self._extended > -math.inf, -math.inf, True
            if not known:
                return
            with suppress(SizzleError), self._database.writing(concurrent=True) as connection:
                connection.execute(delete(WORKERS).where(WORKERS.c.worker == self.name))

    def may_take(self, connection: Connection, holder: str) -> bool:
        """Whether what a process holds may be taken: that process has ended, or was cut off."""
        if not holder or _has_ended(holder):
            return True
        holds = select(WORKERS.c.lease > now_ms()).where(WORKERS.c.worker == holder)
        return not connection.execute(holds).scalar()

    def is_held(self, connection: Connection, holder: str) -> bool:
        """Whether somebody works on what a process holds; `may_take` says the opposite."""
        return bool(holder) and not self.may_take(connection, holder)

    def _extend(self) -> None:
        began = time.monotonic()
        lease = now_ms() + int(self._lease * 1000)
        with self._database.writing(concurrent=True) as connection:
            mine = update(WORKERS).where(WORKERS.c.worker == self.name).values(lease=lease)
            if not connection.execute(mine).rowcount:
                old = delete(WORKERS).where(WORKERS.c.lease < now_ms() - _FORGOTTEN)
                connection.execute(old)
                connection.execute(insert(WORKERS).values(worker=self.name, lease=lease))
        self._extended = began

    def _beat(self) -> None:
        well = True
        while True:
            with self._extending:
                if not self._is_needed():
                    return
                try:
                    self._extend()
                    well = True
                except SizzleError as error:
                    if well:
                        _log.warning("the lease of this process is not extended: %s", error)
                    well = False
            time.sleep(self._lease / _BEATS)

    def _is_needed(self) -> bool:
        with self._changing:
            self._beating = self._holding > 0 and not self._left
            return self._beating


def _process(pid: int) -> str:
    """A process, distinguished by its start time from a later one with the same number."""
    return f"{_machine()} {pid} {_started(pid)}"


@cache
def _machine() -> str:
    """The machine and, in containers, the name space of its process numbers."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}".replace(" ", "")
    return f"{getnode():x}"


def _started(pid: int) -> str:
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[19] if fields[0] not in "ZX" else "ended"
    return "-"


def _has_ended(holder: str) -> bool:
    """Whether it is known at once: another process of this machine that is not there any more."""
    machine, pid, started, *_ = [*holder.split(" "), "", "", ""]
    if machine != _machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _started(int(pid)) != started
