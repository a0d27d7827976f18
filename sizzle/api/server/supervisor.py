"""Keeps worker processes running: one that ends is noticed at once, and replaced.

uvicorn's own supervisor pings one worker after the other over pipes, and waits for each reply. A
worker that was killed while it started, or whose pipe another process held open, blocked it for the
whole timeout. Here a single call waits for the ends of all processes.
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

from sizzle.api.server.systemd import ServiceManager
from sizzle.errors import SizzleError

_MAX_WAIT: Final = 0.5  # seconds between checks: a grandchild may hold a sentinel open
_HEARTBEAT: Final = 5.0  # seconds
_FIRST_DELAY, _MAX_DELAY = 0.25, 30.0  # seconds before another attempt to start
_STABLE: Final = 10.0  # seconds of service after which a crash does not count as one more
_KILL_AFTER: Final = 10.0  # seconds beyond a worker's own time limit for shutting down

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_log = logging.getLogger(__name__)


class Supervisor:
    """Runs uvicorn in several processes that share a socket.

    Args:
        config: of each server. Its `workers`, `timeout_graceful_shutdown` and
            `timeout_worker_healthcheck` are the supervisor's settings too.
        bound: the socket.
        on_end: is called with the process id of each worker that has ended.
        manager: is told how it is.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        bound: socket,
        on_end: Callable[[int], None],
        manager: ServiceManager | None = None,
    ) -> None:
        self._manager = manager or ServiceManager()
        self._serving = 0
        self._config = config
        self._on_end = on_end
        self._bound = bound
        self._slots = [_WorkerSlot(config, bound) for _ in range(config.workers)]
        self._signals: list[int] = []
        self._cannot_start = False

    def run(self) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP, then let the workers finish their answers.

        Raises:
            SizzleError: no worker could start; their messages have been printed.
        """
        with _wake_up(self._signals) as wakeup:
            try:
                for slot in self._slots:
                    slot.start()
                while not self._signals and not self._cannot_start:
                    _wait(self._slots, wakeup)
                    for slot in self._slots:
                        self._check(slot)
                    self._tell_manager()
            finally:
                self._manager.stopping()
                self._end_all(wakeup)
        if self._cannot_start:
            raise SizzleError("A worker could not start.", fix="see its message above.")

    def _tell_manager(self) -> None:
        self._manager.alive()
        serving = sum(slot.serves for slot in self._slots)
        if serving != self._serving:
            self._serving = serving
            self._manager.ready(f"{serving} of {len(self._slots)} workers serve")

    def _check(self, slot: _WorkerSlot) -> None:
        slot.read_pipe()
        if slot.process is None:
            if time.monotonic() >= slot.next_start:
                slot.start()
        elif slot.process.exitcode is not None:
            self._replace(slot, slot.process)
        elif time.monotonic() - slot.heard > self._config.timeout_worker_healthcheck:
            _log.error("Worker %s does not respond; killing it.", slot.process.pid)
            slot.process.kill()

    def _replace(self, slot: _WorkerSlot, ended: BaseProcess) -> None:
        """Start another worker: at once, or after a growing delay if each one crashes."""
        code = ended.exitcode or 0
        pid = slot.clear()
        self._on_end(pid)
        if slot.serves and not slot.has_crashed_early(code):
            _log.warning("Worker %s ended (%s); starting another.", pid, _reason(code))
            slot.start()
        elif code > 0 and not any(slot.has_served for slot in self._slots):
            self._cannot_start = True
        else:
            delay = slot.delay_start()
            _log.error(
                "Worker %s ended (%s) %s, %s in a row; the next starts in %g s.",
                *(
                    pid,
                    _reason(code),
                    "soon after it served" if slot.serves else "before it served",
                ),
                *(slot.failures + slot.crashes, delay),
            )

    def _end_all(self, wakeup: socket) -> None:
        """Terminate all workers, and kill those that do not end in time, or on a second signal."""
        # With ours open, new connections would wait in the kernel's queue and then be reset; closed
        # in all processes they are refused at once, so that a proxy turns to another machine.
        self._bound.close()
        for process in self._processes():
            process.terminate()
        time_limit = (self._config.timeout_graceful_shutdown or 0) + _KILL_AFTER
        deadline = time.monotonic() + time_limit
        while self._processes() and time.monotonic() < deadline and len(self._signals) < 2:
            _wait(self._slots, wakeup)
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


class _WorkerSlot:
    """A worker that is kept running, by one process after the other.

    Attributes:
        process: the current one, None between two attempts to start.
        serves: whether the current or last process has begun to serve.
        has_served: whether any process has.
        heard: the time of the last heartbeat, by the monotonic clock.
        served: the time at which the process began to serve, by the monotonic clock.
        failures: processes in a row that ended before they served.
        crashes: processes in a row that crashed soon after they began to serve.
        next_start: the time of the next attempt, by the monotonic clock.
    """

    def __init__(self, config: uvicorn.Config, bound: socket) -> None:
        self._config = config
        self._bound = bound
        self.process: BaseProcess | None = None
        self.pipe: Connection | None = None
        self.serves = self.has_served = False
        self.heard = self.served = self.next_start = 0.0
        self.failures = self.crashes = 0

    def start(self) -> None:
        """Start a process."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe(duplex=False)
        self.serves = False
        self.heard = time.monotonic()
        process = context.Process(target=_run_worker, args=(self._config, self._bound, theirs))
        try:
            process.start()
        except OSError as error:  # killed before it had read its arguments, or too many processes
            delay = self.delay_start()
            _log.error("A worker could not be started: %s; the next starts in %g s.", error, delay)
        else:
            self.process = process
        finally:
            theirs.close()

    def read_pipe(self) -> None:
        """Read the process's heartbeats."""
        try:
            while self.pipe is not None and self.pipe.poll():
                self.heard = time.monotonic()
                if self.pipe.recv_bytes() == _SERVING:
                    self.serves = self.has_served = True
                    self.served = self.heard
                    self.failures = 0
        except (EOFError, OSError):  # it has ended
            return

    def has_crashed_early(self, code: int) -> bool:
        """Whether a process that served soon ended by itself, not by a signal from outside."""
        if time.monotonic() - self.served >= _STABLE:
            self.crashes = 0
            return False
        return code not in (-signal.SIGKILL, -signal.SIGTERM)

    def delay_start(self) -> float:
        """Count a failure. Returns the seconds until the next attempt."""
        if self.serves:
            self.crashes += 1
        else:
            self.failures += 1
        count = self.failures + self.crashes
        # The first failure may be a coincidence. The exponent is bounded, as 2.0 ** 1024 overflows.
        delay = _FIRST_DELAY * 2.0 ** min(count - 2, 10) if count > 1 else 0.0
        delay = min(_MAX_DELAY, delay)
        self.next_start = time.monotonic() + delay
        return delay

    def clear(self) -> int:
        """Forget the process, which has ended. Returns its process id."""
        assert self.process is not None
        assert self.pipe is not None
        pid = self.process.pid or 0
        self.process.join()
        self.process.close()
        self.pipe.close()
        self.process = self.pipe = None
        return pid


