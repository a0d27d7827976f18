"""What a training or an evaluation was given, in a few characters: equal data has equal digests."""

import hashlib
import json
from collections.abc import Iterable

from ranker.data.events import Column, ViewingLog
from ranker.data.titles import MetadataByTitle


def data_digest(log: ViewingLog, titles: MetadataByTitle) -> str:
    """SHA-256 of events and metadata, in hexadecimal.

    The order of the events matters only where a member has several at one time, which is where it
    matters to a training.

    Args:
        log: the events.
        titles: the metadata of titles, in any order.
    """
    log = log.compact()
    columns = {"member": log.member, "title": log.title, **log.texts}
    found = hashlib.sha256()
    for name in sorted(columns):
        found.update(_framed(_parts(name, columns[name])))
    found.update(_framed([log.time_E.tobytes(), log.seconds_E.tobytes()]))
    if log.rating_E is not None:
        found.update(_framed([b"rating", log.rating_E.tobytes()]))
    return _with_titles(found, titles)


def shards_digest(files: Iterable[str], titles: MetadataByTitle) -> str:
    """SHA-256 of shards and metadata, in hexadecimal.

    Args:
        files: the SHA-256 of each of the shards' files.
        titles: the metadata of titles, in any order.
    """
    return _with_titles(hashlib.sha256(_framed(file.encode() for file in files)), titles)


def _with_titles(found: "hashlib._Hash", titles: MetadataByTitle) -> str:
    for title in sorted(titles):
        found.update(_framed([title.encode(), json.dumps(titles[title].to_json()).encode()]))
    return found.hexdigest()


def _parts(name: str, column: Column) -> Iterable[bytes]:
    yield name.encode()
    yield json.dumps(column.values).encode()
    yield column.codes_E.tobytes()


def _framed(parts: Iterable[bytes]) -> bytes:
    """The parts with their lengths, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
