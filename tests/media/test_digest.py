"""Digests: another file under the published one's path is found, wherever it differs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from sizzle.errors import MediaError
from sizzle.media.digest import check_digest, digest_of, sampled_digest, unchanged, whole_digest

LARGE = 64 << 20  # bytes: above this nothing new happens, but that samples lie further apart


def write(path: Path, content: bytes, at: int = 0) -> None:
    """Overwrite a part of a file in place, and give it a later time."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)
    later = path.stat().st_mtime_ns + 1
    os.utime(path, ns=(later, later))


def test_another_file_of_equal_length_is_named_beside_the_published_one(tmp_path: Path) -> None:
    """The message has both digests, and what to do."""
    path = tmp_path / "mega.mp4"
    path.write_bytes(b"a" * 5000)
    published = digest_of(path)
    check_digest(path, published, "the video of demo", whole=True)
    write(path, b"b", at=3210)
    with pytest.raises(MediaError) as caught:
        check_digest(path, published, "the video of demo")
    assert "the video of demo" in caught.value.what
    assert published.sampled[:12] in caught.value.what
    assert sampled_digest(path)[:12] in caught.value.what
    assert caught.value.where == str(path)
    assert "ingest" in caught.value.fix


def test_without_a_published_digest_nothing_is_checked(tmp_path: Path) -> None:
    """Versions of before still work."""
    check_digest(tmp_path / "absent.mp4", None, "the video of demo", whole=True)


def test_samples_find_every_clip_and_the_whole_digest_every_byte(tmp_path: Path) -> None:
    """A stretch as long as two samples are apart is found in milliseconds, a byte in the end."""
    path = tmp_path / "mega.mov"
    with path.open("wb") as file:
        file.truncate(LARGE)  # sparse: it takes no disk
    published = digest_of(path)
    write(path, b"\1", at=LARGE // 2 + 4097)
    check_digest(path, published, "the video of demo")
    with pytest.raises(MediaError, match=published.whole[:12]):
        check_digest(path, published, "the video of demo", whole=True)
    write(path, b"\1" * (LARGE // 4000), at=LARGE // 3)
    with pytest.raises(MediaError, match=published.sampled[:12]):
        check_digest(path, published, "the video of demo")


def fail_over(path: Path, change: str) -> None:
    """What happens to a file, and what a reader makes of it."""
    path.unlink()
    if change == "shrunk":
        path.write_bytes(bytes(50))
    elif change == "a pipe":
        os.mkfifo(path)
    elif change == "a folder":
        path.mkdir()
    elif change == "replaced":
        path.write_bytes(bytes(100))
    raise ValueError("what the reader said")


@pytest.mark.parametrize("change", ["shrunk", "gone", "a pipe", "replaced", "a folder"])
def test_a_file_that_changes_while_it_is_read(change: str, tmp_path: Path) -> None:
    """Whatever the reader made of it, the error says what happened, and nothing waits."""
    path = tmp_path / "bed.wav"
    path.write_bytes(bytes(100))
    says = r"changed while|cannot be read|not a regular file"
    with pytest.raises(MediaError, match=says) as one, unchanged(path):
        fail_over(path, change)
    assert one.value.where == str(path)
    if change not in ("shrunk", "replaced"):
        for digest in (sampled_digest, whole_digest):
            with pytest.raises(MediaError):
                digest(path)


def test_digests_are_of_content_alone(tmp_path: Path) -> None:
    """A copy under another name has the same, a file one byte longer another."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"same")
    two.write_bytes(b"same")
    assert digest_of(one) == digest_of(two)
    two.write_bytes(b"same\0")
    assert replace(digest_of(one), whole="") != replace(digest_of(two), whole="")
