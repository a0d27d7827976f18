"""A log of any size as shards of tokens: read once, dealt by member, and each shard merged alone.

shards = prepare("s3://bucket/events", Path("shards"))
trained = train(shards)
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ranker.data.event_batches import estimated_events, read_batches
from ranker.data.event_sources import EventFile, files_digest, find_files
from ranker.data.optional_packages import pyarrow
from ranker.data.shard_files import (
    Manifest,
    ShardFile,
    ShardFiles,
    column_values,
    is_shard_folder,
    write_shard,
    write_values,
)
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy
from ranker.data.spill import Spill
from ranker.data.tokens import merge_events
from ranker.errors import HistoryError

EVENTS_IN_A_SHARD: Final = 2_000_000
"""About half a gigabyte while they are merged, and a twentieth of it as tokens."""

_MOST_SHARDS: Final = 60_000


def prepare(
    location: str | Path,
    out: Path,
    *,
    signals: SignalPolicy = DEFAULT_POLICY,
    events_in_a_shard: int = EVENTS_IN_A_SHARD,
    source: str = "",
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ShardFiles:
    """Write the events of some files as a folder of shards, unless it has these already.

    All of it is there at once, in place of what was there before, or nothing is. Beside it there
    has to be room for as much again.

    Args:
        location: a file, a folder, or an object store's URL.
        out: the folder.
        signals: the roles of events; shards serve trainings by the same policy.
        events_in_a_shard: about so many are in memory at once.
        source: a digest of what the files were made from, if that is not themselves.
        on_progress: called with how many events were read or merged, and of about how many.

    Raises:
        HistoryError: a file cannot be read, a row is no event, or the folder cannot be written.
    """
    pyarrow()
    files = find_files(location)
    source = source or files_digest(files)
    before = prepared_before(out, source, signals)
    if before is not None:
        return before
    if out.exists() and not (out.is_dir() and (is_shard_folder(out) or not any(out.iterdir()))):
        raise HistoryError(
            "The folder has something else in it.", "choose another for shards.", where=str(out)
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as work:
            folder = Path(work, "shards")
            spill = _dealt(files, Path(work), events_in_a_shard, on_progress)
            _merge(spill, source, signals, folder, on_progress)
            if out.exists():
                out.replace(Path(work, "before"))
            folder.replace(out)
    except OSError as error:
        raise HistoryError(
            f"The shards cannot be written: {error.strerror or error}.",
            "choose a writable folder with free space for twice the events.",
            where=str(out),
        ) from error
    return ShardFiles(out)


def prepared_before(out: Path, source: str, signals: SignalPolicy) -> ShardFiles | None:
    """The shards of a folder, if they are of this source and by this policy."""
    if not is_shard_folder(out) or Manifest.read(out).source != source:
        return None
    shards = ShardFiles(out)
    return shards if shards.signals == signals else None


def estimated_total(location: str | Path) -> int:
    """About how many events there are at a location, without reading them.

    Raises:
        HistoryError: there are no files of events, or they cannot be read.
    """
    return sum(map(estimated_events, find_files(location)))


def _dealt(
    files: list[EventFile],
    work: Path,
    events_in_a_shard: int,
    on_progress: Callable[[int, int], None],
) -> Spill:
    """All events, in a file for each shard."""
    total = sum(map(estimated_events, files))
    spill = Spill(work, min(_MOST_SHARDS, -(-total // events_in_a_shard)))
    for file in files:
        for batch in read_batches(file):
            spill.add(batch)
            on_progress(spill.events, 2 * max(total, spill.events))
    return spill


def _merge(
    spill: Spill,
    source: str,
    signals: SignalPolicy,
    folder: Path,
    on_progress: Callable[[int, int], None],
) -> None:
    """Write the tokens of each shard, and at last the manifest."""
    folder.mkdir()
    values = spill.values()
    shards: list[ShardFile] = []
    names: dict[str, tuple[str, ...]] = {}
    merged = 0
    for number in range(spill.files):
        log = spill.log(number, values)
        merged += len(log)
        tokens = merge_events(log, signals)
        names |= column_values(tokens) if len(tokens) else {}
        shards.append(write_shard(folder, number, tokens))
        on_progress(spill.events + merged, 2 * spill.events)
    texts = write_values(folder, names)
    Manifest(source, spill.events, texts, tuple(shards), signals.to_json()).write(folder)
