"""Keeps workers running: the end of one's process is noticed as such, and another takes its place.

uvicorn's own supervisor asks each worker in turn whether it is alive, and waits for the answer; a
worker that was killed while it started, or whose pipe others held open, kept it waiting for all of
its timeout. Here one call waits for the ends of all processes.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from socket import socket, socketpair
from typing import Final

import uvicorn

from sizzle.errors import SizzleError

_LOOK: Final = 0.5  # seconds between looks, at most: a sentinel may be held open by a grandchild
_BEAT: Final = 5.0  # seconds between two signs of life
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 30.0  # seconds before another attempt to start
_KILL_AFTER: Final = 10.0  # seconds beyond a worker's own limit for ending

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_log = logging.getLogger(__name__)


class Supervisor:
    """Runs uvicorn in several processes that share a socket.

    Args:
        config: of the server in each; the number of workers, the seconds that they may take to end
            and those after which a silent one is replaced are uvicorn's own settings.
        bound: the socket.
        on_end: called with the process id of each worker that has ended.
    """

    def __init__(
        self, config: uvicorn.Config, bound: socket, on_end: Callable[[int], None]
    ) -> None:
        self._config = config
        self._on_end = on_end
        self._slots = [_Slot(config, bound) for _ in range(config.workers)]
        self._signals: list[int] = []
        self._cannot_start = False

    def run(self) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP, then let the workers finish their answers.

        Raises:
            SizzleError: a worker could not start at the beginning; it has said why.
        """
        with _wake_up(self._signals) as woken:
            try:
                for slot in self._slots:
                    slot.start()
                while not self._signals and not self._cannot_start:
                    _wait(self._slots, woken)
                    for slot in self._slots:
                        self._look_after(slot)
            finally:
                self._end_all(woken)
        if self._cannot_start:
            raise SizzleError("A worker could not start.", fix="see its message above.")

    def _look_after(self, slot: _Slot) -> None:
        slot.listen()
        if slot.process is None:
            if time.monotonic() >= slot.next_start:
                slot.start()
        elif slot.process.exitcode is not None:
            self._replace(slot, slot.process)
        elif time.monotonic() - slot.heard > self._config.timeout_worker_healthcheck:
            _log.error("Worker %s does not respond; killing it.", slot.process.pid)
            slot.process.kill()

    def _replace(self, slot: _Slot, ended: BaseProcess) -> None:
        """Start another worker: at once where this one served, else after a growing delay."""
        code = ended.exitcode or 0
        pid = slot.clear()
        self._on_end(pid)
        if slot.serves:
            _log.warning("Worker %s ended (%s); starting another.", pid, _reason(code))
            slot.start()
        elif code > 0 and not any(slot.has_served for slot in self._slots):
            self._cannot_start = True
        else:
            delay = slot.put_off()
            _log.error(
                "Worker %s ended (%s) before it served, %s in a row; the next starts in %g s.",
                *(pid, _reason(code), slot.failures, delay),
            )

    def _end_all(self, woken: socket) -> None:
        """Ask all workers to end, and kill those that do not; at once on a second signal."""
        for process in self._processes():
            process.terminate()
        patience = (self._config.timeout_graceful_shutdown or 0) + _KILL_AFTER
        deadline = time.monotonic() + patience
        while self._processes() and time.monotonic() < deadline and len(self._signals) < 2:
            _wait(self._slots, woken)
            self._forget_ended()
        for process in self._processes():
            process.kill()
            process.join()
        self._forget_ended()

    def _processes(self) -> list[BaseProcess]:
        return [slot.process for slot in self._slots if slot.process is not None]

    def _forget_ended(self) -> None:
        for slot in self._slots:
            if slot.process is not None and slot.process.exitcode is not None:
                self._on_end(slot.clear())


