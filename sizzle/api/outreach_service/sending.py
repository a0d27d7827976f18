"""What the routes of campaigns, messages and webhooks stand on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sizzle.database import Database
from sizzle.errors import SizzleError
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.outreach_reports import OutreachReports
from sizzle.outbox.sends import Sends
from sizzle.reloading import PeriodicRefresh
from sizzle.sending.inbound import InboundRecorder

_FOLLOW_SECONDS: Final = 5.0
_PAGES: Final = 10  # of events, each time

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendingService:
    """Campaigns and messages, which workers send; and what comes back.

    Attributes:
        database: that has them.
        inbound: records what comes back.
        webhook_secret: that providers sign with; without it, no webhook is taken.
        two_people: whether there are two keys or people, so that nobody approves what they made.
        holdout: the share of members whom no campaign and no journey writes to.
    """

    database: Database
    inbound: InboundRecorder
    webhook_secret: bytes | None = None
    two_people: Callable[[], bool] = lambda: False
    holdout: float = 0.0

    @property
    def campaigns(self) -> Campaigns:
        """Of the database."""
        return Campaigns(self.database)

    @property
    def journeys(self) -> Journeys:
        """Of the database."""
        return Journeys(self.database)

    @property
    def sends(self) -> Sends:
        """Of the database."""
        return Sends(self.database)

    @property
    def reports(self) -> OutreachReports:
        """Of the database."""
        return OutreachReports(self.database, self.holdout)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Follow what becomes of sends in the background, as long as the context lasts."""
        with PeriodicRefresh(_FOLLOW_SECONDS, self.follow):
            yield

    def follow(self) -> None:
        """Follow some of what has come, so that nobody who asks for a report waits for all."""
        try:
            self.reports.follow(_PAGES)
        except SizzleError as error:  # health says so too
            _log.info("What became of sends cannot be followed yet: %s", error)
        except Exception:  # whatever it is must not end the thread
            _log.exception("What became of sends cannot be followed.")

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return self.inbound.clock.now()
