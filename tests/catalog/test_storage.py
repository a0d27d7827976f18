"""What every storage promises, proved of each."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from sizzle.catalog.storage import Storage, Token


def _read(storage: Storage, name: str) -> bytes:
    blob = storage.read(name)
    assert blob is not None
    return blob.data


def _token(storage: Storage, name: str) -> Token:
    blob = storage.read(name)
    assert blob is not None
    return blob.token


def test_nothing_is_there_at_first(storage: Storage) -> None:
    """Reading, listing and deleting what is not there are fine."""
    assert storage.read("announced") is None
    assert storage.read("manifests/1") is None
    assert list(storage.list("manifests")) == []
    assert storage.local("segments/a", "a") is None
    storage.delete("segments/a")


def test_put_replaces_the_whole_file(storage: Storage) -> None:
    """A shorter content leaves nothing of a longer one; empty is a content too."""
    for content in (b"long content", b"short", b""):
        storage.put("segments/a", content)
        assert content == _read(storage, "segments/a")


@pytest.mark.parametrize("size", [0, 5, 2**20, 2**20 + 1, 3 * 2**20])
def test_holds_only_the_very_content(storage: Storage, size: int) -> None:
    """A difference in any place or in length is seen, in small and large files."""
    content = bytes(range(256)) * (size // 256 + 1)
    storage.put("segments/a", content)
    assert storage.holds("segments/a", content)
    assert not storage.holds("segments/a", content[:-1])
    assert not storage.holds("segments/a", content + b"x")
    for place in (0, size // 2, len(content) - 1):
        assert not storage.holds("segments/a", content[:place] + b"?" + content[place + 1 :])
    assert not storage.holds("segments/b", content)


def test_swap_creates_only_what_is_not_there(storage: Storage) -> None:
    """Of two who create a file, the second is told."""
    assert storage.swap("manifests/1", b"first", None)
    assert not storage.swap("manifests/1", b"second", None)
    assert _read(storage, "manifests/1") == b"first"


def test_swap_replaces_only_what_was_read(storage: Storage) -> None:
    """Of two who read the same content, only the first to replace it does."""
    storage.put("announced", b"old")
    token = _token(storage, "announced")
    assert storage.swap("announced", b"mine", token)
    assert not storage.swap("announced", b"theirs", token)
    assert _read(storage, "announced") == b"mine"
    assert storage.swap("announced", b"theirs", _token(storage, "announced"))


def test_swap_does_not_replace_what_is_gone(storage: Storage) -> None:
    """A file that was removed since it was read is not brought back."""
    storage.put("announced", b"old")
    token = _token(storage, "announced")
    storage.delete("announced")
    assert not storage.swap("announced", b"new", token)
    assert storage.read("announced") is None


def test_one_of_many_swaps_wins(storage: Storage) -> None:
    """Twelve threads replace the same content at once: exactly one is told that it did."""
    storage.put("announced", b"old")
    token = _token(storage, "announced")
    contents = [str(number).encode() for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(lambda data: storage.swap("announced", data, token), contents))
    assert sum(won) == 1
    assert contents[won.index(True)] == _read(storage, "announced")


def test_listing_tells_names_sizes_and_times(storage: Storage) -> None:
    """A folder lists its own files with what `gc` needs to know, and no others."""
    storage.put("segments/a", b"123")
    storage.put("segments/b", b"12345")
    storage.put("manifests/1", b"1")
    listed = {entry.name: entry for entry in storage.list("segments")}
    assert {e.name: e.size for e in listed.values()} == {"segments/a": 3, "segments/b": 5}
    assert listed["segments/a"].modified > 1_700_000_000


def test_local_gives_a_file_to_map(storage: Storage) -> None:
    """What is stored can be had as a local file with the same content, more than once."""
    content = b"a segment"
    sha256 = hashlib.sha256(content).hexdigest()
    storage.put(f"segments/{sha256}", content)
    for _ in range(2):
        path = storage.local(f"segments/{sha256}", sha256)
        assert path is not None
        assert content == path.read_bytes()


def test_delete_removes(storage: Storage) -> None:
    """A deleted file is neither read nor listed any more."""
    storage.put("segments/a", b"123")
    storage.delete("segments/a")
    assert storage.read("segments/a") is None
    assert list(storage.list("segments")) == []
