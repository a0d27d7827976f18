"""What records exposures, follows what becomes of them, and has the figures."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from sizzle.api.engagement.recorder import ExposureRecorder
from sizzle.errors import SizzleError
from sizzle.eventlog.engagement import EngagementLog
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import PeriodicRefresh, Reloadable

_FLUSH_SECONDS: Final = 0.5
_FOLLOW_SECONDS: Final = 5.0
_PAGES: Final = 10  # of events, each time
_DELETE_SECONDS: Final = 600.0
_DELETED_PAGES: Final = 50  # of exposures, each time: some seconds
_DAY: Final = 86_400_000  # milliseconds

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngagementService:
    """Records exposures, and has the figures.

    Attributes:
        log: what is known of reels and messages.
        recorder: of exposures; None where they are not recorded.
        treatments: in use; an experiment of theirs says how members are to be shared out.
        exposure_days: for so long exposures are kept; None for ever.
    """

    log: EngagementLog
    recorder: ExposureRecorder | None = None
    treatments: Reloadable[Treatments] = field(default_factory=lambda: Reloadable(NO_TREATMENTS))
    exposure_days: int | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Record and follow in the background, as long as the context lasts."""
        with ExitStack() as stack:
            stack.enter_context(PeriodicRefresh(_FOLLOW_SECONDS, self.follow))
            if self.exposure_days is not None:
                stack.enter_context(PeriodicRefresh(_DELETE_SECONDS, self.delete_old))
            if self.recorder is not None:
                stack.callback(self.recorder.flush)  # once the thread below has ended
                stack.enter_context(PeriodicRefresh(_FLUSH_SECONDS, self.recorder.flush))
            yield

    def follow(self) -> None:
        """Follow some of what has come, so that nobody who asks for figures waits for all of it."""
        try:
            self.log.follow(_PAGES)
        except SizzleError as error:  # health says so too
            _log.info("Events cannot be followed yet: %s", error)
        except Exception:  # whatever it is must not end the thread
            _log.exception("Events cannot be followed.")

    def delete_old(self) -> None:
        """Delete exposures that have been kept for long enough: some, as there may be many."""
        if self.exposure_days is None:
            return
        before = int(time.time() * 1000) - self.exposure_days * _DAY
        try:
            self.log.delete_before(before, _DELETED_PAGES)
        except SizzleError as error:  # health says so too
            _log.info("Old exposures cannot be deleted yet: %s", error)
        except Exception:  # whatever it is must not end the thread
            _log.exception("Old exposures cannot be deleted.")