class _Slot:
    """The place of one worker.

    Attributes:
        process: that runs, None between two attempts to start.
        serves: whether the process, or the last one, answers requests.
        has_served: whether any process of this slot ever did.
        heard: when the process last gave a sign of life, by the monotonic clock.
        failures: attempts in a row that ended before they served.
        next_start: when to try again, by the monotonic clock.
    """

    def __init__(self, config: uvicorn.Config, bound: socket) -> None:
        self._config = config
        self._bound = bound
        self.process: BaseProcess | None = None
        self.pipe: Connection | None = None
        self.serves = self.has_served = False
        self.heard = self.next_start = 0.0
        self.failures = 0

    def start(self) -> None:
        """Start a process."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe(duplex=False)
        self.serves = False
        self.heard = time.monotonic()
        process = context.Process(target=_work, args=(self._config, self._bound, theirs))
        try:
            process.start()
        except OSError as error:  # killed before it had read what to do, or no process to be had
            delay = self.put_off()
            _log.error("A worker could not be started: %s; the next starts in %g s.", error, delay)
        else:
            self.process = process
        finally:
            theirs.close()

    def listen(self) -> None:
        """Take in the process's signs of life."""
        try:
            while self.pipe is not None and self.pipe.poll():
                self.heard = time.monotonic()
                if self.pipe.recv_bytes() == _SERVING:
                    self.serves = self.has_served = True
                    self.failures = 0
        except (EOFError, OSError):  # it has ended
            return

    def put_off(self) -> float:
        """Count a failed attempt. Returns the seconds until the next."""
        self.failures += 1
        # The first is no pattern yet. The exponent is bounded: 2.0 ** 1024 would be an error.
        delay = _FIRST_DELAY * 2.0 ** min(self.failures - 2, 10) if self.failures > 1 else 0.0
        delay = min(_LONGEST_DELAY, delay)
        self.next_start = time.monotonic() + delay
        return delay

    def clear(self) -> int:
        """Forget the process, which has ended. Returns its id."""
        assert self.process is not None
        assert self.pipe is not None
        pid = self.process.pid or 0
        self.process.join()
        self.process.close()
        self.pipe.close()
        self.process = self.pipe = None
        return pid


def _wait(slots: list[_Slot], woken: socket) -> None:
    """Until a process ends or says something, a signal comes, or it is time to look."""
    running = [slot.process.sentinel for slot in slots if slot.process is not None]
    # A pipe whose other end is gone is readable for ever: the sentinel says the same, once.
    talking = [slot.pipe for slot in slots if slot.pipe is not None and slot.process is not None]
    now = time.monotonic()
    starts = [slot.next_start - now for slot in slots if slot.process is None]
    if woken in wait([woken, *running, *talking], max(0.0, min([_LOOK, *starts]))):
        woken.recv(1024)


@contextmanager
def _wake_up(signals: list[int]) -> Iterator[socket]:
    """Note signals to end in the list, and make the socket readable where one comes."""
    ours, theirs = socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)

    def note(number: int, _frame: object) -> None:
        signals.append(number)

    # The system call under `wait` goes on after a handler has run, so a byte has to end it.
    wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    former = {number: signal.signal(number, note) for number in _ENDING}
    try:
        yield ours
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup)
        ours.close()
        theirs.close()


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


_ALIVE, _SERVING = b"alive", b"serving"


def _work(config: uvicorn.Config, bound: socket, parent: Connection) -> None:
    """A worker's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent passes it on as SIGTERM
    config.configure_logging()
    threading.Thread(target=_beat, args=(parent,), daemon=True).start()
    _Server(config, parent).run([bound])


class _Server(uvicorn.Server):
    """uvicorn's, which tells the parent that it serves before it answers anything."""

    def __init__(self, config: uvicorn.Config, parent: Connection) -> None:
        super().__init__(config)
        self._parent = parent

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self._parent.send_bytes(_SERVING)


def _beat(parent: Connection) -> None:
    """Give signs of life, and end with the parent."""
    supervisor = multiprocessing.parent_process()
    assert supervisor is not None
    with suppress(OSError):
        parent.send_bytes(_ALIVE)
        while not wait([supervisor.sentinel], _BEAT):
            parent.send_bytes(_ALIVE)
    os.kill(os.getpid(), signal.SIGTERM)
