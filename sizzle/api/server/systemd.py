"""What a service manager is told: that the service answers, that it is alive, that it ends.

The protocol of sd_notify(3): lines of text in a datagram to the socket that `NOTIFY_SOCKET` names.
Without one, nobody is told.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from socket import AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, socket
from typing import Final

_SOCKET: Final = "NOTIFY_SOCKET"
_PATIENCE: Final = 0.1  # seconds, in which nothing else is done
_WATCHDOG_INTERVAL: Final = "WATCHDOG_USEC"
_WATCHDOG_PID: Final = "WATCHDOG_PID"

_log = logging.getLogger(__name__)


class ServiceManager:
    """Tells the service manager how the service is.

    Args:
        environment: that the service was started with.
        clock: seconds, never going back.
    """

    def __init__(
        self,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = environment.get(_SOCKET, "")
        self._interval = _watchdog_interval(environment)
        self._clock = clock
        self._next = 0.0
        self._is_ready = False

    def ready(self, status: str) -> None:
        """Say, once, that requests are answered; and how it is, each time."""
        self._tell("" if self._is_ready else "READY=1", f"STATUS={status}")
        self._is_ready = True

    def alive(self) -> None:
        """Say that it is alive, where the manager waits for that; call it a few times a second."""
        now = self._clock()
        if self._interval is not None and now >= self._next:
            self._next = now + self._interval
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that no more requests are taken."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        name = self._address
        address = f"\0{name[1:]}" if name.startswith("@") else name
        try:
            with socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC) as manager:
                manager.settimeout(_PATIENCE)
                manager.sendto("\n".join(filter(None, lines)).encode(), address)
        except TimeoutError:
            _log.warning("the service manager at %s does not read what it is told", name)
        except OSError as error:  # serving goes on: the manager will act as it thinks right
            _log.warning("the service manager at %s cannot be told: %s", name, error)
            self._address = ""


def _watchdog_interval(environment: Mapping[str, str]) -> float | None:
    """Seconds: half of the time after which the manager restarts the service, as it recommends."""
    given, pid = environment.get(_WATCHDOG_INTERVAL, ""), environment.get(_WATCHDOG_PID, "")
    if not given.isdigit() or int(given) == 0 or pid not in ("", str(os.getpid())):
        return None
    return int(given) / 1e6 / 2