def _wait(slots: list[_WorkerSlot], wakeup: socket) -> None:
    """Wait until a process ends or sends a heartbeat, a signal comes, or a start is due."""
    running = [slot.process.sentinel for slot in slots if slot.process is not None]
    talking = [slot.pipe for slot in slots if slot.pipe is not None and slot.process is not None]
    now = time.monotonic()
    starts = [slot.next_start - now for slot in slots if slot.process is None]
    if wakeup in wait([wakeup, *running, *talking], max(0.0, min([_MAX_WAIT, *starts]))):
        wakeup.recv(1024)


@contextmanager
def _wake_up(signals: list[int]) -> Iterator[socket]:
    """Append shutdown signals to the list; each makes the socket readable."""
    ours, theirs = socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)

    def note(number: int, _frame: object) -> None:
        signals.append(number)

    # Python restarts the system call in `wait` after a signal handler, unless a byte ends it.
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


def _run_worker(config: uvicorn.Config, bound: socket, parent: Connection) -> None:
    """The main function of a worker process."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches all processes; the parent then sends SIGTERM
    config.configure_logging()
    threading.Thread(target=_send_heartbeats, args=(parent,), daemon=True).start()
    _Server(config, parent).run([bound])


class _Server(uvicorn.Server):
    """uvicorn's server; it reports to the parent before it answers its first request."""

    def __init__(self, config: uvicorn.Config, parent: Connection) -> None:
        super().__init__(config)
        self._parent = parent

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self._parent.send_bytes(_SERVING)


def _send_heartbeats(parent: Connection) -> None:
    """Send heartbeats, and end this process with the parent."""
    supervisor = multiprocessing.parent_process()
    assert supervisor is not None
    with suppress(OSError):
        parent.send_bytes(_ALIVE)
        while not wait([supervisor.sentinel], _HEARTBEAT):
            parent.send_bytes(_ALIVE)
    os.kill(os.getpid(), signal.SIGTERM)
