"""Object stores: S3, Google Cloud Storage, Azure or memory, through obstore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from sizzle.errors import InputError, SizzleError

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig


def is_store_url(location: str) -> bool:
    """Whether a location is an object store's URL and not a path."""
    return "://" in location


def open_store(url: str, error: type[SizzleError] = InputError) -> ObjectStore:
    """The store at a URL such as `s3://bucket/prefix`, set up by its environment variables.

    Args:
        url: of any kind that obstore knows.
        error: the kind of error to raise.

    Raises:
        SizzleError: obstore is not installed, a URL of no known kind, or settings are missing.
    """
    try:
        from obstore.store import from_url
    except ImportError as missing:
        raise error(
            "An object store needs the package obstore, which is not installed.",
            fix="pip install 'dynamic-sizzles[objectstore]'",
        ) from missing
    # Who waits must not hang for minutes when the store is away.
    patience: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
    with reporting(url, error):
        return from_url(url, retry_config=patience)


@contextmanager
def reporting(where: str, error: type[SizzleError] = InputError) -> Iterator[None]:
    """Turn a store's errors into one of ours, with the object's name."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as cause:
        raise error(
            str(cause).partition("\n")[0] or type(cause).__name__,
            where=where,
            fix="check the store's address, its environment variables and your permissions.",
        ) from cause
