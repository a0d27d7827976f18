"""A catalog in an object store: S3, Google Cloud Storage, Azure or memory, through obstore.

Stores write an object whole or not at all, and their conditional puts are the compare-and-swap.
Since a segment can only be mapped from a local disk, it is fetched into a cache once, checked
against its hash, and mapped from there; all processes of a machine share the cache.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.storage import Blob, StoredFile, Token
from sizzle.errors import CatalogError
from sizzle.object_store import open_store, reporting

try:
    import obstore
    from obstore.exceptions import AlreadyExistsError, PreconditionError
except ImportError as missing:
    raise CatalogError(
        "A catalog in an object store needs the package obstore, which is not installed.",
        fix="pip install 'dynamic-sizzles[objectstore]'",
    ) from missing

if TYPE_CHECKING:
    from obstore import PutMode, UpdateVersion
    from obstore.store import ObjectStore

_CACHED = "segments"
_UNUSED_AFTER = timedelta(days=7).total_seconds()


class ObjectStorage:
    """The files of a catalog as objects.

    Args:
        store: any store that obstore opens.
        cache: a local folder to fetch segments into.
        location: what to call the store in messages.
    """

    def __init__(self, store: ObjectStore, cache: Path, location: str) -> None:
        self._store = store
        self._cache_root = cache
        self._cache = FolderStorage(cache)
        self._fetched: set[str] = set()
        self._location = location

    @classmethod
    def open(cls, url: str, cache: Path | None = None) -> Self:
        """The store at a URL such as `s3://bucket/prefix`, set up by its environment variables.

        Args:
            url: of any kind that obstore knows.
            cache: a local folder to fetch segments into; this user's cache folder by default.

        Raises:
            CatalogError: a URL of no known kind, or settings that are missing.
        """
        return cls(open_store(url, CatalogError), cache or default_cache(), url)

    @property
    def location(self) -> str:
        """The store's URL."""
        return self._location

    def read(self, name: str) -> Blob | None:
        """The whole object, or None where there is none."""
        with _reporting(self._where(name)):
            try:
                found = obstore.get(self._store, name)
            except FileNotFoundError:
                return None
            token = Token(e_tag=found.meta["e_tag"], version=found.meta["version"])
            return Blob(bytes(found.bytes()), token)

    def holds(self, name: str, data: bytes) -> bool:
        """Whether the object, read afresh, has just this content."""
        blob = self.read(name)
        return blob is not None and blob.data == data

    def put(self, name: str, data: bytes) -> None:
        """Write an object, whether it exists or not."""
        with _reporting(self._where(name)):
            self._put(name, data, "overwrite")

    def swap(self, name: str, data: bytes, token: Token | None) -> bool:
        """Write an object if it still is what `token` identifies."""
        with _reporting(self._where(name)):
            try:
                self._put(name, data, "create" if token is None else _condition(token))
            except (AlreadyExistsError, PreconditionError, FileNotFoundError):
                return False
        return True

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is fine."""
        with _reporting(self._where(name)), suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    def list(self, folder: str) -> Iterator[StoredFile]:
        """The objects in a folder."""
        with _reporting(self._where(folder)):
            found = [item for chunk in obstore.list(self._store, folder) for item in chunk]
        for item in found:
            yield StoredFile(item["path"], item["size"], item["last_modified"].timestamp())

    def local(self, name: str, sha256: str) -> Path | None:
        """The object's copy in the cache, fetched where it is not there or is damaged."""
        cached = f"{_CACHED}/{sha256}"
        if sha256 not in self._fetched:
            if not self._is_cached(cached, sha256) and not self._fetch(name, cached, sha256):
                return None
            self._fetched.add(sha256)
        return self._cache.local(cached, sha256)

    def _is_cached(self, cached: str, sha256: str) -> bool:
        blob = self._cache.read(cached)
        if blob is None or hashlib.sha256(blob.data).hexdigest() != sha256:
            return False
        os.utime(self._cache_root / cached)  # marks it as in use
        return True

    def _fetch(self, name: str, cached: str, sha256: str) -> bool:
        blob = self.read(name)
        if blob is None:
            return False
        if hashlib.sha256(blob.data).hexdigest() != sha256:
            raise CatalogError(
                "The object is not what was published under its name.",
                where=self._where(name),
                fix="publish the asset again, or roll back.",
            )
        self._forget_unused()
        self._cache.put(cached, blob.data)
        return True

    def _forget_unused(self) -> None:
        """Keep the cache from growing for ever; who maps a file keeps it although it is removed."""
        for entry in self._cache.list(_CACHED):
            in_use = entry.name.rpartition("/")[2] in self._fetched
            if not in_use and entry.modified < time.time() - _UNUSED_AFTER:
                self._cache.delete(entry.name)

    def _put(self, name: str, data: bytes, mode: PutMode) -> None:
        # In one request, since conditions do not hold for an upload in parts.
        obstore.put(self._store, name, data, mode=mode, use_multipart=False)

    def _where(self, name: str) -> str:
        return f"{self._location.rstrip('/')}/{name}"


def _condition(token: Token) -> UpdateVersion:
    """The condition that the object is still the same; stores know by tag, version or both."""
    condition: UpdateVersion = {}
    if token.e_tag is not None:
        condition["e_tag"] = token.e_tag
    if token.version is not None:
        condition["version"] = token.version
    return condition


def default_cache() -> Path:
    """The folder that segments of object stores are kept in on this machine."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dynamic-sizzles" / "catalog"


def _reporting(where: str) -> AbstractContextManager[None]:
    """Turn the store's errors into CatalogError, with the object's name."""
    return reporting(where, CatalogError)
