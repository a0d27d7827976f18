"""Choosing the version that readers use: announce, pin, unpin, roll back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sizzle.catalog.errors import ConflictError
from sizzle.catalog.manifest import ANNOUNCEMENT, NOTHING_ANNOUNCED, Announcement
from sizzle.catalog.storage import Storage, Token
from sizzle.catalog.versions import (
    last_announcement,
    open_version,
    read_announcement,
    read_manifest,
)
from sizzle.errors import CatalogError, NotFoundError

ATTEMPTS = 20
Clock = Callable[[], float]
Decision = Callable[[Announcement], Announcement]


def begin(storage: Storage, clock: Clock) -> None:
    """Announce that a new catalog is empty, so that a missing announcement is always a fault."""
    announcement, token = read_announcement(storage)
    if token is None:
        first = announcement.followed_by(NOTHING_ANNOUNCED, clock())
        storage.swap(ANNOUNCEMENT, first.to_bytes(), None)


def announce(storage: Storage, version: int, clock: Clock) -> Announcement:
    """Make `version` the announced one; also replaces a lost or torn announcement."""

    def decide(now: Announcement) -> Announcement:
        _check_usable(storage, version, now)
        return replace(now, version=version)

    return change(storage, clock, decide, read=last_announcement)


def pin(storage: Storage, version: int, clock: Clock) -> Announcement:
    """Keep readers at `version`, whatever is announced, until `unpin`."""

    def decide(now: Announcement) -> Announcement:
        _check_usable(storage, version, now)
        return replace(now, pinned=version)

    return change(storage, clock, decide)


def unpin(storage: Storage, clock: Clock) -> Announcement:
    """Let readers follow what is announced."""

    def decide(now: Announcement) -> Announcement:
        if now.pinned is not None and not now.version:
            raise CatalogError(
                f"Version {now.pinned} is pinned, and none is announced: readers would have none.",
                where=storage.location,
                fix=f"announce one first: `sizzle catalog announce {now.pinned}`.",
            )
        return replace(now, pinned=None)

    return change(storage, clock, decide)


def roll_back(storage: Storage, clock: Clock) -> Announcement:
    """Announce the version that the announced one was made from."""

    def decide(now: Announcement) -> Announcement:
        parent = read_manifest(storage, now.version).parent
        if not parent:
            raise CatalogError(
                f"Version {now.version} has no earlier version to go back to.",
                where=storage.location,
                fix="announce another version with `sizzle catalog announce`.",
            )
        _check_usable(storage, parent, now)
        return replace(now, version=parent)

    return change(storage, clock, decide)


def change(
    storage: Storage,
    clock: Clock,
    decide: Decision,
    read: Callable[[Storage], tuple[Announcement, Token | None]] = read_announcement,
) -> Announcement:
    """Replace the announcement by what `decide` makes of it, again if another was first."""
    for _ in range(ATTEMPTS):
        now, token = read(storage)
        following = now.followed_by(decide(now), clock())
        if announce_over(storage, following, token):
            return following
    raise outrun(storage)


def announce_over(storage: Storage, following: Announcement, token: Token | None) -> bool:
    """Replace the announcement that `token` identifies, and read back that it is replaced.

    Returns:
        False where another producer was first.

    Raises:
        CatalogError: the storage says it wrote the announcement but does not hold it.
    """
    data = following.to_bytes()
    swapped = storage.swap(ANNOUNCEMENT, data, token)
    blob = storage.read(ANNOUNCEMENT)
    if blob is not None and blob.data == data:
        return True  # even if the swap was not confirmed: its first response was lost
    if not swapped:
        return False
    if blob is None or Announcement.from_bytes(blob.data).sequence <= following.sequence:
        raise CatalogError(
            "The storage did not keep the announcement.",
            where=f"{storage.location}/{ANNOUNCEMENT}",
            fix="check the storage, then announce or publish again.",
        )
    return True  # and another producer has gone on from there


def outrun(storage: Storage) -> ConflictError:
    """The error for losing to other producers repeatedly."""
    return ConflictError(
        f"Other producers published first, {ATTEMPTS} times in a row.",
        where=storage.location,
        fix="try again when fewer producers are publishing.",
    )


def _check_usable(storage: Storage, version: int, now: Announcement) -> None:
    """Open every asset of a version, so that only what can be read is ever announced.

    Raises:
        NotFoundError: there is no such version, or it is being swept away.
        CatalogError: something in it cannot be read.
    """
    if version < now.oldest and version not in (now.version, now.pinned):
        raise NotFoundError(
            f"Version {version} was removed: {now.oldest} is the oldest that is kept.",
            where=storage.location,
            fix="`sizzle catalog versions` lists all versions.",
        )
    open_version(storage, read_manifest(storage, version), reuse={}, verify=False)
